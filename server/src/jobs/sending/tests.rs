use tokio::sync::{Notify, Semaphore};

use super::*;

/// Mails for a relay that says nothing until it is let.
struct ForASilentRelay {
    begun: Semaphore,
    speaks: Notify,
}

impl Queue for ForASilentRelay {
    type Due = usize;

    fn app(&self) -> &App {
        unreachable!("nothing is claimed")
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    async fn claim(&self, _: DateTime<Utc>, _: usize) -> Result<Vec<usize>, AppError> {
        unreachable!("nothing is claimed")
    }

    async fn send(&self, _: usize) {
        let spoken = self.speaks.notified();
        self.begun.add_permits(1);
        spoken.await;
    }
}

#[tokio::test]
async fn what_waits_behind_a_silent_relay_does_not_keep_the_server_from_stopping() {
    let queue = Arc::new(ForASilentRelay { begun: Semaphore::new(0), speaks: Notify::new() });
    let (claimed, waiting) = mpsc::channel(CLAIMED);
    for number in 0..CLAIMED {
        claimed.try_send((queue.now(), number)).unwrap();
    }

    let overdue = async {
        queue.begun.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap().forget();
        queue.speaks.notify_waiters();
    };
    send(&queue, waiting, overdue).await;

    assert_eq!(queue.begun.available_permits(), 0, "more were begun");
    assert!(claimed.is_closed());
}
