//! From a refusal of the domain to what the caller is told.

use chrono::TimeDelta;
use ids::OrganizationId;
use markets::Mismatch;
use runtime::{Fault, fault::Precondition};
use tonic::Code;
use wire::relationship::Reason;

use crate::domain::Refusal;
use crate::domain::consent::Kind;
use crate::domain::invitation::MOST_RESENDS;
use crate::domain::standing::{EnrollmentType, Lack, Side};

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        let no = |reason, message: &str| Fault::new(Code::FailedPrecondition, reason, message);
        let exists = |reason, message: &str| Fault::new(Code::AlreadyExists, reason, message);
        match refusal {
            Refusal::StateForbids { state, allowed } => Fault::state_forbids(state, allowed),
            Refusal::NotCapable { side, organization, capacity, lacks } => {
                not_capable(side, organization, capacity, &lacks)
            }
            Refusal::MarketMismatch(mismatch) => market(mismatch),
            Refusal::NoActivePartnership => {
                no(Reason::NoActivePartnership, "there is no active partnership of these parties: make one first")
            }
            Refusal::InvitationOpen(invitation) => {
                exists(Reason::InvitationOpen, "an invitation to this recipient is open")
                    .with("resource", invitation.name())
            }
            Refusal::InvitationExpired => {
                no(Reason::InvitationExpired, "the invitation's time is over: ask for a new one")
            }
            Refusal::PartnershipExists => exists(Reason::PartnershipExists, "the partnership exists"),
            Refusal::RelationshipExists => exists(Reason::RelationshipExists, "all that is asked exists"),
            Refusal::RecipientMismatch => Fault::new(
                Code::PermissionDenied,
                Reason::RecipientMismatch,
                "the invitation is for somebody else: sign in for the invited organization",
            ),
            Refusal::RevisionChanged => {
                no(Reason::RevisionChanged, "what is asked changed since it was shown: inspect it again")
            }
            Refusal::ConsentUnasked(places) => unasked(&places),
            Refusal::ConsentMissing(missing) => consents(&missing),
            Refusal::LiveRelationships(count) => no(
                Reason::LiveRelationships,
                "reseller relationships live on this partnership: end them too by `cascade`",
            )
            .with("count", count.to_string()),
            Refusal::SuspendedByOther(by) => no(
                Reason::SuspendedByOtherParty,
                "the other party suspended it: only that party, or the operator, resumes it",
            )
            .with("suspended_by", by.name()),
            Refusal::PairLives(other) => {
                no(Reason::PairedRelationshipActive, "it is one of a pair and the other lives: end both by `cascade`")
                    .with("resource", other.name())
            }
            Refusal::MailsSpent { most, wait } => mails_spent(most, wait),
            Refusal::ResendsSpent => spent(
                runtime::Reason::QuotaReached,
                "this invitation was sent again as often as it may: make a new one",
            )
            .with("limit", MOST_RESENDS.to_string()),
            Refusal::SentJustNow { wait } => {
                spent(runtime::Reason::RateLimited, "it was mailed less than an hour ago: wait a little")
                    .retry_after(wait.to_std().unwrap_or_default())
            }
            Refusal::TokenUnknown => Fault::new(Code::NotFound, Reason::TokenUnknown, "there is no such link"),
            Refusal::TokenSuperseded => no(Reason::TokenSuperseded, "a newer mail was sent: use its link"),
            Refusal::TokenUsed => no(Reason::TokenUsed, "the invitation was answered before"),
        }
    }
}

fn mails_spent(most: u32, wait: TimeDelta) -> Fault {
    let message = format!("{most} mails of invitations were sent today: more can be sent from 00:00 UTC on");
    spent(runtime::Reason::QuotaReached, message)
        .with("limit", most.to_string())
        .retry_after(wait.to_std().unwrap_or_default())
}

fn spent(reason: runtime::Reason, message: impl Into<String>) -> Fault {
    Fault::new(Code::ResourceExhausted, reason, message)
}

/// Only the agreement is told by a reason of its own, since one signature clears it.
fn not_capable(side: Side, organization: OrganizationId, capacity: EnrollmentType, lacks: &[Lack]) -> Fault {
    let (reason, message) = match (side, lacks) {
        (_, [Lack::Agreement]) => {
            (Reason::AgreementUnsigned, "the partner agreement in force is not signed: a global administrator signs it")
        }
        (Side::Sender, _) => (Reason::SenderNotCapable, "the sender may not invite now: see what is missing"),
        (Side::Receiver, _) => (Reason::ReceiverNotCapable, "the receiver may not accept now: see what is missing"),
    };
    let fault = Fault::new(Code::FailedPrecondition, reason, message).with("resource", organization.name());
    lacks.iter().fold(fault, |fault, lack| {
        let description = match lack {
            Lack::Enrollment => format!("bring the enrollment as {} to ACTIVE", capacity.as_str()),
            Lack::Location => "associate a location".to_owned(),
            Lack::Agreement => "sign the partner agreement in force".to_owned(),
        };
        fault.precondition(Precondition { kind: lack.as_str().to_owned(), subject: organization.name(), description })
    })
}

fn market(mismatch: Mismatch) -> Fault {
    let fault = Fault::new(Code::FailedPrecondition, Reason::MarketMismatch, mismatch.to_string());
    match mismatch {
        Mismatch::NotAMarket(country) => fault.with("countries", country.to_string()),
        Mismatch::DifferentRegions((one, home), (other, away)) => {
            fault.with("countries", format!("{one},{other}")).with("regions", format!("{home},{away}"))
        }
    }
}

fn unasked(places: &[usize]) -> Fault {
    let message = "fields are missing or wrong; see each";
    let fault = Fault::new(Code::InvalidArgument, runtime::Reason::FieldInvalid, message);
    places.iter().fold(fault, |fault, place| {
        fault.violation(format!("consents[{place}]"), "the invitation does not ask for this consent")
    })
}

fn consents(missing: &[(Kind, Option<OrganizationId>)]) -> Fault {
    let message = "nothing comes to be without these consents: see each";
    let fault = Fault::new(Code::FailedPrecondition, Reason::ConsentMissing, message);
    missing.iter().fold(fault, |fault, (kind, partner)| {
        fault.precondition(Precondition {
            kind: kind.as_str().to_owned(),
            subject: partner.map(OrganizationId::name).unwrap_or_default(),
            description: "this consent is required".to_owned(),
        })
    })
}
