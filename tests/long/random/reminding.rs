//! What people are told of what waits for them: an agreement to be signed, a question or an invitation to be answered, administration that ends.

use super::world::{
    AUTHORITY, CAST, CLAIM_HOURS, Capacity, CaseStage, EMAIL, InvitationStage, LetterStage, REMIND_HOURS, Role, Stage,
    Status, User, World,
};

/// Told from a day before on; a week before it is told anyway, as nobody has longer.
const DAY: i64 = 24;

impl World {
    /// Whoever can sign a newer version is told as soon as it is there, a day before it must be signed, and when that has passed.
    pub(super) fn remind_all(&mut self) {
        for of in 0..CAST.len() {
            for capacity in [Capacity::Provider, Capacity::Reseller] {
                self.remind(of, capacity);
            }
        }
        self.remind_of_invitations();
        self.remind_of_grants();
    }

    /// A day before its end, which for these is never on their first day.
    fn remind_of_invitations(&mut self) {
        for at in 0..self.invitations.len() {
            let invitation = &mut self.invitations[at];
            let near = invitation.expires - DAY <= self.hour && self.hour < invitation.expires;
            if invitation.stage == InvitationStage::Pending && near && !invitation.reminded {
                invitation.reminded = true;
                let target = invitation.target;
                self.journal("InvitationReminded");
                self.mail("invitation-reminder", target, "founder");
            }
        }
    }

    fn remind_of_grants(&mut self) {
        for at in 0..self.grants.len() {
            let grant = &self.grants[at];
            let near = grant.expires - DAY <= self.hour && self.hour < grant.expires;
            if self.holds(at) && near && !grant.reminded {
                let (grantor, grantee) = (grant.grantor, grant.grantee);
                self.grants[at].reminded = true;
                self.journal("AdminGrantReminded");
                self.mail_to("administration-ending", grantor);
                self.mail_to("administration-ending", grantee);
            }
        }
    }

    fn remind(&mut self, of: usize, capacity: Capacity) {
        let Some(enrollment) = self.cast[of].enrollments.get(&capacity) else { return };
        if enrollment.signed == 0 || !matches!(enrollment.stage, Stage::Qualified | Stage::Active) {
            return;
        }
        let newer = self.agreements[&capacity].iter().filter(|(version, _)| *version > enrollment.signed);
        let Some((by, version)) = newer.map(|(version, by)| (*by, *version)).min() else { return };
        let near = u8::from(by.saturating_sub(DAY) <= self.hour) + u8::from(by <= self.hour);
        if (version, near + 1) <= enrollment.reminded {
            return;
        }
        if let Some(enrollment) = self.cast[of].enrollments.get_mut(&capacity) {
            enrollment.reminded = (version, near + 1);
        }
        self.journal("AgreementReminded");
        self.mail_to("agreement-due", of);
        for person in self.governing(of) {
            self.mail("agreement-due", of, person);
        }
    }

    /// The global administrators who are told of what concerns their organization.
    pub(super) fn governing(&self, of: usize) -> Vec<&'static str> {
        let governs = |user: &User| !user.disabled && user.roles.contains(&Role::GlobalAdmin);
        let is_one = |(slot, _): &(usize, &str)| self.cast[of].users[*slot].as_ref().is_some_and(governs);
        ["founder", "second"].into_iter().enumerate().filter(is_one).map(|(_, person)| person).collect()
    }

    /// Whoever has not answered yet is reminded two days before it is too late, and a claim ends after a day.
    pub(super) fn remind_readers(&mut self, of: usize) {
        let hour = self.hour;
        let Some(case) = self.cast[of].cases.last_mut().filter(|case| case.is_open()) else { return };
        let lapsed = matches!(case.stage, CaseStage::InReview(_)) && case.claimed + CLAIM_HOURS <= hour;
        if lapsed {
            case.stage = CaseStage::Queued;
        }
        let asked = [EMAIL, AUTHORITY].map(|check| case.checks[check] == Status::Pending);
        let mut late = Vec::new();
        for (at, letter) in case.letters.iter_mut().enumerate() {
            let Some(letter) = letter.as_mut().filter(|letter| letter.stage == LetterStage::Pending) else { continue };
            if asked[at] && !letter.reminded && !letter.withheld && letter.expires - REMIND_HOURS <= hour {
                letter.reminded = true;
                late.push(["contact", "approver"][at]);
            }
        }
        if lapsed {
            self.journal("VettingCaseLapsed");
        }
        for person in late {
            self.journal("EmailVerificationReminded");
            self.mail("verification-reminder", of, person);
        }
    }
}
