//! F1, F2, F7: a process or its connection ends at a chosen moment of a change or of a delivery.
//!
//! Between a mail server's 250 and the mark there is no moment yet: mails end in simulated mailboxes, in the same transaction.

use std::thread;

use linkage::ServiceName::{Enrollment, Relationship};

use super::{hold, scene};
use crate::caller::{Caller, Write};
use crate::four::Four;
use crate::load::{Rights, once, sure};
use crate::proxy::{Sprung, Trap, Way};

/// The end of the statement in PostgreSQL's protocol, and of the answer that it was done.
const COMMIT: &[u8] = b"COMMIT\0";

/// When the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    BeforeCommit,
    BeforeAnswer,
    AfterClaim,
    BeforeMark,
}

const MOMENTS: [Moment; 4] = [Moment::BeforeCommit, Moment::BeforeAnswer, Moment::AfterClaim, Moment::BeforeMark];

impl Moment {
    fn set(self, four: &Four, write: &Write) -> Sprung {
        let trap = Trap::on(Way::Up, write.id());
        match self {
            Moment::BeforeCommit => four.database(Enrollment).set(trap.then(Way::Up, COMMIT).hold(Way::Up)),
            Moment::BeforeAnswer => four.database(Enrollment).set(trap.then(Way::Up, COMMIT).hold(Way::Down)),
            Moment::AfterClaim => four.peer(Enrollment, Relationship).set(trap.hold(Way::Up)),
            Moment::BeforeMark => four.peer(Enrollment, Relationship).set(trap.hold(Way::Down)),
        }
    }

    /// Waits until what the moment comes after has happened, and asserts that what it comes before has not.
    fn reached(self, four: &Four, write: &Write) {
        let kept = kept(write);
        let row = waiting(write);
        let known = format!(
            "EXISTS (SELECT 1 FROM inbox_told i WHERE i.subject = '{}' AND i.version = {})",
            user(write),
            match self {
                Moment::AfterClaim | Moment::BeforeMark => version(four, write),
                Moment::BeforeCommit | Moment::BeforeAnswer => 0,
            }
        );
        match self {
            Moment::BeforeCommit => assert_eq!(four.ask(Enrollment, &format!("SELECT ({kept})::text")), ["false"]),
            Moment::BeforeAnswer => four.until(Enrollment, &kept),
            Moment::AfterClaim => {
                four.until(Enrollment, &format!("EXISTS ({row} AND attempts = 1)"));
                assert_eq!(four.ask(Relationship, &format!("SELECT ({known})::text")), ["false"]);
            }
            Moment::BeforeMark => {
                four.until(Relationship, &known);
                assert_eq!(four.ask(Enrollment, &format!("SELECT (EXISTS ({row}))::text")), ["true"]);
            }
        }
    }
}

fn user(write: &Write) -> &str {
    write.request["user"]["name"].as_str().expect("a user")
}

/// Whether the command was committed.
fn kept(write: &Write) -> String {
    format!("EXISTS (SELECT 1 FROM idempotency WHERE request_id = '{}')", write.id())
}

/// The command's message to relationship, while it is not delivered.
fn waiting(write: &Write) -> String {
    format!(
        "SELECT 1 FROM outbox WHERE destination = 'relationship' AND event IN (SELECT id FROM journal WHERE request_id = '{}')",
        write.id()
    )
}

/// Which of its subject's versions the command made.
fn version(four: &Four, write: &Write) -> i64 {
    let query = format!("SELECT subject_version::text FROM journal WHERE request_id = '{}'", write.id());
    four.ask(Enrollment, &query).concat().parse().expect("a version")
}

