//! Delivers the outbox: at least once, in order per subject and destination, and no failure holds up what it need not.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::lease::Lease;
use database::outbox::{self, LANES, Next, Reach, Row};
use futures::FutureExt;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::leases::Leases;
use crate::telemetry::{self, metrics};
use crate::{App, Fault, Service, ServiceName, backoff};

/// So many deliveries are under way at once. One query looks at as many due rows: those that are under way already and those
/// that there is room for.
const WIDTH: usize = 16;
/// So many of them to one sibling, so that one that hangs leaves room for the others.
const WIDTH_PER_DESTINATION: usize = 6;
/// Then the row is parked: it waits for an operator.
const ATTEMPTS: i32 = 16;
/// The longest error that is kept.
const ERROR_CHARS: usize = 300;
/// How often the outbox is looked at while there is something to do.
const POLL: Duration = Duration::from_millis(200);
/// How often when there has been nothing for long.
const IDLE_POLL: Duration = Duration::from_secs(2);

type Key = (Uuid, String);

pub(crate) struct Relay<S: Service> {
    app: App<S>,
    leases: Arc<Leases>,
    stop: CancellationToken,
    /// One pass at a time in one process: a second would claim what the first is delivering.
    pass: Mutex<()>,
}

/// What one pass is doing and has done.
#[derive(Default)]
struct Pass {
    under_way: HashSet<Key>,
    finished: usize,
}

impl Pass {
    /// How many deliveries to this sibling are under way.
    fn to(&self, destination: &str) -> usize {
        self.under_way.iter().filter(|(_, to)| to == destination).count()
    }
}

impl<S: Service> Relay<S> {
    pub(crate) fn new(app: App<S>, leases: Arc<Leases>, stop: CancellationToken) -> Relay<S> {
        Relay { app, leases, stop, pass: Mutex::default() }
    }

