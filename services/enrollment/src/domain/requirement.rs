//! What an enrollment lacks, and what it may do: told so that the reader knows what to do next.

use chrono::{DateTime, Utc};

use super::agreement;
use super::enrollment::Enrollment;
use super::lifecycle::State;
use super::picture::Picture;

mod vetted;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Code {
    LegalProfile,
    SupportProfile,
    Email,
    Domain,
    Employment,
    Authority,
    Business,
    Location,
    Agreement,
    AdminAgent,
    Submission,
    Standing,
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    GlobalAdmin,
    PrimaryContact,
    CompanyApprover,
    Reviewer,
    Operator,
}

/// What an organization may do once nothing blocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Capability {
    Distribute,
    Resell,
    InviteCustomers,
    Transact,
}

/// Something that is still missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) code: Code,
    pub(crate) description: String,
    pub(crate) actor: Actor,
    pub(crate) since: DateTime<Utc>,
    pub(crate) due: Option<DateTime<Utc>>,
    /// The RPC that clears it.
    pub(crate) method: &'static str,
    pub(crate) blocks: &'static [Capability],
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Code::LegalProfile => "LEGAL_PROFILE",
            Code::SupportProfile => "SUPPORT_PROFILE",
            Code::Email => "EMAIL",
            Code::Domain => "DOMAIN",
            Code::Employment => "EMPLOYMENT",
            Code::Authority => "AUTHORITY",
            Code::Business => "BUSINESS",
            Code::Location => "LOCATION",
            Code::Agreement => "AGREEMENT",
            Code::AdminAgent => "ADMIN_AGENT",
            Code::Submission => "SUBMISSION",
            Code::Standing => "STANDING",
        }
    }
}

/// Everything that an enrollment lacks now, in the order in which it is usually done.
pub(crate) fn requirements(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Requirement> {
    let mut found = Vec::new();
    match enrollment.state {
        State::Draft => found.extend(of_draft(picture, enrollment, now)),
        State::Verifying => found.extend(vetted::requirements(picture, enrollment, now)),
        State::Qualified | State::Active => {}
        State::Suspended => found.push(standing(
            enrollment,
            format!("suspended by the operator{}: the operator resumes it", because(enrollment)),
            Actor::Operator,
            "linkage.enrollment.v1.EnrollmentService/ResumeEnrollment",
        )),
        State::Rejected => return vec![vetted::rejected(picture, enrollment, now)],
        // Nothing is waited for.
        State::Withdrawn | State::Ended => return found,
    }
    if picture.location.is_none() {
        found.push(Requirement {
            code: Code::Location,
            description: "associate a location of your country, by its claim code".to_owned(),
            actor: Actor::GlobalAdmin,
            since: enrollment.created,
            due: None,
            method: "linkage.enrollment.v1.PartnerLocationService/AssociatePartnerLocation",
            blocks: enrollment.kind.capabilities(),
        });
    }
    if State::after(enrollment.state, super::lifecycle::Command::Sign).is_some() {
        found.extend(of_agreement(picture, enrollment, now));
    }
    if enrollment.state == State::Active && !picture.has_admin_agent() {
        found.push(Requirement {
            code: Code::AdminAgent,
            description: "give somebody the role of admin agent, without whom nobody can work for customers".to_owned(),
            actor: Actor::GlobalAdmin,
            since: enrollment.since,
            due: None,
            method: "linkage.enrollment.v1.UserService/UpdateUser",
            blocks: &[],
        });
    }
    found
}

/// What it may do now: all that its type allows and nothing blocks, once it is in force.
pub(crate) fn capabilities(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Capability> {
    if enrollment.state != State::Active {
        return Vec::new();
    }
    let lacking = requirements(picture, enrollment, now);
    let blocked = |capability: &Capability| lacking.iter().any(|lack| lack.blocks.contains(capability));
    enrollment.kind.capabilities().iter().copied().filter(|capability| !blocked(capability)).collect()
}

fn standing(enrollment: &Enrollment, description: String, actor: Actor, method: &'static str) -> Requirement {
    Requirement {
        code: Code::Standing,
        description,
        actor,
        since: enrollment.since,
        due: None,
        method,
        blocks: enrollment.kind.capabilities(),
    }
}

fn because(enrollment: &Enrollment) -> String {
    enrollment.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default()
}

fn of_draft(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Requirement> {
    let to_do = |code, description: String, method| Requirement {
        code,
        description,
        actor: Actor::GlobalAdmin,
        since: enrollment.since,
        due: None,
        method,
        blocks: enrollment.kind.capabilities(),
    };
    let fields = |missing: &[super::refusal::Missing]| {
        let names: Vec<&str> = missing.iter().map(|missing| missing.field.as_str()).collect();
        format!("complete the profile: {}", names.join(", "))
    };
    let mut found = Vec::new();
    let legal = picture.legal.missing(picture.organization.country.as_str(), now);
    if !legal.is_empty() {
        let method = "linkage.enrollment.v1.OrganizationService/UpdateLegalProfile";
        found.push(to_do(Code::LegalProfile, fields(&legal), method));
    }
    let support = picture.support.missing(picture.organization.country.as_str());
    if !support.is_empty() {
        let method = "linkage.enrollment.v1.OrganizationService/UpdateSupportProfile";
        found.push(to_do(Code::SupportProfile, fields(&support), method));
    }
    let method = "linkage.enrollment.v1.EnrollmentService/SubmitEnrollment";
    found.push(to_do(Code::Submission, "submit the draft".to_owned(), method));
    found
}

fn of_agreement(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Option<Requirement> {
    const SIGN: &str = "linkage.enrollment.v1.AgreementService/CreateSignature";
    const PUBLISH: &str = "linkage.enrollment.v1.AgreementService/PublishAgreementTemplate";
    let all = enrollment.kind.capabilities();
    let (description, actor, since, due, method, blocks) = match picture.agreement(enrollment, now) {
        agreement::Standing::Current => return None,
        agreement::Standing::Unpublished => (
            "no agreement is published for this type and region yet",
            Actor::Operator,
            enrollment.since,
            None,
            PUBLISH,
            all,
        ),
        agreement::Standing::Unsigned { since } => {
            ("sign the partner agreement in force", Actor::GlobalAdmin, since.max(enrollment.since), None, SIGN, all)
        }
        agreement::Standing::Due { since, by } => {
            let nothing: &[Capability] = &[];
            ("sign the newer version of the partner agreement", Actor::GlobalAdmin, since, Some(by), SIGN, nothing)
        }
        agreement::Standing::Overdue { since, by } => {
            ("the newer version of the agreement is overdue: sign it", Actor::GlobalAdmin, since, Some(by), SIGN, all)
        }
    };
    Some(Requirement { code: Code::Agreement, description: description.to_owned(), actor, since, due, method, blocks })
}
