//! The oracle on who an organization is, and whether that is true.

use super::oracle::{Judged, MISSING, ROLE, STATE, need};
use super::step::{Etag, Form, Review, Reviewer, Text};
use super::world::{
    AUTHORITY, CONFIRM_HOURS, Capacity, Case, CaseStage, DOMAIN, EMAIL, Enrollment, Legal, Letter, LetterStage,
    Location, Role, Stage, Status, User, Who, World,
};

pub(super) const TRIES: u32 = 5;

impl World {
    pub(super) fn found(&mut self, of: usize) -> Judged {
        need(!self.cast[of].founded, "ORGANIZATION_DUPLICATE")?;
        let organization = &mut self.cast[of];
        organization.founded = true;
        organization.users[0] = Some(User { roles: [Role::GlobalAdmin].into(), disabled: false, bound: true });
        self.journal("OrganizationCreated");
        self.journal("UserCreated");
        Ok(())
    }

    pub(super) fn legal(&mut self, of: usize, form: Form) -> Judged {
        let organization = &self.cast[of];
        match form {
            Form::Stale => return Err("ETAG_MISMATCH"),
            Form::Webmail => return Err("WEBMAIL_DOMAIN"),
            Form::RoleAddress => return Err("ROLE_ADDRESS"),
            Form::AnotherCountry if organization.submitted => return Err("COUNTRY_FROZEN"),
            Form::AnotherCountry => return Err("FIELD_INVALID"),
            Form::NameOnly | Form::Whole(_) => {}
        }
        let legal = self.written(of, form);
        if legal != organization.legal {
            self.cast[of].revision += 1;
            self.cast[of].legal = legal;
        }
        self.journal("LegalProfileUpdated");
        Ok(())
    }

    /// The legal data once this form is taken.
    fn written(&self, of: usize, form: Form) -> Legal {
        let legal = self.cast[of].legal;
        match form {
            Form::NameOnly => Legal { name: Some(true), ..legal },
            Form::Whole(name) => Legal { name: Some(name), rest: true },
            _ => legal,
        }
    }

    /// Whether it changes what was handed in to be vetted: what follows from that is left to enrollment's own tests.
    pub(super) fn changes_what_is_held(&self, of: usize, form: Form) -> bool {
        let held = self.cast[of].enrollments.values().any(|enrollment| enrollment.stage != Stage::Draft);
        held && self.written(of, form) != self.cast[of].legal
    }

    pub(super) fn draft(&mut self, of: usize, capacity: Capacity) -> Judged {
        need(!self.cast[of].enrollments.contains_key(&capacity), "ENROLLMENT_EXISTS")?;
        self.cast[of]
            .enrollments
            .insert(capacity, Enrollment { stage: Stage::Draft, signed: 0, reminded: (0, 0), submitter: None });
        self.journal("EnrollmentCreated");
        Ok(())
    }

    pub(super) fn submittable(&self, of: usize, capacity: Capacity) -> Judged {
        let organization = &self.cast[of];
        need(organization.enrollments[&capacity].stage == Stage::Draft, STATE)?;
        need(self.is_preapproved(of, capacity), "PREAPPROVAL_REQUIRED")?;
        let whole = organization.legal.name.is_some() && organization.legal.rest;
        need(whole && organization.support, "REQUIREMENTS_OUTSTANDING")
    }

    pub(super) fn submit(&mut self, of: usize, capacity: Capacity, by: Who) {
        if !self.cast[of].submitted {
            self.cast[of].submitted = true;
            self.journal("OrganizationUpdated");
        }
        if let Some(enrollment) = self.cast[of].enrollments.get_mut(&capacity) {
            enrollment.submitter = Some(by);
        }
        self.move_to(of, capacity, Stage::Verifying, "EnrollmentSubmitted");
        let settled = self.settled(of);
        let revision = self.cast[of].revision;
        let approved = |case: &Case| case.stage == CaseStage::Approved && case.revision == revision;
        if settled == [true; 5] && self.cast[of].cases.iter().any(approved) {
            return self.approved(of, capacity);
        }
        if self.cast[of].cases.last().is_some_and(Case::is_open) {
            return self.journal("VettingCaseJoined");
        }
        // All may be settled in a case that nobody has approved.
        let asked = if settled == [true; 5] { [true; 5] } else { settled.map(|settled| !settled) };
        self.open_case(of, asked);
    }

