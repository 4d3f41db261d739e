//! How the legal profile changes: a draft at once; what is being verified, with the checks that the change touches asked again; what is
//! verified, only once these checks are, while the vetted revision stays in force.

mod conclude;
mod touch;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ids::EnrollmentId;

use super::Refusal;
use super::enrollment::Enrollment;
use super::event::{CaseRequest, Event, Revetting};
use super::lifecycle::State;
use super::organization::Mailbox;
use super::picture::Picture;
use super::profile::LegalProfile;
use super::refusal::Missing;
use super::rules::number::{Number, assurance};
use super::submission::Applicant;
use super::vetting::{self, CheckKind, CheckStatus, Vetting};

/// Why a change is given up that was taken back.
const TAKEN_BACK: &str = "TAKEN_BACK";
/// Why a change is given up when no enrollment holds the profile any more.
const NOT_HELD: &str = "NOBODY_WAITS";

/// A change of a vetted legal profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// As it will be.
    pub(crate) profile: LegalProfile,
    /// The enrollment in whose name verification was asked.
    pub(crate) waiter: EnrollmentId,
    /// The checks that it touches, and is verified by.
    pub(crate) asked: Vec<CheckKind>,
    pub(crate) since: DateTime<Utc>,
}

impl Pending {
    /// The checks that it waits for: those asked, as far as no case has settled them.
    pub(crate) fn open_checks(&self, vettings: &[Vetting]) -> Vec<CheckKind> {
        let settled = vetting::settled(vettings, self.profile.revision);
        self.asked.iter().copied().filter(|kind| !settled.contains(kind)).collect()
    }
}

/// What a change of the legal profile meets.
enum Stage {
    /// Nobody depends on it.
    Free,
    Verifying(EnrollmentId),
    Vetted(EnrollmentId),
    Rejected,
}

impl Stage {
    fn of(enrollments: &[Enrollment]) -> Stage {
        let first = |is: fn(State) -> bool| enrollments.iter().find(|one| is(one.state)).map(|one| one.id);
        let vetted = |state| matches!(state, State::Qualified | State::Active | State::Suspended);
        if let Some(by) = first(|state| state == State::Verifying) {
            Stage::Verifying(by)
        } else if let Some(by) = first(vetted) {
            Stage::Vetted(by)
        } else if first(|state| state == State::Rejected).is_some() {
            Stage::Rejected
        } else {
            Stage::Free
        }
    }
}

impl LegalProfile {
    /// What was written last, be it in force or not.
    pub(crate) fn latest(&self) -> &LegalProfile {
        self.pending.as_ref().map_or(self, |pending| &pending.profile)
    }

    /// Takes over what nobody vets.
    fn take_unvetted(&mut self, new: &LegalProfile) {
        self.tax_id.clone_from(&new.tax_id);
        self.language.clone_from(&new.language);
        self.primary_contact.phone.clone_from(&new.primary_contact.phone);
        self.company_approver.phone.clone_from(&new.company_approver.phone);
    }

    /// The same profile with these fields, as another revision.
    fn next(&self, new: LegalProfile, now: DateTime<Utc>) -> LegalProfile {
        let revision = self.newest_revision + 1;
        LegalProfile { revision, newest_revision: revision, ..self.same(new, now) }
    }

    /// The same revision with these fields.
    fn same(&self, new: LegalProfile, now: DateTime<Utc>) -> LegalProfile {
        LegalProfile {
            revision: self.revision,
            newest_revision: self.newest_revision,
            vetted_revision: self.vetted_revision,
            pending: self.pending.clone(),
            version: self.version,
            updated: now,
            ..new
        }
    }
}

