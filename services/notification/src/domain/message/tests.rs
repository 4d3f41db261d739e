use proptest::prelude::*;

use super::*;

const TRIES: Tries = Tries { most: 3, first: TimeDelta::seconds(1), longest: TimeDelta::minutes(10) };

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn contents() -> Contents {
    Contents { address: "ada@example.com".to_owned(), display_name: "Ada".to_owned(), ..Contents::default() }
}

/// A message that was never tried.
pub(crate) fn queued() -> Message {
    message(State::Queued { due: at(0), contents: contents() }, 0)
}

fn message(state: State, attempts: u32) -> Message {
    Message {
        id: MessageId::from_uuid(ids::RawId::from_u128(1)),
        cause: Cause {
            source: "relationship".to_owned(),
            event: EventId::from_uuid(ids::RawId::from_u128(2)),
            subject: "invitations/x".to_owned(),
            subject_version: 1,
            trace: None,
        },
        kind: Kind::PartnershipInvitation,
        language: "sv".to_owned(),
        to: To { mailbox: "blind".to_owned(), hint: "a***@example.com".to_owned(), domain: "example.com".to_owned() },
        state,
        attempts,
        last_error: None,
        create_time: at(0),
        version: 1,
    }
}

fn states() -> Vec<(&'static str, Message)> {
    vec![
        ("queued, due", message(State::Queued { due: at(0), contents: contents() }, 1)),
        ("queued, not due", message(State::Queued { due: at(9), contents: contents() }, 1)),
        ("queued, last try gone", message(State::Queued { due: at(0), contents: contents() }, 3)),
        ("sending", message(State::Sending { until: at(9), contents: contents() }, 1)),
        ("sending, last try", message(State::Sending { until: at(9), contents: contents() }, 3)),
        ("sending, cut off", message(State::Sending { until: at(0), contents: contents() }, 1)),
        ("sent", message(State::Sent { at: at(0) }, 1)),
        ("bounced", message(State::Bounced { at: at(0) }, 1)),
        ("parked", message(State::Parked { at: at(0), contents: contents() }, 3)),
        ("dropped", message(State::Dropped { at: at(0) }, 3)),
    ]
}

type Command = fn(&mut Message) -> Result<(), Refusal>;

const COMMANDS: [(&str, Command); 7] = [
    ("begin", |message| message.begin(at(5), TRIES).map(drop)),
    ("accept", |message| message.accept(at(5)).map(drop)),
    ("postpone", |message| message.postpone(at(5), "busy", TRIES, u32::MAX).map(drop)),
    ("bounce", |message| message.bounce(at(5), "unknown").map(drop)),
    ("park", |message| message.park(at(5), "unreadable").map(drop)),
    ("retry", |message| message.retry(at(5)).map(drop)),
    ("drop", |message| message.drop(at(5), "by hand").map(drop)),
];