/// Kills enrollment at this moment of a command, starts it again and asks for the command once more.
fn kill_at(moment: Moment, four: &mut Four, caller: &mut Caller, write: &Write) {
    let sprung = moment.set(four, write);
    let answer = thread::scope(|scope| {
        let sending = scope.spawn(|| once(caller, write));
        sprung.seen();
        moment.reached(four, write);
        if matches!(moment, Moment::AfterClaim | Moment::BeforeMark) {
            // The caller has its answer long before the process dies.
            let answer = sending.join().expect("the caller");
            four.restart(Enrollment);
            return answer;
        }
        four.restart(Enrollment);
        sending.join().expect("the caller")
    });
    assert_eq!(answer.is_some(), matches!(moment, Moment::AfterClaim | Moment::BeforeMark), "{moment:?}");
    let first = four
        .ask(Enrollment, &format!("SELECT encode(answer, 'hex') FROM idempotency WHERE request_id = '{}'", write.id()));
    assert_eq!(first.is_empty(), moment == Moment::BeforeCommit, "{moment:?}");
    sure(caller, write);
    let payload = caller.acknowledged().pop().expect("it was acknowledged").payload;
    let payload: String = payload.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(first.is_empty() || first == [payload], "{moment:?}: another answer than the first");
}

fn killed(rounds: usize) {
    let Some((mut four, mut caller)) = scene() else { return };
    let mut rights = Rights::found(&mut caller, "killed");
    for _ in 0..rounds {
        for moment in MOMENTS {
            kill_at(moment, &mut four, &mut caller, &rights.change());
        }
    }
    hold("F1 killed before commit, before the answer, after the claim, before the mark", rounds, &four, &mut caller);
}

#[test]
fn f01_killed_at_each_held_moment() {
    killed(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f01_killed_at_each_held_moment_25_times() {
    killed(25);
}

/// Ten commands while relationship is down; enrollment is killed once the first of them was delivered.
fn ten_commands(rounds: usize) {
    let Some((mut four, mut caller)) = scene() else { return };
    for round in 0..rounds {
        let mut rights = [0, 1].map(|n| Rights::found(&mut caller, &format!("ten-{round}-{n}")));
        four.settle(&mut caller);
        four.kill(Relationship);
        let writes: Vec<_> = (0..10).map(|n| rights[n % 2].change()).collect();
        for write in &writes {
            sure(&mut caller, write);
        }
        let sprung = four.peer(Enrollment, Relationship).set(Trap::on(Way::Up, writes[0].id()).hold(Way::Down));
        four.begin(&[Relationship]);
        four.step(&mut caller, 600);
        sprung.seen();
        Moment::BeforeMark.reached(&four, &writes[0]);
        four.kill(Enrollment);
        four.kill(Relationship);
        four.begin(&[Enrollment, Relationship]);
        four.settle(&mut caller);
    }
    hold("ten commands with a peer down, the sender killed between delivery and deletion", rounds, &four, &mut caller);
}

#[test]
fn f01_ten_commands_outlive_a_peer_that_is_down_and_a_sender_that_is_killed() {
    ten_commands(1);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f01_ten_commands_outlive_a_peer_that_is_down_and_a_sender_that_is_killed_10_times() {
    ten_commands(10);
}

/// The connection is cut before COMMIT reaches the database, once it was forwarded, and when the database has answered.
fn commit_cut(rounds: usize) {
    let Some((four, mut caller)) = scene() else { return };
    let mut rights = Rights::found(&mut caller, "cut");
    let mut unknown = 0;
    for _ in 0..rounds {
        for place in 0..3 {
            let write = rights.change();
            let trap = Trap::on(Way::Up, write.id()).then(Way::Up, COMMIT);
            let sprung = four.database(Enrollment).set(match place {
                0 => trap.cut_before(),
                1 => trap.cut_after(),
                _ => trap.then(Way::Down, COMMIT).cut_before(),
            });
            let answer = once(&mut caller, &write);
            sprung.seen();
            unknown += usize::from(answer.is_none());
            let kept = four.ask(Enrollment, &format!("SELECT ({})::text", kept(&write)));
            match place {
                0 => assert!(answer.is_none() && kept == ["false"], "it was never committed"),
                1 => assert!(answer.is_none() || kept == ["true"], "acknowledged, but not there"),
                // The service looks for itself whether it was committed, so the caller may even have its answer.
                _ => assert!(kept == ["true"], "the database said that it was committed"),
            }
            sure(&mut caller, &write);
        }
    }
    assert!(unknown >= rounds, "no outcome was unknown");
    hold("F7 connection cut around COMMIT", rounds, &four, &mut caller);
}

#[test]
fn f07_retry_by_key_tells_what_a_cut_connection_did_not() {
    commit_cut(4);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f07_retry_by_key_tells_what_a_cut_connection_did_not_200_times() {
    commit_cut(200);
}
