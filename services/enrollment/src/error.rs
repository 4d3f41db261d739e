//! From a refusal of the domain to what the caller is told.

use runtime::fault::Precondition;
use runtime::{Fault, Role};
use tonic::Code;
use wire::enrollment::Reason;

use crate::convert;
use crate::domain::Refusal;
use crate::domain::lifecycle::State;
use crate::domain::refusal::Missing;

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        match refusal {
            Refusal::State { state, allowed } => state_forbids(state.as_str(), allowed),
            Refusal::NotInForce => Fault::state_forbids("NOT_IN_FORCE", &["IN_FORCE"]),
            Refusal::NothingToServe => state_forbids("NO_ENROLLMENT", State::ALL.into_iter().filter(|s| s.is_live())),
            Refusal::Outstanding(missing) => outstanding(missing),
            Refusal::RoleRequired(roles) => {
                Fault::role_required(&roles.iter().map(|role| convert::role(*role)).collect::<Vec<Role>>())
            }
            Refusal::Superseded(template) => {
                precondition(Reason::TemplateSuperseded, "a newer version is in force: read and sign that one")
                    .with("template", template.name())
            }
            Refusal::CountryMismatch { location, organization } => mismatch(location, organization),
            Refusal::TextHashMismatch => another_text(),
            Refusal::PreapprovalRequired => {
                precondition(Reason::PreapprovalRequired, "this type needs the operator's pre-approval of your domain")
            }
            Refusal::LastGlobalAdmin => precondition(
                Reason::LastGlobalAdmin,
                "nobody would be global administrator: give somebody else the role first",
            ),
            Refusal::CountryFrozen => {
                precondition(Reason::CountryFrozen, "the country is frozen since an enrollment was submitted")
            }
            Refusal::ClaimCodeLocked => {
                precondition(Reason::ClaimCodeLocked, "the tries are used up: ask the operator for a new location id")
            }
            Refusal::EnrollmentExists => {
                exists(Reason::EnrollmentExists, "there is an enrollment of this type already")
            }
            Refusal::UserExists => exists(Reason::UserExists, "the organization has a user with this address"),
            Refusal::TemplateExists => {
                exists(Reason::TemplateExists, "this language of this version is published already")
            }
            Refusal::OrganizationDuplicate => exists(
                Reason::OrganizationDuplicate,
                "you have an organization of this name and country, or its number is enrolled",
            ),
            Refusal::LocationTaken => {
                exists(Reason::LocationTaken, "the location is associated, or you have another one")
            }
            Refusal::AlreadySigned => exists(Reason::AlreadySigned, "this version is signed already"),
        }
    }
}

fn state_forbids(state: &str, allowed: impl IntoIterator<Item = State>) -> Fault {
    let allowed: Vec<&str> = allowed.into_iter().map(State::as_str).collect();
    Fault::state_forbids(state, &allowed)
}

fn outstanding(missing: Vec<Missing>) -> Fault {
    let fault = precondition(Reason::RequirementsOutstanding, "something is still missing: see each");
    missing.into_iter().fold(fault, |fault, missing| {
        fault.precondition(Precondition {
            kind: missing.code.as_str().to_owned(),
            subject: missing.field,
            description: missing.description,
        })
    })
}

fn mismatch(location: String, organization: String) -> Fault {
    let message = format!("the location is in {location}, the organization in {organization}");
    precondition(Reason::CountryMismatch, &message)
        .with("location_country", location)
        .with("organization_country", organization)
}

fn another_text() -> Fault {
    let message = "this is not the hash of the text: read it again";
    Fault::new(Code::InvalidArgument, Reason::TextHashMismatch, message)
        .violation("signature.sha256", "is not the hash of the template's text")
}

/// The claim code was wrong, and a try is spent.
pub(crate) fn claim_code_wrong(left: i32) -> Fault {
    Fault::new(
        Code::PermissionDenied,
        Reason::ClaimCodeWrong,
        format!("the claim code is wrong; {left} tries are left"),
    )
    .with("tries_left", left.to_string())
}

fn precondition(reason: Reason, message: &str) -> Fault {
    Fault::new(Code::FailedPrecondition, reason, message)
}

fn exists(reason: Reason, message: &str) -> Fault {
    Fault::new(Code::AlreadyExists, reason, message)
}
