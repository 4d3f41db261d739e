//! The names that tables, messages and errors hold: each is written one way and read back.

use std::fmt::Write as _;

use super::application::{ApplicationRole, ApplicationState};
use super::enrollment::EnrollmentType;
use super::lifecycle::State;
use super::requirement::Code;
use super::samples::STATUSES;
use super::user::{Role, UserState};
use super::vetting::{CaseState, CheckKind, CheckStatus, Wait};

#[test]
fn every_name_is_written_down_here_and_read_back() {
    let mut names = String::new();
    let mut list = |of: &str, found: &[&str]| writeln!(names, "{of}: {}", found.join(" ")).unwrap();
    list("states", &State::ALL.map(State::as_str));
    list("types", &EnrollmentType::ALL.map(EnrollmentType::as_str));
    list("users", &UserState::ALL.map(UserState::as_str));
    list("roles", &Role::ALL.map(Role::as_str));
    list("applications", &ApplicationState::ALL.map(ApplicationState::as_str));
    list("their roles", &ApplicationRole::ALL.map(ApplicationRole::as_str));
    list("checks", &CheckKind::ALL.map(CheckKind::as_str));
    list("cases", &CaseState::ALL.map(CaseState::as_str));
    let codes =
        [Code::LegalProfile, Code::SupportProfile, Code::Email, Code::Domain, Code::Employment, Code::Authority];
    list("codes", &codes.map(Code::as_str));
    let codes = [Code::Business, Code::Location, Code::Agreement, Code::AdminAgent, Code::Submission, Code::Standing];
    list("more codes", &codes.map(Code::as_str));
    insta::assert_snapshot!(names, @r"
    states: DRAFT VERIFYING QUALIFIED ACTIVE SUSPENDED REJECTED WITHDRAWN ENDED
    types: INDIRECT_PROVIDER INDIRECT_RESELLER DIRECT_BILL
    users: ACTIVE DISABLED
    roles: GLOBAL_ADMIN ADMIN_AGENT SALES_AGENT HELPDESK_AGENT USER_ADMIN BILLING_ADMIN REVIEWER OPERATOR
    applications: ACTIVE DISABLED
    their roles: ORDER_CHECK ACCESS_CHECK PARTNER_READ EVENT_READ
    checks: EMAIL DOMAIN EMPLOYMENT AUTHORITY BUSINESS
    cases: AWAITING_EMAIL QUEUED IN_REVIEW ACTION_REQUIRED APPROVED REJECTED EXPIRED WITHDRAWN
    codes: LEGAL_PROFILE SUPPORT_PROFILE EMAIL DOMAIN EMPLOYMENT AUTHORITY
    more codes: BUSINESS LOCATION AGREEMENT ADMIN_AGENT SUBMISSION STANDING
    ");

    assert!(State::ALL.into_iter().all(|one| State::parse(one.as_str()) == Some(one)));
    assert!(EnrollmentType::ALL.into_iter().all(|one| EnrollmentType::parse(one.as_str()) == Some(one)));
    assert!(UserState::ALL.into_iter().all(|one| UserState::parse(one.as_str()) == Some(one)));
    assert!(Role::ALL.into_iter().all(|one| Role::parse(one.as_str()) == Some(one)));
    assert!(ApplicationState::ALL.into_iter().all(|one| ApplicationState::parse(one.as_str()) == Some(one)));
    assert!(ApplicationRole::ALL.into_iter().all(|one| ApplicationRole::parse(one.as_str()) == Some(one)));
    assert!(CheckKind::ALL.into_iter().all(|one| CheckKind::parse(one.as_str()) == Some(one)));
    assert!(CaseState::ALL.into_iter().all(|one| CaseState::parse(one.as_str()) == Some(one)));
    let statuses = ["PENDING", "PASSED", "FAILED", "WAIVED"];
    assert_eq!(statuses.map(CheckStatus::parse), STATUSES.map(Some));
    for unknown in ["", "draft", "XYZZY"] {
        assert_eq!(State::parse(unknown).map(State::as_str), None);
        assert_eq!(EnrollmentType::parse(unknown), None);
        assert_eq!(UserState::parse(unknown), None);
        assert_eq!(Role::parse(unknown), None);
        assert_eq!(ApplicationState::parse(unknown), None);
        assert_eq!(ApplicationRole::parse(unknown), None);
        assert_eq!(CheckKind::parse(unknown), None);
        assert_eq!(CheckStatus::parse(unknown), None);
        assert_eq!(CaseState::parse(unknown), None);
    }
}

#[test]
fn what_a_check_waits_for_is_read_as_verification_names_it() {
    for (name, wait) in [
        ("CONTACT", Wait::Contact),
        ("APPROVER", Wait::Approver),
        ("ANSWER", Wait::Answer),
        ("RESEND", Wait::Resend),
        ("PERSON", Wait::Person),
        ("EVIDENCE", Wait::Evidence),
        ("REVIEWER", Wait::Reviewer),
        ("OPERATOR", Wait::Operator),
    ] {
        assert_eq!(Wait::parse(name), Some(wait));
    }
    assert_eq!(["", "contact", "XYZZY"].map(Wait::parse), [None; 3]);
}

#[test]
fn what_a_name_stands_for() {
    let of = |states: &[State]| states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(" ");
    let which =
        |holds: fn(State) -> bool| of(&State::ALL.into_iter().filter(|state| holds(*state)).collect::<Vec<_>>());
    assert_eq!(which(State::is_live), "DRAFT VERIFYING QUALIFIED ACTIVE SUSPENDED REJECTED");
    assert_eq!(which(State::holds_profile), "VERIFYING QUALIFIED ACTIVE SUSPENDED REJECTED");
    assert_eq!(
        Role::ALL.into_iter().filter(|role| role.is_operators()).collect::<Vec<_>>(),
        [Role::Reviewer, Role::Operator]
    );
}
