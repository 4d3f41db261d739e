//! The columns of what is in force, suspended by a party, or over.

use chrono::{DateTime, Utc};
use database::Error;
use ids::OrganizationId;
use uuid::Uuid;

use super::read::Place;
use crate::domain::state::{Stage, State};

/// A state as it is kept: its name, and its facts where it has them.
pub(super) struct Columns {
    pub(super) state: String,
    pub(super) suspended_by: Option<Uuid>,
    pub(super) suspend_time: Option<DateTime<Utc>>,
    pub(super) end_time: Option<DateTime<Utc>>,
}

impl From<State> for Columns {
    fn from(state: State) -> Columns {
        let (suspend_time, end_time) = match state {
            State::Active => (None, None),
            State::Suspended { at, .. } => (Some(at), None),
            State::Ended { at } => (None, Some(at)),
        };
        Columns {
            state: state.stage().as_str().to_owned(),
            suspended_by: state.suspended_by().map(OrganizationId::uuid),
            suspend_time,
            end_time,
        }
    }
}

impl Columns {
    /// The state, if its facts are there.
    pub(super) fn read(self, place: Place<Uuid>) -> Result<State, Error> {
        Ok(match place.parse("state", &self.state)? {
            Stage::Active => State::Active,
            Stage::Suspended => State::Suspended {
                by: OrganizationId::from_uuid(place.there("suspended_by", self.suspended_by)?),
                at: place.there("suspend_time", self.suspend_time)?,
            },
            Stage::Ended => State::Ended { at: place.there("end_time", self.end_time)? },
        })
    }
}
