//! C1, C2, C3, C5, P1, S1: the order check, beside an echo and beside its own statement.

use std::sync::Arc;

use anyhow::{Context, Result};
use linkage::ServiceName;
use prost::Message;
use tonic::transport;

use super::Stage;
use crate::calls::Callers;
use crate::cast::Of;
use crate::cluster::Cluster;
use crate::echo::{self, Yardstick};
use crate::figure::{Figure, Unit, by_round, shares};
use crate::load::{self, Round, Sample};
use crate::options::Effort;
use crate::pgbench::{Names, Script};
use crate::progress;
use crate::statements;
use crate::suite::database_name;

const ECHO: &str = "echo";
const LOOKUPS: &str = "echo + look-ups";
const STATEMENT: &str = "pgbench, its one statement";
/// How the one statement begins.
const FACTS: &str = "SELECT po.version, po.confirmed_at";

/// C2, C3, C5, P1 and S1 on SQLite.
pub(crate) async fn on_sqlite(stage: &Stage<'_>, effort: Effort) -> Result<Vec<Figure>> {
    let (large, small) = (stage.large_callers().await?, stage.small_callers().await?);
    let bare = Yardstick::start(None)?;
    let lookups = Yardstick::start(Some(stage.large.database(ServiceName::Relationship)?))?;
    let (bare_connections, lookup_connections) =
        (load::channels(bare.address).await?, load::channels(lookups.address).await?);
    let round = Round::of(effort.round);
    let [mut echoes, mut looked, mut checks, mut few] = [const { Vec::new() }; 4];
    // The first round of each warms up.
    for turn in 0..=effort.rounds {
        progress(&format!("order check on SQLite, round {turn} of {}", effort.rounds));
        let echo = echoed(round.watching(Some(bare.pid())), &large, &bare_connections).await?;
        let look = echoed(round.watching(Some(lookups.pid())), &large, &lookup_connections).await?;
        let check = checked(round.watching(stage.large.pid()), &large).await?;
        let other = checked(round.watching(stage.small().pid()), &small).await?;
        if turn > 0 {
            echoes.push(echo);
            looked.push(look);
            checks.push(check);
            few.push(other);
        }
    }
    let cpu = by_round(&checks, &looked, |sample| sample.cpu);
    let spent = Sample::median(&echoes).cpu;
    let p99 = by_round(&checks, &echoes, |sample| sample.p99);
    Ok(vec![
        Figure::new("C2", "order check on SQLite, of echo + look-ups", Unit::ShareOf, shares(&checks, &looked))
            .target(0.5, 0.8)
            .beside(&checks, LOOKUPS, &looked),
        Figure::new("C3", "order check on SQLite, of bare echo", Unit::ShareOf, shares(&checks, &echoes))
            .target(0.2, 0.4)
            .beside(&checks, ECHO, &echoes),
        Figure::new("C5", "server CPU per order check on SQLite, over echo + look-ups", Unit::Times, cpu)
            .target(1.0, 0.7)
            .beside(&checks, LOOKUPS, &looked)
            .note(format!("a bare echo's server spends {spent:.0} µs per call")),
        Figure::new("P1", "p99 of the order check at 16 in flight, over echo's", Unit::Times, p99)
            .target(4.0, 2.0)
            .beside(&checks, ECHO, &echoes),
        growth(stage, &checks, &few),
    ])
}

/// C1 and S1 on PostgreSQL.
pub(crate) async fn on_postgres(stage: &Stage<'_>, cluster: &Cluster, effort: Effort) -> Result<Vec<Figure>> {
    let (large, small) = (stage.large_callers().await?, stage.small_callers().await?);
    let database = database_name("large", ServiceName::Relationship);
    let script = statement(&large, cluster).await?;
    let round = Round::of(effort.round);
    let [mut bare, mut checks, mut few] = [const { Vec::new() }; 3];
    for turn in 0..=effort.rounds {
        progress(&format!("order check on PostgreSQL, round {turn} of {}", effort.rounds));
        let pgbench = script.run(cluster, &database, 0, effort.round).await?;
        let check = checked(round.watching(stage.large.pid()), &large).await?;
        let other = checked(round.watching(stage.small().pid()), &small).await?;
        if turn > 0 {
            bare.push(pgbench);
            checks.push(check);
            few.push(other);
        }
    }
    let shares = shares(&checks, &bare);
    let c1 = Figure::new("C1", "order check on PostgreSQL, of pgbench's one-statement rate", Unit::ShareOf, shares);
    Ok(vec![c1.target(0.5, 0.7).beside(&checks, STATEMENT, &bare), growth(stage, &checks, &few)])
}

fn growth(stage: &Stage<'_>, large: &[Sample], small: &[Sample]) -> Figure {
    let lost = shares(large, small).into_iter().map(|share| 1.0 - share).collect();
    let (from, to) = (stage.small_channel.customers, stage.channel.customers);
    let what = format!("order check on {} lost from {from} to {to} customers", stage.backing.name());
    let (must, aim) = if to >= 1_000_000 { (0.25, 0.15) } else { (0.15, 0.05) };
    let name = format!("the same with {from} customers");
    Figure::new("S1", what, Unit::ShareLost, lost).target(must, aim).beside(large, &name, small)
}

async fn checked(round: Round, callers: &Arc<Callers>) -> Result<Sample> {
    let callers = Arc::clone(callers);
    load::run(round, move |n, connection| {
        let callers = Arc::clone(&callers);
        async move { callers.check(n, connection).await }
    })
    .await
}

/// The same parties, in messages of the same size.
async fn echoed(round: Round, callers: &Arc<Callers>, connections: &[transport::Channel]) -> Result<Sample> {
    let answer = callers.ask(0, 0).await?.encoded_len();
    let (callers, connections) = (Arc::clone(callers), connections.to_vec());
    load::run(round, move |n, connection| {
        let (request, parties) = callers.order(n);
        let request = echo::request(request.encoded_len(), answer, parties);
        let connection = connections.get(connection).cloned();
        async move { echo::call(connection.context("so many connections are open")?, request).await }
    })
    .await
}

/// The statement of an order check as the server was told it, for pgbench.
async fn statement(callers: &Callers, cluster: &Cluster) -> Result<Script> {
    let from = cluster.tell_statements(true).await?;
    callers.check(0, 0).await?;
    cluster.tell_statements(false).await?;
    let statement = statements::single(&cluster.log(from)?, FACTS)?;
    let (_, ids) = callers.order(0);
    let mut names = Names::default();
    for ((id, of), variable) in ids.into_iter().zip([Of::Provider, Of::Reseller, Of::Customer]).zip(["p", "r", "c"]) {
        names.seeded(id, of, variable);
    }
    let customer = format!("c random(0, {})", callers.channel.customers - 1);
    Script::new(&[statement], names, &[customer.as_str(), "p :c / 100", "r :c / 10"])
}
