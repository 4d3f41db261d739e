//! The case once more, written down from the requirements in the fewest words, and random commands and clock steps against both.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::samples::{DEADLINES, case, elsewhere, now, reviewer};
use super::*;

#[derive(Debug, Clone, Copy)]
enum Command {
    Contact(bool),
    Approver(bool),
    Claim(u128),
    Release(u128),
    /// Passed, failed or waived.
    Decide(u128, usize, char),
    Approve(u128),
    Reject(u128),
    Ask(u128),
    Answer,
    Appeal,
}

/// What anybody could keep on a sheet of paper: `p` is pending, `+` passed, `-` failed, `w` waived.
#[derive(Debug, Clone, PartialEq)]
struct Sheet {
    state: &'static str,
    /// When the state ends by itself, or what was promised is late.
    due: DateTime<Utc>,
    checks: [char; 5],
    held: Option<(u128, DateTime<Utc>)>,
    rejected_by: Option<u128>,
    appealed: Option<u128>,
    questions: usize,
    /// Until when the rejection may be appealed.
    appeal_by: DateTime<Utc>,
    /// The company approver has said no.
    denied: bool,
}

impl Sheet {
    /// Time alone: silence closes what the applicant must do, and a claim ends.
    fn pass(&mut self, at: DateTime<Utc>) {
        match self.state {
            "AWAITING_EMAIL" | "ACTION_REQUIRED" if self.due <= at => self.state = "EXPIRED",
            "IN_REVIEW" if self.held.is_some_and(|(_, until)| until <= at) => self.state = "QUEUED",
            _ => {}
        }
    }

    fn is_open(&self) -> bool {
        ["AWAITING_EMAIL", "QUEUED", "IN_REVIEW", "ACTION_REQUIRED"].contains(&self.state)
    }

    fn is_with(&self, by: u128) -> bool {
        self.state == "IN_REVIEW" && self.held.is_some_and(|(holder, _)| holder == by)
    }

    /// Whether the command may be given, and what follows.
    fn obey(&mut self, command: Command, at: DateTime<Utc>) -> bool {
        let promised = at + DEADLINES.review;
        let allowed = match command {
            Command::Contact(_) => self.state == "AWAITING_EMAIL",
            Command::Approver(yes) => self.is_open() && (!yes || self.checks[3] == 'p'),
            Command::Claim(by) => (self.state == "QUEUED" || self.is_with(by)) && self.appealed != Some(by),
            Command::Approve(by) => self.is_with(by) && self.checks.iter().all(|check| "+w".contains(*check)),
            Command::Decide(by, kind, _) => self.is_with(by) && !(kind == 3 && self.denied),
            Command::Release(by) | Command::Reject(by) | Command::Ask(by) => self.is_with(by),
            Command::Answer => self.is_open() && self.questions > 0,
            Command::Appeal => {
                self.state == "REJECTED" && self.rejected_by.is_some() && self.appealed.is_none() && at < self.appeal_by
            }
        };
        if !allowed {
            return false;
        }
        match command {
            Command::Contact(true) => (self.state, self.due, self.checks[0]) = ("QUEUED", promised, '+'),
            Command::Contact(false) => (self.state, self.checks[0]) = ("REJECTED", '-'),
            Command::Approver(yes) => (self.checks[3], self.denied) = (if yes { '+' } else { '-' }, !yes),
            Command::Claim(by) => (self.state, self.held) = ("IN_REVIEW", Some((by, at + DEADLINES.claim))),
            Command::Release(_) => self.state = "QUEUED",
            Command::Decide(_, kind, how) => self.checks[kind] = how,
            Command::Approve(_) => self.state = "APPROVED",
            Command::Reject(by) => {
                (self.state, self.rejected_by, self.appeal_by) = ("REJECTED", Some(by), at + DEADLINES.appeal);
            }
            Command::Ask(_) => {
                (self.state, self.due, self.questions) = ("ACTION_REQUIRED", at + DEADLINES.answer, self.questions + 1);
            }
            Command::Answer => {
                self.questions = 0;
                if let ("ACTION_REQUIRED", Some((by, _))) = (self.state, self.held) {
                    (self.state, self.due, self.held) = ("IN_REVIEW", promised, Some((by, at + DEADLINES.claim)));
                }
            }
            Command::Appeal => {
                (self.state, self.due, self.appealed) = ("QUEUED", promised, self.rejected_by);
                for kind in [1, 2, 4] {
                    self.checks[kind] = if self.checks[kind] == '-' { 'p' } else { self.checks[kind] };
                }
            }
        }
        true
    }
}

