//! Bells for those who wait for news of a trail: one a trail that anybody watches, so that nobody is woken by what is done elsewhere.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use attache_domain::change::Trail;
use tokio::sync::watch;

use super::super::Store;

/// The bells of the trails that somebody watches; each says how far its trail is numbered, as far as this server has heard.
#[derive(Default)]
pub(in crate::store) struct TrailBells(Mutex<HashMap<String, Weak<watch::Sender<i64>>>>);

/// Tells when something was done under one name.
pub struct News {
    heard: watch::Receiver<i64>,
    /// Kept for as long as somebody listens, and gone with the last.
    _bell: Arc<watch::Sender<i64>>,
}

impl News {
    /// Takes note of how far things are; what is read after this is no news.
    pub fn catch_up(&mut self) {
        self.heard.mark_unchanged();
    }

    /// Waits until more was done than was taken note of.
    pub async fn wait(&mut self) {
        // The bell is held here, so that it rings for as long as anybody waits.
        let _ = self.heard.changed().await;
    }
}

impl TrailBells {
    fn listen(&self, trail: String) -> News {
        let mut bells = self.bells();
        bells.retain(|_, bell| bell.strong_count() > 0);
        let bell = bells.get(&trail).and_then(Weak::upgrade).unwrap_or_default();
        bells.insert(trail, Arc::downgrade(&bell));
        News { heard: bell.subscribe(), _bell: bell }
    }

    /// Rings for trails that are numbered further than was heard before.
    pub(in crate::store) fn ring(&self, numbered: impl IntoIterator<Item = (String, i64)>) {
        let bells = self.bells();
        for (trail, position) in numbered {
            let Some(bell) = bells.get(&trail).and_then(Weak::upgrade) else { continue };
            bell.send_if_modified(|head| {
                let rings = position > *head;
                *head = position.max(*head);
                rings
            });
        }
    }

    /// The trails that somebody watches.
    pub(super) fn watched(&self) -> Vec<String> {
        let bells = self.bells();
        bells.iter().filter(|(_, bell)| bell.strong_count() > 0).map(|(trail, _)| trail.clone()).collect()
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<String, Weak<watch::Sender<i64>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Tells when something is done under a name, by this server or another.
    pub fn news(&self, trail: &Trail) -> News {
        self.bells.trails.listen(trail.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;

    async fn rings(news: &mut News) -> bool {
        let mut waiting = std::pin::pin!(news.wait());
        std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn bell_rings_for_its_own_trail_and_for_what_is_new() {
        let bells = TrailBells::default();
        let mut forum = bells.listen("events/forum".to_owned());
        let mut launch = bells.listen("events/launch".to_owned());

        bells.ring([("events/forum".to_owned(), 3), ("events/unheard".to_owned(), 9)]);
        let first = (rings(&mut forum).await, rings(&mut launch).await);
        bells.ring([("events/forum".to_owned(), 3)]);
        let same = rings(&mut forum).await;

        assert_eq!((first, same), ((true, false), false));
    }

    #[tokio::test]
    async fn bell_that_nobody_listens_to_is_taken_away() {
        let bells = TrailBells::default();
        let forum = bells.listen("events/forum".to_owned());
        let again = bells.listen("events/forum".to_owned());

        drop(forum);
        let one = bells.watched();
        drop(again);

        assert_eq!((one, bells.watched()), (vec!["events/forum".to_owned()], Vec::new()));
    }
}
