//! Between the wire and the domain.

mod next;
pub(super) mod open_case;

use chrono::{DateTime, Utc};
use database::Scope;
use runtime::convert::{delivery, timestamp};
use runtime::{Caller, Fault, Violations};
use wire::types::{ActorKind, Party, PostalAddress};
use wire::verification as pb;

use crate::domain::{
    Address, Appeal, CaseState, CheckKind, EmailState, EmailVerification, NumberCheck, Purpose, Question, Status,
    Subject, Verdict, VettingCase, WaitsFor,
};
use crate::policies;

/// The version that a reviewer's decision is about.
pub(super) fn required_etag(v: &mut Violations, etag: &str) {
    if etag.trim().is_empty() {
        v.add("etag", "is required");
    }
}

/// None for what `Violations::choice` has refused already.
pub(super) fn check_kind(kind: pb::CheckKind) -> Option<CheckKind> {
    match kind {
        pb::CheckKind::Unspecified => None,
        pb::CheckKind::Email => Some(CheckKind::Email),
        pb::CheckKind::Domain => Some(CheckKind::Domain),
        pb::CheckKind::Employment => Some(CheckKind::Employment),
        pb::CheckKind::Authority => Some(CheckKind::Authority),
        pb::CheckKind::Business => Some(CheckKind::Business),
    }
}

/// A state by its name; none for the unspecified one.
pub(super) fn case_state_name(state: pb::vetting_case::State) -> Option<&'static str> {
    use pb::vetting_case::State;
    (state != State::Unspecified).then(|| state.as_str_name().trim_start_matches("STATE_"))
}

