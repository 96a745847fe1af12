//! A watch of what many watch: caught up by its own reading, and told from then on what is read for all.

use std::future::Future;

use tonic::Status;

use super::{Follower, Listener, Rest, fan_out::Next, too_slow};
use crate::store::StoreError;

/// One watch: how far it is, and what its listener is told.
pub(in crate::rpc) trait Watch: Send {
    /// What is read for all.
    type Entry: Send + Sync;
    /// What the listener is told.
    type Message: Send;

    /// The position of the last entry that was told, or passed over.
    fn position(&self) -> i64;

    /// Says how far the watch is, and nothing else.
    fn so_far(&self) -> Self::Message;

    /// Goes on by one entry that was read for all; nothing is told of what this watch is not of.
    fn pass(&mut self, position: i64, entry: &Self::Entry) -> Option<Self::Message>;

    /// Goes on by reading for itself: some of what comes next, or nothing when all was told.
    fn read_on(&mut self) -> impl Future<Output = Result<Vec<Self::Message>, StoreError>> + Send;
}

/// Tells a listener everything once and in order, and how far the watch is when there is nothing to tell.
///
/// Whoever was told all and then reads so slowly that the channel keeps no more what comes next is cut off: read for one by one, the slow would
/// cost as many statements as there are of them.
pub(in crate::rpc) async fn follow<W: Watch>(
    mut watch: W,
    mut follower: Follower<W::Entry>,
    mut listener: Listener<W::Message>,
) -> Result<(), Status> {
    listener.tell(watch.so_far()).await;
    let mut caught_up = false;
    loop {
        let all_told = match follower.next(watch.position()) {
            Next::Entry(position, entry) => {
                caught_up = true;
                if let Some(message) = watch.pass(position, &entry) {
                    listener.tell(message).await;
                }
                false
            }
            Next::Nothing => {
                caught_up = true;
                true
            }
            Next::Missed if caught_up => return Err(too_slow()),
            Next::Missed => {
                let messages = watch.read_on().await?;
                let all_told = messages.is_empty();
                for message in messages {
                    listener.tell(message).await;
                }
                all_told
            }
        };
        let more = async {
            if all_told {
                follower.news().await;
            }
        };
        match listener.rest(more).await? {
            Rest::News => {}
            Rest::Heartbeat => listener.tell(watch.so_far()).await,
            Rest::Close => {
                listener.tell(watch.so_far()).await;
                return Ok(());
            }
        }
    }
}
