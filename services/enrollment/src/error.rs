//! From a refusal of the domain to what the caller is told.

use chrono::TimeDelta;
use runtime::fault::Precondition;
use runtime::{Fault, Role};
use tonic::Code;
use wire::enrollment::Reason;

use crate::convert;
use crate::domain::Refusal;
use crate::domain::application::{MOST, MOST_CREDENTIALS};
use crate::domain::domain_name::Finding;
use crate::domain::enquiry::PER_DAY;
use crate::domain::lifecycle::State;
use crate::domain::refusal::{ApplicationRefusal, Missing};
use crate::domain::user;

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
            Refusal::Superseded(template) => superseded(template.name()),
            Refusal::CountryMismatch { location, organization } => mismatch(location, organization),
            Refusal::TextHashMismatch => another_text(),
            Refusal::PreapprovalRequired => {
                precondition(Reason::PreapprovalRequired, "this type needs the operator's pre-approval of your domain")
            }
            Refusal::DomainTaken => domain_taken(),
            Refusal::DomainUnproven => Fault::state_forbids("CLAIMED", &["PROVEN"]),
            Refusal::DomainQuota => domains_spent(),
            Refusal::LastGlobalAdmin => precondition(
                Reason::LastGlobalAdmin,
                "nobody would be global administrator: give somebody else the role first",
            ),
            Refusal::CountryFrozen => {
                precondition(Reason::CountryFrozen, "the country is frozen since an enrollment was submitted")
            }
            Refusal::ClaimCodeLocked => {
                precondition(Reason::ClaimCodeLocked, "the tries are used up: ask the operator for a new claim code")
            }
            Refusal::LocationAssociated => Fault::state_forbids("ASSOCIATED", &["AVAILABLE"]),
            Refusal::NotAProvider => precondition(
                Reason::NotAProvider,
                "only an indirect provider publishes a business profile: enroll as one first",
            ),
            Refusal::NotAReseller => precondition(
                Reason::NotAReseller,
                "only a verified indirect reseller sends enquiries: enroll as one, and have it verified first",
            ),
            Refusal::EnquiriesSpent { wait } => enquiries_spent(wait),
            Refusal::EnrollmentExists => {
                exists(Reason::EnrollmentExists, "there is an enrollment of this type already")
            }
            Refusal::ExternalIdTaken => {
                exists(Reason::ExternalIdTaken, "another of your enrollments has this id: list them by external_id")
            }
            Refusal::UserExists => exists(Reason::UserExists, "the organization has a user with this address"),
            Refusal::UserQuota => users_spent(),
            Refusal::Application(refusal) => of_application(refusal),
            Refusal::TemplateExists => {
                exists(Reason::TemplateExists, "this language of this version is published already")
            }
            Refusal::OrganizationDuplicate => duplicate(),
            Refusal::LocationTaken => {
                exists(Reason::LocationTaken, "the location is associated, or you have another one")
            }
            Refusal::AlreadySigned => exists(Reason::AlreadySigned, "this version is signed already"),
        }
    }
}

fn domain_taken() -> Fault {
    let message = "another organization has proven this domain: ask the operator if it is no longer theirs";
    exists(Reason::DomainTaken, message)
}

fn domains_spent() -> Fault {
    Fault::new(Code::ResourceExhausted, runtime::Reason::QuotaReached, "an organization holds at most 100 domains")
}

fn users_spent() -> Fault {
    let message = format!("an organization has at most {} users: delete one first", user::MOST);
    Fault::new(Code::ResourceExhausted, runtime::Reason::QuotaReached, message).with("limit", user::MOST.to_string())
}

fn superseded(template: String) -> Fault {
    precondition(Reason::TemplateSuperseded, "a newer version is in force: read and sign that one")
        .with("template", template)
}

fn of_application(refusal: ApplicationRefusal) -> Fault {
    let (message, limit) = match refusal {
        ApplicationRefusal::CredentialExists => {
            return exists(Reason::CredentialExists, "the application proves itself by this already: give another one");
        }
        ApplicationRefusal::Quota => {
            (format!("an organization has at most {MOST} applications: delete one first"), MOST)
        }
        ApplicationRefusal::CredentialQuota => {
            let message = format!(
                "at most {MOST_CREDENTIALS} credentials count at a time: wait for a former one to end, or rotate without \
                 former_expire_time, which ends them all"
            );
            (message, MOST_CREDENTIALS)
        }
    };
    Fault::new(Code::ResourceExhausted, runtime::Reason::QuotaReached, message).with("limit", limit.to_string())
}

fn duplicate() -> Fault {
    exists(
        Reason::OrganizationDuplicate,
        "you have an organization of this name and country, or one with this registration number is enrolled: ask your company's global \
         administrator for a user, or the operator if nobody there knows of it",
    )
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

/// The record of a domain was looked up, and does not prove it.
pub(crate) fn domain_not_proven(finding: Finding, name: &str, text: String) -> Fault {
    let reason = if finding.is_unreachable() { Reason::DomainUnreachable } else { Reason::DomainNotShown };
    let message = match finding {
        Finding::Shown | Finding::Other => {
            "the TXT records at this name say something else: add one with the value given, then ask again"
        }
        Finding::NoText => "this name has no TXT record: add one with the value given, then ask again",
        Finding::NoName => {
            "this name does not exist: add a TXT record with the value given; name servers may remember for a while that it was missing"
        }
        Finding::Failing => "the domain's name servers fail or refuse: have them mended, then ask again",
        Finding::Silent => "no answer came in time: see that the domain's name servers answer, then ask again",
    };
    precondition(reason, message).with("finding", finding.as_str()).with("record_name", name).with("record_value", text)
}

/// As many enquiries were sent as one organization may in a day.
fn enquiries_spent(wait: TimeDelta) -> Fault {
    let message =
        format!("{PER_DAY} enquiries were sent in the last 24 hours: wait for the first of them to be a day old");
    Fault::new(Code::ResourceExhausted, runtime::Reason::QuotaReached, message)
        .with("limit", PER_DAY.to_string())
        .retry_after(wait.to_std().unwrap_or_default())
}

fn precondition(reason: Reason, message: &str) -> Fault {
    Fault::new(Code::FailedPrecondition, reason, message)
}

fn exists(reason: Reason, message: &str) -> Fault {
    Fault::new(Code::AlreadyExists, reason, message)
}
