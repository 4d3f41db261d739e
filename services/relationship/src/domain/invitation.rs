//! Invitations: one recipient, one state, one expiry.

use addresses::{Delivery, Email, Language};
use chrono::{DateTime, TimeDelta, Utc};
use ids::{InvitationId, OrganizationId, PartnerLocationId, PartnershipId, ResellerRelationshipId};

use super::Refusal;
use super::code::codes;
use super::organization::Organization;

/// How soon and how late an invitation may end.
pub(crate) const SHORTEST: TimeDelta = TimeDelta::hours(1);
pub(crate) const LONGEST: TimeDelta = TimeDelta::days(90);
/// How often one invitation may be mailed again, and how long after the mail before.
pub(crate) const MOST_RESENDS: i64 = 5;
pub(crate) const RESEND_GAP: TimeDelta = TimeDelta::hours(1);
/// How long before its end the recipient is reminded; nobody is on the first day.
const REMINDERS: [TimeDelta; 2] = [TimeDelta::days(7), TimeDelta::days(1)];
const QUIET: TimeDelta = TimeDelta::days(1);

codes! {
    /// What an invitation leads to.
    Kind { Partnership = "PARTNERSHIP", Customer = "CUSTOMER" }
}

codes! {
    /// The names of an invitation's states.
    Stage {
        Pending = "PENDING",
        Accepted = "ACCEPTED",
        Declined = "DECLINED",
        Revoked = "REVOKED",
        Expired = "EXPIRED",
    }
}

codes! {
    /// Why the recipient declines.
    DeclineReason {
        NotInterested = "NOT_INTERESTED",
        SenderUnknown = "SENDER_UNKNOWN",
        WrongRecipient = "WRONG_RECIPIENT",
        AsksTooMuch = "ASKS_TOO_MUCH",
        Other = "OTHER",
    }
}

/// Where an invitation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Accepted(Born),
    Declined { reason: DeclineReason, text: String },
    Revoked,
    Expired,
}

/// What came of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Born {
    Partnership(PartnershipId),
    Relationships(Vec<ResellerRelationshipId>),
}

/// Delegated administration that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct AdminRequest {
    pub(crate) grantee: uuid::Uuid,
    pub(crate) roles: Vec<String>,
    pub(crate) days: i32,
}

/// Who would accept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acceptor<'a> {
    pub(crate) organization: OrganizationId,
    /// What is known of it here.
    pub(crate) known: Option<&'a Organization>,
    /// The address that its user signed in with.
    pub(crate) email: &'a str,
    pub(crate) by_link: bool,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) id: InvitationId,
    pub(crate) version: i64,
    pub(crate) kind: Kind,
    pub(crate) sender: OrganizationId,
    pub(crate) provider: Option<OrganizationId>,
    pub(crate) reseller: Option<OrganizationId>,
    pub(crate) location: Option<PartnerLocationId>,
    pub(crate) partnership: Option<PartnershipId>,
    /// Known from the start for a partnership, by acceptance for a customer.
    pub(crate) recipient: Option<OrganizationId>,
    pub(crate) recipient_email: Email,
    pub(crate) message: String,
    pub(crate) language: Language,
    pub(crate) admin_requests: Vec<AdminRequest>,
    pub(crate) expire_time: DateTime<Utc>,
    pub(crate) external_id: String,
    pub(crate) generation: i64,
    pub(crate) nonce: String,
    /// When the newest link was mailed first.
    pub(crate) send_time: DateTime<Utc>,
    /// When the recipient is reminded next.
    pub(crate) remind_time: Option<DateTime<Utc>>,
    pub(crate) state: State,
    pub(crate) create_time: DateTime<Utc>,
    pub(crate) update_time: DateTime<Utc>,
    /// What became of the newest of its mails whose fate is known.
    pub(crate) delivery: Option<Delivery>,
}

impl State {
    pub(crate) fn stage(&self) -> Stage {
        match self {
            State::Pending => Stage::Pending,
            State::Accepted(_) => Stage::Accepted,
            State::Declined { .. } => Stage::Declined,
            State::Revoked => Stage::Revoked,
            State::Expired => Stage::Expired,
        }
    }
}

impl Invitation {
    /// Where it stands now: time ends it, whether or not that was written down.
    pub(crate) fn stage_at(&self, now: DateTime<Utc>) -> Stage {
        match &self.state {
            State::Pending if self.expire_time <= now => Stage::Expired,
            state => state.stage(),
        }
    }

