//! Reseller relationships: a partner is provider or reseller of a customer.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};

use super::Refusal;
use super::code::codes;

codes! {
    /// Where a relationship stands.
    State { Active = "ACTIVE", Suspended = "SUSPENDED", Ended = "ENDED" }
}

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
    /// Ends it for good.
    pub(crate) fn end(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.state == State::Ended {
            return Err(Refusal::StateForbids { state: self.state.as_str(), allowed: &["ACTIVE", "SUSPENDED"] });
        }
        self.state = State::Ended;
        self.update_time = now;
        Ok(())
    }

    /// Everybody who may see it.
    pub(crate) fn parties(&self) -> Vec<OrganizationId> {
        [self.partner, self.customer].into_iter().chain(self.other_partner).collect()
    }
}
