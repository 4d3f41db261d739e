//! What each step comes to: the requirements, said once more as plainly as possible.

use super::step::{Etag, Step, Text};
use super::world::{
    CAST, Capacity, CaseStage, GrantStage, InvitationStage, LetterStage, PREAPPROVAL_HOURS, Role, SIGN_HOURS, Stage,
    Status, Under, Who, World,
};

/// What a step comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Done,
    /// It is refused for this reason.
    Refused(&'static str),
    /// There is nothing to try it on.
    Pointless,
}

/// Goes on, or refuses for a reason.
pub(super) type Judged = Result<(), &'static str>;

pub(super) const MISSING: &str = "RESOURCE_MISSING";
pub(super) const ROLE: &str = "ROLE_REQUIRED";
pub(super) const STATE: &str = "STATE_FORBIDS";
const GLOBAL_ADMIN: &[Role] = &[Role::GlobalAdmin];
const SUPPORTING: &[Role] = &[Role::GlobalAdmin, Role::AdminAgent];
const INVITING: &[Role] = &[Role::GlobalAdmin, Role::AdminAgent, Role::SalesAgent];
/// Who may ask for administration with an invitation.
const ASKING: &[Role] = &[Role::GlobalAdmin, Role::AdminAgent];

/// Refuses unless it holds.
pub(super) fn need(holds: bool, reason: &'static str) -> Judged {
    if holds { Ok(()) } else { Err(reason) }
}

impl World {
    /// Tries a step; a refusal changes nothing but a counted try.
    pub(super) fn take(&mut self, step: Step) -> Verdict {
        if self.is_pointless(step) {
            return Verdict::Pointless;
        }
        if !matches!(step, Step::Turn) {
            self.sign_in(step);
        }
        let before = self.repeatable;
        self.repeatable = false;
        match self.judge(step) {
            Ok(()) => {
                let dry = matches!(step, Step::Submit { dry: true, .. } | Step::End { dry: true, .. });
                let again = matches!(step, Step::Again { .. });
                self.repeatable =
                    again || !dry && !matches!(step, Step::Ask { .. } | Step::Turn | Step::ChangeUser { .. });
                Verdict::Done
            }
            Err(reason) => {
                self.repeatable = before && matches!(step, Step::Again { .. });
                Verdict::Refused(reason)
            }
        }
    }

    fn judge(&mut self, step: Step) -> Judged {
        match step {
            Step::Found(of) => self.found(of),
            Step::Legal(of, by, form) => self.own(of, by, GLOBAL_ADMIN).and_then(|()| self.legal(of, form)),
            Step::Support(of, by) => self.own(of, by, SUPPORTING).map(|()| self.support(of)),
            Step::Draft(of, capacity, by) => self.own(of, by, GLOBAL_ADMIN).and_then(|()| self.draft(of, capacity)),
            Step::Preapprove(of, capacity, by) => {
                need(by == Who::Operator, ROLE).map(|()| self.preapprove(of, capacity))
            }
            Step::Submit { of, capacity, by, etag, dry } => {
                self.own(of, by, GLOBAL_ADMIN).and_then(|()| self.hand_in(of, capacity, by, etag, dry))
            }
            Step::Locate { of, home } => {
                self.locate(of, home);
                Ok(())
            }
            Step::Associate { of, location, by, right } => {
                self.own(of, by, GLOBAL_ADMIN).and_then(|()| self.associate(of, location, right))
            }
            Step::Sign { of, capacity, by, text } => {
                self.own(of, by, GLOBAL_ADMIN).and_then(|()| self.sign(of, capacity, text))
            }
            Step::Answer { of, approver, yes } => self.answer(of, approver, yes),
            Step::Review { of, by, act, etag } => self.review(of, by, act, etag),
            Step::TakeOn { of, by, role } => self.take_on(of, by, role),
            Step::ChangeUser { of, second, by, to } => self.change_user(of, second, by, to),
            Step::InvitePartner { by, target, ask } => {
                self.role(by, if ask { ASKING } else { INVITING }).and_then(|own| self.invite_partner(own, target, ask))
            }
            Step::InviteCustomer { by, through, target, ask } => self
                .role(by, if ask { ASKING } else { INVITING })
                .and_then(|own| self.invite_customer(own, through, target, ask)),
            Step::Accept { .. } | Step::AllowOrders { .. } | Step::End { .. } | Step::Revoke { .. } => {
                self.judge_governing(step)
            }
            Step::Ask { trio, by } => self.role(by, &[]).and_then(|own| self.may_ask(own, trio)),
            Step::Again { same } => need(same, "REQUEST_ID_REUSED"),
            Step::Turn => {
                self.pass_turn();
                Ok(())
            }
        }
    }

