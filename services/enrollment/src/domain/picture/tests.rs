use super::*;
use crate::domain::enrollment::EnrollmentType;
use crate::domain::samples::{case, enrollment, now, picture};
use crate::domain::vetting::{CaseState, CheckStatus};

fn in_state(state: State) -> Enrollment {
    enrollment(EnrollmentType::IndirectReseller, state)
}

#[test]
fn r07_administrators_are_told_where_business_or_verification_stops() {
    for from in State::ALL {
        let is_told = |to: &State| {
            let notices = picture().moved(from, &in_state(*to), now()).notices;
            notices.iter().any(|notice| notice.address == "user10@nordwind.example")
        };
        let told: Vec<_> = State::ALL.into_iter().filter(is_told).map(State::as_str).collect();
        let expected =
            if from == State::Verifying { "DRAFT SUSPENDED REJECTED ENDED" } else { "SUSPENDED REJECTED ENDED" };
        assert_eq!(told.join(" "), expected, "from {from:?}");
    }
}

#[test]
fn r07_who_is_told_learns_why_verification_decided_so() {
    let rejected = case(CaseState::Rejected, CheckStatus::Passed);
    let causes = |case: Option<&Vetting>| {
        let told = |to| picture().told(State::Verifying, &in_state(to), case, now()).notices.remove(0).cause;
        State::ALL.map(told).join(",")
    };
    assert_eq!(causes(None), ",,,,,,,");
    assert_eq!(causes(Some(&rejected)), "EXPIRED,,,,,NOT_SHOWN,,NOT_SHOWN");
}

#[test]
fn r07_a_contact_who_said_no_is_told_of_no_later_case_about_the_same_profile() {
    let mut picture = picture();
    let told = |picture: &Picture, case: Option<&Vetting>| {
        let notices = picture.told(State::Verifying, &in_state(State::Draft), case, now()).notices;
        notices.iter().any(|notice| notice.address == "ada@nordwind.example")
    };
    let later = case(CaseState::Expired, CheckStatus::Pending);
    picture.vettings = vec![case(CaseState::Rejected, CheckStatus::Failed), later.clone()];
    assert!(!told(&picture, None) && !told(&picture, Some(&later)));
    picture.legal.revision += 1;
    assert!(told(&picture, None), "a profile that was changed may name another");
}
