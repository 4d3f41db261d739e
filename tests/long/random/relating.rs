//! The oracle on who may act for whom.

use super::oracle::{Judged, MISSING, ROLE, STATE, need};
use super::step::{Consents, Etag};
use super::world::{
    CAST, Capacity, Enrollment, GRANT_DAYS, Grant, GrantStage, INVITATION_HOURS, Invitation, InvitationStage,
    Partnership, Relationship, Stage, Under, Who, World,
};

const UNSIGNED: &str = "AGREEMENT_UNSIGNED";

impl World {
    /// The partnership of these two: the live one, else the last there was.
    pub(super) fn live_partnership(&self, provider: usize, reseller: usize) -> Option<usize> {
        let of_both =
            |at: &usize| self.partnerships[*at].provider == provider && self.partnerships[*at].reseller == reseller;
        let all: Vec<usize> = (0..self.partnerships.len()).filter(of_both).collect();
        all.iter().copied().find(|at| !self.partnerships[*at].ended).or(all.last().copied())
    }

    /// Whether an organization may act in a capacity: in force, located, its agreement signed in time. What alone is wanting of the
    /// agreement is told by its own reason.
    fn capable(&self, of: usize, capacity: Capacity, otherwise: &'static str) -> Judged {
        let enrollment = self.cast[of].enrollments.get(&capacity).ok_or(otherwise)?;
        need(self.cast[of].location().is_some(), otherwise)?;
        let waits_for_signature = matches!(enrollment.stage, Stage::Qualified | Stage::Active);
        need(waits_for_signature, otherwise)?;
        need(self.is_signed(capacity, enrollment), UNSIGNED)
    }

    fn is_signed(&self, capacity: Capacity, enrollment: &Enrollment) -> bool {
        enrollment.signed > 0 && !self.overdue(capacity, enrollment.signed)
    }

    fn open_invitation(&self, like: &Invitation) -> bool {
        let same = |open: &&Invitation| {
            open.sender == like.sender
                && open.customer == like.customer
                && open.target == like.target
                && open.through == like.through
        };
        self.invitations.iter().filter(same).any(|open| open.stage == InvitationStage::Pending)
    }

    fn invite(&mut self, invitation: Invitation) -> Judged {
        need(!self.open_invitation(&invitation), "INVITATION_OPEN")?;
        let kind = if invitation.customer { "customer-invitation" } else { "partnership-invitation" };
        self.mail(kind, invitation.target, "founder");
        self.journal("InvitationCreated");
        self.invitations.push(invitation);
        Ok(())
    }

    pub(super) fn invite_partner(&mut self, own: usize, target: usize, ask: bool) -> Judged {
        self.capable(own, Capacity::Provider, "SENDER_NOT_CAPABLE")?;
        // Only a location that somebody proved to hold names anybody.
        let found = self.cast[target].location().is_some() && !self.cast[target].enrollments.is_empty();
        need(found, MISSING)?;
        need(target != own, "FIELD_INVALID")?;
        need(CAST[own].region == CAST[target].region, "MARKET_MISMATCH")?;
        let live = self.live_partnership(own, target).is_some_and(|at| !self.partnerships[at].ended);
        need(!live, "PARTNERSHIP_EXISTS")?;
        self.invite(Invitation {
            stage: InvitationStage::Pending,
            sender: own,
            provider: Some(own),
            reseller: Some(target),
            through: None,
            customer: false,
            target,
            recipient: Some(target),
            asks: if ask { vec![own] } else { Vec::new() },
            expires: self.hour + INVITATION_HOURS,
            reminded: false,
        })
    }

