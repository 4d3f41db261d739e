//! What each event causes at siblings: the complete list.

use ids::{EnrollmentId, OrganizationId};
use runtime::convert::timestamp;
use runtime::{Effect, ServiceName};
use wire::types::Variable;
use wire::{notification, relationship, verification};

use crate::convert;
use crate::domain::Event;
use crate::domain::agreement::Template;
use crate::domain::event::{CaseRequest, Moved, Notice, OrganizationFacts, Revetting, Standing};
use crate::domain::vetting::CheckKind;

mod access;
mod mail;

/// The longest text of a variable.
const MOST_WORDS: usize = 1_000;

const SIBLINGS: [ServiceName; 3] = [ServiceName::Verification, ServiceName::Relationship, ServiceName::Notification];

pub(crate) fn of(event: &Event) -> Vec<Effect> {
    match event {
        Event::OrganizationCreated(facts) | Event::OrganizationUpdated(facts, _) => vec![record_organization(facts)],
        Event::DomainProven(facts, _) => vec![record_organization(facts), record_domains(facts)],
        Event::UserCreated(facts) | Event::UserUpdated(facts, _) | Event::UserDeleted(facts, _) => {
            SIBLINGS.map(|sibling| access::of_user(sibling, facts)).into()
        }
        Event::Application(facts, _) => SIBLINGS.map(|sibling| access::of_application(sibling, facts)).into(),
        Event::EnrollmentCreated(standing) | Event::EnrollmentLocated(standing) | Event::AgreementSigned(standing) => {
            vec![record_standing(standing)]
        }
        Event::EnrollmentSubmitted(moved, case) => {
            let mut effects = told(moved);
            effects.extend(case.as_ref().map(|case| open_case(&moved.standing, case)));
            effects
        }
        Event::EnrollmentQualified(moved)
        | Event::EnrollmentRejected(moved)
        | Event::EnrollmentReturned(moved)
        | Event::EnrollmentReconsidered(moved)
        | Event::EnrollmentActivated(moved)
        | Event::EnrollmentReopened(moved)
        | Event::EnrollmentSuspended(moved)
        | Event::EnrollmentResumed(moved) => told(moved),
        Event::EnrollmentWithdrawn(moved) | Event::EnrollmentEnded(moved) => {
            let mut effects = told(moved);
            effects.extend(
                moved.stops_waiting().then(|| close_case(moved.standing.organization, moved.standing.enrollment)),
            );
            effects
        }
        Event::LegalProfileUpdated { organization, revetting: Some(revetting), .. } => {
            vec![update_case(*organization, revetting)]
        }
        Event::LegalProfileChangeDropped { organization, waiter: Some(waiter), .. } => {
            vec![close_case(*organization, *waiter)]
        }
        Event::AgreementPublished(template) => vec![record_agreement(template)],
        Event::AgreementReminded(reminder) => vec![mail::remind(reminder)],
        Event::EnquirySent(enquiry) => vec![mail::enquire(enquiry)],
        Event::SignInCodeSent(mailed) => vec![mail::sign_in(mailed)],
        Event::DomainClaimed(_)
        | Event::DomainUpdated(_)
        | Event::UserBound { .. }
        | Event::UserUnbound { .. }
        | Event::LegalProfileUpdated { revetting: None, .. }
        | Event::LegalProfileAdopted { .. }
        | Event::LegalProfileChangeDropped { waiter: None, .. }
        | Event::SupportProfileUpdated { .. }
        | Event::BusinessProfileUpdated { .. }
        | Event::PreapprovalCreated(_)
        | Event::EnrollmentUpdated { .. }
        | Event::LocationCreated { .. }
        | Event::LocationCodeReset { .. }
        | Event::LocationAssociated { .. }
        | Event::LocationClaimFailed { .. } => Vec::new(),
    }
}

fn record_organization(facts: &OrganizationFacts) -> Effect {
    Effect::tell(
        ServiceName::Relationship,
        relationship::RecordOrganizationRequest {
            origin: None,
            organization: facts.organization.id.name(),
            display_name: facts.organization.display_name.clone(),
            region_code: facts.organization.country.to_string(),
            language_code: facts.organization.mail.language.clone(),
            mail_address: facts.organization.mail.address.clone(),
            proven_domains: facts.proven_domains.clone(),
        },
    )
}

fn record_domains(facts: &OrganizationFacts) -> Effect {
    Effect::tell(
        ServiceName::Verification,
        verification::RecordDomainsRequest {
            origin: None,
            organization: facts.organization.id.name(),
            proven_domains: facts.proven_domains.clone(),
        },
    )
}

/// A change of state goes to relationship, and to whom it is told.
fn told(moved: &Moved) -> Vec<Effect> {
    let mut effects = vec![record_standing(&moved.standing)];
    effects.extend(send_status(&moved.notices, moved.standing.state.as_str()));
    effects
}

