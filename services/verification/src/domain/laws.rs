//! What holds after any sequence of commands, in any order, at any time.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::samples::{DEADLINES, case, elsewhere, id, new_case, now, reviewer, subject, verification};
use super::*;

#[derive(Debug, Clone)]
enum Command {
    Join,
    Contact(bool),
    Approver(bool),
    Claim(u128),
    Decide(u128, usize, Verdict),
    Approve(u128),
    Expire,
    Ask(u128),
    Answer,
    Reject(u128),
    Appeal,
    Release(u128),
    Lapse,
    Learn(bool),
    /// So many revisions on, touching the checks from one to another.
    Update(i64, usize, usize),
    Leave(u128),
    Forgo,
    Mail(Fate),
}

fn command() -> impl Strategy<Value = Command> {
    let verdict = prop_oneof![
        3 => Just(Verdict::Passed),
        1 => Just(Verdict::Failed { reason: "F".to_owned() }),
        1 => Just(Verdict::Waived { reason: "W".to_owned() }),
    ];
    prop_oneof![
        1 => Just(Command::Join),
        3 => prop::bool::weighted(0.9).prop_map(Command::Contact),
        2 => any::<bool>().prop_map(Command::Approver),
        4 => (10u128..12).prop_map(Command::Claim),
        9 => (10u128..12, 1usize..5, verdict).prop_map(|(by, kind, verdict)| Command::Decide(by, kind, verdict)),
        3 => (10u128..12).prop_map(Command::Approve),
        1 => Just(Command::Expire),
        2 => (10u128..12).prop_map(Command::Ask),
        2 => Just(Command::Answer),
        1 => (10u128..12).prop_map(Command::Reject),
        2 => Just(Command::Appeal),
        1 => (10u128..12).prop_map(Command::Release),
        1 => Just(Command::Lapse),
        1 => any::<bool>().prop_map(Command::Learn),
        2 => (0i64..2, 0usize..5, 0usize..5).prop_map(|(on, from, to)| Command::Update(on, from, to)),
        1 => prop::sample::select(vec![3, 77]).prop_map(Command::Leave),
        1 => Just(Command::Forgo),
        2 => prop::sample::select(vec![Fate::Sent, Fate::Withheld, Fate::Bounced, Fate::Parked, Fate::Locked])
            .prop_map(Command::Mail),
    ]
}

fn act(case: &mut VettingCase, command: Command, at: DateTime<Utc>) -> Option<CaseEvent> {
    match command {
        Command::Join => case.join(id(77), at).ok(),
        Command::Contact(yes) => case.contact_answered(yes, at, &DEADLINES),
        Command::Approver(yes) => case.approver_answered(yes, at),
        Command::Claim(by) => case.claim(reviewer(by), &elsewhere(), at, &DEADLINES).ok(),
        Command::Decide(by, kind, verdict) => case.decide(reviewer(by), CheckKind::ALL[kind], verdict, at).ok(),
        Command::Approve(by) => case.approve(reviewer(by), at).ok(),
        Command::Expire => case.expire(at).ok(),
        Command::Ask(by) => case.ask(reviewer(by), &[("address".to_owned(), "Which?".to_owned())], at, &DEADLINES).ok(),
        Command::Answer => {
            let answers = case.open_questions().into_iter().map(|number| (number, "This.".to_owned())).collect();
            case.submit(&answers, at, &DEADLINES).ok()
        }
        Command::Reject(by) => case.reject(reviewer(by), "NOT_SHOWN".to_owned(), "No.".to_owned(), at, &DEADLINES).ok(),
        Command::Appeal => case.appeal("Yes.".to_owned(), at, &DEADLINES).ok(),
        Command::Release(by) => case.release(reviewer(by), at).ok(),
        Command::Lapse => case.lapse(at),
        Command::Learn(proven) => {
            let domain = if proven { "example.com" } else { "else.example" };
            case.learn_domains(&[domain.to_owned()].into(), at)
        }
        Command::Update(on, from, to) => {
            let subject = Subject { revision: case.subject.revision + on, ..case.subject.clone() };
            let touched = CheckKind::ALL[from.min(to)..=from.max(to)].iter().copied().collect();
            case.update(NewCase { subject, ..new_case(CheckKind::ALL) }, &touched, at, &DEADLINES).ok().flatten()
        }
        Command::Leave(enrollment) => case.leave(id(enrollment), at),
        Command::Forgo => case.forgo_appeal(at),
        Command::Mail(fate) => {
            let purpose = case.asks()?;
            let recipient = case.subject.person(purpose).clone();
            case.note_mail(&EmailVerification { purpose, recipient, ..verification() }, fate, at)
        }
    }
}