#[test]
fn every_state_meets_every_command() {
    let mut grid = format!("{:22}", "");
    for (command, _) in COMMANDS {
        grid += &format!("| {command:11}");
    }
    for (name, before) in states() {
        grid += &format!("\n{name:22}");
        for (_, command) in COMMANDS {
            let mut after = before.clone();
            let cell = match command(&mut after) {
                Ok(()) => format!("{} {}", after.state.name(), after.attempts),
                Err(Refusal) => {
                    assert_eq!(after, before, "a refusal changes nothing");
                    "-".to_owned()
                }
            };
            grid += &format!("| {cell:11}");
        }
    }
    insta::assert_snapshot!(grid.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"), @r"
                      | begin      | accept     | postpone   | bounce     | park       | retry      | drop
queued, due           | SENDING 2  | -          | -          | -          | -          | -          | -
queued, not due       | -          | -          | -          | -          | -          | -          | -
queued, last try gone | PARKED 3   | -          | -          | -          | -          | -          | -
sending               | -          | SENT 1     | QUEUED 1   | BOUNCED 1  | PARKED 1   | -          | -
sending, last try     | -          | SENT 3     | PARKED 3   | BOUNCED 3  | PARKED 3   | -          | -
sending, cut off      | SENDING 2  | SENT 1     | QUEUED 1   | BOUNCED 1  | PARKED 1   | -          | -
sent                  | -          | -          | -          | -          | -          | -          | -
bounced               | -          | -          | -          | -          | -          | -          | -
parked                | -          | -          | -          | -          | -          | QUEUED 0   | DROPPED 3
dropped               | -          | -          | -          | -          | -          | -          | -
");
}

#[test]
fn r51_a_try_counts_before_it_is_made() {
    let mut message = message(State::Queued { due: at(0), contents: contents() }, 0);
    for attempt in 1..=3 {
        assert_eq!(message.begin(at(attempt * 1_000), TRIES), Ok(None));
        assert_eq!(i64::from(message.attempts), attempt);
    }
    let parked = message.begin(at(4_000), TRIES).unwrap();
    assert!(matches!(parked, Some(Event::MessageParked { .. })));
}

#[test]
fn who_asked_for_a_message_is_told_how_it_ended_and_why_where_that_is_shown() {
    let told = |kind| {
        let (said, until) = (contents(), at(9));
        let sending = || Message { kind, ..message(State::Sending { until, contents: said.clone() }, TRIES.most) };
        let parked = || Message { kind, ..message(State::Parked { at: at(0), contents: said.clone() }, TRIES.most) };
        let ends = [
            sending().accept(at(5)),
            sending().bounce(at(5), "unknown"),
            sending().postpone(at(5), "busy", TRIES, 0),
            sending().park(at(5), "unreadable"),
            parked().drop(at(5), "by hand"),
        ];
        ends.map(|end| match end.unwrap() {
            Event::MessageSent { report, .. }
            | Event::MessageBounced { report, .. }
            | Event::MessageParked { report, .. }
            | Event::MessageDropped { report, .. } => report,
            event => panic!("no end: {event:?}"),
        })
    };
    let shown = told(Kind::PartnershipInvitation).map(|report| {
        let report = report.unwrap();
        assert_eq!((report.cause, report.at), (queued().cause, at(5)));
        (report.state, report.reason)
    });
    let expected =
        [("SENT", ""), ("BOUNCED", "unknown"), ("PARKED", "busy"), ("PARKED", "unreadable"), ("DROPPED", "by hand")];
    assert_eq!(shown, expected.map(|(state, reason)| (state, reason.to_owned())));
    assert_eq!(told(Kind::InvitationRevoked), [const { None }; 5], "nothing waits for its reader");
}

#[test]
fn what_was_said_is_kept_exactly_as_long_as_it_may_be_said_again() {
    for (name, command) in COMMANDS {
        let mut message = message(State::Sending { until: at(0), contents: contents() }, 1);
        if ["retry", "drop"].contains(&name) {
            message.park(at(0), "unreadable").unwrap();
        }
        command(&mut message).unwrap();
        match message.state {
            State::Queued { contents: kept, .. }
            | State::Sending { contents: kept, .. }
            | State::Parked { contents: kept, .. } => assert_eq!(kept, contents(), "{name}"),
            State::Sent { .. } | State::Bounced { .. } | State::Dropped { .. } => {
                assert!(["accept", "bounce", "drop"].contains(&name));
            }
        }
    }
}

#[test]
fn nothing_of_the_contents_is_ever_logged() {
    let mut said = contents();
    said.variables.insert("confirm_link".to_owned(), "https://secret".to_owned());
    assert_eq!(format!("{said:?}"), "Contents { .. }");
    let logged = format!("{:?}", message(State::Queued { due: at(0), contents: said }, 0));
    assert!(!logged.contains("secret") && !logged.contains("Ada") && !logged.contains("ada@"), "{logged}");
}

#[test]
fn r51_a_try_has_five_minutes_and_the_next_one_waits_its_turn() {
    let mut message = message(State::Queued { due: at(0), contents: contents() }, 1);
    message.begin(at(5), TRIES).unwrap();
    assert_eq!(message.state, State::Sending { until: at(5 + 300), contents: contents() });
    message.postpone(at(6), "busy", TRIES, u32::MAX).unwrap();
    assert_eq!(message.state, State::Queued { due: at(6 + 2), contents: contents() });
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Begin,
    Accept,
    Postpone(u32),
    Bounce,
    Park,
    Retry,
    Drop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Begin),
        1 => Just(Step::Accept),
        3 => any::<u32>().prop_map(Step::Postpone),
        1 => Just(Step::Bounce),
        1 => Just(Step::Park),
        1 => Just(Step::Retry),
        1 => Just(Step::Drop),
    ]
}

fn act(message: &mut Message, step: Step, now: DateTime<Utc>) -> Result<Option<Event>, Refusal> {
    match step {
        Step::Begin => message.begin(now, TRIES),
        Step::Accept => message.accept(now).map(Some),
        Step::Postpone(chance) => message.postpone(now, "busy", TRIES, chance).map(Some),
        Step::Bounce => message.bounce(now, "unknown").map(Some),
        Step::Park => message.park(now, "unreadable").map(Some),
        Step::Retry => message.retry(now).map(Some),
        Step::Drop => message.drop(now, "by hand").map(Some),
    }
}

proptest! {
    #[test]
    fn r51_a_message_keeps_its_laws(steps in prop::collection::vec((step(), 0i64..400), 1..40)) {
        let mut message = message(State::Queued { due: at(0), contents: contents() }, 0);
        let mut now = 0;
        for (step, seconds) in steps {
            now += seconds;
            let before = message.clone();
            match act(&mut message, step, at(now)) {
                Err(Refusal) => prop_assert_eq!(&message, &before, "a refusal changes nothing"),
                Ok(None) => prop_assert_eq!(message.attempts, before.attempts + 1, "only a try is not told"),
                Ok(Some(Event::MessageRetried { .. })) => prop_assert_eq!(message.attempts, 0, "all its tries anew"),
                Ok(Some(_)) => prop_assert_eq!(message.attempts, before.attempts),
            }
            if matches!(before.state, State::Sent { .. } | State::Bounced { .. } | State::Dropped { .. }) {
                prop_assert_eq!(&message, &before, "what is over stays over");
            }
            let by_hand = matches!(step, Step::Retry | Step::Drop);
            if matches!(before.state, State::Parked { .. }) && !by_hand {
                prop_assert_eq!(&message, &before, "what is parked is the operator's");
            }
            prop_assert!(message.attempts <= TRIES.most);
        }
    }
}
