//! Business profiles, and what the directory shows of them.

use ids::OrganizationId;
use runtime::convert::timestamp;
use wire::enrollment as pb;
use wire::types;

use crate::domain::business::{BusinessProfile, Publication, Visibility};
use crate::domain::contact::Contact;
use crate::domain::directory::Obstacle;
use crate::domain::organization::Organization;
use crate::store::listing::Entry;

pub(crate) fn business_profile(
    organization: OrganizationId,
    profile: &BusinessProfile,
    visibility: Visibility,
) -> pb::BusinessProfile {
    let visibility = match visibility {
        Visibility::Unpublished => pb::business_profile::Visibility::Unpublished,
        Visibility::NotInGoodStanding => pb::business_profile::Visibility::NotInGoodStanding,
        Visibility::Listed => pb::business_profile::Visibility::Listed,
    };
    let offer = profile.offer.clone();
    pb::BusinessProfile {
        name: organization.singleton("businessProfile"),
        etag: profile.version.to_string(),
        state: publication(profile.publication).into(),
        summary: offer.summary,
        training: offer.training,
        marketing: offer.marketing,
        financing: offer.financing,
        credit_terms: offer.credit_terms,
        support: offer.support,
        billing: offer.billing,
        programme_terms: offer.programme_terms,
        served_region_codes: profile.countries.clone(),
        language_codes: profile.languages.clone(),
        sales_contact: person(&profile.sales_contact),
        website: profile.website.clone(),
        visibility: visibility.into(),
        update_time: Some(timestamp(profile.updated)),
    }
}

/// A provider as the directory shows it: with the address, and whether they may link, to members alone.
pub(crate) fn listing(
    entry: &Entry,
    organization: &Organization,
    profile: &BusinessProfile,
    obstacles: Option<&[Obstacle]>,
) -> pb::ProviderListing {
    let offer = profile.offer.clone();
    let mut contact = profile.sales_contact.clone();
    if obstacles.is_none() {
        contact.email.clear();
    }
    pb::ProviderListing {
        organization: entry.organization.name(),
        display_name: organization.display_name.clone(),
        region_code: organization.country.to_string(),
        summary: offer.summary,
        training: offer.training,
        marketing: offer.marketing,
        financing: offer.financing,
        credit_terms: offer.credit_terms,
        support: offer.support,
        billing: offer.billing,
        programme_terms: offer.programme_terms,
        served_region_codes: profile.countries.clone(),
        language_codes: profile.languages.clone(),
        sales_contact: person(&contact),
        website: profile.website.clone(),
        list_time: Some(timestamp(entry.listed)),
        linkability: obstacles.map(|obstacles| pb::Linkability {
            may_link: obstacles.is_empty(),
            obstacles: obstacles.iter().map(obstacle).collect(),
        }),
    }
}

fn person(contact: &Contact) -> Option<types::Contact> {
    (*contact != Contact::default()).then(|| super::contact(contact))
}

fn obstacle(obstacle: &Obstacle) -> pb::linkability::Obstacle {
    let kind = match obstacle {
        Obstacle::Own => pb::linkability::Kind::Self_,
        Obstacle::Market(_) => pb::linkability::Kind::MarketMismatch,
        Obstacle::NotActive => pb::linkability::Kind::NotAnActiveReseller,
        Obstacle::Location => pb::linkability::Kind::LocationMissing,
        Obstacle::Agreement => pb::linkability::Kind::AgreementMissing,
    };
    pb::linkability::Obstacle { kind: kind.into(), description: obstacle.to_string() }
}

fn publication(publication: Publication) -> pb::business_profile::State {
    match publication {
        Publication::Unpublished => pb::business_profile::State::Unpublished,
        Publication::Published => pb::business_profile::State::Published,
    }
}

/// Whether a profile is meant for the directory, as the wire has it.
pub(crate) fn publication_of(state: pb::business_profile::State) -> Option<Publication> {
    Publication::ALL.into_iter().find(|known| publication(*known) == state)
}
