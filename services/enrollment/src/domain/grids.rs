//! State x command for an enrollment with all that it depends on: the snapshots are its documentation.

mod life;

use std::fmt::Write as _;
use std::slice;

use super::enrollment::{Enrollment, EnrollmentType, Submission};
use super::event::Moved;
use super::lifecycle::State;
use super::picture::Picture;
use super::requirement::{Requirement, capabilities, requirements};
use super::samples::{applicant, case, day, enrollment, id, location, now, picture, template};
use super::user::{Role, UserState};
use super::vetting::{CaseState, CheckStatus, Wait};
use super::{Event, Refusal};

const KIND: EnrollmentType = EnrollmentType::IndirectReseller;

/// Handed in two days ago, unless it is a draft.
fn in_state(state: State) -> Enrollment {
    let submission = (state != State::Draft).then(|| Submission { by: id(10), at: day(-2) });
    Enrollment { submission, reason: Some("OLD".to_owned()), since: day(-1), ..enrollment(KIND, state) }
}

fn located() -> Picture {
    Picture { location: Some(location()), ..picture() }
}

fn vetted(state: CaseState, status: CheckStatus) -> Picture {
    Picture { vettings: vec![case(state, status)], ..picture() }
}

fn name(event: &Event) -> String {
    let moved = |of: &str, moved: &Moved| {
        let next: Vec<_> =
            moved.notices.iter().take(1).flat_map(|notice| &notice.next_step).map(|code| code.as_str()).collect();
        format!("{of} {:?} -> {:?}, next {}", moved.from, moved.standing.state, next.join("+"))
    };
    match event {
        Event::EnrollmentSubmitted(it, None) => moved("Submitted, nothing to check,", it),
        Event::EnrollmentSubmitted(it, Some(case)) => moved(&format!("Submitted {:?}", case.checks), it),
        Event::EnrollmentQualified(it) => moved("Qualified", it),
        Event::EnrollmentRejected(it) => {
            moved(&format!("Rejected for {:?}, {} told,", it.reason, it.notices.len()), it)
        }
        Event::EnrollmentReturned(it) => moved(&format!("Returned, {} told,", it.notices.len()), it),
        Event::EnrollmentReconsidered(it) => moved("Reconsidered", it),
        Event::EnrollmentActivated(it) => moved("Activated", it),
        Event::EnrollmentWithdrawn(it) if it.stops_waiting() => moved("Withdrawn, waits no more,", it),
        Event::EnrollmentWithdrawn(it) => moved("Withdrawn", it),
        Event::EnrollmentReopened(it) => moved("Reopened", it),
        Event::EnrollmentSuspended(it) => moved(&format!("Suspended, {} told,", it.notices.len()), it),
        Event::EnrollmentResumed(it) => moved(&format!("Resumed, {} told,", it.notices.len()), it),
        Event::EnrollmentEnded(it) => moved(&format!("Ended for {:?}, {} told,", it.reason, it.notices.len()), it),
        Event::LegalProfileChangeDropped { reason, waiter, .. } => {
            format!("LegalProfileChangeDropped for {reason}, close {}", waiter.is_some())
        }
        Event::UserUpdated(facts, changed) => format!("UserUpdated {changed:?} {:?}", facts.roles),
        Event::OrganizationUpdated(facts, changed) => {
            format!("OrganizationUpdated {changed:?} {} {:?}", facts.organization.mail.address, facts.proven_domains)
        }
        Event::AgreementSigned(standing) => format!("AgreementSigned {}", standing.signed_version),
        other => format!("{other:?}"),
    }
}

fn told(result: Result<Vec<Event>, Refusal>) -> String {
    match result {
        Ok(events) if events.is_empty() => "-".to_owned(),
        Ok(events) => events.iter().map(name).collect::<Vec<_>>().join("\n             "),
        Err(Refusal::State { allowed, .. }) => format!("no: only {allowed:?}"),
        Err(Refusal::Outstanding(missing)) => {
            format!("no: {}", missing.into_iter().map(|missing| missing.field).collect::<Vec<_>>().join(", "))
        }
        Err(refusal) => format!("no: {refusal:?}"),
    }
}

