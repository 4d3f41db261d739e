//! A database that holds every combination of facts: what enrollment tells, by its calls; what binds the parties, as rows.

use database::{Error, Step, Tx};
use futures::{StreamExt, stream};
use sea_orm::{ConnectionTrait, DbBackend};

use super::case::{BONDS, Bond, CUSTOMERS, Link, SIDES, customer_facts, side};
use crate::stage::{Stage, organization};

const PROVIDERS: u128 = 10_000;
const RESELLERS: u128 = 20_000;
const BUYERS: u128 = 30_000;
const BOND_IDS: u128 = 1_000_000;
const LINK_IDS: u128 = 2_000_000;
/// So many rows are inserted by one statement.
const CHUNK: usize = 400;
/// So many calls of a sibling are under way at once.
const AT_ONCE: usize = 4;

pub(crate) fn provider(n: usize) -> u128 {
    PROVIDERS + n as u128
}

pub(crate) fn reseller(n: usize) -> u128 {
    RESELLERS + n as u128
}

pub(crate) fn customer(n: usize) -> u128 {
    BUYERS + n as u128
}

impl Stage {
    /// Every provider with every reseller of every bond, every customer with all of them.
    pub(crate) async fn every_combination(&self) {
        for (kind, region) in [("INDIRECT_PROVIDER", "EUROPE"), ("INDIRECT_PROVIDER", "UNITED_STATES")]
            .into_iter()
            .chain([("INDIRECT_RESELLER", "EUROPE"), ("INDIRECT_RESELLER", "UNITED_STATES")])
        {
            self.tell_agreement_of(kind, region, 2, Some(self.enrollment.app().now())).await;
        }
        let mut partners: Vec<_> = (0..SIDES).map(|n| (provider(n), n, "INDIRECT_PROVIDER")).collect();
        partners.extend((0..SIDES * 7).map(|n| (reseller(n), n / 7, "INDIRECT_RESELLER")));
        let tell = |(number, at, kind): (u128, usize, &'static str)| async move {
            let side = side(at);
            let country = side.country.unwrap_or_default();
            self.tell_organization(number, if country.is_empty() { "SE" } else { country }).await;
            let state = if side.active { "ACTIVE" } else { "SUSPENDED" };
            self.tell_standing(number, kind, state, country, side.signed).await;
        };
        stream::iter(partners.clone()).map(tell).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        for n in 0..CUSTOMERS {
            if let (.., Some(country)) = customer_facts(n) {
                self.tell_organization(customer(n), country).await;
            }
        }
        self.insert("partnership", bonds).await;
        self.insert("reseller_relationship", links).await;
        self.insert("customer_agreement", agreements).await;
        self.tell_all_known().await;
    }

    /// That all is known as of now but of those who are not to be known.
    pub(crate) async fn tell_all_known(&self) {
        let mut parked: Vec<_> =
            (0..SIDES).filter(|n| !side(*n).known).map(|n| organization(provider(n)).name()).collect();
        let unknown = (0..SIDES * 7).filter(|n| !side(n / 7).known);
        parked.extend(unknown.map(|n| organization(reseller(n)).name()));
        self.tell_watermark(&parked).await;
    }

    async fn insert(&self, table: &str, rows: fn(Sql) -> Vec<String>) {
        let inserted = self.relationship.app().database().transact_for(database::Scope::Peer, async |tx: Tx| {
            for some in rows(Sql(tx.get_database_backend())).chunks(CHUNK) {
                tx.execute_unprepared(&format!("INSERT INTO {table} VALUES {}", some.join(", "))).await.unwrap();
            }
            Ok::<_, Error>(Step::Commit(()))
        });
        inserted.await.unwrap();
    }
}

/// How a database spells an id and an instant.
#[derive(Clone, Copy)]
struct Sql(DbBackend);

impl Sql {
    fn id(self, n: u128) -> String {
        match self.0 {
            DbBackend::Sqlite => format!("x'{n:032x}'"),
            _ => format!("uuid '{n:032x}'"),
        }
    }

    fn time(self) -> &'static str {
        "'2025-01-01T00:00:00+00:00'"
    }

    /// State, and the columns of who suspended it.
    fn suspended(self, by: Option<u128>) -> (&'static str, String) {
        match by {
            Some(by) => ("SUSPENDED", format!("{}, {}", self.id(by), self.time())),
            None => ("ACTIVE", "NULL, NULL".to_owned()),
        }
    }
}

fn bonds(sql: Sql) -> Vec<String> {
    let mut rows = Vec::new();
    for of_provider in 0..SIDES {
        for of_reseller in 0..SIDES * 7 {
            let (one, other) = (provider(of_provider), reseller(of_reseller));
            let (by, orders, ended) = match BONDS[of_reseller % 7] {
                Bond::None => continue,
                Bond::Active { orders } => (None, orders, false),
                Bond::SuspendedByProvider => (Some(one), true, false),
                Bond::SuspendedByReseller { orders } => (Some(other), orders, false),
                Bond::Ended => (None, true, true),
            };
            let (state, columns) = sql.suspended(by);
            let (state, end) = if ended { ("ENDED", sql.time()) } else { (state, "NULL") };
            let id = sql.id(BOND_IDS + (of_provider * SIDES * 7 + of_reseller) as u128);
            let (one, other, time) = (sql.id(one), sql.id(other), sql.time());
            rows.push(format!("({id}, 1, {one}, {other}, {orders}, '{state}', {end}, {time}, {time}, {columns})"));
        }
    }
    rows
}

/// Alone: they count with whatever partnership there is.
fn links(sql: Sql) -> Vec<String> {
    let mut rows = Vec::new();
    for buyer in 0..CUSTOMERS {
        let (by_reseller, by_provider, ..) = customer_facts(buyer);
        let resellers = (0..SIDES * 7).map(|n| (reseller(n), by_reseller, "RESELLER"));
        for (partner, link, capacity) in (0..SIDES).map(|n| (provider(n), by_provider, "PROVIDER")).chain(resellers) {
            let by = match link {
                Link::None => continue,
                Link::Active => None,
                Link::Suspended => Some(customer(buyer)),
            };
            let (state, columns) = sql.suspended(by);
            let (id, partner, time) = (sql.id(LINK_IDS + rows.len() as u128), sql.id(partner), sql.time());
            let buyer = sql.id(customer(buyer));
            rows.push(format!(
                "({id}, 1, {partner}, {buyer}, '{capacity}', NULL, NULL, '{state}', {time}, {time}, {columns}, NULL)"
            ));
        }
    }
    rows
}

fn agreements(sql: Sql) -> Vec<String> {
    let accepted = (0..CUSTOMERS).filter(|n| customer_facts(*n).2);
    accepted.map(|n| format!("({}, '2025-01-01', 'x', {}, {})", sql.id(customer(n)), sql.id(1), sql.time())).collect()
}
