//! Partnerships of a provider and a reseller; born only by acceptance.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PartnershipId};

use super::Refusal;
use super::code::codes;

codes! {
    /// The names of a partnership's states.
    Stage { Active = "ACTIVE", Suspended = "SUSPENDED", Ended = "ENDED" }
}

/// Where a partnership stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Suspended,
    Ended { at: DateTime<Utc> },
}

/// A provider and a reseller working together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partnership {
    pub(crate) id: PartnershipId,
    pub(crate) version: i64,
    pub(crate) provider: OrganizationId,
    pub(crate) reseller: OrganizationId,
    pub(crate) orders_allowed: bool,
    pub(crate) state: State,
    pub(crate) create_time: DateTime<Utc>,
    pub(crate) update_time: DateTime<Utc>,
}

impl State {
    pub(crate) fn stage(self) -> Stage {
        match self {
            State::Active => Stage::Active,
            State::Suspended => Stage::Suspended,
            State::Ended { .. } => Stage::Ended,
        }
    }
}

impl Partnership {
    /// Lets the provider order, or not; says whether that changed anything.
    pub(crate) fn set_orders_allowed(&mut self, allowed: bool, now: DateTime<Utc>) -> Result<bool, Refusal> {
        self.live()?;
        if self.orders_allowed == allowed {
            return Ok(false);
        }
        self.orders_allowed = allowed;
        self.update_time = now;
        Ok(true)
    }

    /// Ends it for good.
    pub(crate) fn end(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.live()?;
        self.state = State::Ended { at: now };
        self.update_time = now;
        Ok(())
    }

    /// Whether customers can be bound through it now.
    pub(crate) fn active(&self) -> Result<(), Refusal> {
        if self.state == State::Active { Ok(()) } else { Err(Refusal::NoActivePartnership) }
    }

    fn live(&self) -> Result<(), Refusal> {
        match self.state.stage() {
            Stage::Active | Stage::Suspended => Ok(()),
            stage => Err(Refusal::StateForbids { state: stage.as_str(), allowed: &["ACTIVE", "SUSPENDED"] }),
        }
    }
}
