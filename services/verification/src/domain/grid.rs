//! State x command for both machines: the snapshots are their documentation.

use std::fmt::Write as _;

use chrono::TimeDelta;

use super::samples::{DEADLINES, case, elsewhere, id, new_case, now, reviewer, verification};
use super::*;

/// A case whose checks are all passed but EMAIL's successors, so that each command meets every state.
fn in_state(state: CaseState) -> VettingCase {
    let mut case = case();
    if !matches!(state, CaseState::AwaitingEmail { .. }) {
        for kind in CheckKind::ALL.into_iter().filter(|kind| *kind != CheckKind::Authority) {
            case.checks.decide(kind, Verdict::Passed, now());
        }
    }
    case.state = state;
    case
}

fn case_states() -> Vec<CaseState> {
    let (by, due) = (reviewer(10), now() + TimeDelta::days(1));
    vec![
        CaseState::AwaitingEmail { due },
        CaseState::Queued { due },
        CaseState::InReview { by, due, lease: now() + TimeDelta::hours(8) },
        CaseState::ActionRequired { by, due },
        CaseState::Approved { by },
        CaseState::Rejected(Rejection { reason: "NOT_US".to_owned(), text: String::new(), by: None, appeal_by: None }),
        CaseState::Rejected(Rejection {
            reason: "NOT_SHOWN".to_owned(),
            text: "No extract.".to_owned(),
            by: Some(by),
            appeal_by: Some(due),
        }),
        CaseState::Expired,
        CaseState::Withdrawn,
    ]
}