    pub(super) fn invite_customer(&mut self, own: usize, through: Option<usize>, target: usize, ask: bool) -> Judged {
        const INCAPABLE: &str = "SENDER_NOT_CAPABLE";
        let (provider, reseller) = if let Some(at) = through {
            let partnership = self.partnerships[at].clone();
            need([partnership.provider, partnership.reseller].contains(&own), MISSING)?;
            let capacity = if partnership.provider == own { Capacity::Provider } else { Capacity::Reseller };
            self.capable(own, capacity, INCAPABLE)?;
            need(!partnership.ended, "NO_ACTIVE_PARTNERSHIP")?;
            (Some(partnership.provider), Some(partnership.reseller))
        } else {
            let as_reseller = self.capable(own, Capacity::Reseller, INCAPABLE);
            let as_provider = self.capable(own, Capacity::Provider, INCAPABLE);
            let enrolled = self.cast[own].enrollments.contains_key(&Capacity::Reseller);
            match (as_reseller, as_provider) {
                (Ok(()), _) => (None, Some(own)),
                (_, Ok(())) => (Some(own), None),
                (Err(reason), _) if enrolled => return Err(reason),
                (_, Err(reason)) => return Err(reason),
            }
        };
        let partners = provider.into_iter().chain(reseller);
        self.invite(Invitation {
            stage: InvitationStage::Pending,
            sender: own,
            provider,
            reseller,
            through,
            customer: true,
            target,
            recipient: None,
            asks: if ask { partners.collect() } else { Vec::new() },
            expires: self.hour + INVITATION_HOURS,
            reminded: false,
        })
    }

    pub(super) fn accept(
        &mut self,
        at: usize,
        (own, by): (usize, Who),
        link: bool,
        consents: Consents,
        shown: bool,
    ) -> Judged {
        let invitation = self.invitations[at].clone();
        let sees = invitation.inviting().contains(&own) || invitation.recipient == Some(own);
        need(link || sees, MISSING)?;
        let invited = if invitation.customer {
            let addressed = by == Who::Founder(invitation.target);
            let of_its_domain = own == invitation.target && self.cast[own].proven;
            let taken = invitation.recipient.is_some_and(|other| other != own);
            link && (addressed || of_its_domain) && !taken && !invitation.inviting().contains(&own)
        } else {
            invitation.recipient == Some(own)
        };
        need(invited, "RECIPIENT_MISMATCH")?;
        match invitation.stage {
            InvitationStage::Pending => {}
            InvitationStage::Expired => return Err("INVITATION_EXPIRED"),
            InvitationStage::Accepted if link => return Err("TOKEN_USED"),
            InvitationStage::Accepted => return Err(STATE),
        }
        need(shown, "REVISION_CHANGED")?;
        need(consents != Consents::Nothing, "CONSENT_MISSING")?;
        let all = consents == Consents::All;
        let granting = if all { invitation.asks.clone() } else { Vec::new() };
        if invitation.customer {
            self.relate(own, &invitation, &granting)?;
        } else {
            self.capable(own, Capacity::Reseller, "RECEIVER_NOT_CAPABLE")?;
            let live = self.live_partnership(invitation.sender, own).is_some_and(|at| !self.partnerships[at].ended);
            need(!live, "PARTNERSHIP_EXISTS")?;
            let (provider, reseller) = (invitation.sender, own);
            self.partnerships.push(Partnership { provider, reseller, orders: all, ended: false });
            self.journal("PartnershipCreated");
            for grantee in granting {
                self.grant(own, grantee, Under::Partnership(self.partnerships.len() - 1));
            }
        }
        self.invitations[at].stage = InvitationStage::Accepted;
        self.invitations[at].recipient = Some(own);
        self.journal("InvitationAccepted");
        let mut told = invitation.inviting();
        told.push(own);
        told.dedup();
        for party in told {
            self.mail_to("invitation-accepted", party);
        }
        Ok(())
    }

    /// Both relationships or neither, and the customer agreement with them.
    fn relate(&mut self, customer: usize, invitation: &Invitation, granting: &[usize]) -> Judged {
        let through = invitation.through;
        need(!through.is_some_and(|at| self.partnerships[at].ended), "NO_ACTIVE_PARTNERSHIP")?;
        let provider = invitation.provider.map(|partner| (partner, Capacity::Provider));
        let reseller = invitation.reseller.map(|partner| (partner, Capacity::Reseller));
        let asked: Vec<_> = provider.into_iter().chain(reseller).collect();
        for (partner, capacity) in &asked {
            self.capable(*partner, *capacity, "SENDER_NOT_CAPABLE")?;
            need(CAST[*partner].region == CAST[customer].region, "MARKET_MISMATCH")?;
        }
        let there = |(partner, capacity): &(usize, Capacity)| {
            self.relationships.iter().position(|live| {
                let same = live.partner == *partner && live.customer == customer && live.capacity == *capacity;
                same && live.through == through && !live.ended
            })
        };
        let known: Vec<Option<usize>> = asked.iter().map(there).collect();
        need(known.iter().any(Option::is_none) || !granting.is_empty(), "RELATIONSHIP_EXISTS")?;
        for ((partner, capacity), known) in asked.into_iter().zip(known) {
            let at = known.unwrap_or(self.relationships.len());
            if known.is_none() {
                self.relationships.push(Relationship { partner, customer, capacity, through, ended: false });
                self.journal("ResellerRelationshipCreated");
            }
            if granting.contains(&partner) {
                self.grant(customer, partner, Under::Relationship(at));
            }
        }
        if !self.cast[customer].customer_agreement {
            self.cast[customer].customer_agreement = true;
            self.journal("CustomerAgreementAccepted");
        }
        Ok(())
    }

