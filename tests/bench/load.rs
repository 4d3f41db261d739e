//! Calls in flight: so many at once, for a fixed time, each timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};

use crate::process::Pid;

/// Calls in flight, as the targets are set.
pub(crate) const WIDTH: usize = 16;
/// Connections that they share.
const CHANNELS: usize = 4;

/// What a round came to.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Sample {
    /// Calls that were answered as expected; any other ends the run.
    pub(crate) calls: u64,
    /// Calls per second.
    pub(crate) rate: f64,
    /// Median, in microseconds.
    pub(crate) p50: f64,
    /// The slowest but one in a hundred, in microseconds.
    pub(crate) p99: f64,
    /// Processor time of the server per call, in microseconds; zero where it is not known.
    pub(crate) cpu: f64,
}

/// How a round is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) width: usize,
    pub(crate) length: Duration,
    /// No more calls than these.
    pub(crate) most: u64,
    /// The process whose time is counted.
    pub(crate) server: Option<Pid>,
}

impl Round {
    pub(crate) fn of(length: Duration) -> Round {
        Round { width: WIDTH, length, most: u64::MAX, server: None }
    }

    /// One call at a time.
    pub(crate) fn alone(self) -> Round {
        Round { width: 1, ..self }
    }

    pub(crate) fn most(self, most: u64) -> Round {
        Round { most, ..self }
    }

    pub(crate) fn watching(self, server: Option<Pid>) -> Round {
        Round { server, ..self }
    }
}

/// Makes calls until the time is over, or as many as may be; each call is told its number and which connection to take.
pub(crate) async fn run<F, Answer>(round: Round, call: F) -> Result<Sample>
where
    F: Fn(u64, usize) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<()>> + Send,
{
    let (call, next) = (Arc::new(call), Arc::new(AtomicU64::new(0)));
    let before = round.server.map(Pid::cpu).transpose()?;
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..round.width {
        let (call, next) = (Arc::clone(&call), Arc::clone(&next));
        workers.spawn(async move {
            let mut took = Vec::with_capacity(1 << 14);
            while began.elapsed() < round.length {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= round.most {
                    break;
                }
                let start = Instant::now();
                call(number, worker % CHANNELS).await?;
                took.push(start.elapsed().as_secs_f64() * 1e6);
            }
            anyhow::Ok(took)
        });
    }
    let mut took = Vec::new();
    while let Some(ended) = workers.join_next().await {
        took.extend(ended??);
    }
    let lasted = began.elapsed().as_secs_f64();
    let after = round.server.map(Pid::cpu).transpose()?;
    ensure!(!took.is_empty(), "no call was made");
    Ok(Sample::of(took, lasted, before.zip(after).map(|(before, after)| after - before)))
}

impl Sample {
    fn of(mut took: Vec<f64>, lasted: f64, spent: Option<Duration>) -> Sample {
        took.sort_by(f64::total_cmp);
        let calls = took.len() as f64;
        let cpu = spent.map_or(0.0, |spent| spent.as_secs_f64() * 1e6 / calls);
        let (p50, p99) = (quantile(&took, 0.5), quantile(&took, 0.99));
        Sample { calls: took.len() as u64, rate: calls / lasted, p50, p99, cpu }
    }

    /// What stands for several rounds: the median of each figure.
    pub(crate) fn median(rounds: &[Sample]) -> Sample {
        let of = |figure: fn(&Sample) -> f64| median(rounds.iter().map(figure));
        Sample {
            calls: rounds.iter().map(|round| round.calls).sum(),
            rate: of(|round| round.rate),
            p50: of(|round| round.p50),
            p99: of(|round| round.p99),
            cpu: of(|round| round.cpu),
        }
    }
}

/// The middle of these, zero of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = |at: usize| values.get(at).copied().unwrap_or_default();
    f64::midpoint(middle(values.len().saturating_sub(1) / 2), middle(values.len() / 2))
}

/// The value below which this share of the sorted ones lies; zero of none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

/// The connections that the calls share, all open.
pub(crate) async fn channels(address: std::net::SocketAddr) -> Result<Vec<Channel>> {
    let mut channels = Vec::new();
    for _ in 0..CHANNELS {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
        channels.push(endpoint.connect().await.with_context(|| format!("connecting to {address}"))?);
    }
    Ok(channels)
}
