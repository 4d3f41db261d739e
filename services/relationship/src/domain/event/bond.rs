//! What happens to partnerships and reseller relationships.

use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};

use crate::domain::organization::{Addressee, Parties};
use crate::domain::partnership::Partnership;
use crate::domain::reseller_relationship::ResellerRelationship;
use crate::domain::state::Stage;

#[derive(Debug, Clone)]
pub struct PartnershipCreated {
    pub(crate) partnership: PartnershipId,
    pub(crate) parties: Vec<OrganizationId>,
}

#[derive(Debug, Clone)]
pub struct OrdersAllowedChanged {
    pub(crate) partnership: PartnershipId,
    pub(crate) allowed: bool,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) provider_name: String,
    pub(crate) reseller_name: String,
    pub(crate) tell: Vec<Addressee>,
}

/// Suspended or resumed.
#[derive(Debug, Clone)]
pub struct PartnershipMoved {
    pub(crate) partnership: PartnershipId,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) names: PartnershipNames,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct PartnershipEnded {
    pub(crate) partnership: PartnershipId,
    pub(crate) from: Stage,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) names: PartnershipNames,
    pub(crate) tell: Vec<Addressee>,
}

/// Whose partnership it is, and who did something about it; empty when that was the operator.
#[derive(Debug, Clone)]
pub(crate) struct PartnershipNames {
    pub(crate) provider: String,
    pub(crate) reseller: String,
    pub(crate) by: String,
}

#[derive(Debug, Clone)]
pub struct ResellerRelationshipCreated {
    pub(crate) relationship: ResellerRelationshipId,
    pub(crate) parties: Vec<OrganizationId>,
}

/// Suspended or resumed.
#[derive(Debug, Clone)]
pub struct RelationshipMoved {
    pub(crate) relationship: ResellerRelationshipId,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) names: RelationshipNames,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct ResellerRelationshipEnded {
    pub(crate) relationship: ResellerRelationshipId,
    pub(crate) from: Stage,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) with: Ending,
    /// Each once, however many relationships end together.
    pub(crate) tell: Vec<Addressee>,
}

/// What a relationship ended with.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    Partnership(PartnershipNames),
    Itself(RelationshipNames),
}

/// Whose relationship it is, and who did something about it; empty when that was the operator.
#[derive(Debug, Clone)]
pub(crate) struct RelationshipNames {
    pub(crate) partner: String,
    pub(crate) customer: String,
    pub(crate) by: String,
}

#[derive(Debug, Clone)]
pub struct CustomerAgreementAccepted {
    pub(crate) customer: OrganizationId,
    pub(crate) version: String,
    pub(crate) parties: Vec<OrganizationId>,
}

impl PartnershipNames {
    pub(crate) fn of(partnership: &Partnership, by: Option<OrganizationId>, parties: &Parties) -> Self {
        PartnershipNames {
            provider: parties.name(partnership.provider),
            reseller: parties.name(partnership.reseller),
            by: by.map(|by| parties.name(by)).unwrap_or_default(),
        }
    }
}

impl PartnershipMoved {
    /// Told to both sides.
    pub(crate) fn of(partnership: &Partnership, by: Option<OrganizationId>, parties: &Parties) -> Self {
        PartnershipMoved {
            partnership: partnership.id,
            parties: partnership.sides().to_vec(),
            names: PartnershipNames::of(partnership, by, parties),
            tell: parties.addressees(partnership.sides()),
        }
    }
}

impl RelationshipNames {
    pub(crate) fn of(relationship: &ResellerRelationship, by: Option<OrganizationId>, parties: &Parties) -> Self {
        RelationshipNames {
            partner: parties.name(relationship.partner),
            customer: parties.name(relationship.customer),
            by: by.map(|by| parties.name(by)).unwrap_or_default(),
        }
    }
}

impl RelationshipMoved {
    /// Told to everybody who sees it.
    pub(crate) fn of(relationship: &ResellerRelationship, by: Option<OrganizationId>, parties: &Parties) -> Self {
        RelationshipMoved {
            relationship: relationship.id,
            parties: relationship.parties(),
            names: RelationshipNames::of(relationship, by, parties),
            tell: parties.addressees(relationship.parties()),
        }
    }
}
