//! What notification measures, beside what every service does.

use database::Scope;
use runtime::Fault;
use runtime::telemetry::{Kind, Metric};

use crate::{App, store};

/// Tries.
pub(crate) static TRIES: Metric = Metric::new(
    "linkage.mail.tries",
    Kind::Counter,
    "{try}",
    &["linkage.outcome"],
    "Tries to hand a mail over, by outcome: accepted, later, never, or unwritable.",
);

/// The queue.
static MESSAGES: Metric = Metric::new(
    "linkage.mail.messages",
    Kind::Gauge,
    "{message}",
    &["linkage.state"],
    "Messages that are waiting or being sent, and those that are parked for an operator.",
);

/// How far the queue is behind.
static OVERDUE: Metric = Metric::new(
    "linkage.mail.overdue",
    Kind::Gauge,
    "s",
    &[],
    "For how long the message has been due that is most overdue; 0 where none is.",
);

/// All of them.
pub static ALL: &[&Metric] = &[&TRIES, &MESSAGES, &OVERDUE];

/// Tells how the queue stands.
pub(crate) async fn measure(app: &App) -> Result<(), Fault> {
    let backlog = store::message::backlog(app.database().reader(), Scope::Peer).await?;
    MESSAGES.tell(backlog.waiting as f64, &["waiting"]);
    MESSAGES.tell(backlog.parked as f64, &["parked"]);
    let overdue = backlog.due_since.map(|since| app.now() - since).and_then(|age| age.to_std().ok());
    OVERDUE.tell(overdue.unwrap_or_default().as_secs_f64(), &[]);
    Ok(())
}
