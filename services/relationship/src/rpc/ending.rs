//! What ends with a partnership or with relationships of a customer, told before it does.

use std::collections::BTreeSet;

use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};
use runtime::Fault;

use crate::domain::Event;
use crate::domain::admin_grant::{AdminGrant, State};
use crate::domain::event::AdminGrantEnded;
use crate::domain::organization::Parties;
use crate::domain::reseller_relationship::ResellerRelationship;
use crate::{Change, store};

/// Relationships, and the administration under them and under their partnership.
pub(super) struct Ending {
    pub(super) relationships: Vec<ResellerRelationship>,
    grants: Vec<AdminGrant>,
}

impl Ending {
    /// These relationships, and what hangs on them; of a partnership that ends, on it too.
    pub(super) async fn find(
        change: &Change,
        partnership: Option<PartnershipId>,
        relationships: Vec<ResellerRelationship>,
    ) -> Result<Ending, Fault> {
        let ids: Vec<ResellerRelationshipId> = relationships.iter().map(|relationship| relationship.id).collect();
        let grants = store::admin_grant::under(&change.tx, partnership, &ids, change.now()).await?;
        Ok(Ending { relationships, grants })
    }

    /// Everybody whom it concerns.
    pub(super) fn concerned(&self) -> BTreeSet<OrganizationId> {
        let parties = self.relationships.iter().flat_map(ResellerRelationship::parties);
        parties.chain(self.grants.iter().flat_map(|grant| [grant.grantor, grant.grantee])).collect()
    }

    /// What ends, one sentence each.
    pub(super) fn effects(&self, parties: &Parties) -> Vec<String> {
        let relationship = |relationship: &ResellerRelationship| {
            let capacity = relationship.capacity.as_str().to_lowercase();
            let (partner, customer) = (parties.name(relationship.partner), parties.name(relationship.customer));
            format!("{partner} is no longer {capacity} of {customer}.")
        };
        let grant = |grant: &AdminGrant| {
            format!("{} no longer administers {}.", parties.name(grant.grantee), parties.name(grant.grantor))
        };
        self.relationships.iter().map(relationship).chain(self.grants.iter().map(grant)).collect()
    }

    /// Ends the administration.
    pub(super) async fn end_grants(
        &mut self,
        change: &Change,
        reason: &'static str,
        parties: &Parties,
    ) -> Result<Vec<Event>, Fault> {
        let mut events = Vec::new();
        for grant in &mut self.grants {
            grant.revoke(change.now())?;
            store::admin_grant::save(&change.tx, grant).await?;
            events.push(Event::AdminGrantEnded(AdminGrantEnded::of(grant, State::Revoked, Some(reason), parties)));
        }
        Ok(events)
    }
}
