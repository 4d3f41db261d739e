//! A market as it is told: what holds at a time, and what changes later.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use markets::{CountryCode, Market, Markets};
use prost_types::Timestamp;
use runtime::convert::timestamp;
use wire::relationship as pb;

use crate::rpc::region;

/// The country as the table has it at this time; `None` if it never had it.
pub(super) fn market(country: CountryCode, markets: &Markets, on: DateTime<Utc>) -> Option<pb::Market> {
    let held = markets.market(country, on);
    let changes = markets.changes_after(on.date_naive()).into_iter().filter(|change| change.country == country);
    let changes: Vec<_> = changes
        .map(|change| pb::MarketChange { effective_time: Some(begin(change.day)), terms: change.after.map(terms) })
        .collect();
    // The name of what is a market no more, or not yet.
    let named = held.or_else(|| markets.all().find(|market| market.country == country))?;
    Some(pb::Market {
        name: format!("{COLLECTION}{country}"),
        display_name: named.name.clone(),
        terms: held.map(terms),
        changes,
        as_of_time: Some(timestamp(on)),
    })
}

/// What the name of every market begins with.
pub(super) const COLLECTION: &str = "markets/";

fn terms(market: &Market) -> pb::MarketTerms {
    pb::MarketTerms {
        region: region::name(market.region),
        currency_codes: market.currencies.iter().map(ToString::to_string).collect(),
        effective_time: Some(begin(market.effective_from)),
    }
}

/// Days begin at 00:00 UTC.
fn begin(day: NaiveDate) -> Timestamp {
    timestamp(day.and_time(NaiveTime::MIN).and_utc())
}