fn record_standing(standing: &Standing) -> Effect {
    let (location, country) = convert::located(standing.location.as_ref());
    Effect::tell(
        ServiceName::Relationship,
        relationship::RecordStandingRequest {
            origin: None,
            enrollment: standing.organization.child(standing.enrollment),
            r#type: standing.kind.as_str().to_owned(),
            state: standing.state.as_str().to_owned(),
            location,
            location_region_code: country,
            signed_version: standing.signed_version,
            state_time: Some(timestamp(standing.since)),
        },
    )
}

/// One message to all, each greeted by its own name.
fn send_status(notices: &[Notice], state: &'static str) -> Option<Effect> {
    let notice = notices.first()?;
    let next: Vec<&str> = notice.next_step.iter().map(|code| code.as_str()).collect();
    let recipient = |notice: &Notice| notification::Recipient {
        email: notice.address.clone(),
        display_name: notice.name.clone(),
        language_code: notice.language.clone(),
    };
    let message = notification::SendMessageRequest {
        origin: None,
        kind: "enrollment-status".to_owned(),
        recipients: notices.iter().map(recipient).collect(),
        reply_to: String::new(),
        variables: vec![
            Variable::text("recipient_name", ""),
            Variable::text("company", &notice.company),
            Variable::text("state", state),
            Variable::text("next_step", next.join(",")),
            Variable::text("cause", &notice.cause),
            Variable::text("reason", mailable(&notice.reason)),
            Variable::text("appeal_by", notice.appeal_by.map(|by| by.to_rfc3339()).unwrap_or_default()),
        ],
    };
    Some(Effect::tell(ServiceName::Notification, message).unordered())
}

/// As much of a text as a mail may say: what is longer is read in whole in the programme.
fn mailable(text: &str) -> String {
    if text.chars().count() <= MOST_WORDS {
        return text.to_owned();
    }
    text.chars().take(MOST_WORDS - 1).chain(['…']).collect()
}

fn open_case(standing: &Standing, case: &CaseRequest) -> Effect {
    Effect::tell(
        ServiceName::Verification,
        verification::OpenCaseRequest {
            origin: None,
            organization: standing.organization.name(),
            enrollment: standing.organization.child(standing.enrollment),
            legal_name: case.legal.legal_name.clone(),
            address: Some(convert::address(&case.legal.address)),
            registration_number: case.legal.registration_number.clone(),
            primary_contact: Some(convert::contact(&case.legal.primary_contact)),
            company_approver: Some(convert::contact(&case.legal.company_approver)),
            applicant_name: case.applicant_name.clone(),
            applicant_email: case.applicant_email.clone(),
            language_code: case.legal.language.clone(),
            revision: case.legal.revision,
            checks: checks(&case.checks),
            namesake: case.namesake,
            registration_number_check: convert::number_check(case.number).into(),
        },
    )
}

fn update_case(organization: OrganizationId, revetting: &Revetting) -> Effect {
    let (case, legal) = (&revetting.case, &revetting.case.legal);
    Effect::tell(
        ServiceName::Verification,
        verification::UpdateCaseRequest {
            origin: None,
            organization: organization.name(),
            enrollment: organization.child(revetting.enrollment),
            legal_name: legal.legal_name.clone(),
            address: Some(convert::address(&legal.address)),
            registration_number: legal.registration_number.clone(),
            primary_contact: Some(convert::contact(&legal.primary_contact)),
            company_approver: Some(convert::contact(&legal.company_approver)),
            applicant_name: case.applicant_name.clone(),
            applicant_email: case.applicant_email.clone(),
            language_code: legal.language.clone(),
            revision: legal.revision,
            checks: checks(&case.checks),
            touched: checks(&revetting.touched),
            namesake: case.namesake,
            registration_number_check: convert::number_check(case.number).into(),
            other_enrollments: revetting.others.iter().map(|other| organization.child(*other)).collect(),
        },
    )
}

fn close_case(organization: OrganizationId, enrollment: EnrollmentId) -> Effect {
    Effect::tell(
        ServiceName::Verification,
        verification::CloseCaseRequest {
            origin: None,
            organization: organization.name(),
            enrollment: organization.child(enrollment),
        },
    )
}

fn checks(kinds: &[CheckKind]) -> Vec<i32> {
    kinds.iter().map(|kind| convert::check(*kind).into()).collect()
}

fn record_agreement(template: &Template) -> Effect {
    Effect::tell(
        ServiceName::Relationship,
        relationship::RecordAgreementRequest {
            origin: None,
            r#type: template.kind.as_str().to_owned(),
            region: template.region.clone(),
            version: template.version,
            effective_time: Some(timestamp(template.effective)),
            sign_by_time: template.sign_by.map(timestamp),
        },
    )
}
