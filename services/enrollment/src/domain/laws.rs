//! What holds after any sequence of commands, in any order, at any time.

use std::collections::BTreeSet;
use std::slice;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::agreement::{Template, in_force};
use super::enrollment::{Enrollment, EnrollmentType};
use super::event::Moved;
use super::life::{Measure, Why};
use super::lifecycle::State;
use super::picture::Picture;
use super::profile::LegalProfile;
use super::requirement::{Code, Requirement, capabilities, requirements};
use super::samples::{STATUSES, applicant, case, enrollment, legal, location, now, picture, support, template, user};
use super::user::{Role, User, UserChange, UserState};
use super::vetting::{CaseState, CheckStatus, Vetting};
use super::{Event, Refusal};

/// Every move that one command may make, several steps of the machine taken together.
const LEADS_TO: [(State, State); 20] = [
    (State::Draft, State::Verifying),
    (State::Draft, State::Qualified),
    (State::Draft, State::Active),
    (State::Draft, State::Withdrawn),
    (State::Verifying, State::Qualified),
    (State::Verifying, State::Active),
    (State::Verifying, State::Rejected),
    (State::Verifying, State::Ended),
    (State::Verifying, State::Draft),
    (State::Verifying, State::Withdrawn),
    (State::Rejected, State::Verifying),
    (State::Rejected, State::Ended),
    (State::Rejected, State::Withdrawn),
    (State::Qualified, State::Active),
    (State::Qualified, State::Withdrawn),
    (State::Active, State::Suspended),
    (State::Active, State::Ended),
    (State::Suspended, State::Active),
    (State::Suspended, State::Ended),
    (State::Withdrawn, State::Draft),
];

#[derive(Debug, Clone)]
enum Command {
    /// With the operator's leave, or without.
    Submit(bool),
    /// A field is given, or taken back.
    Support(bool),
    /// How the newest revision's case stands, and whether its appeal is spent.
    Hear(CaseState, CheckStatus, bool),
    Locate,
    /// What was read, or another text.
    Sign(bool),
    /// A newer version for all types, in force at once and to be signed within so many days.
    Publish(i64),
    Withdraw,
    Reopen,
    Measure(Measure),
    /// The company's name becomes another; in small letters it is the same.
    Rename(bool),
}

fn command() -> impl Strategy<Value = Command> {
    let hear = (prop::sample::select(&CaseState::ALL), prop::sample::select(&STATUSES), prop::bool::weighted(0.2));
    prop_oneof![
        4 => any::<bool>().prop_map(Command::Submit),
        2 => prop::bool::weighted(0.7).prop_map(Command::Support),
        6 => hear.prop_map(|(state, status, spent)| Command::Hear(state, status, spent)),
        1 => Just(Command::Locate),
        2 => prop::bool::weighted(0.8).prop_map(Command::Sign),
        1 => (1i64..4).prop_map(Command::Publish),
        1 => Just(Command::Withdraw),
        1 => Just(Command::Reopen),
        2 => prop::sample::select(vec![Measure::Suspend, Measure::Resume, Measure::Resume, Measure::End]).prop_map(Command::Measure),
        2 => any::<bool>().prop_map(Command::Rename),
    ]
}

fn act(
    picture: &mut Picture,
    enrollment: &mut Enrollment,
    command: &Command,
    at: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Submit(preapproved) => picture.submit(enrollment, &applicant(), *preapproved, at),
        Command::Support(given) => {
            picture.support.email = if *given { support().email } else { String::new() };
            Ok(Vec::new())
        }
        Command::Hear(state, status, spent) => {
            let revision = picture.legal.latest().revision;
            let case = Vetting { revision, appeal_spent: *spent, ..case(*state, *status) };
            picture.vettings = vec![case.clone()];
            if picture.is_about_change(&case) {
                return Ok(picture.conclude_change(&case, None, true, slice::from_ref(enrollment), at));
            }
            picture.conclude(&case, None, slice::from_mut(enrollment), at)
        }
        Command::Locate => {
            picture.location = Some(location());
            Ok(picture.settle(enrollment, at).into_iter().collect())
        }
        Command::Sign(right) => {
            let template = in_force(&picture.templates, enrollment.kind, "EUROPE", at).cloned().unwrap();
            let sha256 = if *right { &template.sha256 } else { "another text" };
            picture.sign(enrollment, &template, sha256, at)
        }
        Command::Publish(days) => {
            let next = picture.templates.iter().map(|template| template.version).max().unwrap_or_default() + 1;
            let (effective, sign_by) = (at, Some(at + TimeDelta::days(*days)));
            let newer =
                EnrollmentType::ALL.map(|kind| Template { effective, sign_by, ..template(kind, next, 0, None) });
            picture.templates.extend(newer);
            Ok(Vec::new())
        }
        Command::Withdraw => picture.withdraw(enrollment, &[], at),
        Command::Reopen => picture.reopen(enrollment, &[], at),
        Command::Measure(measure) => {
            let why = Why { code: "WHY".to_owned(), text: "because".to_owned() };
            picture.take_measure(*measure, enrollment, &[], &why, at)
        }
        Command::Rename(other) => {
            let name = if *other { format!("{} Ny", legal().legal_name) } else { legal().legal_name.to_lowercase() };
            let new = LegalProfile { legal_name: name, ..picture.legal.latest().clone() };
            picture
                .change_legal(new, Vec::new(), slice::from_ref(enrollment), &applicant(), at)
                .map(|(_, events)| events)
        }
    }
}

