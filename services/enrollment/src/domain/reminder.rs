//! Reminders of an agreement that must be signed by a day: each once, and after a pause only the latest.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{EnrollmentId, OrganizationId};

use super::agreement::Template;
use super::enrollment::{Enrollment, EnrollmentType};
use super::lifecycle::{Command, State};
use super::picture::Picture;
use super::user::Role;

/// As many are told as one mail may have recipients.
const MOST_RECIPIENTS: usize = 20;

/// How near the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The version is in force, and must be signed some day.
    Announced,
    Month,
    Week,
    Day,
    /// The day has passed.
    Overdue,
}

/// A version that waits to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) version: i32,
    pub(crate) by: DateTime<Utc>,
    pub(crate) stage: Stage,
}

/// What is told of it, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementReminder {
    pub(crate) organization: OrganizationId,
    pub(crate) enrollment: EnrollmentId,
    pub(crate) company: String,
    pub(crate) due: Due,
    pub(crate) recipients: Vec<Addressee>,
}

/// Who gets a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addressee {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) language: String,
}

impl Stage {
    pub(crate) const ALL: [Stage; 5] = [Stage::Announced, Stage::Month, Stage::Week, Stage::Day, Stage::Overdue];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Stage::Announced => "ANNOUNCED",
            Stage::Month => "DAYS_30",
            Stage::Week => "DAYS_7",
            Stage::Day => "DAYS_1",
            Stage::Overdue => "OVERDUE",
        }
    }

    /// When it begins, for a version in force since `since` that must be signed by `by`.
    fn begins(self, since: DateTime<Utc>, by: DateTime<Utc>) -> DateTime<Utc> {
        let before = match self {
            Stage::Announced => return since,
            Stage::Month => TimeDelta::days(30),
            Stage::Week => TimeDelta::days(7),
            Stage::Day => TimeDelta::days(1),
            Stage::Overdue => TimeDelta::zero(),
        };
        (by - before).max(since)
    }

    /// The last one that has begun.
    fn reached(since: DateTime<Utc>, by: DateTime<Utc>, now: DateTime<Utc>) -> Option<Stage> {
        Stage::ALL.into_iter().rev().find(|stage| stage.begins(since, by) <= now)
    }
}

impl Due {
    /// Rises with each reminder of an enrollment: by stage, and a newer version after every stage of an older one.
    pub(crate) fn rank(&self) -> i64 {
        i64::from(self.version) * 10 + self.stage as i64
    }
}

/// What waits for who signed up to `signed`: the version whose day comes first, as it is what blocks first. Nothing for who never signed:
/// that is a requirement of its enrollment from the first day on.
pub(crate) fn due(
    templates: &[Template],
    kind: EnrollmentType,
    region: &str,
    signed: i32,
    now: DateTime<Utc>,
) -> Option<Due> {
    if signed == 0 {
        return None;
    }
    let newer = templates.iter().filter(|template| {
        template.kind == kind && template.region == region && template.version > signed && template.effective <= now
    });
    let (by, since, version) =
        newer.filter_map(|template| template.sign_by.map(|by| (by, template.effective, template.version))).min()?;
    Some(Due { version, by, stage: Stage::reached(since, by, now)? })
}

/// How far the reminders of one type and region have come: it changes whenever somebody may have to be told something.
pub(crate) fn round<'t>(templates: impl IntoIterator<Item = &'t Template>, now: DateTime<Utc>) -> String {
    let mut reached: Vec<(i32, Stage)> = templates
        .into_iter()
        .filter(|template| template.effective <= now)
        .filter_map(|template| Some((template.version, Stage::reached(template.effective, template.sign_by?, now)?)))
        .collect();
    reached.sort_unstable();
    reached.dedup();
    let names: Vec<String> = reached.iter().map(|(version, stage)| format!("{version}:{}", stage.as_str())).collect();
    names.join(",")
}

/// The states in which somebody can still sign.
pub(crate) fn signing() -> impl Iterator<Item = State> {
    State::allowing(Command::Sign)
}

impl Picture {
    /// What those who can sign for this enrollment are to be told now, unless they were told as much (`told` is the last one's rank).
    pub(crate) fn reminder(
        &self,
        enrollment: &Enrollment,
        told: Option<i64>,
        now: DateTime<Utc>,
    ) -> Option<AgreementReminder> {
        enrollment.state.after(Command::Sign)?;
        let region = self.organization.region(now)?;
        let due = due(&self.templates, enrollment.kind, region.as_str(), enrollment.signed_version, now)?;
        if told.is_some_and(|told| told >= due.rank()) {
            return None;
        }
        Some(AgreementReminder {
            organization: enrollment.organization,
            enrollment: enrollment.id,
            company: self.organization.display_name.clone(),
            due,
            recipients: self.signers(),
        })
    }