type Act = fn(&mut Picture, &mut Enrollment) -> Result<Vec<Event>, Refusal>;

fn grid(pictures: &[(&str, Picture)], states: &[State], act: Act) -> String {
    let mut grid = String::new();
    for (title, picture) in pictures {
        writeln!(grid, "{title}").unwrap();
        for &state in states {
            let (mut picture, mut enrollment) = (picture.clone(), in_state(state));
            let told = told(act(&mut picture, &mut enrollment));
            writeln!(grid, "  {:<10} {told}", state.as_str()).unwrap();
        }
    }
    grid
}

#[test]
fn r07_submit_by_what_is_known_and_state() {
    let mut incomplete = picture();
    incomplete.legal.language = String::new();
    incomplete.support.phone = String::new();
    let mut waived = vetted(CaseState::Approved, CheckStatus::Passed);
    waived.vettings[0].checks[1].status = CheckStatus::Failed;
    let mut older = vetted(CaseState::Approved, CheckStatus::Passed);
    older.vettings[0].revision = 0;
    let mut agent = Picture { location: Some(location()), ..vetted(CaseState::Approved, CheckStatus::Passed) };
    agent.users[0].roles.insert(Role::AdminAgent);
    agent.templates = vec![template(KIND, 1, -30, None)];
    let pictures = [
        ("nothing verified", picture()),
        ("incomplete", incomplete),
        ("all but one settled", waived),
        ("all settled, undecided", vetted(CaseState::InReview, CheckStatus::Passed)),
        ("all settled", vetted(CaseState::Approved, CheckStatus::Passed)),
        ("all settled for an older revision", older),
        ("all settled, located, with an admin agent", agent),
    ];
    let submit: Act = |picture, enrollment| picture.submit(enrollment, &applicant(), false, now());
    let drafts = grid(&pictures[1..], &[State::Draft], submit);
    insta::assert_snapshot!("submit", grid(&pictures[..1], &State::ALL, submit) + &drafts);
}

#[test]
fn r02_a_type_that_needs_leave_is_handed_in_with_it() {
    let submit = |kind, preapproved| {
        let mut draft = enrollment(kind, State::Draft);
        picture().submit(&mut draft, &applicant(), preapproved, now()).map(|events| events.len())
    };
    assert_eq!(submit(EnrollmentType::IndirectProvider, false), Err(Refusal::PreapprovalRequired));
    assert_eq!(submit(EnrollmentType::DirectBill, false), Err(Refusal::PreapprovalRequired));
    assert!(submit(EnrollmentType::IndirectProvider, true).is_ok() && submit(KIND, false).is_ok());
}

#[test]
fn r07_a_case_by_its_state_and_the_enrollments() {
    let mut grid = String::new();
    for heard in CaseState::ALL {
        writeln!(grid, "{}", heard.as_str()).unwrap();
        for state in State::ALL {
            let (mut picture, mut enrollment) = (located(), in_state(state));
            let case = case(heard, CheckStatus::Passed);
            let told = told(picture.conclude(&case, None, slice::from_mut(&mut enrollment), now()));
            writeln!(grid, "  {:<10} {told}", state.as_str()).unwrap();
            assert_eq!(picture.legal.vetted_revision, i64::from(heard == CaseState::Approved));
        }
    }
    insta::assert_snapshot!("case", grid);
}