    /// What a global administrator alone decides about what binds the organization.
    fn judge_governing(&mut self, step: Step) -> Judged {
        match step {
            Step::Accept { invitation, by, link, consents, shown } => {
                let own = self.role(by, GLOBAL_ADMIN)?;
                self.accept(invitation, (own, by), link, consents, shown)
            }
            Step::AllowOrders { partnership, by, allowed, etag } => {
                self.role(by, GLOBAL_ADMIN).and_then(|own| self.allow_orders(own, partnership, allowed, etag))
            }
            Step::End { partnership, by, cascade, etag, dry } => {
                let own = self.role(by, GLOBAL_ADMIN)?;
                self.endable(own, partnership, cascade, etag)?;
                if !dry {
                    self.end(partnership);
                }
                Ok(())
            }
            Step::Revoke { grant, by, etag } => {
                self.role(by, GLOBAL_ADMIN).and_then(|own| self.revoke(own, grant, etag))
            }
            _ => unreachable!("not a step of governing"),
        }
    }

    fn support(&mut self, of: usize) {
        self.cast[of].support = true;
        self.journal("SupportProfileUpdated");
    }

    fn preapprove(&mut self, of: usize, capacity: Capacity) {
        self.cast[of].preapproved.insert(capacity, self.hour + PREAPPROVAL_HOURS);
        self.journal("PreapprovalCreated");
    }

    fn hand_in(&mut self, of: usize, capacity: Capacity, by: Who, etag: Etag, dry: bool) -> Judged {
        need(etag != Etag::Stale, "ETAG_MISMATCH")?;
        self.submittable(of, capacity)?;
        if !dry {
            self.submit(of, capacity, by);
        }
        Ok(())
    }

    /// Nothing can be tried on what was never made.
    fn is_pointless(&self, step: Step) -> bool {
        let drafted = |of: usize, capacity| !self.cast[of].enrollments.contains_key(&capacity);
        match step {
            Step::Legal(of, _, form) => !self.cast[of].founded || self.changes_what_is_held(of, form),
            Step::Draft(of, ..) => !self.cast[of].founded || self.cast[of].has_ended(),
            Step::Support(of, _) | Step::Locate { of, .. } => !self.cast[of].founded,
            Step::TakeOn { of, .. } => !self.cast[of].founded,
            Step::Submit { of, capacity, .. } => drafted(of, capacity),
            // A text of another capacity can be chosen only where there is one.
            Step::Sign { of, capacity, text, .. } => {
                let older = self.agreements[&capacity].last().is_none_or(|(version, _)| *version < 2);
                drafted(of, capacity) || (text == Text::Older && older)
            }
            Step::Associate { of, location, .. } => {
                location >= self.cast[of].locations.len() || self.cast[of].has_ended()
            }
            Step::Answer { of, approver, .. } => self.letter(of, approver).is_none(),
            Step::Review { of, .. } => self.cast[of].cases.is_empty(),
            Step::ChangeUser { of, second, .. } => self.cast[of].users[usize::from(second)].is_none(),
            Step::InvitePartner { target, .. } => {
                self.cast[target].locations.is_empty() || self.cast[target].has_ended()
            }
            Step::InviteCustomer { through, .. } => through.is_some_and(|through| through >= self.partnerships.len()),
            Step::Accept { invitation, .. } => invitation >= self.invitations.len(),
            Step::AllowOrders { partnership, .. } | Step::End { partnership, .. } => {
                partnership >= self.partnerships.len()
            }
            Step::Revoke { grant, .. } => grant >= self.grants.len(),
            Step::Ask { trio, .. } => trio.iter().any(|of| !self.cast[*of].founded),
            Step::Again { .. } => !self.repeatable,
            Step::Turn => self.turn >= self.plan.turns.len(),
            Step::Found(_) | Step::Preapprove(..) => false,
        }
    }