proptest! {
    #[test]
    fn r22_a_case_keeps_its_laws(commands in prop::collection::vec((command(), 0i64..30), 1..60)) {
        let mut case = case();
        let mut at = now();
        for (command, hours) in commands {
            at += TimeDelta::hours(hours);
            let before = case.clone();
            match act(&mut case, command, at) {
                None => prop_assert_eq!(&case, &before, "a refusal changes nothing"),
                Some(event) => {
                    let stood = [before.state.as_str(), before.clone().at(at).state.as_str()].map(Some);
                    prop_assert!(stood.contains(&event.from), "as it was written down, or as it stood");
                    prop_assert_eq!(&*event.case, &case, "an event tells the case after it");
                    let appealed = event.what == CaseMove::Appealed && before.may_appeal(at);
                    let stays = matches!(case.state, CaseState::Rejected(_)) && before.state.appeal_by().is_some();
                    prop_assert!(
                        before.state.is_open() || appealed || stays,
                        "what is closed stays closed, but for one appeal"
                    );
                    prop_assert_eq!(case.updated, at);
                }
            }
            if matches!(case.state, CaseState::Approved { .. }) {
                prop_assert!(case.checks.outstanding().is_empty());
            }
            if let Some(appeal) = &case.appeal {
                prop_assert!(case.state.reviewer() != Some(appeal.against), "nobody decides on their own rejection");
                prop_assert!(!case.may_appeal(at), "one appeal");
            }
            if case.state.reviewer().is_some() || matches!(case.state, CaseState::Queued { .. }) {
                prop_assert!(case.checks.get(CheckKind::Email).status.satisfies(), "e-mail comes first");
            }
            prop_assert!(case.subject.revision >= before.subject.revision, "no older revision comes under review again");
            let withdrawn = case.state == CaseState::Withdrawn;
            prop_assert!(!withdrawn || case.waiting.is_empty(), "withdrawn when nobody waits");
            prop_assert!(!case.state.is_open() || !case.waiting.is_empty(), "nobody works for nobody");
            for kind in CheckKind::ALL {
                let waits = case.state.is_open() && !case.checks.get(kind).status.satisfies();
                let waits_for = case.waits_for(kind, at);
                prop_assert_eq!(waits_for != WaitsFor::Nobody, waits, "what is not shown waits for someone");
                let asks = matches!(case.state, CaseState::ActionRequired { .. });
                prop_assert!(!asks || waits_for != WaitsFor::Reviewer, "nobody waits for a reviewer who waits");
            }
            if case.checks.get(CheckKind::Authority).status.reason() == Some("APPROVER_DENIED") {
                prop_assert!(!matches!(case.state, CaseState::Approved { .. }), "nothing is approved over the approver's no");
            }
        }
    }

    #[test]
    fn r21_five_guesses_and_no_more(misses in 1u32..9, then_right in any::<bool>()) {
        let mut verification = verification();
        let mut counted = 0;
        for _ in 0..misses {
            counted += u32::from(verification.miss(now()).1.is_some());
        }
        prop_assert_eq!(counted, misses.min(5));
        prop_assert_eq!(verification.state.tries_left(), 5 - misses.min(5));
        if then_right {
            let answers = Answers { claim: true, address: true };
            let answered = verification.answer(Proof::Newest, answers, now());
            prop_assert_eq!(answered.is_ok(), misses < 5);
            prop_assert!(verification.answer(Proof::Newest, answers, now()).is_err(), "once");
        }
    }
}

#[test]
fn r22_the_approver_is_asked_once_the_contact_has_said_yes() {
    let mut case = case();
    assert_eq!(case.asks(), Some(Purpose::Contact));
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    assert_eq!(case.asks(), Some(Purpose::Approver));
    assert_eq!(case.waits_for(CheckKind::Authority, now()), WaitsFor::LinkHolder(Purpose::Approver));
    let silent = now() + DEADLINES.confirm;
    assert_eq!(case.waits_for(CheckKind::Authority, silent), WaitsFor::Reviewer);
    assert_eq!(case.waits_for(CheckKind::Business, now()), WaitsFor::Reviewer);
}

#[test]
fn r22_an_approver_at_the_applicants_own_address_is_left_to_the_reviewer() {
    let approver = Contact { email: "CIA@example.com".parse().unwrap(), ..subject().contact };
    let subject = Subject { approver, ..subject() };
    let (mut case, _) = VettingCase::open(id(4), NewCase { subject, ..new_case(CheckKind::ALL) }, now(), &DEADLINES);
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    assert_eq!(case.asks(), None);
    assert_eq!(case.waits_for(CheckKind::Authority, now()), WaitsFor::Reviewer);
}

#[test]
fn r03_what_was_passed_before_is_not_asked_again() {
    let (case, event) = VettingCase::open(id(4), new_case([CheckKind::Business]), now(), &DEADLINES);
    assert_eq!((case.state.as_str(), case.asks()), ("QUEUED", None));
    assert_eq!(case.checks.outstanding(), [CheckKind::Business]);
    assert_eq!(event.from, None);
}

#[test]
fn r20_not_us_stops_the_case() {
    let mut case = case();
    case.contact_answered(false, now(), &DEADLINES).unwrap();
    assert_eq!((case.state.as_str(), case.state.reason()), ("REJECTED", Some("NOT_US")));
    assert_eq!(case.checks.get(CheckKind::Email).status.as_str(), "FAILED");
    assert_eq!(case.asks().filter(|_| case.state.is_open()), None);
}

