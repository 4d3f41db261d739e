//! What applicant and operator do later: state by state, with what is told and what may be done next.

use std::fmt::Write as _;

use super::{Act, KIND, grid, in_state, located, name, told, vetted};
use crate::domain::Refusal;
use crate::domain::enrollment::{Enrollment, EnrollmentType};
use crate::domain::life::{Measure, Why};
use crate::domain::lifecycle::State;
use crate::domain::picture::Picture;
use crate::domain::samples::{case, day, id, legal, now, picture, template, user};
use crate::domain::user::Role;
use crate::domain::vetting::{CaseState, CheckStatus, Vetting};

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
    let super::Event::EnrollmentSuspended(moved) = &events[0] else { panic!("{}", name(&events[0])) };
    let told: Vec<_> = moved.notices.iter().map(|notice| (notice.address.as_str(), notice.language.as_str())).collect();
    assert_eq!(told, [("ada@nordwind.example", "sv"), ("user12@nordwind.example", "en")]);
    assert!(moved.notices.iter().all(|notice| notice.reason == "the invoice of May"));
    let resumed = picture.take_measure(Measure::Resume, &mut suspended, &[], &why(), now()).unwrap();
    let super::Event::EnrollmentResumed(moved) = &resumed[0] else { panic!("{}", name(&resumed[0])) };
    assert_eq!(moved.notices.len(), 1);
}

#[test]
fn r23_a_case_whose_appeal_is_spent_ends_the_enrollment() {
    let spent = Vetting { appeal_spent: true, ..case(CaseState::Rejected, CheckStatus::Failed) };
    for (state, steps) in [(State::Verifying, 2), (State::Rejected, 1), (State::Active, 0), (State::Draft, 0)] {
        let mut enrollment = in_state(state);
        let events = picture().conclude(&spent, None, std::slice::from_mut(&mut enrollment), now()).unwrap();
        assert_eq!(events.len(), steps, "{state:?}");
        assert_eq!(enrollment.state, if steps > 0 { State::Ended } else { state });
    }
}

/// What can be done in each state, whoever may do it.
#[test]
fn r08_what_can_be_done_next_by_state() {
    let mut incomplete = picture();
    incomplete.support.phone = String::new();
    let signed =
        Picture { templates: vec![template(KIND, 1, -30, None)], ..vetted(CaseState::Approved, CheckStatus::Passed) };
    let mut all = String::new();
    for (title, picture, version) in [
        ("incomplete", incomplete, 0),
        ("whole", picture(), 0),
        ("located", located(), 0),
        ("signed", Picture { location: located().location, ..signed }, 1),
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
