//! Delivers the outbox: at least once, in order per subject and destination, and no failure holds up what it need not.

mod pass;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use database::lease::Lease;
use database::outbox::{self, LANES, Next, Reach, Row};
use futures::FutureExt;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use self::pass::{Key, Pass, Tried, key};
use crate::leases::Leases;
use crate::telemetry::{self, metrics};
use crate::{App, Fault, Service, ServiceName, backoff};

/// So many deliveries are under way at once, each of another subject where there is an order. One query looks at as many due rows: those
/// that are under way already and those that there is room for.
const WIDTH: usize = 16;
/// So many of them to one sibling, so that one that hangs leaves room for the others.
const WIDTH_PER_DESTINATION: usize = 6;
/// So many messages of one subject go one after the other, and only for so long: then whoever waits longest is next.
const CHAIN: usize = 64;
const CHAIN_FOR: Duration = Duration::from_secs(1);
/// Then the row is parked: it waits for an operator.
const ATTEMPTS: i32 = 16;
/// The longest error that is kept.
const ERROR_CHARS: usize = 300;
/// How often the outbox is looked at while there is something to do.
const POLL: Duration = Duration::from_millis(200);
/// How often when there has been nothing for long.
const IDLE_POLL: Duration = Duration::from_secs(2);

pub(crate) struct Relay<S: Service> {
    app: App<S>,
    leases: Arc<Leases>,
    stop: CancellationToken,
    /// One pass at a time in one process: a second would claim what the first is delivering.
    pass: Mutex<()>,
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
                    tracing::warn!(%fault, "a pass over the outbox ended early");
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
        let mut pass = Pass::new(self.stop.child_token());
        // Tasks of their own: one that holds a connection must go on while the next rows are looked for.
        let mut under_way = JoinSet::new();
        let mut woken = self.app.floor().wake.subscribe();
        loop {
            if under_way.len() < WIDTH && pass.looks() {
                let began = Instant::now();
                match self.next(&mut pass, WIDTH - under_way.len()).await {
                    Ok(next) => next.into_iter().for_each(|(row, lease)| {
                        under_way.spawn(Arc::clone(self).deliver(row, lease, pass.stop.clone()));
                    }),
                    Err(fault) => pass.fail(fault),
                }
                pass.looked(began);
            }
            if under_way.is_empty() {
                return pass.error.map_or(Ok(pass.finished), Err);
            }
            self.hold(&pass).await;
            tokio::select! {
                Some(ended) = under_way.join_next() => pass.end(ended),
                // What was committed or fell due meanwhile, as does what failed, need not wait for a delivery that hangs.
                _ = woken.changed() => pass.hear(),
                () = tokio::time::sleep(pass.rest().unwrap_or(POLL).min(POLL)) => {}
            }
            while let Some(ended) = under_way.try_join_next() {
                pass.end(ended);
            }
        }
    }

    /// Keeps the leases of what is under way: a delivery that hangs takes as long as one lasts.
    async fn hold(&self, pass: &Pass) {
        for lane in pass.under_way.values() {
            self.leases.keep(&lease_name(*lane)).await;
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
        let mut busy: Vec<_> = pass.under_way.keys().map(|(destination, _)| destination.clone()).collect();
        busy.sort();
        busy.dedup();
        busy.retain(|destination| pass.to(destination) >= WIDTH_PER_DESTINATION);
        Reach { lanes, busy }
    }

    /// The row to be tried, if it is within reach and not under way.
    async fn take(&self, pass: &mut Pass, reach: &mut Reach, row: Row) -> Result<Option<(Row, Lease)>, Fault> {
        let key = key(&row);
        if !reach.lanes.contains(&row.lane)
            || reach.busy.contains(&row.destination)
            || pass.under_way.contains_key(&key)
        {
            return Ok(None);
        }
        let Some(lease) = self.leases.get(&lease_name(row.lane)).await? else {
            reach.lanes.retain(|lane| *lane != row.lane);
            return Ok(None);
        };
        pass.under_way.insert(key, row.lane);
        if pass.to(&row.destination) >= WIDTH_PER_DESTINATION {
            reach.busy.push(row.destination.clone());
        }
        Ok(Some((row, lease)))
    }

    /// Delivers a row, and after it those of its subject that wait for it alone. Says what it kept from others, and how many
    /// deliveries came to an end.
    async fn deliver(self: Arc<Self>, row: Row, lease: Lease, stop: CancellationToken) -> (Key, Result<usize, Fault>) {
        let (key, began) = (key(&row), Instant::now());
        let (mut tried, mut next) = (0, Some((row, lease)));
        let goes_on = |tried| tried < CHAIN && began.elapsed() < CHAIN_FOR && !stop.is_cancelled();
        while let Some((row, lease)) = next.take() {
            let method = row.method.rsplit('/').next().unwrap_or_default();
            let span = telemetry::resumed(&format!("deliver {method}"), "producer", row.trace.as_deref());
            let following = match self.attempt(&row, &lease).instrument(span).await {
                Ok(Tried::NotOurs) => break,
                Ok(Tried::Delivered) if row.ordered && goes_on(tried + 1) => self.following(&row).await,
                Ok(_) => Ok(None),
                Err(fault) => Err(fault),
            };
            tried += 1;
            match following {
                Ok(following) => next = following,
                Err(fault) => return (key, Err(fault)),
            }
        }
        (key, Ok(tried))
    }

    /// The next row of a delivered one's subject, if it can be delivered now: found by its order, without a look at all that is due.
    async fn following(&self, row: &Row) -> Result<Option<(Row, Lease)>, Fault> {
        let Some(next) = outbox::following(self.app.database().reader(), row, self.app.now()).await? else {
            return Ok(None);
        };
        let lease = self.leases.get(&lease_name(row.lane)).await?;
        Ok(lease.map(|lease| (next, lease)))
    }

    async fn attempt(&self, row: &Row, lease: &Lease) -> Result<Tried, Fault> {
        let database = self.app.database();
        // The attempt is counted before it is made: a message that kills the process is parked too, in the end.
        if row.attempts < ATTEMPTS && !outbox::claim(database, row, lease).await? {
            self.leases.doubt(&lease.name).await;
            return Ok(Tried::NotOurs);
        }
        let attempts = row.attempts.saturating_add(1);
        // No transaction is open here.
        let (kept, tried) = match self.call(row).await {
            Ok(()) => {
                self.tell(row, "delivered");
                (outbox::done(database, row, lease).await?, Tried::Delivered)
            }
            Err(error) => {
                let next = self.after(row, attempts, &error);
                (outbox::failed(database, row, lease, &error, next).await?, Tried::Failed)
            }
        };
        if kept {
            return Ok(tried);
        }
        self.leases.doubt(&lease.name).await;
        Ok(Tried::Failed)
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
