//! W1, W2, W3, S2: the changes, beside the very statements of their transactions.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt};
use linkage::ServiceName;

use super::Stage;
use crate::calls::{Callers, Open};
use crate::cast::{Channel, Of, uuid};
use crate::cluster::Cluster;
use crate::figure::{Figure, Unit, by_round, shares};
use crate::load::{self, Round, Sample, WIDTH};
use crate::options::Effort;
use crate::pgbench::{Names, Script};
use crate::progress;
use crate::seed::{Waiting, pairs};
use crate::statements::transaction;
use crate::suite::database_name;

/// More acceptances than two cores make in a second.
const MOST_PER_SECOND: u64 = 3_000;

const INVITED: &str = "SELECT count(*) FROM invitation";
const ACCEPTED: &str = "SELECT count(*) FROM invitation WHERE state = 'ACCEPTED'";

/// As many invitations as the rounds can need.
pub(crate) fn waiting(effort: Effort) -> Waiting {
    if effort.is_trial() {
        return Waiting { pool: 100, senders: 2, few: 10, many: 100 };
    }
    let rounds = effort.rounds as u64 + 1;
    Waiting { pool: rounds * MOST_PER_SECOND * effort.round.as_secs(), senders: 16, few: 100, many: 10_000 }
}

/// Everything a row of changes needs.
struct Changes<'a> {
    cluster: &'a Cluster,
    callers: Arc<Callers>,
    stage: &'a Stage<'a>,
    waiting: Waiting,
    effort: Effort,
}

/// W1, W2, W3 and S2, on PostgreSQL. Another holds the relay's leases meanwhile, as its deliveries would be made elsewhere.
pub(crate) async fn on_postgres(stage: &Stage<'_>, cluster: &Cluster, effort: Effort) -> Result<Vec<Figure>> {
    let waiting = stage.waiting.context("invitations were seeded")?;
    let mut changes = Changes { cluster, callers: stage.large_callers().await?, stage, waiting, effort };
    changes.hold_relay(true).await?;
    let mut figures = vec![changes.create().await?];
    for customers in [false, true] {
        changes.callers = stage.large_callers().await?;
        figures.push(changes.accept(customers).await?);
    }
    figures.push(changes.pending().await?);
    changes.hold_relay(false).await?;
    figures.push(changes.delivering().await?);
    Ok(figures)
}

