//! The log of every server of the test binary, kept in memory, so that a test can look for what must not be in it.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// What the servers log at the most talkative anybody may set, and what their libraries log beside it.
const LEVEL: &str = "debug,attache_server=trace";

static LOG: OnceLock<Log> = OnceLock::new();

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// Begins to keep the log, once in a process.
pub(crate) fn start() {
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LEVEL))
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        log
    });
}

/// Gives all that was logged so far.
pub fn text() -> String {
    let log = LOG.get().map(|log| log.0.lock().unwrap_or_else(PoisonError::into_inner).clone());
    String::from_utf8_lossy(&log.unwrap_or_default()).into_owned()
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
