//! What siblings are told, word for word.

use prost::Message;
use runtime::Event as _;
use secrecy::SecretBox;
use wire::PeerRequest;
use wire::types::variable::Value;

use super::*;
use crate::domain::samples::{DEADLINES, case, elsewhere, id, now, reviewer, verification};
use crate::domain::{NewVerification, Postage, Verdict};

fn links() -> Links {
    Links::new("https://links.example", &[(1, SecretBox::new(Box::new(vec![7; 32])))])
}

fn letter() -> Letter {
    Letter { company: "Exempel AB".to_owned(), applicant: "Cia Alm".to_owned(), language: "sv".parse().unwrap() }
}

fn mail(purpose: Purpose) -> SendMessageRequest {
    let verification = EmailVerification { purpose, ..verification() };
    send_message(&letter(), &verification)
}

fn names(mail: &SendMessageRequest) -> Vec<&str> {
    let mut names: Vec<_> = mail.variables.iter().map(|variable| variable.name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn r25_enrollment_is_told_the_case_and_all_its_checks() {
    let mut case = case();
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
    let verdict = Verdict::Failed { reason: "NO_REGISTER_ENTRY".to_owned() };
    case.decide(reviewer(10), CheckKind::Business, verdict, now()).unwrap();
    let told = record_verification(&case);
    assert_eq!((told.case_state.as_str(), told.revision), ("IN_REVIEW", 1));
    assert_eq!(told.vetting_case, case.organization.child(case.id));
    let checks: Vec<_> = told
        .checks
        .iter()
        .map(|check| (check.check.as_str(), check.status.as_str(), check.reason.as_str(), check.due_time.is_some()))
        .collect();
    assert_eq!(
        checks,
        [
            ("EMAIL", "PASSED", "", false),
            ("DOMAIN", "PENDING", "", true),
            ("EMPLOYMENT", "PENDING", "", true),
            ("AUTHORITY", "PENDING", "", true),
            ("BUSINESS", "FAILED", "NO_REGISTER_ENTRY", false),
        ]
    );
}

#[test]
fn r25_every_event_of_a_case_reaches_enrollment() {
    let mut case = case();
    let mut events = vec![
        case.join(id(8), now()).unwrap(),
        case.contact_answered(true, now(), &DEADLINES).unwrap(),
        case.approver_answered(true, now()).unwrap(),
        case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap(),
    ];
    for kind in [CheckKind::Domain, CheckKind::Employment, CheckKind::Business] {
        events.push(case.decide(reviewer(10), kind, Verdict::Passed, now()).unwrap());
    }
    events.push(case.approve(reviewer(10), now()).unwrap());
    for event in events {
        let event = Event::from(event);
        assert_eq!(event.entry().subject, case.organization.child(case.id));
        let told = format!("{:?}", of(&event));
        assert!(told.contains("Enrollment") && told.contains(RecordVerificationRequest::METHOD), "{told}");
    }
}

#[test]
fn r20_the_two_mails_carry_what_their_templates_need() {
    let contact = ["company", "confirm_code", "confirm_link", "expire_date", "recipient_name"];
    let approver = ["applicant", "company", "confirm_code", "confirm_link", "expire_date", "recipient_name"];
    assert_eq!(
        (mail(Purpose::Contact).kind.as_str(), names(&mail(Purpose::Contact))),
        ("email-verification", contact.into())
    );
    assert_eq!(
        (mail(Purpose::Approver).kind.as_str(), names(&mail(Purpose::Approver))),
        ("approver-verification", approver.into())
    );
    assert_eq!(mail(Purpose::Contact).recipients[0].language_code, "sv");
}

#[test]
fn r21_a_link_is_made_only_when_the_mail_is_delivered() {
    let verification = verification();
    let bond = bond(&verification);
    let at_rest = mail(Purpose::Contact).encode_to_vec();
    let text = String::from_utf8_lossy(&at_rest).into_owned();
    assert!(!text.contains(&links().token(bond)) && !text.contains(&links().code(bond)));
    let sealed = links().seal(SendMessageRequest::METHOD, at_rest).unwrap();
    let sealed = SendMessageRequest::decode(sealed.as_slice()).unwrap();
    let value = |name: &str| {
        let variable = sealed.variables.iter().find(|variable| variable.name == name).unwrap();
        match &variable.value {
            Some(Value::Text(text)) => text.clone(),
            other => panic!("{name} is no text: {other:?}"),
        }
    };
    assert_eq!(value("confirm_link"), links().url(bond));
    assert_eq!(value("confirm_code"), links().code(bond));
    assert_eq!(links().seal(RecordVerificationRequest::METHOD, vec![1, 2]).unwrap(), [1, 2]);
}

#[test]
fn r66_the_journal_names_no_person_and_no_secret() {
    let case = case();
    let new = NewVerification { id: id(6), nonce: "hush".to_owned(), tries: 5 };
    let (mut issued, event) = EmailVerification::issue(new, &case, Purpose::Contact, Postage::Paid, now(), &DEADLINES);
    let wrong = issued.miss(now()).1.unwrap();
    let opened = case.clone().contact_answered(false, now(), &DEADLINES).unwrap();
    for event in [Event::from(event), Event::from(wrong), Event::from(opened)] {
        let entry = format!("{:?}", event.entry());
        for private in ["Ada", "example.com", "hush", "Exempel", "Stor"] {
            assert!(!entry.contains(private), "{private} in {entry}");
        }
        assert_eq!(event.entry().parties, [case.organization]);
    }
}
