//! Regions, each with its markets.

pub(crate) mod get;
pub(crate) mod list;

use chrono::{DateTime, Utc};
use markets::{Markets, RegionCode};
use runtime::convert::timestamp;
use wire::relationship as pb;

/// A region as it is at this time.
fn region(code: RegionCode, markets: &Markets, on: DateTime<Utc>) -> pb::Region {
    let own = markets.on(on).filter(|market| market.region == code);
    pb::Region {
        name: name(code),
        market_region_codes: own.map(|market| market.country.to_string()).collect(),
        as_of_time: Some(timestamp(on)),
    }
}

/// `regions/{code}`.
pub(crate) fn name(code: RegionCode) -> String {
    format!("{COLLECTION}{code}")
}

/// What the name of every region begins with.
pub(crate) const COLLECTION: &str = "regions/";
