//! What is offered to whom, case by case.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;
use crate::domain::samples::{DEADLINES, case, elsewhere, now, reviewer, verification};
use crate::domain::{Fate, Verdict};

/// The reviewer who works on every case here.
const RITA: u128 = 10;

fn queued() -> VettingCase {
    let mut case = case();
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    case
}

fn claimed(mut case: VettingCase, by: u128) -> VettingCase {
    case.claim(reviewer(by), &elsewhere(), now(), &DEADLINES).unwrap();
    case
}

fn settled() -> VettingCase {
    let mut case = claimed(queued(), RITA);
    for kind in case.checks.outstanding() {
        case.decide(reviewer(RITA), kind, Verdict::Passed, now()).unwrap();
    }
    case
}

fn approved() -> VettingCase {
    let mut case = settled();
    case.approve(reviewer(RITA), now()).unwrap();
    case
}

fn asked() -> VettingCase {
    let mut case = claimed(queued(), RITA);
    case.ask(reviewer(RITA), &[("address".to_owned(), "Which?".to_owned())], now(), &DEADLINES).unwrap();
    case
}

fn rejected() -> VettingCase {
    let mut case = claimed(queued(), RITA);
    case.reject(reviewer(RITA), "NOT_SHOWN".to_owned(), "No extract.".to_owned(), now(), &DEADLINES).unwrap();
    case
}

fn appealed() -> VettingCase {
    let mut case = rejected();
    case.appeal("It is here now.".to_owned(), now(), &DEADLINES).unwrap();
    case
}

fn noted(fate: Fate) -> VettingCase {
    let mut case = case();
    case.note_mail(&verification(), fate, now()).unwrap();
    case
}

fn methods(actions: impl IntoIterator<Item = Action>) -> String {
    let methods = actions.into_iter().map(|action| action.method().rsplit('/').next().unwrap());
    Some(methods.collect::<Vec<_>>().join(" ")).filter(|methods| !methods.is_empty()).unwrap_or("-".to_owned())
}

/// Cases of every kind, and when each is looked at.
fn cases() -> Vec<(&'static str, VettingCase, DateTime<Utc>)> {
    let at = now();
    vec![
        ("opened", case(), at),
        ("the contact's mail is held back", noted(Fate::Withheld), at),
        ("the contact's mail bounced", noted(Fate::Bounced), at),
        ("queued", queued(), at),
        ("claimed by Rita", claimed(queued(), RITA), at),
        ("settled", settled(), at),
        ("claimed by Rita too long ago", settled(), at + DEADLINES.claim),
        ("asked", asked(), at),
        ("asked, and never answered", asked(), at + DEADLINES.answer),
        ("approved", approved(), at),
        ("rejected", rejected(), at),
        ("rejected, and no appeal made", rejected(), at + DEADLINES.appeal),
        ("appealed against Rita", appealed(), at),
        ("appealed, and claimed by another", claimed(appealed(), 11), at),
    ]
}

/// Rita, another reviewer, and one who reads mail at the company.
fn reviewers(case: &VettingCase) -> [(&'static str, Reviewer, Email); 3] {
    [
        ("Rita", reviewer(RITA), elsewhere()),
        ("another", reviewer(11), elsewhere()),
        ("own", reviewer(12), case.subject.contact.email.clone()),
    ]
}

#[test]
fn r23_what_the_applicant_and_each_reviewer_can_do() {
    let mut told = String::new();
    for (what, case, at) in cases() {
        let applicant = case.actions(None, at);
        writeln!(told, "{what}: {}", methods(applicant.iter().copied())).unwrap();
        for (who, reviewer, address) in reviewers(&case) {
            let mut more = case.actions(Some((reviewer, &address)), at);
            more.retain(|action| !applicant.contains(action));
            writeln!(told, "  {who:<8} {}", methods(more)).unwrap();
        }
    }
    insta::assert_snapshot!("actions", told);
}

/// Whether the case lets it be done.
fn is_allowed(mut case: VettingCase, action: Action, by: Reviewer, address: &Email, at: DateTime<Utc>) -> bool {
    let text = || "NOT_SHOWN".to_owned();
    match action {
        Action::SubmitInformation => {
            let answers = case.open_questions().into_iter().map(|number| (number, text())).collect();
            case.submit(&answers, at, &DEADLINES).is_ok()
        }
        Action::UploadEvidence => case.next_evidence(0, at).is_ok(),
        // When its next mail may go is the verification's own to say.
        Action::Resend => case.asks().is_some(),
        Action::Appeal => case.appeal(text(), at, &DEADLINES).is_ok(),
        Action::Claim => case.claim(by, address, at, &DEADLINES).is_ok(),
        Action::Decide => case.decide(by, CheckKind::Business, Verdict::Passed, at).is_ok(),
        Action::Ask => case.ask(by, &[("address".to_owned(), text())], at, &DEADLINES).is_ok(),
        Action::Approve => case.approve(by, at).is_ok(),
        Action::Reject => case.reject(by, text(), text(), at, &DEADLINES).is_ok(),
        Action::Release => case.release(by, at).is_ok(),
    }
}

#[test]
fn r23_what_a_case_offers_it_does_not_refuse() {
    for (what, case, at) in cases() {
        for (who, reviewer, address) in reviewers(&case) {
            for action in case.actions(Some((reviewer, &address)), at) {
                assert!(is_allowed(case.clone(), action, reviewer, &address, at), "{what}, {who}: {action:?}");
            }
        }
    }
}

#[test]
fn every_action_names_the_rpc_that_does_it_and_says_what_it_does() {
    let methods: BTreeSet<_> = Action::ALL.map(Action::method).into();
    let descriptions: BTreeSet<_> = Action::ALL.map(Action::description).into();
    assert_eq!([methods.len(), descriptions.len()], [Action::ALL.len(); 2], "each has its own");
    for method in methods {
        let (service, rpc) = method.split_once('/').unwrap();
        assert!(service.starts_with("linkage.verification.v1.") && service.ends_with("Service"), "{method}");
        assert!(rpc.starts_with(char::is_uppercase), "{method}");
    }
    for description in descriptions {
        assert!(description.contains(' ') && description.starts_with(char::is_lowercase), "{description}");
    }
}