type Told = Result<CaseEvent, Refusal>;
type Command = (&'static str, fn(&mut VettingCase) -> Told);

/// A piece of news that the case no longer waits for changes nothing.
fn news(event: Option<CaseEvent>) -> Told {
    event.ok_or(Refusal::Unknown)
}

fn settled(case: &mut VettingCase) -> &mut VettingCase {
    case.checks.decide(CheckKind::Authority, Verdict::Waived { reason: "KNOWN".to_owned() }, now());
    case
}

/// A question that is open.
fn asked(case: &mut VettingCase) -> &mut VettingCase {
    let (path, text) = ("address".to_owned(), "Which?".to_owned());
    case.questions = vec![Question { path, text, asked: now(), answer: None }];
    case
}

fn reject(case: &mut VettingCase, by: u128) -> Told {
    case.reject(reviewer(by), "NOT_SHOWN".to_owned(), "No extract.".to_owned(), now(), &DEADLINES)
}

/// The next revision, which touches these checks.
fn updated(case: &mut VettingCase, touched: &[CheckKind]) -> Told {
    let subject = Subject { revision: case.subject.revision + 1, ..case.subject.clone() };
    let new = NewCase { subject, ..new_case(CheckKind::ALL) };
    let touched = touched.iter().copied().collect();
    case.update(new, &touched, now(), &DEADLINES).map(|event| event.expect("a newer revision"))
}

const CASE_COMMANDS: [Command; 33] = [
    ("join", |case| case.join(id(9), now())),
    ("contact says yes", |case| news(case.contact_answered(true, now(), &DEADLINES))),
    ("contact says no", |case| news(case.contact_answered(false, now(), &DEADLINES))),
    ("approver says yes", |case| news(case.approver_answered(true, now()))),
    ("approver says no", |case| news(case.approver_answered(false, now()))),
    ("claim", |case| case.claim(reviewer(11), &elsewhere(), now(), &DEADLINES)),
    ("claim again", |case| case.claim(reviewer(10), &elsewhere(), now(), &DEADLINES)),
    ("claim own", |case| {
        let own = Reviewer { organization: case.organization, user: reviewer(11).user };
        case.claim(own, &elsewhere(), now(), &DEADLINES)
    }),
    ("claim at the contact's address", |case| {
        case.claim(reviewer(11), &case.subject.contact.email.clone(), now(), &DEADLINES)
    }),
    ("claim when the claim is over", |case| {
        case.claim(reviewer(11), &elsewhere(), now() + TimeDelta::hours(8), &DEADLINES)
    }),
    ("release", |case| case.release(reviewer(10), now())),
    ("release another's", |case| case.release(reviewer(11), now())),
    ("nine hours later", |case| news(case.lapse(now() + TimeDelta::hours(9)))),
    ("learn that the domain is proven", |case| {
        case.checks.reopen(CheckKind::Domain, now());
        news(case.learn_domains(&["example.com".to_owned()].into(), now()))
    }),
    ("decide", |case| case.decide(reviewer(10), CheckKind::Domain, Verdict::Passed, now())),
    ("pass authority over the approver's no", |case| {
        case.checks.decide(CheckKind::Authority, Verdict::Failed { reason: "APPROVER_DENIED".to_owned() }, now());
        case.decide(reviewer(10), CheckKind::Authority, Verdict::Passed, now())
    }),
    ("decide another's", |case| case.decide(reviewer(11), CheckKind::Domain, Verdict::Passed, now())),
    ("approve, outstanding", |case| case.approve(reviewer(10), now())),
    ("approve, settled", |case| settled(case).approve(reviewer(10), now())),
    ("reject", |case| reject(case, 10)),
    ("reject another's", |case| reject(case, 11)),
    ("ask", |case| case.ask(reviewer(10), &[("address".to_owned(), "Which?".to_owned())], now(), &DEADLINES)),
    ("answer", |case| asked(case).submit(&[(1, "This.".to_owned())].into(), now(), &DEADLINES)),
    ("answer nothing", |case| asked(case).submit(&[].into(), now(), &DEADLINES)),
    ("appeal", |case| case.appeal("It is here now.".to_owned(), now(), &DEADLINES)),
    ("appeal two days later", |case| case.appeal("It is here now.".to_owned(), now() + TimeDelta::days(2), &DEADLINES)),
    ("two days without appeal", |case| news(case.forgo_appeal(now() + TimeDelta::days(2)))),
    ("update the name", |case| updated(case, &[CheckKind::Business])),
    ("update the contact", |case| updated(case, &[CheckKind::Email, CheckKind::Domain])),
    ("update with an older revision", |case| {
        news(case.update(new_case(CheckKind::ALL), &[CheckKind::Business].into(), now(), &DEADLINES)?)
    }),
    ("leave, while another waits", |case| {
        case.waiting.insert(id(9));
        news(case.leave(id(9), now()))
    }),
    ("leave, as the last", |case| news(case.leave(id(3), now()))),
    ("two days later", |case| case.expire(now() + TimeDelta::days(2))),
];

#[test]
fn r22_r23_case_by_state_and_command() {
    let mut grid = String::new();
    for (command, act) in CASE_COMMANDS {
        writeln!(grid, "{command}").unwrap();
        for state in case_states() {
            let mut case = in_state(state);
            let before = case.state.as_str();
            let told = act(&mut case);
            if told.is_err() {
                assert_eq!(case.state.as_str(), before, "a refusal moves nothing");
            }
            let told = match told {
                Ok(event) => format!("{} ({:?})", case.state.as_str(), event.what),
                Err(Refusal::Unknown) => "-".to_owned(),
                Err(Refusal::StateForbids { allowed, .. }) => format!("no: only {}", allowed.join(", ")),
                Err(refusal) => format!("no: {refusal:?}"),
            };
            writeln!(grid, "  {before:<16} {told}").unwrap();
        }
    }
    insta::assert_snapshot!("case", grid);
}

const YES: Answers = Answers { claim: true, address: true };

type Try = (&'static str, fn(&mut EmailVerification) -> String);

fn told(result: Result<VerificationEvent, Refusal>) -> String {
    match result {
        Ok(event) => format!("{:?}", event.what),
        Err(Refusal::StateForbids { .. }) => "-".to_owned(),
        Err(refusal) => format!("no: {refusal:?}"),
    }
}

const TRIES: [Try; 11] = [
    ("inspect", |it| {
        it.inspect(Proof::Newest).map_or_else(|refusal| format!("no: {refusal:?}"), |()| "shown".to_owned())
    }),
    ("inspect by an older link", |it| format!("no: {:?}", it.inspect(Proof::Older).unwrap_err())),
    ("yes, yes", |it| told(it.answer(Proof::Newest, YES, now()))),
    ("yes, no", |it| told(it.answer(Proof::Newest, Answers { address: false, ..YES }, now()))),
    ("no, yes", |it| told(it.answer(Proof::Newest, Answers { claim: false, ..YES }, now()))),
    ("yes, yes by an older link", |it| told(it.answer(Proof::Older, YES, now()))),
    ("yes, yes too late", |it| told(it.answer(Proof::Newest, YES, it.expires))),
    ("wrong code", |it| {
        let (refusal, event) = it.miss(now());
        format!("no: {refusal:?}{}", if event.is_some() { ", counted" } else { "" })
    }),
    ("wrong code, the last try", |it| {
        if let EmailState::Pending { tries_left } = &mut it.state {
            *tries_left = 1;
        }
        let (refusal, event) = it.miss(now());
        format!("no: {refusal:?}{}", if event.is_some() { ", counted" } else { "" })
    }),
    ("time passes", |it| told(it.expire(it.expires))),
    ("another takes its place", |it| told(it.supersede(now()))),
];

#[test]
fn r20_r21_verification_by_state_and_command() {
    let at = now();
    let states = [
        EmailState::Pending { tries_left: 5 },
        EmailState::Verified { at },
        EmailState::Denied { at, answers: Answers { claim: false, address: true } },
        EmailState::Superseded,
        EmailState::Expired,
        EmailState::Locked,
    ];
    let mut grid = String::new();
    for (command, act) in TRIES {
        writeln!(grid, "{command}").unwrap();
        for state in states {
            let mut verification = EmailVerification { state, ..verification() };
            let told = act(&mut verification);
            writeln!(grid, "  {:<11} {:<11} {told}", state.as_str(), verification.state.as_str()).unwrap();
        }
    }
    insta::assert_snapshot!("verification", grid);
}

/// Who must act on each check, at the time and two weeks later, until when and by when it is expected.
#[test]
fn r24_what_each_check_waits_for_by_state() {
    let approver =
        || EmailVerification { purpose: Purpose::Approver, recipient: case().subject.approver, ..verification() };
    let mut queued = case();
    queued.contact_answered(true, now(), &DEADLINES).unwrap();
    queued.mailed(&approver());
    let mut claimed = queued.clone();
    claimed.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
    claimed.decide(reviewer(10), CheckKind::Domain, Verdict::Passed, now()).unwrap();
    assert_eq!((queued.state.reviewer(), claimed.state.reviewer()), (None, Some(reviewer(10))));
    let mut failed = claimed.clone();
    let verdict = || Verdict::Failed { reason: "NOT_SHOWN".to_owned() };
    failed.decide(reviewer(10), CheckKind::Business, verdict(), now()).unwrap();
    failed.approver_answered(false, now()).unwrap();
    let mut asked = failed.clone();
    asked.ask(reviewer(10), &[("address".to_owned(), "Which?".to_owned())], now(), &DEADLINES).unwrap();
    let noted = |of: &VettingCase, mail: EmailVerification, fate| {
        let mut case = of.clone();
        case.note_mail(&mail, fate, now()).unwrap();
        case
    };
    let spent = EmailVerification { generation: 5, ..verification() };
    let mut rejected = case();
    rejected.contact_answered(false, now(), &DEADLINES).unwrap();
    let mut grid = String::new();
    for (what, case) in [
        ("opened", case()),
        ("the contact's mail bounced", noted(&case(), verification(), Fate::Bounced)),
        ("the contact's mail is held back", noted(&case(), verification(), Fate::Withheld)),
        ("the contact's mail can't be sent", noted(&case(), verification(), Fate::Parked)),
        ("the contact's last code is locked", noted(&case(), spent, Fate::Locked)),
        ("the contact said yes", queued.clone()),
        ("the approver's mail bounced", noted(&queued, approver(), Fate::Bounced)),
        ("the approver's code is locked", noted(&queued, approver(), Fate::Locked)),
        ("claimed", claimed),
        ("failed, and the approver said no", failed),
        ("asked", asked),
        ("the contact said no", rejected),
    ] {
        writeln!(grid, "{what}: {}, due in {} days", case.state.as_str(), days(case.state.due())).unwrap();
        for kind in CheckKind::ALL {
            let status = &case.checks.get(kind).status;
            let late = now() + TimeDelta::days(10);
            let (soon, then) = (case.waits_for(kind, now()), case.clone().at(late).waits_for(kind, late));
            let (until, by) = (days(case.deadline(kind, now())), days(case.expected(kind, now())));
            let (kind, status) = (kind.as_str(), status.as_str());
            writeln!(grid, "  {kind:<10} {status:<7} {soon:?} until {until}, expected by {by}; later {then:?}")
                .unwrap();
        }
    }
    insta::assert_snapshot!("waits", grid);
}

fn days(due: Option<chrono::DateTime<chrono::Utc>>) -> String {
    due.map_or("-".to_owned(), |due| (due - now()).num_days().to_string())
}

#[test]
fn what_a_verifications_state_tells() {
    let at = now();
    assert_eq!([Purpose::Contact, Purpose::Approver].map(Purpose::as_str), ["CONTACT", "APPROVER"]);
    assert_eq!(EmailState::Verified { at }.answered(), Some(at));
    assert_eq!(EmailState::Denied { at, answers: YES }.answered(), Some(at));
    assert_eq!(EmailState::Pending { tries_left: 5 }.answered(), None);
    assert_eq!((EmailState::Pending { tries_left: 3 }.tries_left(), EmailState::Locked.tries_left()), (3, 0));
}