    fn grant(&mut self, grantor: usize, grantee: usize, under: Under) {
        let expires = self.hour + GRANT_DAYS * 24;
        self.grants.push(Grant { grantor, grantee, under, stage: GrantStage::Active, expires, reminded: false });
        self.journal("AdminGrantCreated");
    }

    /// A partnership exists for its two sides alone.
    fn sees(&self, own: usize, at: usize) -> Judged {
        need([self.partnerships[at].provider, self.partnerships[at].reseller].contains(&own), MISSING)
    }

    pub(super) fn allow_orders(&mut self, own: usize, at: usize, allowed: bool, etag: Etag) -> Judged {
        self.sees(own, at)?;
        let partnership = self.partnerships[at].clone();
        need(partnership.reseller == own, ROLE)?;
        need(etag != Etag::Stale, "ETAG_MISMATCH")?;
        need(!partnership.ended, STATE)?;
        if partnership.orders != allowed {
            self.partnerships[at].orders = allowed;
            self.journal("OrdersAllowedChanged");
            for side in [partnership.provider, partnership.reseller] {
                self.mail_to("orders-allowed-changed", side);
            }
        }
        Ok(())
    }

    fn joint(&self, partnership: usize) -> Vec<usize> {
        let is_joint =
            |at: &usize| self.relationships[*at].through == Some(partnership) && !self.relationships[*at].ended;
        (0..self.relationships.len()).filter(is_joint).collect()
    }

    pub(super) fn endable(&self, own: usize, at: usize, cascade: bool, etag: Etag) -> Judged {
        self.sees(own, at)?;
        need(etag != Etag::Stale, "ETAG_MISMATCH")?;
        need(!self.partnerships[at].ended, STATE)?;
        need(cascade || self.joint(at).is_empty(), "LIVE_RELATIONSHIPS")
    }

    pub(super) fn end(&mut self, at: usize) {
        let partnership = self.partnerships[at].clone();
        self.partnerships[at].ended = true;
        self.journal("PartnershipEnded");
        let mut told = vec![partnership.provider, partnership.reseller];
        for joint in self.joint(at) {
            self.relationships[joint].ended = true;
            self.journal("ResellerRelationshipEnded");
            // The customer once, however many of its relationships end.
            let customer = self.relationships[joint].customer;
            if !told[2..].contains(&customer) {
                told.push(customer);
            }
        }
        for party in told {
            self.mail_to("partnership-ended", party);
        }
        for grant in self.grants_under(at) {
            self.end_grant(grant, GrantStage::Revoked);
        }
    }

    pub(super) fn revoke(&mut self, own: usize, at: usize, etag: Etag) -> Judged {
        let grant = self.grants[at].clone();
        need([grant.grantor, grant.grantee].contains(&own), MISSING)?;
        need(grant.grantor == own, "GRANTOR_ONLY")?;
        need(etag != Etag::Stale, "ETAG_MISMATCH")?;
        need(grant.stage == GrantStage::Active, STATE)?;
        self.end_grant(at, GrantStage::Revoked);
        Ok(())
    }
}

impl Invitation {
    /// Those who invite, each once.
    pub(super) fn inviting(&self) -> Vec<usize> {
        let mut all = vec![self.sender];
        if self.customer {
            all.extend(self.provider.into_iter().chain(self.reseller));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