impl Picture {
    /// Writes the fields of `new`, made from what was written last. Gives the checks that are verified again by it.
    pub(crate) fn change_legal(
        &mut self,
        new: LegalProfile,
        changed: Vec<String>,
        enrollments: &[Enrollment],
        applicant: &Applicant,
        now: DateTime<Utc>,
    ) -> Result<(BTreeSet<CheckKind>, Vec<Event>), Refusal> {
        let touched = self.legal.latest().touched(&new);
        let organization = self.organization.id;
        let updated = |revetting: Option<Revetting>| {
            let revetting = revetting.map(Box::new);
            Event::LegalProfileUpdated { organization, changed, revetting }
        };
        let stage = Stage::of(enrollments);
        if !matches!(stage, Stage::Free) {
            self.stays_whole(&new, now)?;
        }
        let mut events = match stage {
            Stage::Free => {
                self.legal = if touched.is_empty() { self.legal.same(new, now) } else { self.legal.next(new, now) };
                let follows = self.organization.follow_language(&self.legal, enrollments, now);
                let told = follows.then(|| Event::OrganizationUpdated(Box::new(self.facts()), vec!["language_code"]));
                return Ok((BTreeSet::new(), std::iter::once(updated(None)).chain(told).collect()));
            }
            _ if touched.is_empty() => {
                self.respell(new, now);
                vec![updated(None)]
            }
            Stage::Rejected => {
                let allowed = State::ALL.into_iter().filter(|state| *state != State::Rejected).collect();
                return Err(Refusal::State { state: State::Rejected, allowed });
            }
            Stage::Verifying(by) => {
                let waits = |one: &&Enrollment| one.state == State::Verifying && one.id != by;
                let others = enrollments.iter().filter(waits).map(|one| one.id).collect();
                let revetting = self.verify_instead(new, by, &touched, applicant, now);
                vec![updated(Some(Revetting { others, ..revetting }))]
            }
            Stage::Vetted(by) => match self.verify_beside(new, by, &touched, applicant, now) {
                Some(revetting) => vec![updated(Some(revetting))],
                None => {
                    let dropped = self.drop_change(TAKEN_BACK, true);
                    [vec![updated(None)], dropped].concat()
                }
            },
        };
        events.extend(self.redirect_mail(enrollments, now));
        let again = match &events[0] {
            Event::LegalProfileUpdated { revetting: Some(revetting), .. } => {
                revetting.touched.iter().copied().collect()
            }
            _ => BTreeSet::new(),
        };
        Ok((again, events))
    }

    /// The legal address is in the organization's country, or in none yet: a country changes only while nothing was handed in.
    pub(crate) fn follow_country(&mut self, now: DateTime<Utc>) -> Option<Event> {
        let moved = self.legal.moved_to(self.organization.country)?;
        self.legal = self.legal.next(moved, now);
        let changed = vec!["address.region_code".to_owned()];
        Some(Event::LegalProfileUpdated { organization: self.organization.id, changed, revetting: None })
    }

    /// What was handed in stays whole: nothing that was right may become missing or wrong.
    fn stays_whole(&self, new: &LegalProfile, now: DateTime<Utc>) -> Result<(), Refusal> {
        let country = self.organization.country.as_str();
        let before = self.legal.latest().missing(country, now);
        let lacking: Vec<Missing> =
            new.missing(country, now).into_iter().filter(|missing| !before.contains(missing)).collect();
        if lacking.is_empty() { Ok(()) } else { Err(Refusal::Outstanding(lacking)) }
    }

    /// What nobody vets, and mere spelling, change at once.
    fn respell(&mut self, new: LegalProfile, now: DateTime<Utc>) {
        match self.legal.pending.take() {
            None => self.legal = self.legal.same(new, now),
            Some(mut pending) => {
                self.legal.take_unvetted(&new);
                self.legal.updated = now;
                pending.profile = pending.profile.same(new, now);
                self.legal.pending = Some(pending);
            }
        }
    }