    /// Whether it can still be answered.
    pub(crate) fn open_at(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.stage_at(now) {
            Stage::Pending => Ok(()),
            Stage::Expired => Err(Refusal::InvitationExpired),
            stage => Err(Refusal::StateForbids { state: stage.as_str(), allowed: &["PENDING"] }),
        }
    }

    /// Whether this is the one invited, while the invitation is open. A partner of the invitation is never its customer.
    pub(crate) fn may_be_accepted_by(&self, who: &Acceptor<'_>, now: DateTime<Utc>) -> Result<(), Refusal> {
        let invited = match self.kind {
            Kind::Partnership => self.recipient == Some(who.organization),
            Kind::Customer => {
                let same_address = who.email == self.recipient_email.as_str();
                let own_domain = who.known.is_some_and(|own| own.owns_domain_of(&self.recipient_email));
                let taken = self.recipient.is_some_and(|recipient| recipient != who.organization);
                who.by_link && (same_address || own_domain) && !taken && !self.is_inviting(who.organization)
            }
        };
        if !invited {
            return Err(Refusal::RecipientMismatch);
        }
        self.answerable(who.by_link, now)
    }

    /// Whether whoever asks by its link or for its organization may decline it: what was answered or is over can't be.
    pub(crate) fn answerable(&self, by_link: bool, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.open_at(now).map_err(|refusal| match refusal {
            // The holder of a link learns that it was used; who came by the name, in which state the invitation is.
            Refusal::StateForbids { .. } if by_link => Refusal::TokenUsed,
            refusal => refusal,
        })
    }

    /// The recipient takes it up.
    pub(crate) fn accept(&mut self, by: OrganizationId, born: Born, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.open_at(now)?;
        self.recipient = Some(by);
        self.close(State::Accepted(born), now);
        Ok(())
    }

    /// The recipient wants none of it.
    pub(crate) fn decline(&mut self, reason: DeclineReason, text: String, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.open_at(now)?;
        self.close(State::Declined { reason, text }, now);
        Ok(())
    }

    /// The sender takes it back.
    pub(crate) fn revoke(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.open_at(now)?;
        self.close(State::Revoked, now);
        Ok(())
    }

    /// The sender mails it again: a new link supersedes the older ones.
    pub(crate) fn resend(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.open_at(now)?;
        if self.resends() >= MOST_RESENDS {
            return Err(Refusal::ResendsSpent);
        }
        let wait = self.send_time + RESEND_GAP - now;
        if wait > TimeDelta::zero() {
            return Err(Refusal::SentJustNow { wait });
        }
        self.generation += 1;
        self.send_time = now;
        self.update_time = now;
        Ok(())
    }

    /// How often it was mailed again.
    pub(crate) fn resends(&self) -> i64 {
        self.generation - 1
    }

    /// Whether the recipient is to be reminded now; the next time is another. After a pause only the latest counts.
    pub(crate) fn remind(&mut self, now: DateTime<Utc>) -> bool {
        if self.open_at(now).is_err() || self.remind_time.is_none_or(|due| due > now) {
            return false;
        }
        self.remind_time = next_reminder(self.expire_time, now);
        self.update_time = now;
        true
    }

    fn close(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.update_time = now;
        self.remind_time = None;
    }

    /// Writes down that its time is over.
    pub(crate) fn expire(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.state == State::Pending && self.stage_at(now) == Stage::Expired {
            self.close(State::Expired, now);
            return Ok(());
        }
        Err(Refusal::StateForbids { state: self.state.stage().as_str(), allowed: &["PENDING"] })
    }

    /// The partners that take part.
    pub(crate) fn partners(&self) -> impl Iterator<Item = OrganizationId> {
        self.provider.into_iter().chain(self.reseller)
    }

    /// Everybody who may see it, each once.
    pub(crate) fn parties(&self) -> Vec<OrganizationId> {
        let mut parties: Vec<_> = std::iter::once(self.sender).chain(self.partners()).chain(self.recipient).collect();
        parties.sort_unstable();
        parties.dedup();
        parties
    }

    /// Whether this organization is on the side that invites, which knows the address.
    pub(crate) fn is_inviting(&self, organization: OrganizationId) -> bool {
        organization == self.sender || (self.kind == Kind::Customer && self.partners().any(|own| own == organization))
    }
}

/// The first reminder of an invitation that is made now.
pub(crate) fn first_reminder(expire_time: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    next_reminder(expire_time, now + QUIET)
}

fn next_reminder(expire_time: DateTime<Utc>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    REMINDERS.into_iter().map(|before| expire_time - before).find(|due| *due > after)
}
