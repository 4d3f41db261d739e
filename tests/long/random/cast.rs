//! Who appears in journeys, and how long things last there.

use super::world::Capacity;

/// One organization of the cast.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) region: &'static str,
    pub(super) nature: Option<Capacity>,
}

const fn member(name: &'static str, country: &'static str, region: &'static str, nature: Option<Capacity>) -> Member {
    Member { name, country, region, nature }
}

const EUROPE: &str = "EUROPE";

/// Who can appear. Two of them are elsewhere than the rest.
pub(super) const CAST: [Member; 7] = [
    member("rhein", "DE", EUROPE, Some(Capacity::Provider)),
    member("prairie", "US", "UNITED_STATES", Some(Capacity::Provider)),
    member("fjall", "SE", EUROPE, Some(Capacity::Reseller)),
    member("oresky", "DK", EUROPE, Some(Capacity::Reseller)),
    member("jarvi", "FI", EUROPE, None),
    member("canal", "NL", EUROPE, None),
    member("mesa", "US", "UNITED_STATES", None),
];

pub(super) const CONFIRM_HOURS: i64 = 168;
/// How long before that whoever is silent is reminded.
pub(super) const REMIND_HOURS: i64 = 48;
/// How long a reviewer holds a case.
pub(super) const CLAIM_HOURS: i64 = 24;
pub(super) const INVITATION_HOURS: i64 = 60;
pub(super) const GRANT_DAYS: i64 = 5;
pub(super) const PREAPPROVAL_HOURS: i64 = 120;
pub(super) const SIGN_HOURS: i64 = 50;