    /// Who acts for an organization needs a role there; whoever belongs to none that it may use has none.
    pub(super) fn role(&self, by: Who, roles: &[Role]) -> Result<usize, &'static str> {
        let own = by.organization().ok_or(ROLE)?;
        let user = self.cast[own].users[by.slot()].as_ref().filter(|user| !user.disabled).ok_or(ROLE)?;
        need(roles.is_empty() || roles.iter().any(|role| user.roles.contains(role)), ROLE)?;
        Ok(own)
    }

    /// The same, for what belongs to one organization alone: it does not exist for others.
    pub(super) fn own(&self, of: usize, by: Who, roles: &[Role]) -> Judged {
        need(self.role(by, roles)? == of, MISSING)
    }

    /// Whoever was taken on becomes known at the first sign-in that is let in.
    fn sign_in(&mut self, step: Step) {
        let Some(by) = step.by() else { return };
        let Some(of) = by.organization() else { return };
        if let Some(user) = &mut self.cast[of].users[by.slot()]
            && !(user.bound || user.disabled)
        {
            user.bound = true;
            self.journal("UserBound");
        }
    }

    /// Everybody's time goes on: a new agreement, then what time alone ends.
    fn pass_turn(&mut self) {
        let turn = self.plan.turns[self.turn];
        self.turn += 1;
        if let Some(capacity) = turn.publish {
            let version = self.newest(capacity) + 1;
            self.agreements.entry(capacity).or_default().push((version, self.hour + SIGN_HOURS));
        }
        self.remind_all();
        self.hour += turn.hours;
        self.remind_all();
        for of in 0..CAST.len() {
            self.expire_case(of);
            self.remind_readers(of);
        }
        for at in 0..self.invitations.len() {
            let invitation = self.invitations[at].clone();
            if invitation.stage == InvitationStage::Pending && invitation.expires <= self.hour {
                self.invitations[at].stage = InvitationStage::Expired;
                self.journal("InvitationExpired");
                for inviting in invitation.inviting() {
                    self.mail_to("invitation-expired", inviting);
                }
            }
        }
        for at in 0..self.grants.len() {
            if self.holds(at) && self.grants[at].expires <= self.hour {
                self.end_grant(at, GrantStage::Expired);
            }
        }
    }

    fn expire_case(&mut self, of: usize) {
        let hour = self.hour;
        let mut late = 0;
        for letter in self.cast[of].cases.iter_mut().flat_map(|case| case.letters.iter_mut().flatten()) {
            if letter.stage == LetterStage::Pending && letter.expires <= hour {
                letter.stage = LetterStage::Expired;
                late += 1;
            }
        }
        for _ in 0..late {
            self.journal("EmailVerificationExpired");
        }
        let Some(case) = self.cast[of].cases.last_mut() else { return };
        if case.stage == CaseStage::AwaitingEmail && case.due <= hour {
            case.stage = CaseStage::Expired;
            self.journal("VettingCaseExpired");
            self.move_all(of, Stage::Draft, "EnrollmentReturned");
        }
    }

    /// The newest version of the agreement that is in force.
    pub(super) fn newest(&self, capacity: Capacity) -> i32 {
        self.agreements[&capacity].last().map_or(0, |(version, _)| *version)
    }

    /// Whether who signed this version should have signed a newer one by now.
    pub(super) fn overdue(&self, capacity: Capacity, signed: i32) -> bool {
        self.agreements[&capacity].iter().any(|(version, by)| *version > signed && *by <= self.hour)
    }

    pub(super) fn is_preapproved(&self, of: usize, capacity: Capacity) -> bool {
        // Only resellers come without being asked.
        capacity == Capacity::Reseller
            || self.cast[of].preapproved.get(&capacity).is_some_and(|until| *until > self.hour)
    }

    /// Takes administration away and tells both sides.
    pub(super) fn end_grant(&mut self, at: usize, stage: GrantStage) {
        self.grants[at].stage = stage;
        self.journal("AdminGrantEnded");
        for side in [self.grants[at].grantor, self.grants[at].grantee] {
            self.mail_to("administration-ended", side);
        }
    }

    /// The active grants that end with a partnership.
    pub(super) fn grants_under(&self, partnership: usize) -> Vec<usize> {
        let is_under = |under: Under| match under {
            Under::Partnership(of) => of == partnership,
            Under::Relationship(of) => self.relationships[of].through == Some(partnership),
        };
        (0..self.grants.len()).filter(|at| self.holds(*at) && is_under(self.grants[*at].under)).collect()
    }

    /// The checks that need not be asked again for the legal profile as it is.
    pub(super) fn settled(&self, of: usize) -> [bool; 5] {
        let organization = &self.cast[of];
        let mut settled = [false; 5];
        for case in organization.cases.iter().filter(|case| case.revision == organization.revision) {
            for (at, status) in case.checks.iter().enumerate() {
                let waived = *status == Status::Waived && (case.is_open() || case.stage == CaseStage::Approved);
                settled[at] |= *status == Status::Passed || waived;
            }
        }
        settled
    }

    /// Whether the grant is in force.
    pub(super) fn holds(&self, grant: usize) -> bool {
        self.grants[grant].stage == GrantStage::Active
    }
}