fn moved(event: &Event) -> Option<&Moved> {
    match event {
        Event::EnrollmentSubmitted(moved, _)
        | Event::EnrollmentQualified(moved)
        | Event::EnrollmentRejected(moved)
        | Event::EnrollmentReturned(moved)
        | Event::EnrollmentReconsidered(moved)
        | Event::EnrollmentActivated(moved)
        | Event::EnrollmentWithdrawn(moved)
        | Event::EnrollmentReopened(moved)
        | Event::EnrollmentSuspended(moved)
        | Event::EnrollmentResumed(moved)
        | Event::EnrollmentEnded(moved) => Some(moved),
        _ => None,
    }
}

fn change() -> impl Strategy<Value = UserChange> {
    let roles = prop::collection::btree_set(prop::sample::select(&Role::ALL), 1..3);
    let name = prop::sample::select(vec!["Ada", "Bo"]).prop_map(str::to_owned);
    let state = prop::sample::select(&UserState::ALL);
    (prop::option::of(roles), prop::option::of(state), prop::option::of(name))
        .prop_map(|(roles, state, display_name)| UserChange { roles, state, display_name })
}

fn rights(user: &User) -> (BTreeSet<Role>, UserState) {
    (user.roles.clone(), user.state)
}

proptest! {
    #[test]
    fn r07_an_enrollment_keeps_its_laws(
        kind in prop::sample::select(&EnrollmentType::ALL),
        commands in prop::collection::vec((command(), 1i64..30), 1..50),
    ) {
        let (mut picture, mut enrollment) = (picture(), enrollment(kind, State::Draft));
        let mut at = now();
        for (command, hours) in commands {
            at += TimeDelta::hours(hours);
            let before = (picture.clone(), enrollment.clone());
            match act(&mut picture, &mut enrollment, &command, at) {
                Err(_) => prop_assert_eq!((&picture, &enrollment), (&before.0, &before.1), "a refusal changes nothing"),
                Ok(events) => {
                    let mut state = before.1.state;
                    for moved in events.iter().filter_map(moved) {
                        prop_assert_eq!(moved.from, state, "each event begins where the last one ended");
                        prop_assert_ne!(moved.from, moved.standing.state);
                        state = moved.standing.state;
                    }
                    prop_assert_eq!(state, enrollment.state, "the events tell every move, down to the last");
                }
            }
            prop_assert!(
                enrollment.state == before.1.state || LEADS_TO.contains(&(before.1.state, enrollment.state)),
                "{:?} never becomes {:?} at once", before.1.state, enrollment.state
            );
            let since = if enrollment.state == before.1.state { before.1.since } else { at };
            prop_assert_eq!(enrollment.since, since);
            if !matches!(enrollment.state, State::Draft | State::Withdrawn) {
                prop_assert!(enrollment.submission.is_some(), "nothing is verified that nobody handed in");
            }
            if matches!(enrollment.state, State::Active | State::Suspended) {
                prop_assert!(picture.location.is_some() && enrollment.signed_version > 0, "in force only in full");
                prop_assert_eq!(picture.legal.vetted_revision, picture.legal.revision, "what is in force was vetted");
            }
            // A suspended one comes back as it is; what was published meanwhile may block it.
            if !matches!(before.1.state, State::Active | State::Suspended) && enrollment.state == State::Active {
                let lacking = requirements(&picture, &enrollment, at);
                let later = |lack: &Requirement| lack.blocks.is_empty() && [Code::AdminAgent, Code::Agreement].contains(&lack.code);
                prop_assert!(lacking.iter().all(later), "in force it lacks {:?}", lacking);
            }
            prop_assert!(picture.legal.pending.is_none() || enrollment.state.holds_profile(), "nobody waits for a change");
            let blocked = requirements(&picture, &enrollment, at).into_iter().flat_map(|lack| lack.blocks).collect::<BTreeSet<_>>();
            let may: BTreeSet<_> = capabilities(&picture, &enrollment, at).into_iter().collect();
            // By the facts, not by what is told: in force, and no version that it has not signed is past its day.
            let unsigned = |template: &&Template| template.kind == kind && template.version > enrollment.signed_version;
            let overdue = picture.templates.iter().filter(unsigned).any(|newer| newer.sign_by.is_some_and(|by| by <= at));
            let active = enrollment.state == State::Active;
            for capability in kind.capabilities() {
                prop_assert_eq!(may.contains(capability), active && !overdue, "{:?}", capability);
                prop_assert!(!active || blocked.contains(capability) == overdue, "{:?} is said to be blocked", capability);
            }
        }
    }

    #[test]
    fn r11_users_keep_their_laws(changes in prop::collection::vec((0usize..3, 0usize..3, change()), 1..40)) {
        let mut users = [user(1, &[Role::GlobalAdmin]), user(2, &[Role::UserAdmin]), user(3, &[Role::SalesAgent])];
        let mut at = now();
        for (by, whom, change) in changes {
            at += TimeDelta::hours(1);
            let by = if users[by].state == UserState::Active { users[by].roles.clone() } else { BTreeSet::new() };
            let others = users.iter().enumerate().any(|(other, user)| other != whom && user.governs());
            let before = users[whom].clone();
            let told = users[whom].update(change, &by, others, at);
            let after = &users[whom];
            if told.as_ref().map_or(true, Vec::is_empty) {
                prop_assert_eq!(after, &before, "a refusal changes nothing, and nor does nothing new");
            } else {
                prop_assert_eq!(after.updated, at);
            }
            let raised = i64::from(rights(after) != rights(&before));
            prop_assert_eq!(after.access_version, before.access_version + raised, "other rights, other tokens");
            if before.governs() != after.governs() {
                prop_assert!(by.contains(&Role::GlobalAdmin));
            }
            prop_assert!(users.iter().any(User::governs), "somebody governs");
        }
    }
}
