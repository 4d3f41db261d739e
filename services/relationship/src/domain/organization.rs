//! Organizations as enrollment last told of them.

use std::collections::BTreeMap;

use addresses::{Email, Language};
use ids::OrganizationId;
use markets::CountryCode;

/// What is known of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) id: OrganizationId,
    pub(crate) name: String,
    pub(crate) country: CountryCode,
    pub(crate) language: Language,
    pub(crate) mail_address: Email,
    pub(crate) proven_domains: Vec<String>,
    pub(crate) version: i64,
}

impl Organization {
    /// Whether this address is at a domain proven to be its own, or under it: what is proven is what can be registered.
    pub(crate) fn owns_domain_of(&self, address: &Email) -> bool {
        self.proven_domains.iter().any(|own| own == address.registrable_domain())
    }
}

/// Who a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addressee {
    pub(crate) name: String,
    pub(crate) email: Email,
    pub(crate) language: Language,
}

/// The organizations that take part in something, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parties(BTreeMap<OrganizationId, Organization>);

impl Parties {
    pub(crate) fn get(&self, id: OrganizationId) -> Option<&Organization> {
        self.0.get(&id)
    }

    /// Its name for people; its resource name while it is unknown.
    pub(crate) fn name(&self, id: OrganizationId) -> String {
        self.0.get(&id).map_or_else(|| id.name(), |organization| organization.name.clone())
    }

    /// Where mail to these goes, in their order; whoever is unknown has no address yet.
    pub(crate) fn addressees(&self, ids: impl IntoIterator<Item = OrganizationId>) -> Vec<Addressee> {
        let known = ids.into_iter().filter_map(|id| self.0.get(&id));
        known
            .map(|organization| Addressee {
                name: organization.name.clone(),
                email: organization.mail_address.clone(),
                language: organization.language.clone(),
            })
            .collect()
    }
}

impl FromIterator<Organization> for Parties {
    fn from_iter<I: IntoIterator<Item = Organization>>(organizations: I) -> Parties {
        Parties(organizations.into_iter().map(|organization| (organization.id, organization)).collect())
    }
}

#[cfg(test)]
mod tests;