#[test]
fn r10_a_case_speaks_for_its_own_revision_alone() {
    let mut approved = case(CaseState::Approved, CheckStatus::Passed);
    let mut waiting = in_state(State::Verifying);
    assert_eq!(picture().shown_domain(&approved).as_deref(), Some("nordwind.example"));
    let mut waived = case(CaseState::Approved, CheckStatus::Passed);
    waived.checks[1].status = CheckStatus::Waived;
    assert_eq!(picture().shown_domain(&waived), None, "waived is not shown");
    assert_eq!(picture().shown_domain(&case(CaseState::InReview, CheckStatus::Passed)), None);
    approved.revision = 2;
    let (mut after, before) = (picture(), picture());
    assert_eq!(after.shown_domain(&approved), None);
    let proven = Some(vec!["nordwind.example".to_owned()]);
    assert_eq!(told(after.conclude(&approved, proven.clone(), slice::from_mut(&mut waiting), now())), "-");
    assert_eq!((after, &waiting), (before, &in_state(State::Verifying)));

    let (mut proving, approved) = (picture(), case(CaseState::Approved, CheckStatus::Passed));
    let events = proving.conclude(&approved, proven, slice::from_mut(&mut waiting), now()).unwrap();
    assert_eq!(
        name(&events[0]),
        "OrganizationUpdated [\"proven_domains\"] cia@nordwind.example [\"nordwind.example\"]"
    );
    assert!(proving.users[0].roles.contains(&Role::AdminAgent), "who submitted becomes admin agent");
    assert!(!proving.users[1].roles.contains(&Role::AdminAgent), "nobody else does");
}

#[test]
fn r12_sign_by_what_is_known_and_state() {
    let due = Picture { templates: vec![template(KIND, 1, -30, None), template(KIND, 2, -5, Some(5))], ..located() };
    let future = Picture { templates: vec![template(KIND, 1, 1, None)], ..located() };
    let pictures = [("without location", picture()), ("in force", located()), ("superseded", due), ("future", future)];
    let sign: Act = |picture, enrollment| {
        let template = picture.templates.iter().find(|template| template.kind == KIND).cloned().unwrap();
        picture.sign(enrollment, &template, "hash of 1", now())
    };
    insta::assert_snapshot!("sign", grid(&pictures, &State::ALL, sign));
}

/// What each check waits for, as verification tells, while it is due and after.
#[test]
fn r08_who_must_act_is_who_verification_waits_for() {
    let waits = [
        Wait::Contact,
        Wait::Approver,
        Wait::Answer,
        Wait::Resend,
        Wait::Person,
        Wait::Evidence,
        Wait::Reviewer,
        Wait::Operator,
    ];
    let (verifying, mut grid) = (in_state(State::Verifying), String::new());
    for wait in waits {
        writeln!(grid, "{wait:?}").unwrap();
        let mut picture = vetted(CaseState::InReview, CheckStatus::Pending);
        picture.vettings[0].checks.iter_mut().for_each(|check| check.waits_for = Some(wait));
        let later = requirements(&picture, &verifying, day(6));
        for (lack, later) in requirements(&picture, &verifying, now()).into_iter().zip(later).take(5) {
            let method = lack.method.rsplit('/').next().unwrap_or_default();
            let due = |lack: &Requirement| lack.due.map(|due| (due - now()).num_days());
            let then = if (later.actor, later.due) == (lack.actor, lack.due) {
                String::new()
            } else {
                format!("; later {:?}, due {:?}", later.actor, due(&later))
            };
            let (code, actor) = (lack.code.as_str(), lack.actor);
            writeln!(grid, "  {code}: {}; {actor:?} by {method}, due {:?}{then}", lack.description, due(&lack))
                .unwrap();
        }
    }
    insta::assert_snapshot!("waits", grid);
}