    /// Where the organization's mail goes, and everybody who can sign: an administrator's account may have no mailbox that is read.
    fn signers(&self) -> Vec<Addressee> {
        let mail = &self.organization.mail;
        let addressee = |address: &str, name: &str| Addressee {
            address: address.to_owned(),
            name: name.to_owned(),
            language: mail.language.clone(),
        };
        let contact = &self.legal.primary_contact;
        let name = if contact.email == mail.address { contact.name() } else { String::new() };
        let mut found = vec![addressee(&mail.address, &name)];
        for user in self.users.iter().filter(|user| user.can_act_as(Role::GlobalAdmin)) {
            if found.len() < MOST_RECIPIENTS && found.iter().all(|known| known.address != user.email) {
                found.push(addressee(&user.email, &user.display_name));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{day, enrollment, now, picture, template, user};
    use crate::domain::user::{User, UserState};

    const KIND: EnrollmentType = EnrollmentType::IndirectReseller;

    fn stage(from: i64, by: i64, at: DateTime<Utc>) -> Option<Stage> {
        let templates = [template(KIND, 1, -400, None), template(KIND, 2, from, Some(by))];
        due(&templates, KIND, "EUROPE", 1, at).map(|due| due.stage)
    }

    #[test]
    fn r13_each_stage_begins_to_the_second() {
        let second = TimeDelta::seconds(1);
        let mut before = None;
        for (begins, expected) in
            [(-60, Stage::Announced), (-30, Stage::Month), (-7, Stage::Week), (-1, Stage::Day), (0, Stage::Overdue)]
        {
            assert_eq!(stage(-60, 0, day(begins) - second), before, "a second before {expected:?}");
            assert_eq!(stage(-60, 0, day(begins)), Some(expected));
            assert_eq!(stage(-60, 0, day(begins) + second), Some(expected));
            before = Some(expected);
        }
        assert_eq!(stage(-60, 0, day(900)), Some(Stage::Overdue));
    }

    #[test]
    fn r13_a_version_with_little_time_left_begins_with_the_stage_it_is_in() {
        assert_eq!(stage(0, 3, day(0)), Some(Stage::Week));
        assert_eq!(stage(0, 0, day(0)), Some(Stage::Overdue));
        assert_eq!(stage(1, 3, day(0)), None, "it is not in force");
    }

    #[test]
    fn r13_of_several_versions_the_first_day_counts_and_who_never_signed_is_not_reminded() {
        let templates = [
            template(KIND, 1, -90, None),
            template(KIND, 2, -60, Some(5)),
            template(KIND, 3, -50, Some(2)),
            template(EnrollmentType::DirectBill, 9, -50, Some(1)),
        ];
        let of = |signed| due(&templates, KIND, "EUROPE", signed, now()).map(|due| (due.version, due.by));
        assert_eq!([of(0), of(1), of(2), of(3)], [None, Some((3, day(2))), Some((3, day(2))), None]);
        assert_eq!(due(&templates, KIND, "CANADA", 1, now()), None);
        assert_eq!(round(&templates[..3], now()), "2:DAYS_7,3:DAYS_7");
        assert_eq!(round(&templates[..3], day(-55)), "2:ANNOUNCED");
    }

    #[test]
    fn r13_nobody_is_told_twice_and_every_stage_is_told() {
        let mut told = None;
        let mut stages = Vec::new();
        let picture = Picture {
            templates: vec![
                template(KIND, 1, -90, None),
                template(KIND, 2, -60, Some(0)),
                template(KIND, 3, 10, Some(11)),
            ],
            ..picture()
        };
        let behind = Enrollment { signed_version: 1, ..enrollment(KIND, State::Active) };
        for hours in (-61 * 24..24 * 20).step_by(5) {
            if let Some(reminder) = picture.reminder(&behind, told, now() + TimeDelta::hours(hours)) {
                told = Some(reminder.due.rank());
                stages.push((reminder.due.version, reminder.due.stage.as_str()));
            }
        }
        let expected = Stage::ALL.map(|stage| (2, stage.as_str()));
        assert_eq!(stages, expected, "the first day that passed stays the one that counts");
        let ended = Enrollment { signed_version: 1, ..enrollment(KIND, State::Ended) };
        assert_eq!(picture.reminder(&ended, None, now()), None);
    }

    #[test]
    fn r13_the_mail_address_and_every_global_administrator_are_told_once() {
        let mut picture = picture();
        picture.organization.mail.address = "user10@nordwind.example".to_owned();
        let away = User { state: UserState::Disabled, ..user(13, &[Role::GlobalAdmin]) };
        picture.users.extend([user(12, &[Role::GlobalAdmin]), away]);
        let told: Vec<_> = picture.signers().into_iter().map(|addressee| addressee.address).collect();
        assert_eq!(told, ["user10@nordwind.example", "user12@nordwind.example"]);
        picture.users.extend((100..140).map(|number| user(number, &[Role::GlobalAdmin])));
        assert_eq!(picture.signers().len(), MOST_RECIPIENTS);
    }

    #[test]
    fn r13_each_stage_ranks_after_the_one_before_and_a_newer_version_after_all() {
        let mut last = 0;
        for version in 1..40 {
            for stage in Stage::ALL {
                let rank = Due { version, by: now(), stage }.rank();
                assert!(rank > last, "{version} {stage:?}");
                last = rank;
            }
        }
    }

    #[test]
    fn r13_who_can_sign_can_be_reminded_and_nobody_else() {
        assert_eq!(signing().map(State::as_str).collect::<Vec<_>>(), ["QUALIFIED", "ACTIVE", "SUSPENDED"]);
        let picture =
            Picture { templates: vec![template(KIND, 1, -90, None), template(KIND, 2, -60, Some(0))], ..picture() };
        for state in State::ALL {
            let behind = Enrollment { signed_version: 1, ..enrollment(KIND, state) };
            let reminded = picture.reminder(&behind, None, now()).is_some();
            assert_eq!(reminded, signing().any(|signing| signing == state), "{state:?}");
        }
    }

    #[test]
    fn r13_the_contact_is_called_by_name_where_it_reads_the_organizations_mail() {
        let mut picture = picture();
        assert_eq!(picture.signers()[0].name, "", "nobody knows who reads it");
        picture.organization.mail.address = picture.legal.primary_contact.email.clone();
        assert_eq!(picture.signers()[0].name, "Ada Ek");
    }
}
