//! What applicant and operator do later: state by state, with what is told and what may be done next.

use std::fmt::Write as _;

use super::{Act, KIND, grid, in_state, located, name, told, vetted};
use crate::domain::change::Pending;
use crate::domain::enrollment::{Enrollment, EnrollmentType};
use crate::domain::life::{Measure, Why};
use crate::domain::lifecycle::State;
use crate::domain::picture::Picture;
use crate::domain::samples::{case, day, id, legal, now, picture, template, user};
use crate::domain::user::Role;
use crate::domain::vetting::{CaseState, CheckStatus, Vetting, Wait};
use crate::domain::{Event, Refusal};

fn why() -> Why {
    Why { code: "OVERDUE".to_owned(), text: "the invoice of May".to_owned() }
}

/// Active partners may suspend without anybody else's doing; a second administrator is told too.
fn governed() -> Picture {
    let mut picture = located();
    picture.users.push(user(12, &[Role::GlobalAdmin]));
    picture
}

#[test]
fn r18_withdraw_and_reopen_by_state() {
    let pictures = [("withdraw", located())];
    let withdraw: Act = |picture, enrollment| picture.withdraw(enrollment, &[], now());
    let reopened = [("reopen", located())];
    let reopen: Act = |picture, enrollment| picture.reopen(enrollment, &[], now());
    insta::assert_snapshot!("withdraw", grid(&pictures, &State::ALL, withdraw) + &grid(&reopened, &State::ALL, reopen));

    let twin = |kind, state| Enrollment { id: id(3), ..crate::domain::samples::enrollment(kind, state) };
    for state in State::ALL {
        let mut withdrawn = in_state(State::Withdrawn);
        let told = picture().reopen(&mut withdrawn, &[twin(KIND, state)], now());
        assert_eq!(told.is_err(), state.is_live(), "{state:?}");
        if let Err(refusal) = told {
            assert_eq!((refusal, withdrawn), (Refusal::EnrollmentExists, in_state(State::Withdrawn)));
        }
        let other = [twin(EnrollmentType::DirectBill, state)];
        assert!(
            picture().reopen(&mut in_state(State::Withdrawn), &other, now()).is_ok(),
            "another type is no obstacle"
        );
    }
}

#[test]
fn r18_measures_by_state() {
    let mut all = String::new();
    for measure in [Measure::Suspend, Measure::Resume, Measure::End] {
        writeln!(all, "{measure:?}").unwrap();
        for state in State::ALL {
            let mut enrollment = in_state(state);
            let told = told(governed().take_measure(measure, &mut enrollment, &[], &why(), now()));
            writeln!(all, "  {:<10} {told}", state.as_str()).unwrap();
            let acted = enrollment != in_state(state);
            let text = if acted { Some("the invoice of May") } else { None };
            assert_eq!(enrollment.reason_text.as_deref(), text);
        }
    }
    insta::assert_snapshot!("measures", all);
}

#[test]
fn r07_a_suspension_is_told_to_the_contact_and_every_global_administrator_once() {
    let mut suspended = in_state(State::Active);
    let mut picture = governed();
    picture.users[0].email = legal().primary_contact.email;
    let events = picture.take_measure(Measure::Suspend, &mut suspended, &[], &why(), now()).unwrap();
    let Event::EnrollmentSuspended(moved) = &events[0] else { panic!("{}", name(&events[0])) };
    let told: Vec<_> = moved.notices.iter().map(|notice| (notice.address.as_str(), notice.language.as_str())).collect();
    assert_eq!(told, [("ada@nordwind.example", "sv"), ("user12@nordwind.example", "en")]);
    assert!(moved.notices.iter().all(|notice| notice.reason == "the invoice of May"));
    let resumed = picture.take_measure(Measure::Resume, &mut suspended, &[], &why(), now()).unwrap();
    let Event::EnrollmentResumed(moved) = &resumed[0] else { panic!("{}", name(&resumed[0])) };
    assert_eq!(moved.notices.len(), 1);
}

#[test]
fn r23_a_case_whose_appeal_is_spent_ends_the_enrollment() {
    let spent = Vetting { appeal_spent: true, ..case(CaseState::Rejected, CheckStatus::Failed) };
    for (state, ends) in
        [(State::Verifying, true), (State::Rejected, true), (State::Active, false), (State::Draft, false)]
    {
        let mut enrollment = in_state(state);
        let events = picture().conclude(&spent, None, std::slice::from_mut(&mut enrollment), now()).unwrap();
        assert_eq!(events.len(), usize::from(ends), "{state:?}: one step, and one mail");
        assert_eq!(enrollment.state, if ends { State::Ended } else { state });
        assert_eq!(enrollment.reason_text.as_deref(), ends.then_some("No extract."));
    }
}

