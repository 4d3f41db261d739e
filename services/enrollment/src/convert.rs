//! From the domain to the wire, one function per message or enum.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use runtime::Role as WireRole;
use runtime::convert::timestamp;
use wire::enrollment as pb;
use wire::{types, verification};

use crate::domain::change::Pending;
use crate::domain::contact::{Address, Contact};
use crate::domain::enrollment::{Enrollment, EnrollmentType};
use crate::domain::lifecycle::State;
use crate::domain::organization::Organization;
use crate::domain::picture::Picture;
use crate::domain::profile::{LegalProfile, SupportProfile};
use crate::domain::requirement::{self, Capability};
use crate::domain::rules::number::Assurance;
use crate::domain::user::{Role, User, UserState};
use crate::domain::vetting::{CheckKind, Vetting};

mod agreement;
mod application;
mod directory;
mod domain;
mod enrollment;
pub(crate) mod guide;
mod program;
mod read;

use enrollment::{capability_of, requirement_of};

pub(crate) use agreement::{located, location, preapproval, signature, template};
pub(crate) use application::{application, application_role, application_role_of, application_state_of};
pub(crate) use directory::{business_profile, listing, publication_of};
pub(crate) use domain::domain;
pub(crate) use enrollment::enrollment;
pub(crate) use program::program_information;
pub(crate) use read::{role_of, type_of, user_state_of};

pub(crate) fn organization(picture: &Picture, enrollments: &[Enrollment], now: DateTime<Utc>) -> pb::Organization {
    let live = || enrollments.iter().filter(|enrollment| enrollment.state.is_live());
    let capabilities: BTreeSet<Capability> =
        live().flat_map(|enrollment| requirement::capabilities(picture, enrollment, now)).collect();
    pb::Organization {
        requirements: live()
            .flat_map(|enrollment| requirement::requirements(picture, enrollment, now))
            .map(requirement_of)
            .collect(),
        capabilities: capabilities.into_iter().map(|capability| capability_of(capability).into()).collect(),
        ..listed_organization(&picture.organization, picture.proven_domains.clone())
    }
}

/// What is known of an organization by itself.
pub(crate) fn listed_organization(organization: &Organization, proven_domains: Vec<String>) -> pb::Organization {
    pb::Organization {
        name: organization.id.name(),
        uid: organization.id.to_string(),
        etag: organization.version.to_string(),
        display_name: organization.display_name.clone(),
        region_code: organization.country.to_string(),
        language_code: organization.language.clone(),
        proven_domains,
        requirements: Vec::new(),
        capabilities: Vec::new(),
        create_time: Some(timestamp(organization.created)),
        update_time: Some(timestamp(organization.updated)),
    }
}

/// The legal profile with the change that is being verified, as these cases tell of it.
pub(crate) fn legal_profile(
    organization: ids::OrganizationId,
    profile: &LegalProfile,
    vettings: &[Vetting],
) -> pb::LegalProfile {
    pb::LegalProfile {
        name: organization.singleton("legalProfile"),
        etag: profile.version.to_string(),
        legal_name: profile.legal_name.clone(),
        address: (profile.address != Address::default()).then(|| address(&profile.address)),
        registration_number: profile.registration_number.clone(),
        tax_id: profile.tax_id.clone(),
        primary_contact: person(&profile.primary_contact),
        company_approver: person(&profile.company_approver),
        language_code: profile.language.clone(),
        revision: profile.revision,
        vetted_revision: profile.vetted_revision,
        update_time: Some(timestamp(profile.updated)),
        pending: profile.pending.as_deref().map(|pending| self::pending(pending, vettings)),
        verified_again: Vec::new(),
        normalized: Some(guide::normalized(profile)),
        advice: guide::advice(profile),
    }
}

fn pending(pending: &Pending, vettings: &[Vetting]) -> pb::PendingLegalProfile {
    let profile = &pending.profile;
    let case = vettings.iter().rev().find(|case| case.revision == profile.revision);
    pb::PendingLegalProfile {
        revision: profile.revision,
        case_state: case.map_or("REQUESTED", |case| case.state.as_str()).to_owned(),
        open_checks: pending.open_checks(vettings).into_iter().map(|kind| kind.as_str().to_owned()).collect(),
        legal_name: profile.legal_name.clone(),
        address: Some(address(&profile.address)),
        registration_number: profile.registration_number.clone(),
        primary_contact: person(&profile.primary_contact),
        company_approver: person(&profile.company_approver),
        create_time: Some(timestamp(pending.since)),
    }
}

