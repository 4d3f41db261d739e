//! Location ids, and how an organization shows that one is its own.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PartnerLocationId};

use super::Refusal;
use super::contact::Address;

/// Tries per claim code.
pub(crate) const TRIES: i32 = 5;

/// Where a location stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocationState {
    /// Can be claimed; so many wrong codes were given.
    Available { tries: i32 },
    /// The tries are spent.
    Locked,
    /// Serves the enrollments of its organization.
    Associated,
}

impl LocationState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            LocationState::Available { .. } => "AVAILABLE",
            LocationState::Locked => "LOCKED",
            LocationState::Associated => "ASSOCIATED",
        }
    }

    /// Wrong codes so far, while they count.
    pub(crate) const fn tries(self) -> i32 {
        match self {
            LocationState::Available { tries } => tries,
            LocationState::Locked | LocationState::Associated => 0,
        }
    }

    /// The state of this name, with the wrong codes so far.
    pub(crate) fn parse(name: &str, tries: i32) -> Option<LocationState> {
        let all = [LocationState::Available { tries }, LocationState::Locked, LocationState::Associated];
        all.into_iter().find(|state| state.as_str() == name)
    }
}

/// The membership id of one legal location of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) id: PartnerLocationId,
    pub(crate) organization: OrganizationId,
    pub(crate) display_name: String,
    pub(crate) address: Address,
    pub(crate) state: LocationState,
    /// What its claim code is derived from.
    pub(crate) nonce: String,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// Why a location can't be associated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    /// Another one is, or it itself.
    #[error("another location is associated: one serves all enrollments")]
    Taken,
    #[error(
        "the location is in {location}, the organization in {organization}: ask the operator for one in {organization}"
    )]
    Country { location: String, organization: String },
    #[error("the tries are used up: ask the operator for a new claim code")]
    Locked,
}

/// What became of a claim that could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The location serves the organization's enrollments now.
    Associated,
    /// The code was wrong; so many tries are left.
    Wrong { left: i32 },
}

impl Location {
    /// Everything that keeps it from serving its organization, once its code is given; nothing where it serves it already.
    pub(crate) fn misfits(&self, country: &str, has_another: bool) -> Vec<Misfit> {
        if self.state == LocationState::Associated {
            return Vec::new();
        }
        let mut found = Vec::new();
        if has_another {
            found.push(Misfit::Taken);
        }
        if self.address.country != country {
            found.push(Misfit::Country { location: self.address.country.clone(), organization: country.to_owned() });
        }
        if self.state == LocationState::Locked {
            found.push(Misfit::Locked);
        }
        found
    }

    /// Whether it could be associated if the code is right: told before a try is spent.
    pub(crate) fn claimable(&self, country: &str, has_another: bool) -> Result<(), Refusal> {
        if self.state == LocationState::Associated {
            return Err(Refusal::LocationTaken);
        }
        match self.misfits(country, has_another).into_iter().next() {
            None => Ok(()),
            Some(Misfit::Taken) => Err(Refusal::LocationTaken),
            Some(Misfit::Country { location, organization }) => {
                Err(Refusal::CountryMismatch { location, organization })
            }
            Some(Misfit::Locked) => Err(Refusal::ClaimCodeLocked),
        }
    }

    /// Gives it another claim code with all its tries; the state before. Refused once it is associated.
    pub(crate) fn reset(&mut self, nonce: String, now: DateTime<Utc>) -> Result<LocationState, Refusal> {
        let before = self.state;
        if before == LocationState::Associated {
            return Err(Refusal::LocationAssociated);
        }
        self.state = LocationState::Available { tries: 0 };
        self.nonce = nonce;
        self.updated = now;
        Ok(before)
    }

