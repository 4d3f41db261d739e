//! Tells entries as they get their places: in order, without gap or repeat, from wherever the caller was before.
//!
//! Each watcher has a task of its own that reads ahead a little. It ends when what it has read is left untaken, so that nobody who stops
//! reading holds more than that. Whoever is behind waits for a turn before each look: however many begin at the start, they take few connections.

use std::time::Duration;

use database::journal::{self, Readable};
use futures::future::ready;
use futures::stream::{self, StreamExt as _};
use tokio::sync::mpsc::{self, Sender};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use wire::event as pb;
use wire::event::watch_events_response::Answer;

use super::{SUBJECT, event, party};
use crate::pulse::Pulse;
use crate::reply::Answers;
use crate::serve::Place;
use crate::{App, Caller, Fault, Reason, Service, Violations, page};

/// The longest resume token that we give, and so the longest that we take.
const TOKEN: usize = 200;
/// Begins with what comes next.
const NOW: &str = "now";
/// Answers that wait to be read.
const BUFFER: usize = 64;
/// So many places of the journal are looked through at once.
const WINDOW: i64 = 1_000;
/// At most so often it is told how far the journal was looked through.
const MARK_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn watch<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::WatchEventsRequest,
) -> Result<Answers<pb::WatchEventsResponse>, Fault> {
    let mut violations = Violations::of(&request);
    let subject = violations.optional_text("subject", &request.subject, SUBJECT);
    let token = violations.optional_text("resume_token", &request.resume_token, TOKEN);
    let (subject, token) = violations.all((subject, token))?;
    let readable = Readable { party: party(caller)?, subject };
    let seen = begin(app, caller, &request, token.as_deref()).await?;
    let place = app.floor().watchers.enter(caller)?.ok_or_else(crowded)?;
    let (answers, told) = mpsc::channel(BUFFER);
    let (end, ended) = oneshot::channel();
    let mut watch = Watch {
        readable,
        seen,
        told: seen,
        next_mark: Instant::now(),
        pulse: app.journal_pulse(),
        answers,
        _place: place,
        request,
        caller: caller.clone(),
        app: app.clone(),
    };
    app.floor().tasks.spawn(async move {
        if let End::Told(fault) = watch.run().await {
            // Whoever went meanwhile needs no reason.
            let _ = end.send(fault.with("resume_token", watch.token(watch.told)).into_status());
        }
    });
    let ended = stream::once(ended).filter_map(|end| ready(end.ok().map(Err)));
    Ok(ReceiverStream::new(told).map(Ok).chain(ended).boxed())
}

/// The place after which to begin.
async fn begin<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: &pb::WatchEventsRequest,
    token: Option<&str>,
) -> Result<i64, Fault> {
    let Some(token) = token else { return Ok(0) };
    let head = journal::head(app.database().reader()).await?;
    if token == NOW {
        return Ok(head);
    }
    let position = page::open(app.links(), caller, request, token).ok_or_else(unknown_token)?;
    let (epoch, seen) = position.split_first_chunk().ok_or_else(unknown_token)?;
    let seen = seen.try_into().map(i64::from_be_bytes).map_err(|_| unknown_token())?;
    // What a restored journal tells under the same places is something else.
    if i64::from_be_bytes(*epoch) != app.epoch() || seen > head { Err(unknown_token()) } else { Ok(seen) }
}

fn unknown_token() -> Fault {
    let message = "this token was not given to you for this filter, or the journal was restored since: begin without, or with `now`";
    Fault::new(Code::InvalidArgument, pb::Reason::ResumeTokenInvalid, message).violation("resume_token", "unknown")
}

fn crowded() -> Fault {
    Fault::new(Code::ResourceExhausted, Reason::RateLimited, "too many watch already: list instead, or watch later")
        .retry_after(Duration::from_secs(10))
}

fn too_slow() -> Fault {
    let message = "the answers were left unread for too long: go on with the token, and read faster";
    Fault::new(Code::ResourceExhausted, pb::Reason::WatcherTooSlow, message)
}

fn stopping() -> Fault {
    Fault::new(Code::Unavailable, Reason::DependencyDown, "this process stops: go on with the token")
        .retry_after(Duration::from_millis(200))
}

/// One watcher, and how far it has come.
struct Watch<S: Service> {
    app: App<S>,
    caller: Caller,
    request: pb::WatchEventsRequest,
    readable: Readable,
    /// The journal was looked through up to here.
    seen: i64,
    /// The last answer was of here.
    told: i64,
    next_mark: Instant,
    pulse: Pulse,
    answers: Sender<pb::WatchEventsResponse>,
    _place: Place<String>,
}

/// Why it ends.
enum End {
    /// Nobody reads any more.
    Gone,
    /// The reader is told.
    Told(Fault),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> End {
        End::Told(fault)
    }
}

impl<S: Service> Watch<S> {
    async fn run(&mut self) -> End {
        loop {
            if let Err(end) = self.pass().await {
                return end;
            }
        }
    }

    /// Tells what is new; at the end of the journal it waits for more.
    async fn pass(&mut self) -> Result<(), End> {
        self.caller.still_counts()?;
        let reader = self.app.database().reader();
        let head = journal::head(reader).await.map_err(Fault::from)?;
        let to = head.min(self.seen + WINDOW);
        if self.seen < to {
            let entries = self.between(to, to < head).await?;
            for entry in entries {
                let event = event::<S>(entry);
                self.tell(event.sequence, Answer::Event(event.into())).await?;
            }
            self.seen = to;
        }
        if self.next_mark <= Instant::now() {
            self.tell(self.seen, Answer::Progress(pb::Progress { sequence: self.seen })).await?;
            self.next_mark = Instant::now() + MARK_EVERY;
        }
        if self.seen < head { Ok(()) } else { self.wait().await }
    }

    /// The entries up to a place; who is behind reads them when it is its turn.
    async fn between(&mut self, to: i64, behind: bool) -> Result<Vec<journal::Entry>, End> {
        let floor = self.app.floor();
        let _turn = if behind {
            tokio::select! {
                turn = floor.watchers.turn() => Some(turn?),
                () = self.answers.closed() => return Err(End::Gone),
                () = self.pulse.stopped() => return Err(stopping().into()),
            }
        } else {
            None
        };
        let entries = journal::between(self.app.database().reader(), &self.readable, self.seen, to).await;
        Ok(entries.map_err(Fault::from)?)
    }

    async fn tell(&mut self, sequence: i64, answer: Answer) -> Result<(), End> {
        self.caller.still_counts()?;
        let answer = pb::WatchEventsResponse { resume_token: self.token(sequence), answer: Some(answer) };
        tokio::select! {
            sent = self.answers.send_timeout(answer, self.app.floor().patience) => match sent {
                Ok(()) => {}
                Err(mpsc::error::SendTimeoutError::Closed(_)) => return Err(End::Gone),
                Err(mpsc::error::SendTimeoutError::Timeout(_)) => return Err(too_slow().into()),
            },
            () = self.pulse.stopped() => return Err(stopping().into()),
        }
        self.told = sequence;
        Ok(())
    }

    /// Goes on after this place.
    fn token(&self, sequence: i64) -> String {
        let position = [self.app.epoch().to_be_bytes(), sequence.to_be_bytes()].concat();
        page::seal(self.app.links(), &self.caller, &self.request, position)
    }

    async fn wait(&mut self) -> Result<(), End> {
        tokio::select! {
            () = self.answers.closed() => Err(End::Gone),
            beats = self.pulse.beat() => if beats { Ok(()) } else { Err(stopping().into()) },
        }
    }
}