    /// Delivers whenever something was committed, and looks by itself for what other replicas left. What is under way is
    /// finished before it stops.
    pub(crate) async fn run(self: &Arc<Self>) {
        let mut woken = self.app.floor().wake.subscribe();
        let mut poll = POLL;
        while !self.stop.is_cancelled() {
            match AssertUnwindSafe(self.once()).catch_unwind().await {
                Ok(Ok(0)) => poll = (poll * 2).min(IDLE_POLL),
                Ok(Ok(_)) => poll = POLL,
                Ok(Err(fault)) => {
                    tracing::warn!(%fault, "the outbox can't be read");
                    poll = IDLE_POLL;
                }
                Err(_) => {
                    tracing::error!("the relay panicked; it goes on");
                    poll = IDLE_POLL;
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                // It can't fail: the app that keeps the sender is ours.
                _ = woken.changed() => {}
                () = tokio::time::sleep(backoff::about(poll)) => {}
            }
        }
    }

    /// One pass over all lanes that this process may deliver, until nothing is due: what failed is due later. Says how many
    /// deliveries came to an end, well or not.
    pub(crate) async fn once(self: &Arc<Self>) -> Result<usize, Fault> {
        let _one = self.pass.lock().await;
        let mut pass = Pass::default();
        // Tasks of their own: one that holds a connection must go on while the next rows are looked for.
        let mut under_way = JoinSet::new();
        let mut woken = self.app.floor().wake.subscribe();
        loop {
            if under_way.len() < WIDTH && !self.stop.is_cancelled() {
                for (row, lease) in self.next(&mut pass, WIDTH - under_way.len()).await? {
                    under_way.spawn(Arc::clone(self).deliver(row, lease));
                }
            }
            if under_way.is_empty() {
                return Ok(pass.finished);
            }
            let ended = tokio::select! {
                Some(ended) = under_way.join_next() => ended,
                // What was committed or fell due meanwhile, as does what failed, need not wait for a delivery that hangs.
                _ = woken.changed() => continue,
                () = tokio::time::sleep(POLL) => continue,
            };
            let (key, tried) = ended.map_err(Fault::internal)?;
            pass.under_way.remove(&key);
            pass.finished += usize::from(tried?);
        }
    }

    /// The next rows to deliver, each with the lease of its lane.
    async fn next(&self, pass: &mut Pass, room: usize) -> Result<Vec<(Row, Lease)>, Fault> {
        let mut next = Vec::new();
        let mut reach = self.reach(pass).await;
        loop {
            if reach.lanes.is_empty() {
                // All are another replica's: no change here need look at what it delivers.
                return Ok(next);
            }
            let before = reach.clone();
            let due = outbox::due(self.app.database().reader(), &reach, self.app.now(), WIDTH as u64).await?;
            let all = due.len() < WIDTH;
            for row in due {
                if next.len() == room {
                    return Ok(next);
                }
                next.extend(self.take(pass, &mut reach, row).await?);
            }
            // What is out of reach must not hide what lies behind it: each round leaves out a lane or a peer more.
            if all || reach == before {
                return Ok(next);
            }
        }
    }

    /// The lanes that are not known to be another process's, and the siblings that have their fill.
    async fn reach(&self, pass: &Pass) -> Reach {
        let mut lanes = Vec::new();
        for lane in 0..LANES {
            if !self.leases.refused(&lease_name(lane)).await {
                lanes.push(lane);
            }
        }
        let mut busy: Vec<_> = pass.under_way.iter().map(|(_, destination)| destination.clone()).collect();
        busy.sort();
        busy.dedup();
        busy.retain(|destination| pass.to(destination) >= WIDTH_PER_DESTINATION);
        Reach { lanes, busy }
    }

    /// The row to be tried, if it is within reach and not under way.
    async fn take(&self, pass: &mut Pass, reach: &mut Reach, row: Row) -> Result<Option<(Row, Lease)>, Fault> {
        let key = (row.event, row.destination.clone());
        if !reach.lanes.contains(&row.lane) || reach.busy.contains(&row.destination) || pass.under_way.contains(&key) {
            return Ok(None);
        }
        let Some(lease) = self.leases.get(&lease_name(row.lane)).await? else {
            reach.lanes.retain(|lane| *lane != row.lane);
            return Ok(None);
        };
        pass.under_way.insert(key);
        if pass.to(&row.destination) >= WIDTH_PER_DESTINATION {
            reach.busy.push(row.destination.clone());
        }
        Ok(Some((row, lease)))
    }

    /// Says which row it was, and whether it was ours to try.
    async fn deliver(self: Arc<Self>, row: Row, lease: Lease) -> (Key, Result<bool, Fault>) {
        let method = row.method.rsplit('/').next().unwrap_or_default();
        let span = telemetry::resumed(&format!("deliver {method}"), "producer", row.trace.as_deref());
        let tried = self.attempt(&row, &lease).instrument(span).await;
        ((row.event, row.destination), tried)
    }

    async fn attempt(&self, row: &Row, lease: &Lease) -> Result<bool, Fault> {
        let database = self.app.database();
        // The attempt is counted before it is made: a message that kills the process is parked too, in the end.
        if row.attempts < ATTEMPTS && !outbox::claim(database, row, lease).await? {
            self.leases.doubt(&lease.name).await;
            return Ok(false);
        }
        let attempts = row.attempts.saturating_add(1);
        // No transaction is open here.
        let kept = match self.call(row).await {
            Ok(()) => {
                self.tell(row, "delivered");
                outbox::done(database, row, lease).await?
            }
            Err(error) => {
                let next = self.after(row, attempts, &error);
                outbox::failed(database, row, lease, &error, next).await?
            }
        };
        if !kept {
            self.leases.doubt(&lease.name).await;
        }
        Ok(true)
    }

    async fn call(&self, row: &Row) -> Result<(), String> {
        if row.attempts >= ATTEMPTS {
            return Err(row.last_error.clone().unwrap_or_else(|| "the process ended during each attempt".to_owned()));
        }
        let destination = ServiceName::parse(&row.destination).ok_or("there is no such service")?;
        let sealed = AssertUnwindSafe(async {
            let payload = self.app.links().seal(&row.method, row.payload.clone())?;
            // Within the delivery's own span; where nothing traces, as the row has it.
            let trace = telemetry::traceparent(&Span::current()).or_else(|| row.trace.clone());
            let answer = self.app.peers().call(destination, &row.method, payload, trace.as_deref()).await;
            Ok::<_, Fault>(answer)
        });
        match sealed.catch_unwind().await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(status))) => Err(shorten(&format!("{:?}: {}", status.code(), status.message()))),
            Ok(Err(fault)) => Err(shorten(&fault.to_string())),
            Err(_) => Err("delivering it panicked".to_owned()),
        }
    }

    fn tell(&self, row: &Row, outcome: &str) {
        let (service, destination) = (S::NAME.as_str(), row.destination.as_str());
        metrics::DELIVERIES.tell(1.0, &[service, destination, outcome]);
        if outcome == "delivered" {
            let waited = (self.app.now() - row.created_at).to_std().unwrap_or_default();
            metrics::DELAY.tell(waited.as_secs_f64(), &[service, destination]);
        }
    }

    fn after(&self, row: &Row, attempts: i32, error: &str) -> Next {
        let (event, destination, method) = (row.event, &row.destination, &row.method);
        if attempts >= ATTEMPTS {
            self.tell(row, "parked");
            tracing::error!(%event, destination, method, attempts, error, "delivery parked: it waits for an operator");
            return Next::Park(self.app.now());
        }
        self.tell(row, "failed");
        let pause = backoff::pause(attempts.unsigned_abs());
        tracing::warn!(%event, destination, method, attempts, error, ?pause, "delivery failed");
        Next::At(self.app.now() + TimeDelta::from_std(pause).unwrap_or_default())
    }
}

fn lease_name(lane: i16) -> String {
    format!("relay/{lane}")
}

fn shorten(error: &str) -> String {
    error.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_CHARS).collect()
}