impl Changes<'_> {
    /// W1.
    async fn create(&self) -> Result<Figure> {
        let channel = self.callers.channel;
        let (provider, reseller) = channel.strangers(0);
        let log = self.cluster.tell_statements(true).await?;
        let request_id = self.callers.invite(provider, reseller, 0).await?;
        self.cluster.tell_statements(false).await?;
        let statements = transaction(&self.cluster.log(log)?, &request_id)?;
        let mut names = Names::default();
        names.unique(&request_id);
        names.seeded(uuid(Of::Provider, provider), Of::Provider, "p");
        names.seeded(uuid(Of::Reseller, reseller), Of::Reseller, "r");
        names.seeded(uuid(Of::ResellerLocation, reseller), Of::ResellerLocation, "r");
        let script = Script::new(&statements, names, &strangers(channel, ":n"))?;
        let share = pairs(channel, 1) / (self.effort.rounds as u64 + 1);
        let [mut ours, mut bare] = [const { Vec::new() }; 2];
        for turn in 0..=self.effort.rounds {
            progress(&format!("W1, round {turn} of {}", self.effort.rounds));
            let first = turn as u64 * share;
            let pgbench = self.pgbench(&script, pairs(channel, 1) + first, INVITED).await?;
            self.numbered().await?;
            // The first pair has its invitation.
            let sample = self.invited(Round::of(self.effort.round).most(share - 1), first + 1).await?;
            if turn > 0 {
                ours.push(sample);
                bare.push(pgbench);
            }
        }
        let w1 = Figure::new("W1", "create invitation, of pgbench's transaction", Unit::ShareOf, shares(&ours, &bare));
        Ok(w1.target(0.5, 0.8).beside(&ours, &script_name(&script), &bare))
    }

    /// W2 and W3: a reseller accepts a partnership, a customer accepts both links.
    async fn accept(&self, customers: bool) -> Result<Figure> {
        let first = if customers { self.waiting.first_customer() } else { 0 };
        let per_round = self.waiting.pool / (self.effort.rounds as u64 + 1);
        let script = self.acceptance(customers, first + self.waiting.pool - 1).await?;
        let row = if customers { "W3" } else { "W2" };
        let [mut ours, mut bare] = [const { Vec::new() }; 2];
        for turn in 0..=self.effort.rounds {
            progress(&format!("{row}, round {turn} of {}", self.effort.rounds));
            let done = turn as u64 * per_round;
            let pgbench = self.pgbench(&script, first + self.waiting.pool + done, ACCEPTED).await?;
            // The last one of all served to learn the statements.
            let open = self.open(customers, first + done, per_round - 1).await?;
            self.numbered().await?;
            let sample = self.accepted(open).await?;
            if turn > 0 {
                ours.push(sample);
                bare.push(pgbench);
            }
        }
        let what = if customers { "customer accepts both links" } else { "accept invitation" };
        let figure = Figure::new(row, format!("{what}, of pgbench's transaction"), Unit::ShareOf, shares(&ours, &bare));
        Ok(figure.target(0.5, 0.9).beside(&ours, &script_name(&script), &bare))
    }

    /// The statements of one acceptance, with what differs between acceptances.
    async fn acceptance(&self, customers: bool, n: u64) -> Result<Script> {
        let channel = self.callers.channel;
        let open = self.open(customers, n, 1).await?;
        let log = self.cluster.tell_statements(true).await?;
        let request_id = self.callers.accept(open.first().context("one is open")?, 0).await?;
        self.cluster.tell_statements(false).await?;
        let statements = transaction(&self.cluster.log(log)?, &request_id)?;
        let mut names = Names::default();
        names.unique(&request_id);
        names.seeded(uuid(Of::Invitation, n), Of::Invitation, "n");
        if customers {
            let at = n - self.waiting.first_customer();
            let (customer, reseller) = (channel.spare() + at, at % channel.resellers());
            names.seeded(uuid(Of::Customer, customer), Of::Customer, "c");
            names.seeded(uuid(Of::Partnership, reseller), Of::Partnership, "r");
            names.seeded(uuid(Of::Reseller, reseller), Of::Reseller, "r");
            names.seeded(uuid(Of::Provider, reseller / 10), Of::Provider, "p");
            let sets = [
                format!("at :n - {}", self.waiting.first_customer()),
                format!("c :at + {}", channel.spare()),
                format!("r :at % {}", channel.resellers()),
                "p :r / 10".to_owned(),
            ];
            return Script::new(&statements, names, &sets);
        }
        let (provider, reseller) = channel.strangers(pairs(channel, 2) + n);
        names.seeded(uuid(Of::Provider, provider), Of::Provider, "p");
        names.seeded(uuid(Of::Reseller, reseller), Of::Reseller, "r");
        Script::new(&statements, names, &strangers(channel, &format!("(:n + {})", pairs(channel, 2))))
    }

    /// S2: senders with many pending invitations against senders with few, in turns.
    async fn pending(&self) -> Result<Figure> {
        let (channel, waiting) = (self.callers.channel, self.waiting);
        // So few calls that few stay few.
        let calls = (waiting.senders * 12).min(waiting.few * waiting.senders / 4);
        let rounds = self.effort.rounds * 2;
        let first = pairs(channel, 3) / channel.providers();
        let [mut many, mut few] = [const { Vec::new() }; 2];
        for turn in 0..=rounds as u64 {
            for (senders, samples) in [(0, &mut few), (waiting.senders, &mut many)] {
                let callers = Arc::clone(&self.callers);
                let round = Round::of(Duration::from_secs(60)).most(calls);
                let sample = load::run(round, move |n, connection| {
                    let callers = Arc::clone(&callers);
                    let sender = senders + n % waiting.senders;
                    let other = first + turn * calls + n / waiting.senders;
                    let (_, reseller) = channel.strangers(sender + other * channel.providers());
                    async move { callers.invite(sender, reseller, connection).await.map(drop) }
                });
                let sample = sample.await?;
                if turn > 0 {
                    samples.push(sample);
                }
            }
        }
        let what = format!("create invitation with {} pending over {} pending, p50", waiting.many, waiting.few);
        let times = by_round(&many, &few, |sample| sample.p50);
        let name = format!("with {} pending", waiting.few);
        Ok(Figure::new("S2", what, Unit::Times, times).target(1.2, 1.05).beside(&many, &name, &few))
    }

    /// W1 again with its mails delivered by the same process on the same cores.
    async fn delivering(&self) -> Result<Figure> {
        let channel = self.callers.channel;
        // Behind those of S2.
        let first = pairs(channel, 3) + pairs(channel, 1) * 3 / 4;
        let round = Round::of(self.effort.round).most(pairs(channel, 1) / 4).watching(self.stage.large.pid());
        let sample = self.invited(round, first).await?;
        let what = "create invitation while its mails are delivered beside it";
        let told = Figure::new("W1", what, Unit::PerSecond, vec![sample.rate]);
        let cpu = sample.cpu;
        Ok(Figure { ours: Some(sample), ..told }
            .note(format!("{cpu:.0} µs of CPU per invitation, in the process of all four services")))
    }

    /// A round of the yardstick. Each of its transactions must have done what it is there for, as this count tells.
    async fn pgbench(&self, script: &Script, first: u64, count: &'static str) -> Result<Sample> {
        let database = database_name("large", ServiceName::Relationship);
        let mut connection = self.cluster.connect(&database).await?;
        let before: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await?;
        let sample = script.run(self.cluster, &database, first, self.effort.round).await?;
        let after: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await?;
        let made = u64::try_from(after - before)?;
        ensure!(made == sample.calls, "{} transactions of pgbench made {made}", sample.calls);
        Ok(sample)
    }

    /// Waits until the service has numbered what pgbench put into its journal, so that each numbers only its own. Then lets the
    /// database look at its tables, as it does by itself once a minute: they grow in seconds here by what they grow by in hours
    /// elsewhere, and a connection that has served before keeps its plans for empty tables until then.
    async fn numbered(&self) -> Result<()> {
        let mut connection = self.cluster.connect(&database_name("large", ServiceName::Relationship)).await?;
        let mut beats = tokio::time::interval(Duration::from_millis(100));
        let left = "SELECT EXISTS (SELECT 1 FROM journal WHERE sequence IS NULL)";
        while sqlx::query_scalar(left).fetch_one(&mut connection).await? {
            beats.tick().await;
        }
        sqlx::query("ANALYZE").execute(&mut connection).await?;
        Ok(())
    }

    async fn invited(&self, round: Round, first: u64) -> Result<Sample> {
        let callers = Arc::clone(&self.callers);
        load::run(round, move |n, connection| {
            let callers = Arc::clone(&callers);
            let (provider, reseller) = callers.channel.strangers(first + n);
            async move { callers.invite(provider, reseller, connection).await.map(drop) }
        })
        .await
    }

    /// Reads what so many invitations ask, so that accepting them is one call each.
    async fn open(&self, customers: bool, first: u64, count: u64) -> Result<Vec<Open>> {
        let (channel, waiting) = (self.callers.channel, self.waiting);
        let reads = (first..first + count).map(|n| {
            let callers = Arc::clone(&self.callers);
            let connection = n as usize % 4;
            async move {
                if customers {
                    callers.customer(n, channel.spare() + n - waiting.first_customer(), connection).await
                } else {
                    callers.partnership(n, pairs(channel, 2), connection).await
                }
            }
        });
        futures::stream::iter(reads).buffered(WIDTH).try_collect().await
    }

    async fn accepted(&self, open: Vec<Open>) -> Result<Sample> {
        let (callers, most) = (Arc::clone(&self.callers), open.len() as u64);
        let open = Arc::new(open);
        let sample = load::run(Round::of(self.effort.round).most(most), move |n, connection| {
            let (callers, open) = (Arc::clone(&callers), Arc::clone(&open));
            async move {
                let open = open.get(n as usize).context("no more are open than are asked for")?;
                callers.accept(open, connection).await.map(drop)
            }
        });
        sample.await
    }

    /// Takes all lanes of the outbox, as another replica's relay would; or gives them back, with nothing left to deliver.
    async fn hold_relay(&self, hold: bool) -> Result<()> {
        let database = database_name("large", ServiceName::Relationship);
        let until = if hold { "now() + interval '1 hour'" } else { "'epoch'" };
        let take = format!(
            "INSERT INTO lease SELECT 'relay/' || lane, 'bench', 1, {until} FROM generate_series(0, 7) AS lanes(lane) \
            ON CONFLICT (name) DO UPDATE SET owner = 'bench', epoch = lease.epoch + 1, until = {until}"
        );
        if !hold {
            self.cluster.run(&database, "TRUNCATE outbox").await?;
        }
        self.cluster.run(&database, &take).await?;
        let mut connection = self.cluster.connect(&database).await?;
        let held: i64 = sqlx::query_scalar("SELECT count(*) FROM lease WHERE name LIKE 'relay/%' AND owner = 'bench'")
            .fetch_one(&mut connection)
            .await?;
        ensure!(held == 8 || !hold, "the relay holds some of its lanes");
        Ok(())
    }
}

/// Provider `:p` and reseller `:r` of a pair, as `Channel::strangers` has them.
fn strangers(channel: Channel, n: &str) -> [String; 2] {
    let (providers, resellers) = (channel.providers(), channel.resellers());
    [format!("p {n} % {providers}"), format!("r (:p * 10 + 10 + {n} / {providers}) % {resellers}")]
}

fn script_name(script: &Script) -> String {
    format!("pgbench, its {} statements", script.statements)
}
