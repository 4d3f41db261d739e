//! The queue at work: tries side by side, none of which holds up its neighbours.
//!
//! A try is counted in a change of its own before it is made, made with no transaction open, and ended in another change.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex as Slot, PoisonError};
use std::time::Duration;

use database::Scope;
use ids::MessageId;
use runtime::{Fault, telemetry};
use tokio::sync::Mutex;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use crate::domain::pace::Full;
use crate::domain::{Event, Letter, Message, Pace};
use crate::render::Unwritable;
use crate::store::message::Due;
use crate::transport::Verdict;
use crate::{App, Change, Config, metrics, render, store};

/// So many tries are under way at once.
const WIDTH: usize = 16;
/// So many of them to one domain: a server that hangs leaves room for the others.
const WIDTH_PER_DOMAIN: usize = 6;
/// How many due messages are looked at in one query.
const WINDOW: u64 = 64;
/// A pass ends after so long, whatever still hangs; the next one finds it again.
const LONGEST_PASS: Duration = Duration::from_secs(5);
/// How long the end of a try waits for a database that is away. Forgetting it would send the mail once more.
const LONGEST_END: Duration = Duration::from_secs(100);

/// What is under way in this process, and how fast it went.
#[derive(Debug)]
pub(crate) struct Courier(Mutex<Round>);

#[derive(Debug)]
struct Round {
    tries: JoinSet<Result<End, Fault>>,
    of: HashMap<Id, Due>,
    pace: Pace,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The message is done with.
    Final,
    /// It waits again, or was another replica's.
    Open,
}

impl Courier {
    pub(crate) fn new(config: &Config) -> Courier {
        Courier(Mutex::new(Round { tries: JoinSet::new(), of: HashMap::new(), pace: Pace::new(config.pace()) }))
    }

    /// Tries what is due, each message once; says how many tries came to an end.
    pub(crate) async fn pass(&self, app: &App) -> Result<usize, Fault> {
        let mut round = self.0.lock().await;
        let until = Instant::now() + LONGEST_PASS;
        let (mut ended, mut tried) = (0, HashSet::new());
        loop {
            while round.start(app, &mut tried).await? {}
            if round.tries.is_empty() {
                return Ok(ended);
            }
            tokio::select! {
                Some(_) = round.next_end(&mut tried) => ended += 1,
                () = tokio::time::sleep_until(until) => return Ok(ended),
            }
        }
    }

    /// Lets the tries that are under way come to their end.
    pub(crate) async fn drain(&self) {
        let mut round = self.0.lock().await;
        while round.next_end(&mut HashSet::new()).await.is_some() {}
    }
}

impl Round {
    /// Begins as many tries as there is room for; says whether it is worth looking once more.
    async fn start(&mut self, app: &App, tried: &mut HashSet<MessageId>) -> Result<bool, Fault> {
        let room = WIDTH - self.tries.len();
        if room == 0 {
            return Ok(false);
        }
        let now = app.now();
        let mut without = self.pace.full(now);
        without.domains.extend(self.busy());
        let window = WINDOW + u64::try_from(tried.len()).unwrap_or(u64::MAX / 2);
        let due = store::message::due(app.database().reader(), Scope::Peer, now, &without, window).await?;
        let mut started = 0;
        for due in due {
            if started < room && self.fits(&due, &without) && !tried.contains(&due.id) && self.pace.begin(&due.to, now)
            {
                tried.insert(due.id);
                let task = self.tries.spawn(attempt(app.clone(), due.id));
                self.of.insert(task.id(), due);
                started += 1;
            }
        }
        Ok(started > 0)
    }

    /// Domains that have as many tries under way as they get.
    fn busy(&self) -> Vec<String> {
        let mut counts = HashMap::<&str, usize>::new();
        for due in self.of.values() {
            *counts.entry(&due.to.domain).or_default() += 1;
        }
        counts
            .into_iter()
            .filter(|(_, count)| *count >= WIDTH_PER_DOMAIN)
            .map(|(domain, _)| domain.to_owned())
            .collect()
    }

    fn fits(&self, due: &Due, without: &Full) -> bool {
        let under_way = self.of.values().filter(|other| other.to.domain == due.to.domain).count();
        under_way < WIDTH_PER_DOMAIN && !without.domains.contains(&due.to.domain)
    }

