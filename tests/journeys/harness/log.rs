//! Everything that a story logs, at every level.

use std::cell::{Cell, RefCell};
use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, Registry, filter, fmt};

/// Set, every story is listened to, and what it logged is searched when it ends.
const SEARCHED: &str = "LINKAGE_TEST_SEARCH_LOGS";

thread_local! {
    /// From where on what is logged beside a story is its own, too.
    static FROM: Cell<usize> = const { Cell::new(0) };
    /// What this test's thread logged while it listens; the stories beside it on other threads log nothing.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// What threads logged that tell no story, such as those of a database's driver, while every story is listened to.
static BESIDE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Where the lines of the thread that writes them go.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let kept = LOG.try_with(|log| log.borrow_mut().as_mut().map(|log| log.extend(bytes)));
        if !matches!(kept, Ok(Some(()))) {
            beside().extend(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether every story's log is searched.
pub(crate) fn is_searched() -> bool {
    std::env::var_os(SEARCHED).is_some()
}

/// Everything that this thread logs from now on, at every level. One subscriber for the whole process: one of a thread
/// alone misses the places that another thread came to first.
pub(crate) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let all = is_searched();
        let heard =
            filter::dynamic_filter_fn(move |_, _| all || LOG.try_with(|log| log.borrow().is_some()).unwrap_or(false));
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(|| Log)
            .with_filter(heard.with_max_level_hint(LevelFilter::TRACE));
        tracing::subscriber::set_global_default(Registry::default().with(lines)).expect("no other subscriber");
    });
    LOG.with_borrow_mut(|log| {
        log.get_or_insert_default();
    });
    FROM.set(beside().len());
}

/// What was logged since; nothing is kept from now on, unless every story is searched.
pub(crate) fn heard() -> String {
    let log = if is_searched() { LOG.with_borrow(Clone::clone) } else { LOG.take() };
    String::from_utf8_lossy(&log.expect("it listened")).into_owned()
}

/// What was logged of this story, its thread's lines and those of threads beside it.
pub(crate) fn all_heard() -> String {
    let own = LOG.take().expect("it listened");
    let beside = beside();
    [String::from_utf8_lossy(&own), String::from_utf8_lossy(&beside[FROM.get()..])].concat()
}

fn beside() -> MutexGuard<'static, Vec<u8>> {
    BESIDE.lock().unwrap_or_else(PoisonError::into_inner)
}
