//! Partnerships of a provider and a reseller; born only by acceptance.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PartnershipId};

use super::Refusal;
use super::state::{Resumer, State};

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

impl Partnership {
    /// Lets the provider order, or not; says whether that changed anything.
    pub(crate) fn set_orders_allowed(&mut self, allowed: bool, now: DateTime<Utc>) -> Result<bool, Refusal> {
        self.state.live()?;
        if self.orders_allowed == allowed {
            return Ok(false);
        }
        self.orders_allowed = allowed;
        self.update_time = now;
        Ok(true)
    }

    /// One side stops it for a while: neither orders nor new customers.
    pub(crate) fn suspend(&mut self, by: OrganizationId, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.state = self.state.suspend(by, now)?;
        self.update_time = now;
        Ok(())
    }

    /// It goes on.
    pub(crate) fn resume(&mut self, who: Resumer, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.state = self.state.resume(who)?;
        self.update_time = now;
        Ok(())
    }

    /// Ends it for good.
    pub(crate) fn end(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.state = self.state.end(now)?;
        self.update_time = now;
        Ok(())
    }

    /// Whether customers can be bound through it now.
    pub(crate) fn active(&self) -> Result<(), Refusal> {
        if self.state == State::Active { Ok(()) } else { Err(Refusal::NoActivePartnership) }
    }

    /// Its two sides.
    pub(crate) fn sides(&self) -> [OrganizationId; 2] {
        [self.provider, self.reseller]
    }
}
