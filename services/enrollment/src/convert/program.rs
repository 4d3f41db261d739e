//! What an organization is in the programme.

use chrono::{DateTime, Utc};
use markets::RegionCode;
use runtime::convert::timestamp;
use wire::enrollment as pb;

use super::{capability_of, kind, requirement_of, state};
use crate::domain::agreement::{Signature, Standing, in_language};
use crate::domain::coverage::deadline;
use crate::domain::enrollment::{Enrollment, EnrollmentType};
use crate::domain::lifecycle::State;
use crate::domain::picture::Picture;
use crate::domain::requirement;

pub(crate) fn program_information(
    picture: &Picture,
    enrollments: &[Enrollment],
    signatures: &[Signature],
    now: DateTime<Utc>,
) -> pb::ProgramInformation {
    use pb::program_information::Participation;
    let organization = &picture.organization;
    let in_state = |test: fn(State) -> bool| enrollments.iter().any(|enrollment| test(enrollment.state));
    let participation = if in_state(|state| state == State::Active) {
        Participation::Active
    } else if in_state(State::is_live) {
        Participation::Enrolling
    } else {
        Participation::Known
    };
    let counting = EnrollmentType::ALL.into_iter().filter_map(|kind| counts(enrollments, kind));
    pb::ProgramInformation {
        organization: organization.id.name(),
        display_name: organization.display_name.clone(),
        region_code: organization.country.to_string(),
        region: region(picture, now),
        participation: participation.into(),
        known_since_time: Some(timestamp(organization.created)),
        enrollments: counting.map(|enrollment| capacity(picture, enrollment, signatures, now)).collect(),
    }
}

/// The enrollment of a type that is under way, else the last.
fn counts(enrollments: &[Enrollment], kind: EnrollmentType) -> Option<&Enrollment> {
    let of_kind = enrollments.iter().filter(|enrollment| enrollment.kind == kind);
    of_kind.max_by_key(|enrollment| (enrollment.state.is_live(), enrollment.created, enrollment.id))
}

fn capacity(
    picture: &Picture,
    enrollment: &Enrollment,
    signatures: &[Signature],
    now: DateTime<Utc>,
) -> pb::EnrolledCapacity {
    let requirements = requirement::requirements(picture, enrollment, now).into_iter().map(requirement_of);
    let capabilities = requirement::capabilities(picture, enrollment, now).into_iter();
    pb::EnrolledCapacity {
        enrollment: enrollment.organization.child(enrollment.id),
        r#type: kind(enrollment.kind).into(),
        state: state(enrollment.state).into(),
        state_reason: enrollment.reason.clone().unwrap_or_default(),
        state_time: Some(timestamp(enrollment.since)),
        location: picture.location.as_ref().map(|location| location.id.name()).unwrap_or_default(),
        agreement: Some(agreement(picture, enrollment, signatures, now)),
        requirements: requirements.collect(),
        capabilities: capabilities.map(|capability| capability_of(capability).into()).collect(),
    }
}

fn agreement(
    picture: &Picture,
    enrollment: &Enrollment,
    signatures: &[Signature],
    now: DateTime<Utc>,
) -> pb::AgreementStatus {
    use pb::agreement_status::State;
    let region = region(picture, now);
    let templates = &picture.templates;
    let template = in_language(templates, enrollment.kind, &region, &picture.organization.language, now);
    let coming = template.and_then(|template| deadline(templates, template, enrollment.signed_version));
    let (state, by) = match picture.agreement(enrollment, now) {
        Standing::Unpublished => (State::Unpublished, None),
        Standing::Unsigned { .. } => (State::Unsigned, None),
        Standing::Current => (State::Current, coming),
        Standing::Due { by, .. } => (State::Due, Some(by)),
        Standing::Overdue { by, .. } => (State::Overdue, Some(by)),
    };
    let own = signatures.iter().filter(|signature| signature.enrollment == enrollment.id);
    let newest = own.max_by_key(|signature| signature.version);
    pb::AgreementStatus {
        region,
        state: state.into(),
        signed_version: enrollment.signed_version,
        signature: newest.map(|signature| signature.organization.child(signature.id)).unwrap_or_default(),
        signer: newest.map(|signature| signature.organization.child(signature.signer)).unwrap_or_default(),
        sign_time: newest.map(|signature| timestamp(signature.created)),
        sign_by_time: by.map(timestamp),
        version_in_force: template.map_or(0, |template| template.version),
        template_in_force: template.map(|template| template.id.name()).unwrap_or_default(),
    }
}

fn region(picture: &Picture, now: DateTime<Utc>) -> String {
    picture.organization.region(now).map_or("", RegionCode::as_str).to_owned()
}
