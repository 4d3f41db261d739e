//! An enrollment, with what it lacks, what it permits, and what its reader may do next.

use chrono::{DateTime, Utc};
use runtime::Caller;
use runtime::convert::{delivery, timestamp};
use runtime::guard::reaches;
use wire::enrollment as pb;
use wire::types;

use super::{kind, state};
use crate::domain::action::Action;
use crate::domain::enrollment::Enrollment;
use crate::domain::picture::Picture;
use crate::domain::requirement::{self, Actor, Capability, Code, Requirement};
use crate::policy::{ELSEWHERE, POLICY};

/// An enrollment as this caller sees it.
pub(crate) fn enrollment(
    picture: &Picture,
    enrollment: &Enrollment,
    caller: &Caller,
    now: DateTime<Utc>,
) -> pb::Enrollment {
    let submission = enrollment.submission;
    pb::Enrollment {
        name: enrollment.organization.child(enrollment.id),
        uid: enrollment.id.to_string(),
        etag: enrollment.version.to_string(),
        r#type: kind(enrollment.kind).into(),
        state: state(enrollment.state).into(),
        state_reason: enrollment.reason.clone().unwrap_or_default(),
        state_time: Some(timestamp(enrollment.since)),
        requirements: requirement::requirements(picture, enrollment, now).into_iter().map(requirement_of).collect(),
        capabilities: requirement::capabilities(picture, enrollment, now)
            .into_iter()
            .map(|capability| capability_of(capability).into())
            .collect(),
        location: picture.location.as_ref().map(|location| location.id.name()).unwrap_or_default(),
        signed_version: enrollment.signed_version,
        submitter: submission.map(|by| enrollment.organization.child(by.by)).unwrap_or_default(),
        submit_time: submission.map(|submission| timestamp(submission.at)),
        create_time: Some(timestamp(enrollment.created)),
        update_time: Some(timestamp(enrollment.updated)),
        next_actions: next_actions(picture, enrollment, caller, now),
        state_reason_text: enrollment.reason_text.clone().unwrap_or_default(),
        external_id: enrollment.external_id.clone().unwrap_or_default(),
        mail_delivery: enrollment.mailing.worst().map(delivery::show),
    }
}

/// What this caller may do next: what can be done now, as far as the policy lets it.
fn next_actions(
    picture: &Picture,
    enrollment: &Enrollment,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Vec<pb::NextAction> {
    let may = |action: &Action| {
        let rule = POLICY.iter().chain(ELSEWHERE).find(|(path, _)| path.strip_prefix('/') == Some(action.method()));
        rule.is_some_and(|(_, rule)| reaches(*rule, &caller.identity, enrollment.organization))
    };
    let told = |action: Action| pb::NextAction {
        method: action.method().to_owned(),
        description: action.description().to_owned(),
    };
    picture.actions(enrollment, now).into_iter().filter(may).map(told).collect()
}

pub(super) fn requirement_of(requirement: Requirement) -> types::Requirement {
    types::Requirement {
        code: code(requirement.code).into(),
        description: requirement.description,
        actor: party(requirement.actor).into(),
        since_time: Some(timestamp(requirement.since)),
        due_time: requirement.due.map(timestamp),
        method: requirement.method.to_owned(),
        blocks: requirement.blocks.iter().map(|capability| capability_of(*capability).into()).collect(),
    }
}

fn code(code: Code) -> types::RequirementCode {
    match code {
        Code::LegalProfile => types::RequirementCode::LegalProfile,
        Code::SupportProfile => types::RequirementCode::SupportProfile,
        Code::Email => types::RequirementCode::Email,
        Code::Domain => types::RequirementCode::Domain,
        Code::Employment => types::RequirementCode::Employment,
        Code::Authority => types::RequirementCode::Authority,
        Code::Business => types::RequirementCode::Business,
        Code::Location => types::RequirementCode::Location,
        Code::Agreement => types::RequirementCode::Agreement,
        Code::AdminAgent => types::RequirementCode::AdminAgent,
        Code::Submission => types::RequirementCode::Submission,
        Code::Standing => types::RequirementCode::Standing,
    }
}

fn party(actor: Actor) -> types::Party {
    match actor {
        Actor::GlobalAdmin => types::Party::GlobalAdmin,
        Actor::PrimaryContact => types::Party::PrimaryContact,
        Actor::CompanyApprover => types::Party::CompanyApprover,
        Actor::Reviewer => types::Party::Reviewer,
        Actor::Operator => types::Party::Operator,
    }
}

pub(super) fn capability_of(capability: Capability) -> types::Capability {
    match capability {
        Capability::Distribute => types::Capability::Distribute,
        Capability::Resell => types::Capability::Resell,
        Capability::InviteCustomers => types::Capability::InviteCustomers,
        Capability::Transact => types::Capability::Transact,
    }
}