fn person(contact: &Contact) -> Option<types::Contact> {
    (*contact != Contact::default()).then(|| self::contact(contact))
}

pub(crate) fn support_profile(organization: ids::OrganizationId, profile: &SupportProfile) -> pb::SupportProfile {
    pb::SupportProfile {
        name: organization.singleton("supportProfile"),
        etag: profile.version.to_string(),
        email: profile.email.clone(),
        phone: profile.phone.clone(),
        website: profile.website.clone(),
        update_time: Some(timestamp(profile.updated)),
    }
}

pub(crate) fn user(user: &User) -> pb::User {
    pb::User {
        name: user.organization.child(user.id),
        uid: user.id.to_string(),
        etag: user.version.to_string(),
        email: user.email.clone(),
        display_name: user.display_name.clone(),
        roles: user.roles.iter().map(|held| role(*held).into()).collect(),
        state: user_state(user.state).into(),
        create_time: Some(timestamp(user.created)),
        update_time: Some(timestamp(user.updated)),
    }
}

pub(crate) fn address(address: &Address) -> types::PostalAddress {
    types::PostalAddress {
        region_code: address.country.clone(),
        postal_code: address.postal_code.clone(),
        administrative_area: address.administrative_area.clone(),
        locality: address.locality.clone(),
        address_lines: address.lines.clone(),
    }
}

pub(crate) fn contact(contact: &Contact) -> types::Contact {
    types::Contact {
        given_name: contact.given_name.clone(),
        family_name: contact.family_name.clone(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
    }
}

pub(crate) fn kind(kind: EnrollmentType) -> pb::EnrollmentType {
    match kind {
        EnrollmentType::IndirectProvider => pb::EnrollmentType::IndirectProvider,
        EnrollmentType::IndirectReseller => pb::EnrollmentType::IndirectReseller,
        EnrollmentType::DirectBill => pb::EnrollmentType::DirectBill,
    }
}

pub(crate) fn state(state: State) -> pb::enrollment::State {
    match state {
        State::Draft => pb::enrollment::State::Draft,
        State::Verifying => pb::enrollment::State::Verifying,
        State::Qualified => pb::enrollment::State::Qualified,
        State::Active => pb::enrollment::State::Active,
        State::Suspended => pb::enrollment::State::Suspended,
        State::Rejected => pb::enrollment::State::Rejected,
        State::Withdrawn => pb::enrollment::State::Withdrawn,
        State::Ended => pb::enrollment::State::Ended,
    }
}

pub(crate) fn role(role: Role) -> WireRole {
    match role {
        Role::GlobalAdmin => WireRole::GlobalAdmin,
        Role::AdminAgent => WireRole::AdminAgent,
        Role::SalesAgent => WireRole::SalesAgent,
        Role::HelpdeskAgent => WireRole::HelpdeskAgent,
        Role::UserAdmin => WireRole::UserAdmin,
        Role::BillingAdmin => WireRole::BillingAdmin,
        Role::Reviewer => WireRole::Reviewer,
        Role::Operator => WireRole::Operator,
    }
}

fn user_state(state: UserState) -> pb::user::State {
    match state {
        UserState::Active => pb::user::State::Active,
        UserState::Disabled => pb::user::State::Disabled,
    }
}

/// How far a number was judged.
pub(crate) fn number_check(assurance: Option<Assurance>) -> verification::NumberCheck {
    match assurance {
        None => verification::NumberCheck::Unspecified,
        Some(Assurance::NoRule) => verification::NumberCheck::NoRule,
        Some(Assurance::Form) => verification::NumberCheck::Form,
        Some(Assurance::Digits) => verification::NumberCheck::Digits,
    }
}

pub(crate) fn check(kind: CheckKind) -> verification::CheckKind {
    match kind {
        CheckKind::Email => verification::CheckKind::Email,
        CheckKind::Domain => verification::CheckKind::Domain,
        CheckKind::Employment => verification::CheckKind::Employment,
        CheckKind::Authority => verification::CheckKind::Authority,
        CheckKind::Business => verification::CheckKind::Business,
    }
}
