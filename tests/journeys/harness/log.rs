//! Everything that a story's thread logs, at every level.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, Registry, filter, fmt};

thread_local! {
    /// What this test's thread logged while it listens; the stories beside it on other threads log nothing.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Where the lines of the thread that writes them go.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.as_mut().map(|log| log.extend(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that this thread logs from now on, at every level. One subscriber for the whole process: one of a thread
/// alone misses the places that another thread came to first.
pub(crate) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let heard = filter::dynamic_filter_fn(|_, _| LOG.try_with(|log| log.borrow().is_some()).unwrap_or(false));
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(|| Log)
            .with_filter(heard.with_max_level_hint(LevelFilter::TRACE));
        tracing::subscriber::set_global_default(Registry::default().with(lines)).expect("no other subscriber");
    });
    LOG.set(Some(Vec::new()));
}

/// What was logged since; nothing is kept from now on.
pub(crate) fn heard() -> String {
    String::from_utf8_lossy(&LOG.take().expect("it listened")).into_owned()
}