/// The same of the case itself.
fn sheet(case: &VettingCase, of: &Sheet) -> Sheet {
    let mark = |kind| match &case.checks.get(kind).status {
        Status::Pending { .. } => 'p',
        Status::Decided(Verdict::Passed) => '+',
        Status::Decided(Verdict::Failed { .. }) => '-',
        Status::Decided(Verdict::Waived { .. }) => 'w',
    };
    Sheet {
        state: case.state.as_str(),
        due: case.state.due().unwrap_or(of.due),
        checks: CheckKind::ALL.map(mark),
        questions: case.open_questions().len(),
        appealed: case.appeal.as_ref().map(|appeal| appeal.against.user.uuid().as_u128()),
        ..of.clone()
    }
}

fn act(case: &mut VettingCase, command: Command, at: DateTime<Utc>) -> bool {
    let reason = || "NOT_SHOWN".to_owned();
    match command {
        Command::Contact(yes) => case.contact_answered(yes, at, &DEADLINES).is_some(),
        Command::Approver(yes) => case.approver_answered(yes, at).is_some(),
        Command::Claim(by) => case.claim(reviewer(by), &elsewhere(), at, &DEADLINES).is_ok(),
        Command::Release(by) => case.release(reviewer(by), at).is_ok(),
        Command::Decide(by, kind, how) => {
            let verdict = match how {
                '+' => Verdict::Passed,
                '-' => Verdict::Failed { reason: reason() },
                _ => Verdict::Waived { reason: reason() },
            };
            case.decide(reviewer(by), CheckKind::ALL[kind], verdict, at).is_ok()
        }
        Command::Approve(by) => case.approve(reviewer(by), at).is_ok(),
        Command::Reject(by) => case.reject(reviewer(by), reason(), String::new(), at, &DEADLINES).is_ok(),
        Command::Ask(by) => {
            case.ask(reviewer(by), &[("address".to_owned(), "Which?".to_owned())], at, &DEADLINES).is_ok()
        }
        Command::Answer => {
            let open = case.open_questions();
            let answers = open.iter().map(|number| (*number, "This.".to_owned())).collect();
            !open.is_empty() && case.submit(&answers, at, &DEADLINES).is_ok()
        }
        Command::Appeal => case.appeal("Yes.".to_owned(), at, &DEADLINES).is_ok(),
    }
}

fn command() -> impl Strategy<Value = Command> {
    let by = || 10u128..12;
    prop_oneof![
        3 => prop::bool::weighted(0.9).prop_map(Command::Contact),
        1 => any::<bool>().prop_map(Command::Approver),
        5 => by().prop_map(Command::Claim),
        1 => by().prop_map(Command::Release),
        9 => (by(), 1usize..5, prop::sample::select(vec!['+', '+', '+', '-', 'w']))
            .prop_map(|(by, kind, how)| Command::Decide(by, kind, how)),
        2 => by().prop_map(Command::Approve),
        2 => by().prop_map(Command::Reject),
        2 => by().prop_map(Command::Ask),
        3 => Just(Command::Answer),
        3 => Just(Command::Appeal),
    ]
}

proptest! {
    #[test]
    fn r22_r23_r24_a_case_goes_as_a_sheet_of_paper_says(
        steps in prop::collection::vec((command(), prop::sample::select(vec![0, 0, 1, 5, 23, 24, 119, 120, 336])), 1..80),
    ) {
        let mut case = case();
        let mut paper = Sheet {
            state: "AWAITING_EMAIL",
            due: now() + DEADLINES.confirm,
            checks: ['p'; 5],
            held: None,
            rejected_by: None,
            appealed: None,
            questions: 0,
            appeal_by: now(),
            denied: false,
        };
        let mut at = now();
        for (command, hours) in steps {
            at += TimeDelta::hours(hours);
            paper.pass(at);
            let before = case.clone();
            let (done, expected) = (act(&mut case, command, at), paper.obey(command, at));
            prop_assert_eq!(done, expected, "{:?} in {:?}, {:?}", command, before.at(at).state, paper);
            prop_assert_eq!(sheet(&case.clone().at(at), &paper), paper.clone());
        }
    }
}
