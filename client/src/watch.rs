//! Watches that outlive their streams: what was told last is where the next stream begins.

use tonic::{Response, Status, Streaming};

use crate::{Failure, Retries, v1};

/// What a watch tells: something, or only how far it is, and with which cursor to go on.
pub trait Told {
    /// The cursor with which to go on after it.
    fn cursor(&self) -> &str;

    /// Whether it tells anything but the cursor.
    fn is_news(&self) -> bool;
}

/// Watches for as long as somebody asks for more: when the stream is closed as planned, breaks, or its server stops, it is opened again with
/// the last cursor, so that nothing is missed and nothing told twice. Made by [`watch`].
pub struct Watch<T, F> {
    open: F,
    cursor: String,
    stream: Option<Streaming<T>>,
    retries: Retries,
    broken: u32,
}

/// Watches from a cursor on: `open` is called with it, and with the last one told whenever the stream has to be opened again.
///
/// As often in a row as `retries` says, and after its pauses, a stream that broke without having told anything is opened again.
///
/// ```no_run
/// # async fn tour(client: attache_client::Client) -> Result<(), attache_client::Failure> {
/// use attache_client::{Retries, v1, watch};
///
/// let parent = "events/ciftis-2023";
/// let mut changes = watch(String::new(), Retries::default(), async |cursor| {
///     let request = v1::WatchChangesRequest { parent: parent.to_owned(), cursor, ..Default::default() };
///     client.audit().watch_changes(request).await
/// });
/// loop {
///     let told = changes.next().await?;
///     println!("{:?}", told.change);
/// }
/// # }
/// ```
pub fn watch<T, F>(cursor: String, retries: Retries, open: F) -> Watch<T, F>
where
    T: Told,
    F: AsyncFnMut(String) -> Result<Response<Streaming<T>>, Status>,
{
    Watch { open, cursor, stream: None, retries, broken: 0 }
}

impl<T, F> Watch<T, F>
where
    T: Told,
    F: AsyncFnMut(String) -> Result<Response<Streaming<T>>, Status>,
{
    /// Waits for what is told next. Dropped before its end, it has lost nothing.
    ///
    /// Fails when the server refuses to go on, or cannot be reached for longer than the retries last; asked again, it tries again.
    pub async fn next(&mut self) -> Result<T, Failure> {
        loop {
            match self.message().await {
                Ok(Some(told)) => {
                    self.broken = 0;
                    told.cursor().clone_into(&mut self.cursor);
                    if told.is_news() {
                        return Ok(told);
                    }
                }
                Ok(None) => self.stream = None,
                Err(status) => {
                    self.stream = None;
                    let failure = Failure::from(status);
                    if !failure.breaks_a_stream() || self.broken >= self.retries.count {
                        self.broken = 0;
                        return Err(failure);
                    }
                    let pause = failure.retry_delay.unwrap_or_default() + self.retries.pause(self.broken);
                    self.broken += 1;
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    /// The cursor with which another watch would go on from here.
    pub fn cursor(&self) -> &str {
        &self.cursor
    }

    async fn message(&mut self) -> Result<Option<T>, Status> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => self.stream.insert((self.open)(self.cursor.clone()).await?.into_inner()),
        };
        stream.message().await
    }
}

macro_rules! told_by {
    ($($response:ident.$news:ident,)*) => {
        $(impl Told for v1::$response {
            fn cursor(&self) -> &str {
                &self.cursor
            }

            fn is_news(&self) -> bool {
                self.$news.is_some()
            }
        })*

        #[cfg(test)]
        const TOLD: &[&str] = &[$(stringify!($response)),*];
    };
}

told_by! {
    WatchChangesResponse.change,
    WatchScheduleResponse.release,
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_answer_with_a_cursor_can_be_watched() {
        let set = prost_types::FileDescriptorSet::decode(crate::DESCRIPTOR_SET).unwrap();
        let messages = set.file.iter().flat_map(|file| &file.message_type);
        let mut told: Vec<_> = messages
            .filter(|message| message.name().ends_with("Response"))
            .filter(|message| message.field.iter().any(|field| field.name() == "cursor"))
            .map(prost_types::DescriptorProto::name)
            .collect();
        told.sort_unstable();

        assert_eq!(TOLD, told);
    }
}
