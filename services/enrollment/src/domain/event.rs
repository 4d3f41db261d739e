//! What happened, with every fact that the journal and the siblings need of it.

use chrono::{DateTime, Utc};
use ids::{ApplicationId, EnrollmentId, OrganizationId, PartnerLocationId, PreapprovalId, UserId};

use super::agreement::Template;
use super::application::{Application, ApplicationRole, ApplicationState};
use super::claim::LocationState;
use super::domain_name::Proof;
use super::enquiry::Enquiry;
use super::enrollment::EnrollmentType;
use super::lifecycle::State;
use super::organization::Organization;
use super::profile::LegalProfile;
use super::reminder::AgreementReminder;
use super::requirement::Code;
use super::rules::number::Assurance;
use super::sign_in_code::Mailed;
use super::user::{Role, User, UserState};
use super::vetting::CheckKind;

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    OrganizationCreated(Box<OrganizationFacts>),
    OrganizationUpdated(Box<OrganizationFacts>, Vec<&'static str>),
    /// Somebody says that a domain is theirs. Which one is nobody's to know.
    DomainClaimed(OrganizationId),
    DomainProven(Box<OrganizationFacts>, Proof),
    /// The organization chose who alone vouches for a domain's people, or nobody.
    DomainUpdated(OrganizationId),
    /// A code was mailed to somebody who may sign in with it.
    SignInCodeSent(Box<Mailed>),
    UserCreated(UserFacts),
    UserUpdated(UserFacts, Vec<&'static str>),
    /// The state is the one before.
    UserDeleted(UserFacts, UserState),
    UserBound {
        organization: OrganizationId,
        user: UserId,
    },
    /// It waits for the next sign-in by its address.
    UserUnbound {
        organization: OrganizationId,
        user: UserId,
    },
    Application(ApplicationFacts, ApplicationDeed),
    /// With what is vetted again by it, if anything is.
    LegalProfileUpdated {
        organization: OrganizationId,
        changed: Vec<String>,
        revetting: Option<Box<Revetting>>,
    },
    /// A change that was being verified is in force.
    LegalProfileAdopted {
        organization: OrganizationId,
    },
    /// A change that was being verified is given up; whoever waited for its case waits no more.
    LegalProfileChangeDropped {
        organization: OrganizationId,
        reason: String,
        waiter: Option<EnrollmentId>,
    },
    SupportProfileUpdated {
        organization: OrganizationId,
        changed: Vec<String>,
    },
    BusinessProfileUpdated {
        organization: OrganizationId,
        changed: Vec<String>,
    },
    PreapprovalCreated(PreapprovalId),
    EnrollmentCreated(Box<Standing>),
    EnrollmentUpdated {
        organization: OrganizationId,
        enrollment: EnrollmentId,
        changed: Vec<&'static str>,
    },
    EnrollmentSubmitted(Box<Moved>, Option<Box<CaseRequest>>),
    EnrollmentQualified(Box<Moved>),
    EnrollmentRejected(Box<Moved>),
    /// The case closed without a decision.
    EnrollmentReturned(Box<Moved>),
    /// The case is open again after an appeal.
    EnrollmentReconsidered(Box<Moved>),
    EnrollmentActivated(Box<Moved>),
    EnrollmentWithdrawn(Box<Moved>),
    EnrollmentReopened(Box<Moved>),
    EnrollmentSuspended(Box<Moved>),
    EnrollmentResumed(Box<Moved>),
    EnrollmentEnded(Box<Moved>),
    /// A location serves it now.
    EnrollmentLocated(Box<Standing>),
    AgreementSigned(Box<Standing>),
    AgreementPublished(Box<Template>),
    /// Those who can sign a newer version were told that it waits.
    AgreementReminded(Box<AgreementReminder>),
    /// A reseller asked a provider of the directory something.
    EnquirySent(Box<Enquiry>),
    LocationCreated {
        organization: OrganizationId,
        location: PartnerLocationId,
    },
    /// The operator gave it another claim code.
    LocationCodeReset {
        organization: OrganizationId,
        location: PartnerLocationId,
        from: LocationState,
    },
    LocationAssociated {
        organization: OrganizationId,
        location: PartnerLocationId,
    },
    /// A wrong claim code: a try is spent.
    LocationClaimFailed {
        organization: OrganizationId,
        location: PartnerLocationId,
        state: LocationState,
    },
}

/// An organization as siblings hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFacts {
    pub(crate) organization: Organization,
    pub(crate) proven_domains: Vec<String>,
}

/// A user's rights as siblings hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFacts {
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
    pub(crate) roles: Vec<Role>,
    pub(crate) lowest_version: i64,
    pub(crate) state: UserState,
    pub(crate) changed: DateTime<Utc>,
}