    /// Another revision takes the place of the one that is being verified.
    fn verify_instead(
        &mut self,
        new: LegalProfile,
        enrollment: EnrollmentId,
        touched: &BTreeSet<CheckKind>,
        applicant: &Applicant,
        now: DateTime<Utc>,
    ) -> Revetting {
        let before = self.legal.revision;
        let settled = vetting::settled(&self.vettings, before);
        self.legal = self.legal.next(new, now);
        // The same case goes on with the new revision, as verification is about to tell.
        let open = self.vettings.iter_mut().rev().find(|case| case.revision == before && case.state.is_open());
        if let Some(case) = open {
            case.revision = self.legal.revision;
            for check in case.checks.iter_mut().filter(|check| touched.contains(&check.kind)) {
                (check.status, check.since, check.due) = (CheckStatus::Pending, Some(now), None);
                check.waits_for = None;
            }
        }
        let open = |kind: &CheckKind| touched.contains(kind) || !settled.contains(kind);
        let checks = CheckKind::ALL.into_iter().filter(open).collect();
        let case = CaseRequest::of((self.organization.country.as_str(), self.legal.clone()), applicant, checks, now);
        Revetting { enrollment, others: Vec::new(), case, touched: touched.iter().copied().collect() }
    }

    /// A change of what is vetted is verified beside it, by the checks it touches. None when it brings back what is in force.
    fn verify_beside(
        &mut self,
        new: LegalProfile,
        enrollment: EnrollmentId,
        touched: &BTreeSet<CheckKind>,
        applicant: &Applicant,
        now: DateTime<Utc>,
    ) -> Option<Revetting> {
        let checks: Vec<CheckKind> = self.legal.touched(&new).into_iter().collect();
        let waiter = self.legal.pending.as_ref().map_or(enrollment, |pending| pending.waiter);
        self.legal.take_unvetted(&new);
        self.legal.updated = now;
        if checks.is_empty() {
            return None;
        }
        let profile = LegalProfile { pending: None, ..self.legal.next(new, now) };
        self.legal.newest_revision = profile.revision;
        let asked = checks.clone();
        let case = CaseRequest::of((self.organization.country.as_str(), profile.clone()), applicant, checks, now);
        self.legal.pending = Some(Box::new(Pending { profile, waiter, asked, since: now }));
        Some(Revetting { enrollment: waiter, others: Vec::new(), case, touched: touched.iter().copied().collect() })
    }

    /// Gives up the change that is being verified, if there is one.
    fn drop_change(&mut self, reason: &str, close: bool) -> Vec<Event> {
        let dropped = self.legal.pending.take().map(|pending| Event::LegalProfileChangeDropped {
            organization: self.organization.id,
            reason: reason.to_owned(),
            waiter: close.then_some(pending.waiter),
        });
        dropped.into_iter().collect()
    }

    /// With no enrollment left that holds the profile, nobody waits for a change of it.
    pub(crate) fn let_go(&mut self, enrollments: &[Enrollment]) -> Vec<Event> {
        let held = enrollments.iter().any(|enrollment| enrollment.state.holds_profile());
        if held { Vec::new() } else { self.drop_change(NOT_HELD, true) }
    }

    /// Mail follows the contact that is in force, once it goes to the contact.
    fn redirect_mail(&mut self, enrollments: &[Enrollment], now: DateTime<Utc>) -> Option<Event> {
        let submitted = enrollments.iter().any(|enrollment| enrollment.submission.is_some());
        let mail = Mailbox { address: self.legal.primary_contact.email.clone(), language: self.legal.language.clone() };
        let whole = submitted && !mail.address.is_empty() && !mail.language.is_empty();
        let moved = mail.address != self.organization.mail.address;
        let changed = if moved { vec!["mail_address"] } else { vec!["language_code"] };
        (whole && self.organization.redirect(mail, now))
            .then(|| Event::OrganizationUpdated(Box::new(self.facts()), changed))
    }
}

impl CaseRequest {
    pub(crate) fn of(
        (country, legal): (&str, LegalProfile),
        applicant: &Applicant,
        checks: Vec<CheckKind>,
        now: DateTime<Utc>,
    ) -> CaseRequest {
        CaseRequest {
            number: assurance(country, Number::Registration, &legal.registration_number, now),
            legal,
            applicant_name: applicant.name.clone(),
            applicant_email: applicant.email.clone(),
            checks,
            namesake: applicant.namesake,
        }
    }
}

#[cfg(test)]
mod tests;
