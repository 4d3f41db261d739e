//! Why not.

use chrono::TimeDelta;
use ids::{InvitationId, OrganizationId, ResellerRelationshipId};
use markets::Mismatch;

use super::consent::Kind;
use super::standing::{EnrollmentType, Lack, Side};

/// Why something was not done. Each is told to the caller with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    StateForbids {
        state: &'static str,
        allowed: &'static [&'static str],
    },
    NotCapable {
        side: Side,
        organization: OrganizationId,
        capacity: EnrollmentType,
        lacks: Vec<Lack>,
    },
    MarketMismatch(Mismatch),
    NoActivePartnership,
    InvitationOpen(InvitationId),
    InvitationExpired,
    PartnershipExists,
    RelationshipExists,
    RecipientMismatch,
    RevisionChanged,
    /// A consent was given that nobody asked for, by its place.
    ConsentUnasked(Vec<usize>),
    ConsentMissing(Vec<(Kind, Option<OrganizationId>)>),
    LiveRelationships(usize),
    /// Who suspended it.
    SuspendedByOther(OrganizationId),
    /// The other relationship of the pair lives.
    PairLives(ResellerRelationshipId),
    /// The sender's mails of this day are sent.
    MailsSpent {
        most: u32,
        wait: TimeDelta,
    },
    /// One invitation is not mailed more often.
    ResendsSpent,
    /// The mail before was sent less than an hour ago.
    SentJustNow {
        wait: TimeDelta,
    },
    TokenUnknown,
    TokenSuperseded,
    TokenUsed,
}