/// What happened to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationDeed {
    Created,
    /// These fields changed.
    Updated(Vec<&'static str>),
    /// It has another credential; the former ones end.
    CredentialRotated,
    /// From this state.
    Deleted(ApplicationState),
}

/// An application's rights as siblings hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFacts {
    pub(crate) organization: OrganizationId,
    pub(crate) application: ApplicationId,
    pub(crate) roles: Vec<ApplicationRole>,
    pub(crate) lowest_version: i64,
    pub(crate) state: ApplicationState,
    pub(crate) changed: DateTime<Utc>,
}

/// An enrollment as siblings hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub(crate) organization: OrganizationId,
    pub(crate) enrollment: EnrollmentId,
    pub(crate) kind: EnrollmentType,
    pub(crate) state: State,
    pub(crate) since: DateTime<Utc>,
    /// The associated location and its country.
    pub(crate) location: Option<(PartnerLocationId, String)>,
    pub(crate) signed_version: i32,
}

/// An enrollment's change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub(crate) from: State,
    pub(crate) reason: Option<String>,
    pub(crate) standing: Standing,
    /// What the primary contact is told, and where business or verification stops every global administrator.
    pub(crate) notices: Vec<Notice>,
}

/// What one person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) company: String,
    pub(crate) next_step: Vec<Code>,
    /// Why verification decided so, as a code; empty where it did not decide.
    pub(crate) cause: String,
    /// The operator's words, or the reviewer's; empty where neither acted.
    pub(crate) reason: String,
    /// Until when a rejection may be appealed.
    pub(crate) appeal_by: Option<DateTime<Utc>>,
}

/// What verification is asked to vet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRequest {
    pub(crate) legal: LegalProfile,
    pub(crate) applicant_name: String,
    pub(crate) applicant_email: String,
    pub(crate) checks: Vec<CheckKind>,
    /// Another enrolled organization of the country has the same name.
    pub(crate) namesake: bool,
    /// How far the rules vouch for the registration number; none without one.
    pub(crate) number: Option<Assurance>,
}

/// What verification is asked to vet again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revetting {
    /// Who waits for it.
    pub(crate) enrollment: EnrollmentId,
    /// Who waits for it too.
    pub(crate) others: Vec<EnrollmentId>,
    /// The new revision; its checks are those that are not settled for it.
    pub(crate) case: CaseRequest,
    /// The checks that the change touches.
    pub(crate) touched: Vec<CheckKind>,
}

impl UserFacts {
    pub(crate) fn of(user: &User) -> UserFacts {
        UserFacts {
            organization: user.organization,
            user: user.id,
            roles: user.roles.iter().copied().collect(),
            lowest_version: user.access_version,
            state: user.state,
            changed: user.updated,
        }
    }
}

impl ApplicationFacts {
    pub(crate) fn of(application: &Application) -> ApplicationFacts {
        ApplicationFacts {
            organization: application.organization,
            application: application.id,
            roles: application.roles.iter().copied().collect(),
            lowest_version: application.access_version,
            state: application.state,
            changed: application.updated,
        }
    }
}

impl Event {
    /// What follows from it elsewhere, for people who ask before they do it.
    pub(crate) fn consequence(&self) -> Option<String> {
        match self {
            Event::EnrollmentSubmitted(_, Some(case)) => {
                let checks: Vec<&str> = case.checks.iter().map(|kind| kind.as_str()).collect();
                Some(format!(
                    "Verification begins with the checks {}; the primary contact gets a mail.",
                    checks.join(", ")
                ))
            }
            Event::EnrollmentSubmitted(_, None) => {
                Some("Nothing is verified again: all checks are settled for this legal profile.".to_owned())
            }
            Event::EnrollmentQualified(_) => Some("The enrollment is qualified at once.".to_owned()),
            Event::EnrollmentActivated(_) => Some("The enrollment comes into force.".to_owned()),
            Event::EnrollmentSuspended(_) => Some(
                "New invitations, acceptances and orders by this enrollment are refused until it is resumed; nothing else ends. \
                 The contact and the global administrators are told why."
                    .to_owned(),
            ),
            Event::EnrollmentEnded(_) => Some(
                "The enrollment ends for good: new invitations, acceptances and orders by it are refused; partnerships stay until a \
                 party ends them. The contact and the global administrators are told why."
                    .to_owned(),
            ),
            Event::LegalProfileChangeDropped { .. } => {
                Some("The change of the legal profile that is being verified is given up.".to_owned())
            }
            Event::UserUpdated(..) => Some("The submitter also becomes admin agent.".to_owned()),
            Event::OrganizationUpdated(..) => {
                Some("Mail to the organization goes to the primary contact from now on.".to_owned())
            }
            _ => None,
        }
    }
}