    fn open_case(&mut self, of: usize, asked: [bool; 5]) {
        let checks = asked.map(|asked| if asked { Status::Pending } else { Status::Passed });
        let stage = if asked[EMAIL] { CaseStage::AwaitingEmail } else { CaseStage::Queued };
        let (revision, due) = (self.cast[of].revision, self.hour + CONFIRM_HOURS);
        self.cast[of].cases.push(Case { stage, checks, revision, due, claimed: 0, letters: [None, None] });
        self.journal("VettingCaseOpened");
        if asked[EMAIL] {
            self.write(of, false);
        } else if asked[AUTHORITY] {
            self.write(of, true);
        }
    }

    /// Asks contact or approver by mail.
    fn write(&mut self, of: usize, approver: bool) {
        let (expires, withheld) = (self.hour + CONFIRM_HOURS, !approver && self.contact_said_no(of));
        if let Some(case) = self.cast[of].cases.last_mut() {
            case.letters[usize::from(approver)] =
                Some(Letter { stage: LetterStage::Pending, expires, reminded: false, withheld });
        }
        if withheld {
            self.journal("EmailVerificationWithheld");
            return self.journal("VettingCaseMailNoted");
        }
        self.journal("EmailVerificationIssued");
        let (kind, person) =
            if approver { ("approver-verification", "approver") } else { ("email-verification", "contact") };
        self.mail(kind, of, person);
    }

    fn contact_said_no(&self, of: usize) -> bool {
        let mut letters = self.cast[of].cases.iter().filter_map(|case| case.letters[0].as_ref());
        letters.any(|letter| letter.stage == LetterStage::Denied)
    }

    /// An enrollment changes its state, of which the contact is told, and who governs where verification stops. A contact who said no is told of
    /// nothing.
    fn move_to(&mut self, of: usize, capacity: Capacity, stage: Stage, event: &str) {
        if let Some(enrollment) = self.cast[of].enrollments.get_mut(&capacity) {
            enrollment.stage = stage;
        }
        self.journal(event);
        if !self.contact_said_no(of) {
            self.mail("enrollment-status", of, "contact");
        }
        if stage == Stage::Ended || event == "EnrollmentReturned" {
            for person in self.governing(of) {
                self.mail("enrollment-status", of, person);
            }
        }
    }

    /// All enrollments that wait for verification change their state.
    pub(super) fn move_all(&mut self, of: usize, stage: Stage, event: &str) {
        for capacity in self.waiting(of) {
            self.move_to(of, capacity, stage, event);
        }
    }

    fn waiting(&self, of: usize) -> Vec<Capacity> {
        let waits = |(_, enrollment): &(&Capacity, &Enrollment)| enrollment.stage == Stage::Verifying;
        self.cast[of].enrollments.iter().filter(waits).map(|(capacity, _)| *capacity).collect()
    }

    /// Verified: who submitted it is admin agent from now on.
    fn approved(&mut self, of: usize, capacity: Capacity) {
        self.move_to(of, capacity, Stage::Qualified, "EnrollmentQualified");
        let submitter = self.cast[of].enrollments[&capacity].submitter.map(Who::slot);
        if let Some(user) = submitter.and_then(|slot| self.cast[of].users[slot].as_mut())
            && user.roles.insert(Role::AdminAgent)
        {
            self.journal("UserUpdated");
        }
    }

    pub(super) fn letter(&self, of: usize, approver: bool) -> Option<(usize, &Letter)> {
        let letters = self.cast[of].cases.iter().enumerate().rev();
        let mut mailed = letters.filter_map(|(at, case)| Some((at, case.letters[usize::from(approver)].as_ref()?)));
        mailed.find(|(_, letter)| !letter.withheld)
    }

    pub(super) fn answer(&mut self, of: usize, approver: bool, yes: bool) -> Judged {
        let (at, letter) = self.letter(of, approver).ok_or("TOKEN_UNKNOWN")?;
        match letter.stage {
            LetterStage::Pending => {}
            LetterStage::Verified | LetterStage::Denied => return Err("TOKEN_USED"),
            LetterStage::Expired => return Err("TOKEN_EXPIRED"),
        }
        let case = &mut self.cast[of].cases[at];
        if let Some(letter) = &mut case.letters[usize::from(approver)] {
            letter.stage = if yes { LetterStage::Verified } else { LetterStage::Denied };
        }
        let verdict = if yes { Status::Passed } else { Status::Failed };
        let open = case.is_open();
        if approver {
            // A late yes adds nothing to what was decided; a no always counts.
            if open && (!yes || case.checks[AUTHORITY] == Status::Pending) {
                case.checks[AUTHORITY] = verdict;
                self.journal(if yes { "CheckPassed" } else { "CheckFailed" });
            }
        } else if case.stage == CaseStage::AwaitingEmail {
            case.checks[EMAIL] = verdict;
            case.stage = if yes { CaseStage::Queued } else { CaseStage::Rejected };
            let ask = yes && case.checks[AUTHORITY] == Status::Pending;
            self.journal(if yes { "VettingCaseQueued" } else { "VettingCaseRejected" });
            if ask {
                self.write(of, true);
            }
            if !yes {
                self.move_all(of, Stage::Ended, "EnrollmentEnded");
            }
        }
        self.journal("EmailVerificationAnswered");
        Ok(())
    }