/// The case as it stands at this time, for this caller; its claimant for those who see all cases.
pub(super) fn vetting_case(
    case: &VettingCase,
    seen_by: Scope,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<pb::VettingCase, Fault> {
    let case = case.clone().at(now);
    let claimant = case.state.reviewer().filter(|_| seen_by == Scope::Operator);
    let checks = CheckKind::ALL.into_iter().map(|kind| check(&case, kind, now));
    Ok(pb::VettingCase {
        name: case.organization.child(case.id),
        uid: case.id.to_string(),
        etag: case.version.to_string(),
        state: case_state(&case.state).into(),
        legal_name: case.subject.legal_name.clone(),
        address: Some(address(&case.subject.address)),
        registration_number: case.subject.registration_number.clone().unwrap_or_default(),
        domain: case.subject.domain().to_owned(),
        checks: checks.collect::<Result<_, _>>()?,
        claimant: claimant.map(|reviewer| reviewer.organization.child(reviewer.user)).unwrap_or_default(),
        revision: case.subject.revision,
        reason: case.state.reason().unwrap_or_default().to_owned(),
        due_time: case.state.due().map(timestamp),
        create_time: Some(timestamp(case.created)),
        update_time: Some(timestamp(case.updated)),
        namesake: seen_by == Scope::Operator && case.subject.namesake,
        lookalike: seen_by == Scope::Operator && case.subject.lookalike,
        claim_expire_time: case.state.lease().filter(|_| seen_by == Scope::Operator).map(timestamp),
        explanation: case.state.explanation().unwrap_or_default().to_owned(),
        questions: (1..).zip(&case.questions).map(|(number, asked)| question(number, asked)).collect(),
        appeal: case.appeal.as_ref().map(appeal),
        appeals_left: i32::from(case.may_appeal(now)),
        appeal_by_time: case.appeal_by(now).map(timestamp),
        next_actions: next::actions(&case, caller, now),
        registration_number_check: number_check(case.subject.number_check).into(),
        mail_delivery: case.mailing.worst().map(delivery::show),
    })
}

fn number_check(check: Option<NumberCheck>) -> pb::NumberCheck {
    match check {
        None => pb::NumberCheck::Unspecified,
        Some(NumberCheck::NoRule) => pb::NumberCheck::NoRule,
        Some(NumberCheck::Form) => pb::NumberCheck::Form,
        Some(NumberCheck::Digits) => pb::NumberCheck::Digits,
    }
}

/// The verification as it stands at this time.
pub(super) fn email_verification(verification: &EmailVerification, now: DateTime<Utc>) -> pb::EmailVerification {
    let verification = verification.clone().at(now);
    pb::EmailVerification {
        name: verification.organization.child(verification.id),
        uid: verification.id.to_string(),
        purpose: purpose(verification.purpose).into(),
        state: email_state(verification.state).into(),
        email_hint: verification.recipient.email.hint(),
        generation: verification.generation,
        tries_left: i32::try_from(verification.state.tries_left()).unwrap_or(i32::MAX),
        expire_time: Some(timestamp(verification.expires)),
        answer_time: verification.state.answered().map(timestamp),
        create_time: Some(timestamp(verification.created)),
        next_resend_time: verification.next_mail().map(timestamp),
        resends_left: i32::try_from(verification.mails_left()).unwrap_or(i32::MAX),
        delivery: verification.delivery.as_ref().map(delivery::show),
    }
}

/// What a link asks.
pub(super) fn questions(
    verification: &EmailVerification,
    subject: &Subject,
    questions: [String; 2],
) -> pb::EmailVerificationQuestions {
    pb::EmailVerificationQuestions {
        name: verification.organization.child(verification.id),
        purpose: purpose(verification.purpose).into(),
        state: email_state(verification.state).into(),
        company: subject.legal_name.clone(),
        applicant: subject.applicant_name.clone().unwrap_or_default(),
        email_hint: verification.recipient.email.hint(),
        questions: questions.into(),
        expire_time: Some(timestamp(verification.expires)),
    }
}

/// A kind of check as the wire names it.
pub(super) fn wire_kind(kind: CheckKind) -> pb::CheckKind {
    match kind {
        CheckKind::Email => pb::CheckKind::Email,
        CheckKind::Domain => pb::CheckKind::Domain,
        CheckKind::Employment => pb::CheckKind::Employment,
        CheckKind::Authority => pb::CheckKind::Authority,
        CheckKind::Business => pb::CheckKind::Business,
    }
}

fn question(number: i32, question: &Question) -> pb::Question {
    pb::Question {
        number,
        field_path: question.path.clone(),
        text: question.text.clone(),
        ask_time: Some(timestamp(question.asked)),
        answer: question.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        answer_time: question.answer.as_ref().map(|answer| timestamp(answer.at)),
    }
}

fn appeal(appeal: &Appeal) -> pb::Appeal {
    pb::Appeal { text: appeal.text.clone(), appeal_time: Some(timestamp(appeal.at)) }
}

fn check(case: &VettingCase, kind: CheckKind, now: DateTime<Utc>) -> Result<pb::Check, Fault> {
    let (check, waits_for) = (case.checks.get(kind), case.waits_for(kind, now));
    let (deadline, expected) = (case.deadline(kind, now), case.expected(kind, now));
    let wanted = if check.status.satisfies() { Vec::new() } else { policies::wanted(kind, now)? };
    Ok(pb::Check {
        kind: wire_kind(kind).into(),
        status: match &check.status {
            Status::Pending { .. } => pb::CheckStatus::Pending,
            Status::Decided(Verdict::Passed) => pb::CheckStatus::Passed,
            Status::Decided(Verdict::Failed { .. }) => pb::CheckStatus::Failed,
            Status::Decided(Verdict::Waived { .. }) => pb::CheckStatus::Waived,
        }
        .into(),
        reason: check.status.reason().unwrap_or_default().to_owned(),
        waiting_for: match waits_for {
            WaitsFor::LinkHolder(_) => ActorKind::Link,
            WaitsFor::Applicant(_) | WaitsFor::Reviewer | WaitsFor::Operator => ActorKind::User,
            WaitsFor::Nobody => ActorKind::Unspecified,
        }
        .into(),
        since_time: Some(timestamp(check.since)),
        due_time: deadline.or(expected).map(timestamp),
        evidence_wanted: wanted,
        waiting_party: match waits_for {
            WaitsFor::LinkHolder(Purpose::Contact) => Party::PrimaryContact,
            WaitsFor::LinkHolder(Purpose::Approver) => Party::CompanyApprover,
            WaitsFor::Applicant(_) => Party::GlobalAdmin,
            WaitsFor::Reviewer => Party::Reviewer,
            WaitsFor::Operator => Party::Operator,
            WaitsFor::Nobody => Party::Nobody,
        }
        .into(),
        deadline_time: deadline.map(timestamp),
        expect_time: expected.map(timestamp),
        resends_left: i32::try_from(check.status.post().map_or(0, |post| post.resends_left)).unwrap_or(i32::MAX),
    })
}

fn address(address: &Address) -> PostalAddress {
    PostalAddress {
        region_code: address.region_code.clone(),
        postal_code: address.postal_code.clone().unwrap_or_default(),
        administrative_area: address.administrative_area.clone().unwrap_or_default(),
        locality: address.locality.clone(),
        address_lines: address.lines.clone(),
    }
}

fn case_state(state: &CaseState) -> pb::vetting_case::State {
    use pb::vetting_case::State;
    match state {
        CaseState::AwaitingEmail { .. } => State::AwaitingEmail,
        CaseState::Queued { .. } => State::Queued,
        CaseState::InReview { .. } => State::InReview,
        CaseState::ActionRequired { .. } => State::ActionRequired,
        CaseState::Approved { .. } => State::Approved,
        CaseState::Rejected(_) => State::Rejected,
        CaseState::Expired => State::Expired,
        CaseState::Withdrawn => State::Withdrawn,
    }
}

fn email_state(state: EmailState) -> pb::email_verification::State {
    use pb::email_verification::State;
    match state {
        EmailState::Pending { .. } => State::Pending,
        EmailState::Verified { .. } => State::Verified,
        EmailState::Denied { .. } => State::Denied,
        EmailState::Superseded => State::Superseded,
        EmailState::Expired => State::Expired,
        EmailState::Locked => State::Locked,
    }
}

fn purpose(purpose: Purpose) -> pb::email_verification::Purpose {
    match purpose {
        Purpose::Contact => pb::email_verification::Purpose::Contact,
        Purpose::Approver => pb::email_verification::Purpose::Approver,
    }
}

/// The fields that a refusal names, for tests of parsing.
#[cfg(test)]
pub(super) fn fields(status: &tonic::Status) -> Vec<String> {
    use tonic_types::StatusExt;
    let details = status.get_details_bad_request().map(|details| details.field_violations).unwrap_or_default();
    details.into_iter().map(|violation| violation.field).collect()
}
