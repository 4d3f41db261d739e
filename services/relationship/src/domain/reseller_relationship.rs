//! Reseller relationships: a partner is provider or reseller of a customer.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};

use super::Refusal;
use super::code::codes;
use super::state::{Resumer, State};

codes! {
    /// As what the partner serves the customer.
    Capacity { Provider = "PROVIDER", Reseller = "RESELLER" }
}

/// A partner is provider or reseller of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResellerRelationship {
    pub(crate) id: ResellerRelationshipId,
    pub(crate) version: i64,
    pub(crate) partner: OrganizationId,
    pub(crate) customer: OrganizationId,
    pub(crate) capacity: Capacity,
    /// What it is joint through; none when it stands alone.
    pub(crate) partnership: Option<PartnershipId>,
    /// The other partner of the partnership, who may see it.
    pub(crate) other_partner: Option<OrganizationId>,
    pub(crate) state: State,
    pub(crate) create_time: DateTime<Utc>,
    pub(crate) update_time: DateTime<Utc>,
}

impl ResellerRelationship {
    /// The partner or the customer stops it for a while: no orders.
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

    /// Whether it is this organization's to suspend and to end; the other partner of a joint pair only sees it.
    pub(crate) fn is_between(&self, organization: OrganizationId) -> bool {
        [self.partner, self.customer].contains(&organization)
    }

    /// Everybody who may see it.
    pub(crate) fn parties(&self) -> Vec<OrganizationId> {
        [self.partner, self.customer].into_iter().chain(self.other_partner).collect()
    }
}