#[test]
fn r07_a_rejection_is_told_with_its_reason_to_who_can_appeal_and_to_nobody_who_denied() {
    let told = |case: &Vetting| {
        let (mut picture, mut enrollment) = (governed(), in_state(State::Verifying));
        let events = picture.conclude(case, None, std::slice::from_mut(&mut enrollment), now()).unwrap();
        let (Event::EnrollmentRejected(moved) | Event::EnrollmentEnded(moved)) = &events[0] else {
            panic!("{}", name(&events[0]))
        };
        moved.notices.clone()
    };
    let rejected = case(CaseState::Rejected, CheckStatus::Passed);
    let notices = told(&rejected);
    let to: Vec<_> = notices.iter().map(|notice| notice.address.as_str()).collect();
    assert_eq!(to, ["ada@nordwind.example", "user10@nordwind.example", "user12@nordwind.example"]);
    for notice in &notices {
        assert_eq!((notice.cause.as_str(), notice.reason.as_str()), ("NOT_SHOWN", "No extract."));
        assert_eq!(notice.appeal_by, Some(day(30)));
    }
    let reason = Some("NOT_US".to_owned());
    let denied = Vetting {
        reason,
        explanation: None,
        appeal_by: None,
        appeal_spent: true,
        ..case(CaseState::Rejected, CheckStatus::Failed)
    };
    let notices = told(&denied);
    let to: Vec<_> = notices.iter().map(|notice| notice.address.as_str()).collect();
    assert_eq!(to, ["user10@nordwind.example", "user12@nordwind.example"], "the contact knows, and wants no more mail");
    assert!(notices.iter().all(|notice| notice.cause == "NOT_US" && notice.appeal_by.is_none()));
}

#[test]
fn r18_who_gives_up_what_was_rejected_waits_for_no_appeal() {
    let (mut rejected, mut ended) = (in_state(State::Rejected), in_state(State::Rejected));
    let withdrawn = picture().withdraw(&mut rejected, &[], now()).unwrap();
    let over = picture().take_measure(Measure::End, &mut ended, &[], &why(), now()).unwrap();
    let (Event::EnrollmentWithdrawn(withdrawn), Event::EnrollmentEnded(over)) = (&withdrawn[0], &over[0]) else {
        panic!()
    };
    assert!(withdrawn.stops_waiting() && over.stops_waiting());
    assert!(!rejected.state.holds_profile() && !ended.state.holds_profile());
}

#[test]
fn r18_what_a_measure_hits_is_told_to_who_asks_before() {
    let mut all = String::new();
    for (measure, state) in
        [(Measure::Suspend, State::Active), (Measure::Resume, State::Suspended), (Measure::End, State::Active)]
    {
        let mut picture = governed();
        let pending = Pending { profile: legal(), waiter: id(2), asked: Vec::new(), since: now() };
        picture.legal.pending = Some(Box::new(pending));
        let events = picture.take_measure(measure, &mut in_state(state), &[], &why(), now()).unwrap();
        writeln!(all, "{measure:?}").unwrap();
        for said in events.iter().filter_map(Event::consequence) {
            writeln!(all, "  {said}").unwrap();
        }
    }
    insta::assert_snapshot!(all, @r"
    Suspend
      New invitations, acceptances and orders by this enrollment are refused until it is resumed; nothing else ends. The contact and the global administrators are told why.
    Resume
    End
      The enrollment ends for good: new invitations, acceptances and orders by it are refused; partnerships stay until a party ends them. The contact and the global administrators are told why.
      The change of the legal profile that is being verified is given up.
    ");
}

/// What can be done in each state, whoever may do it.
#[test]
fn r08_what_can_be_done_next_by_state() {
    let mut incomplete = picture();
    incomplete.support.phone = String::new();
    let signed =
        Picture { templates: vec![template(KIND, 1, -30, None)], ..vetted(CaseState::Approved, CheckStatus::Passed) };
    let mut held = vetted(CaseState::AwaitingEmail, CheckStatus::Pending);
    held.vettings[0].checks[0].waits_for = Some(Wait::Resend);
    let mut late = vetted(CaseState::Rejected, CheckStatus::Failed);
    late.vettings[0].appeal_by = Some(day(0));
    let mut all = String::new();
    for (title, picture, version) in [
        ("incomplete", incomplete, 0),
        ("whole", picture(), 0),
        ("located", located(), 0),
        ("signed", Picture { location: located().location, ..signed }, 1),
        ("the reviewer asks", vetted(CaseState::ActionRequired, CheckStatus::Pending), 0),
        ("a mail is held back", held, 0),
        ("rejected", vetted(CaseState::Rejected, CheckStatus::Failed), 0),
        ("rejected long ago", late, 0),
    ] {
        writeln!(all, "{title}").unwrap();
        for state in State::ALL {
            let enrollment = Enrollment { signed_version: version, ..in_state(state) };
            let actions: Vec<_> =
                picture.actions(&enrollment, day(0)).into_iter().map(|action| format!("{action:?}")).collect();
            writeln!(all, "  {:<10} {}", state.as_str(), actions.join(" ")).unwrap();
        }
    }
    insta::assert_snapshot!("actions", all);
}