#[test]
fn r22_a_no_of_the_approver_stands_against_a_reviewers_pass() {
    let mut case = case();
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
    case.decide(reviewer(10), CheckKind::Authority, Verdict::Passed, now()).unwrap();
    assert_eq!(case.approver_answered(true, now()), None);
    case.approver_answered(false, now()).unwrap();
    assert_eq!(case.checks.get(CheckKind::Authority).status.reason(), Some("APPROVER_DENIED"));
    for verdict in [Verdict::Passed, Verdict::Waived { reason: "KNOWN".to_owned() }] {
        let over = case.decide(reviewer(10), CheckKind::Authority, verdict, now());
        assert_eq!(over, Err(Refusal::ApproverDenied));
    }
    let updated = |case: &mut VettingCase, revision, approver: &str| {
        let approver = Contact { email: approver.parse().unwrap(), ..subject().approver };
        let new = NewCase { subject: Subject { revision, approver, ..subject() }, ..new_case(CheckKind::ALL) };
        case.update(new, &[CheckKind::Authority].into(), now(), &DEADLINES).unwrap().unwrap();
        case.checks.is_pending(CheckKind::Authority)
    };
    assert!(!updated(&mut case, 2, "BO@example.com"), "another spelling, or another company, is no other approver");
    assert!(updated(&mut case, 3, "eva@example.com"), "another approver is asked");
    case.decide(reviewer(10), CheckKind::Authority, Verdict::Passed, now()).unwrap();
}

#[test]
fn r24_what_ran_out_reads_as_expired_before_it_is_written_down() {
    let late = now() + DEADLINES.confirm;
    assert_eq!(case().at(late).state, CaseState::Expired);
    assert_eq!(verification().at(late).state, EmailState::Expired);
    assert_eq!(case().at(late - TimeDelta::microseconds(1)).state.as_str(), "AWAITING_EMAIL");
    let mut queued = case();
    queued.contact_answered(true, now(), &DEADLINES).unwrap();
    assert_eq!(queued.at(late).state.as_str(), "QUEUED", "a slow queue is not the applicant's fault");
}

#[test]
fn r19_an_update_asks_again_what_it_touches_and_nothing_else() {
    let mut case = case();
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    case.approver_answered(true, now()).unwrap();
    case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
    case.decide(reviewer(10), CheckKind::Domain, Verdict::Passed, now()).unwrap();
    case.decide(reviewer(10), CheckKind::Business, Verdict::Passed, now()).unwrap();
    let due = case.state.due();
    let of = |subject| NewCase { subject, others: [id(9)].into(), ..new_case(CheckKind::ALL) };
    let renamed = Subject { revision: 2, legal_name: "Exempel Ny AB".to_owned(), ..subject() };
    let told = case.update(of(renamed), &[CheckKind::Business].into(), now(), &DEADLINES).unwrap().unwrap();
    assert_eq!((told.from, case.state.as_str(), case.subject.revision), (Some("IN_REVIEW"), "IN_REVIEW", 2));
    assert_eq!(case.checks.outstanding(), [CheckKind::Employment, CheckKind::Business]);
    assert_eq!(case.checks.get(CheckKind::Business).status.due(), due);
    assert_eq!(case.asks(), None);

    let mut moved = Subject { revision: 3, ..subject() };
    moved.contact.email = "eva@example.com".parse().unwrap();
    case.update(of(moved), &[CheckKind::Email].into(), now(), &DEADLINES).unwrap();
    assert_eq!((case.state.as_str(), case.asks()), ("AWAITING_EMAIL", Some(Purpose::Contact)));
    assert!(!case.still_asks(&verification()), "the mail to the former address is taken back");
    case.contact_answered(true, now(), &DEADLINES).unwrap();
    assert_eq!(case.checks.outstanding(), [CheckKind::Employment, CheckKind::Business], "what was decided stays so");
    assert_eq!(case.waiting, [id(3), id(9)].into(), "all who wait for it are known");
}

#[test]
fn r22_a_proven_domain_passes_once_the_contact_has_answered_and_a_lookalike_never() {
    let with = |domain_proven, lookalike| {
        let subject = Subject { domain_proven, lookalike, ..subject() };
        let mut case = VettingCase::open(id(4), NewCase { subject, ..new_case(CheckKind::ALL) }, now(), &DEADLINES).0;
        assert!(case.checks.is_pending(CheckKind::Domain), "the contact comes first");
        case.contact_answered(true, now(), &DEADLINES).unwrap();
        case
    };
    assert!(with(true, false).checks.get(CheckKind::Domain).status.satisfies());
    for (domain_proven, lookalike) in [(false, false), (true, true), (false, true)] {
        assert!(with(domain_proven, lookalike).checks.is_pending(CheckKind::Domain));
    }
    let mut late = with(false, false);
    let proven = |domain: &str| [domain.to_owned()].into();
    assert_eq!(late.learn_domains(&proven("other.example"), now()), None);
    late.learn_domains(&proven("example.com"), now()).unwrap();
    assert!(late.checks.get(CheckKind::Domain).status.satisfies());
    assert_eq!(late.learn_domains(&proven("example.com"), now()), None, "it is known");
}