/// Everything that is told of what is missing, for every state.
#[test]
fn r08_requirements_by_what_is_known_and_state() {
    let mut empty = Picture { templates: Vec::new(), ..picture() };
    empty.legal = super::profile::LegalProfile { revision: 1, ..super::profile::LegalProfile::empty(now()) };
    empty.support.email = String::new();
    let mut half = vetted(CaseState::InReview, CheckStatus::Passed);
    let domain = &mut half.vettings[0].checks[1];
    (domain.status, domain.since, domain.due) = (CheckStatus::Pending, Some(day(-4)), Some(day(6)));
    let mut newer = case(CaseState::InReview, CheckStatus::Pending);
    newer.revision = 2;
    half.vettings.push(newer);
    let rejected = vetted(CaseState::Rejected, CheckStatus::Failed);
    let mut agent = located();
    agent.users[0].roles.insert(Role::AdminAgent);
    let mut away = agent.clone();
    away.users[0].state = UserState::Disabled;
    let mut grid = String::new();
    let pictures = [
        ("nothing given", empty),
        ("given", picture()),
        ("half verified", half),
        ("rejected", rejected),
        ("agent", agent),
        ("away", away),
    ];
    for (title, picture) in pictures {
        writeln!(grid, "{title}").unwrap();
        for state in State::ALL {
            let enrollment = in_state(state);
            writeln!(grid, "  {} may {:?}", state.as_str(), capabilities(&picture, &enrollment, now())).unwrap();
            for lack in requirements(&picture, &enrollment, now()) {
                let (since, due) = ((lack.since - now()).num_days(), lack.due.map(|due| (due - now()).num_days()));
                let method = lack.method.rsplit('/').next().unwrap_or_default();
                let by = format!("{:?} by {method}, since {since}, due {due:?}", lack.actor);
                writeln!(grid, "    {}: {}; {by}, blocks {:?}", lack.code.as_str(), lack.description, lack.blocks)
                    .unwrap();
            }
        }
    }
    insta::assert_snapshot!("requirements", grid);
}

#[test]
fn r13_capabilities_by_agreement() {
    let versions = vec![template(KIND, 1, -30, None), template(KIND, 2, -20, Some(5)), template(KIND, 3, -3, Some(9))];
    let picture = Picture { templates: versions, ..located() };
    let mut grid = String::new();
    for signed in 0..=3 {
        for later in [0, 5, 9] {
            let enrollment = Enrollment { signed_version: signed, ..in_state(State::Active) };
            let may = capabilities(&picture, &enrollment, day(later));
            let stands = picture.agreement(&enrollment, day(later));
            writeln!(grid, "{signed} signed, {later} days later: {stands:?}, may {may:?}").unwrap();
        }
    }
    for kind in EnrollmentType::ALL {
        writeln!(grid, "{} may {:?}", kind.as_str(), kind.capabilities()).unwrap();
    }
    insta::assert_snapshot!("agreement", grid);
}

#[test]
fn what_follows_is_told_to_who_asks_before() {
    let settled = Picture { location: Some(location()), ..vetted(CaseState::Approved, CheckStatus::Passed) };
    let mut told = String::new();
    for (mut picture, signed) in [(picture(), 0), (settled, 1)] {
        let mut draft = Enrollment { signed_version: signed, ..in_state(State::Draft) };
        let events = picture.submit(&mut draft, &applicant(), false, now()).unwrap();
        let said: Vec<_> = events.iter().map(|event| event.consequence().unwrap()).collect();
        writeln!(told, "{}", said.join("\n")).unwrap();
    }
    insta::assert_snapshot!(told, @r"
    Verification begins with the checks EMAIL, DOMAIN, EMPLOYMENT, AUTHORITY, BUSINESS; the primary contact gets a mail.
    Mail to the organization goes to the primary contact from now on.
    Nothing is verified again: all checks are settled for this legal profile.
    The enrollment is qualified at once.
    The enrollment comes into force.
    The submitter also becomes admin agent.
    Mail to the organization goes to the primary contact from now on.
    ");
    let mut signing = in_state(State::Qualified);
    let template = picture().templates.into_iter().find(|template| template.kind == KIND).unwrap();
    let signed = located().sign(&mut signing, &template, "hash of 1", now()).unwrap();
    assert_eq!(signed[0].consequence(), None);
}