    pub(super) fn review(&mut self, of: usize, by: Reviewer, act: Review, etag: Etag) -> Judged {
        let Reviewer::Staff(by) = by else { return Err(ROLE) };
        need(etag != Etag::Stale, "ETAG_MISMATCH")?;
        let hour = self.hour;
        let case = self.cast[of].cases.last_mut().ok_or(MISSING)?;
        if act == Review::Claim {
            return match case.stage {
                CaseStage::InReview(other) if other != by => Err("CLAIMED_BY_OTHER"),
                CaseStage::Queued | CaseStage::InReview(_) => {
                    (case.stage, case.claimed) = (CaseStage::InReview(by), hour);
                    self.journal("VettingCaseClaimed");
                    Ok(())
                }
                _ => Err(STATE),
            };
        }
        match case.stage {
            CaseStage::InReview(other) => need(other == by, "NOT_CLAIMANT")?,
            _ => return Err(STATE),
        }
        if let Review::Judge(check, verdict) = act {
            need(check != AUTHORITY || !case.is_denied(), "APPROVER_DENIED")?;
            case.checks[check] = verdict;
            self.journal(match verdict {
                Status::Failed => "CheckFailed",
                Status::Waived => "CheckWaived",
                Status::Pending | Status::Passed => "CheckPassed",
            });
            return Ok(());
        }
        let shown = case.checks.iter().all(|check| matches!(check, Status::Passed | Status::Waived));
        need(shown, "CHECKS_OUTSTANDING")?;
        case.stage = CaseStage::Approved;
        // What was only waived proves nothing.
        let proves = case.checks[DOMAIN] == Status::Passed;
        self.journal("VettingCaseApproved");
        if proves && !self.cast[of].proven {
            self.cast[of].proven = true;
            self.journal("OrganizationUpdated");
        }
        for capacity in self.waiting(of) {
            self.approved(of, capacity);
        }
        Ok(())
    }

    pub(super) fn locate(&mut self, of: usize, home: bool) {
        self.cast[of].locations.push(Location { home, wrong: 0, associated: false });
        self.journal("LocationCreated");
    }

    pub(super) fn associate(&mut self, of: usize, at: usize, right: bool) -> Judged {
        need(self.cast[of].location().is_none(), "LOCATION_TAKEN")?;
        let serves = !self.cast[of].enrollments.is_empty();
        let location = &mut self.cast[of].locations[at];
        need(location.home, "COUNTRY_MISMATCH")?;
        need(location.wrong < TRIES, "CLAIM_CODE_LOCKED")?;
        need(serves, STATE)?;
        if !right {
            location.wrong += 1;
            self.journal("LocationClaimFailed");
            return Err("CLAIM_CODE_WRONG");
        }
        location.associated = true;
        self.journal("LocationAssociated");
        for _ in 0..self.cast[of].enrollments.len() {
            self.journal("EnrollmentLocated");
        }
        Ok(())
    }

    pub(super) fn sign(&mut self, of: usize, capacity: Capacity, text: Text) -> Judged {
        need(text != Text::OtherCapacity, "FIELD_INVALID")?;
        let enrollment = &self.cast[of].enrollments[&capacity];
        need(matches!(enrollment.stage, Stage::Qualified | Stage::Active), STATE)?;
        need(self.cast[of].location().is_some(), "REQUIREMENTS_OUTSTANDING")?;
        need(text != Text::Older, "TEMPLATE_SUPERSEDED")?;
        need(enrollment.signed < self.newest(capacity), "ALREADY_SIGNED")?;
        need(text != Text::OtherHash, "TEXT_HASH_MISMATCH")?;
        let (newest, stage) = (self.newest(capacity), enrollment.stage);
        if let Some(enrollment) = self.cast[of].enrollments.get_mut(&capacity) {
            enrollment.signed = newest;
        }
        self.journal("AgreementSigned");
        if stage == Stage::Qualified {
            self.move_to(of, capacity, Stage::Active, "EnrollmentActivated");
        }
        Ok(())
    }
}