    /// The end of the try that ends next; none when none is under way. What is done with need not be remembered as tried.
    async fn next_end(&mut self, tried: &mut HashSet<MessageId>) -> Option<()> {
        let (task, outcome) = match self.tries.join_next_with_id().await? {
            Ok((task, outcome)) => (task, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        let message = self.of.remove(&task).map(|due| due.id);
        match (outcome, message) {
            (Some(Ok(End::Final)), Some(message)) => drop(tried.remove(&message)),
            (Some(Ok(_)), _) => {}
            (Some(Err(fault)), Some(message)) => {
                tracing::error!(message = message.name(), %fault, "a message could not be tried");
            }
            _ => {
                tracing::error!(message = message.map(MessageId::name), "trying a message panicked; it is tried again");
            }
        }
        Some(())
    }
}

async fn attempt(app: App, id: MessageId) -> Result<End, Fault> {
    let begun = match begin(&app, id).await {
        Err(fault) if is_unreadable(&fault) => {
            tracing::error!(message = id.name(), %fault, "a message can't be read and was set aside");
            app.sweep(move |change| async move {
                store::message::set_aside(&change.tx, id, change.now(), "ROW_UNREADABLE").await?;
                Ok(Vec::new())
            })
            .await?;
            return Ok(End::Final);
        }
        begun => begun?,
    };
    let Some(message) = begun else { return Ok(End::Open) };
    let span = telemetry::resumed("send mail", "consumer", message.cause.trace.as_deref());
    hand_over(&app, &message).instrument(span).await
}

/// Makes the try, and ends it.
async fn hand_over(app: &App, message: &Message) -> Result<End, Fault> {
    let written = match message.under_way() {
        Ok(contents) => render::letter(message.kind, &message.language, contents, &app.service().config().from),
        Err(_) => return Ok(End::Open),
    };
    let verdict = match &written {
        Ok(letter) => app.service().transport().offer(message, letter).await,
        // Not asked: there is nothing to hand over.
        Err(_) => Verdict::Accepted,
    };
    let outcome = match (&written, &verdict) {
        (Err(_), _) => "unwritable",
        (_, Verdict::Accepted) => "accepted",
        (_, Verdict::Later(_)) => "later",
        (_, Verdict::Never(_)) => "never",
    };
    metrics::TRIES.tell(1.0, &[outcome]);
    finish(app, message, &written, &verdict).await
}

fn is_unreadable(fault: &Fault) -> bool {
    use database::AsDatabaseError as _;
    matches!(fault.as_database_error(), Some(database::Error::Unreadable { .. }))
}

/// Counts the try and claims the message for it; none when another replica was faster, or when it has had all its tries.
async fn begin(app: &App, id: MessageId) -> Result<Option<Message>, Fault> {
    let begun = &Slot::new(None);
    app.sweep(move |change| async move {
        let keep = |message| *begun.lock().unwrap_or_else(PoisonError::into_inner) = message;
        keep(None);
        let Some(mut message) = store::message::load(&change.tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
        let Ok(event) = message.begin(change.now(), app.service().config().tries()) else { return Ok(Vec::new()) };
        store::message::save(&change.tx, Scope::Peer, &message).await?;
        message.version += 1;
        keep(Some(message));
        Ok(event.into_iter().collect())
    })
    .await?;
    Ok(begun.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|message| message.under_way().is_ok()))
}

/// Writes down how the try ended, if it is still this one. A simulated mail is in its mailbox if and only if its message is SENT.
async fn finish(
    app: &App,
    begun: &Message,
    written: &Result<Letter, Unwritable>,
    verdict: &Verdict,
) -> Result<End, Fault> {
    let until = Instant::now() + LONGEST_END;
    loop {
        let ended = app.sweep(move |change| end(app, change, begun, written, verdict)).await;
        match ended {
            Ok(()) => break,
            Err(fault) if fault.code() == tonic::Code::Unavailable && Instant::now() < until => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(if matches!(verdict, Verdict::Later(_)) { End::Open } else { End::Final })
}

async fn end(
    app: &App,
    change: Change,
    begun: &Message,
    written: &Result<Letter, Unwritable>,
    verdict: &Verdict,
) -> Result<Vec<Event>, Fault> {
    let Some(mut message) = store::message::load(&change.tx, Scope::Peer, begun.id).await? else {
        return Ok(Vec::new());
    };
    if message.version != begun.version {
        tracing::warn!(message = begun.id.name(), "a try ended after its time: another one has taken its place");
        return Ok(Vec::new());
    }
    let (now, tries) = (change.now(), app.service().config().tries());
    let event = match (written, verdict) {
        (Err(error), _) => message.park(now, error.code()),
        (Ok(letter), Verdict::Accepted) => {
            if app.service().transport().is_simulated() {
                let mail = letter.clone().arrived(change.id(), &message, now);
                store::mailbox_message::insert(&change.tx, Scope::Peer, mail).await?;
            }
            message.accept(now)
        }
        (Ok(_), Verdict::Later(reason)) => message.postpone(now, reason, tries, chance(&change)),
        (Ok(_), Verdict::Never(reason)) => message.bounce(now, reason),
    };
    let Ok(event) = event else { return Ok(Vec::new()) };
    store::message::save(&change.tx, Scope::Peer, &message).await?;
    if let Event::MessageParked { reason, .. } = &event {
        tracing::error!(message = message.id.name(), reason, "a message was parked");
    }
    Ok(vec![event])
}

/// The last 32 bits of a new id are random.
fn chance(change: &Change) -> u32 {
    let [.., a, b, c, d] = *change.id::<ids::kind::Message>().uuid().as_bytes();
    u32::from_be_bytes([a, b, c, d])
}
