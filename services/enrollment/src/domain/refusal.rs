//! Why something is not done.

use chrono::TimeDelta;
use ids::AgreementTemplateId;

use super::lifecycle::State;
use super::user::Role;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The enrollment's state does not allow it.
    State { state: State, allowed: Vec<State> },
    /// Something that is needed first is missing.
    Outstanding(Vec<Missing>),
    /// The type needs the operator's leave.
    PreapprovalRequired,
    /// There is a live enrollment of this type.
    EnrollmentExists,
    /// Another enrollment has this id of the organization's own.
    ExternalIdTaken,
    /// The address has a user already.
    UserExists,
    /// The organization has as many users as it may.
    UserQuota,
    /// Of an application.
    Application(ApplicationRefusal),
    /// This language of this version is published.
    TemplateExists,
    /// The caller has such an organization, or the registration number is enrolled.
    OrganizationDuplicate,
    /// Another organization has proven the domain.
    DomainTaken,
    /// The domain is claimed, and not proven.
    DomainUnproven,
    /// The organization holds as many claims as it may.
    DomainQuota,
    /// Nobody would be global administrator.
    LastGlobalAdmin,
    /// The caller's roles do not reach that far.
    RoleRequired(&'static [Role]),
    /// The country can't change any more.
    CountryFrozen,
    /// The location is in another country.
    CountryMismatch { location: String, organization: String },
    /// The location is associated, or the organization has one.
    LocationTaken,
    /// No enrollment is there that a location could serve.
    NothingToServe,
    /// The claim code's tries are used up.
    ClaimCodeLocked,
    /// The location serves its organization, and needs no claim code.
    LocationAssociated,
    /// A business profile is a provider's.
    NotAProvider,
    /// Enquiries are a verified reseller's.
    NotAReseller,
    /// As many enquiries were sent as may be for now.
    EnquiriesSpent { wait: TimeDelta },
    /// A newer version is in force.
    Superseded(AgreementTemplateId),
    /// The version is not in force yet.
    NotInForce,
    /// This version is signed.
    AlreadySigned,
    /// Another text was read.
    TextHashMismatch,
}

/// Why something is not done about an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApplicationRefusal {
    /// The organization has as many as it may.
    Quota,
    /// It has as many credentials as count at a time.
    CredentialQuota,
    /// It proves itself by this already.
    CredentialExists,
}

impl From<ApplicationRefusal> for Refusal {
    fn from(refusal: ApplicationRefusal) -> Refusal {
        Refusal::Application(refusal)
    }
}

/// A field that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The requirement it belongs to.
    pub(crate) code: super::requirement::Code,
    /// The field's path, such as `legal_profile.address.locality`.
    pub(crate) field: String,
    /// What to do, one sentence.
    pub(crate) description: String,
}
