use chrono::TimeDelta;
use ids::Id;
use uuid::Uuid;

use super::*;
use crate::domain::grids::invitation;
use crate::domain::invitation::State;
use crate::domain::organization::Organization;

fn named(id: u128, name: &str) -> Organization {
    Organization {
        id: Id::from_uuid(Uuid::from_u128(id)),
        name: name.to_owned(),
        country: "DE".parse().unwrap(),
        language: "en".parse().unwrap(),
        mail_address: "mail@example.com".parse().unwrap(),
        proven_domains: Vec::new(),
        version: 1,
    }
}

fn parties(provider: &str) -> Parties {
    [named(10, provider), named(11, "Reseller")].into_iter().collect()
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(365 * 56)
}

fn asking() -> Invitation {
    let administration =
        AdminRequest { grantee: Uuid::from_u128(10), roles: vec!["directory-reader".to_owned()], days: 90 };
    Invitation { admin_requests: vec![administration], ..invitation(State::Pending) }
}

#[test]
fn r31_an_offer_names_the_rights_and_their_texts() {
    let offer = Offer::of(&asking(), &parties("Provider"), now());
    let told: Vec<_> = offer.consents.iter().map(|consent| (consent.kind, consent.required)).collect();
    let expected = [(Kind::PartnershipTerms, true), (Kind::OrderSubmission, false), (Kind::DelegatedAdmin, false)];
    assert_eq!(told, expected);
    let administration = offer.consents.last().unwrap();
    assert!(administration.text.contains("Directory reader") && administration.text.contains("90"));
    assert_eq!(administration.text_sha256, sha256(administration.text.as_bytes()));
    assert!(offer.consents.iter().all(|consent| consent.partner == Some(Id::from_uuid(Uuid::from_u128(10)))));
}

#[test]
fn r37_a_joint_offer_asks_for_both_partners_and_the_agreement() {
    let joint = Invitation { kind: Leads::Customer, location: None, recipient: None, ..invitation(State::Pending) };
    let offer = Offer::of(&joint, &parties("Provider"), now());
    let kinds: Vec<_> = offer.consents.iter().map(|consent| consent.kind).collect();
    assert_eq!(kinds, [Kind::ResellerRelationship, Kind::ResellerRelationship, Kind::CustomerAgreement]);
    assert!(offer.consents.iter().all(|consent| consent.required));
    assert_ne!(offer.consents[0].partner, offer.consents[1].partner);
    assert_ne!(offer.consents[0].text, offer.consents[1].text);
}

#[test]
fn r31_the_revision_changes_with_whatever_is_shown_and_with_nothing_else() {
    let shown = asking();
    let revision = |invitation: &Invitation, provider: &str| Offer::of(invitation, &parties(provider), now()).revision;
    let before = revision(&shown, "Provider");
    assert_eq!(before.len(), 64);
    assert_eq!(before, revision(&Invitation { version: 9, state: State::Expired, ..shown.clone() }, "Provider"));
    let later = Invitation { expire_time: shown.expire_time + TimeDelta::seconds(1), ..shown.clone() };
    let more = AdminRequest { days: 91, ..shown.admin_requests[0].clone() };
    let changed = [
        revision(&shown, "Another"),
        revision(&later, "Provider"),
        revision(&Invitation { message: "hello".to_owned(), ..shown.clone() }, "Provider"),
        revision(&Invitation { language: "sv".parse().unwrap(), ..shown.clone() }, "Provider"),
        revision(&Invitation { admin_requests: vec![more], ..shown.clone() }, "Provider"),
        revision(&Invitation { admin_requests: Vec::new(), ..shown }, "Provider"),
    ];
    assert!(changed.iter().all(|other| *other != before));
}