    /// Spends a try.
    pub(crate) fn claim(&mut self, code_is_right: bool, now: DateTime<Utc>) -> Claim {
        self.updated = now;
        if code_is_right {
            self.state = LocationState::Associated;
            return Claim::Associated;
        }
        let tries = self.state.tries() + 1;
        self.state = if tries < TRIES { LocationState::Available { tries } } else { LocationState::Locked };
        Claim::Wrong { left: TRIES - tries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(country: &str) -> Location {
        Location {
            id: PartnerLocationId::from_uuid(uuid::Uuid::nil()),
            organization: OrganizationId::from_uuid(uuid::Uuid::nil()),
            display_name: "Head office".to_owned(),
            address: Address { country: country.to_owned(), ..Address::default() },
            state: LocationState::Available { tries: 0 },
            nonce: String::new(),
            version: 1,
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn r09_a_location_in_another_country_is_refused_naming_both() {
        let refusal = location("NO").claimable("SE", false);
        assert_eq!(refusal, Err(Refusal::CountryMismatch { location: "NO".to_owned(), organization: "SE".to_owned() }));
    }

    #[test]
    fn r09_five_wrong_codes_lock_it() {
        let mut location = location("SE");
        for left in (0..TRIES).rev() {
            assert_eq!(location.claimable("SE", false), Ok(()));
            assert_eq!(location.claim(false, DateTime::UNIX_EPOCH), Claim::Wrong { left });
            let locked = left == 0;
            assert_eq!(
                (location.state.as_str(), location.state.tries()),
                match locked {
                    true => ("LOCKED", 0),
                    false => ("AVAILABLE", TRIES - left),
                }
            );
        }
        assert_eq!(location.claimable("SE", false), Err(Refusal::ClaimCodeLocked));
    }

    #[test]
    fn r09_one_location_per_organization_and_one_organization_per_location() {
        let mut location = location("SE");
        assert_eq!(location.claimable("SE", true), Err(Refusal::LocationTaken));
        assert_eq!(location.claim(true, DateTime::UNIX_EPOCH), Claim::Associated);
        assert_eq!(location.claimable("SE", false), Err(Refusal::LocationTaken));
    }

    #[test]
    fn r09_everything_that_keeps_a_location_from_fitting_is_told_at_once() {
        let country = Misfit::Country { location: "NO".to_owned(), organization: "SE".to_owned() };
        let stands = |country: &str, state| Location { state, ..location(country) };
        assert_eq!(location("SE").misfits("SE", false), []);
        assert_eq!(stands("NO", LocationState::Locked).misfits("SE", true), [Misfit::Taken, country, Misfit::Locked]);
        assert_eq!(stands("SE", LocationState::Associated).misfits("SE", true), [], "it serves");
    }

    #[test]
    fn r09_a_new_code_has_all_its_tries_until_the_location_is_associated() {
        let mut locked = Location { state: LocationState::Locked, ..location("SE") };
        assert_eq!(locked.reset("other".to_owned(), DateTime::UNIX_EPOCH), Ok(LocationState::Locked));
        assert_eq!((locked.state, locked.nonce.as_str()), (LocationState::Available { tries: 0 }, "other"));
        let mut tried = Location { state: LocationState::Available { tries: 3 }, ..location("SE") };
        assert_eq!(tried.reset(String::new(), DateTime::UNIX_EPOCH), Ok(LocationState::Available { tries: 3 }));
        assert_eq!(tried.state, LocationState::Available { tries: 0 });
        let mut taken = Location { state: LocationState::Associated, ..location("SE") };
        let before = taken.clone();
        assert_eq!(taken.reset("other".to_owned(), DateTime::UNIX_EPOCH), Err(Refusal::LocationAssociated));
        assert_eq!(taken, before, "a refusal changes nothing");
    }

    #[test]
    fn a_state_is_read_back_by_its_name() {
        for state in [LocationState::Available { tries: 3 }, LocationState::Locked, LocationState::Associated] {
            assert_eq!(LocationState::parse(state.as_str(), 3), Some(state));
        }
        assert_eq!(LocationState::Available { tries: 3 }.tries(), 3);
        assert_eq!(LocationState::parse("available", 0), None);
    }
}
