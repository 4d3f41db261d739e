//! F10: a message that can't be delivered is tried so many times and parked. Its subject waits for an operator; nobody else does.

use linkage::ServiceName::{Enrollment, Relationship};

use super::{hold, scene};
use crate::caller::{Caller, Write};
use crate::four::Four;
use crate::load::{Rights, sure};
use crate::proxy::{Trap, Way};

/// So often a message is tried.
const ATTEMPTS: usize = 16;

/// Why it can't be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Poison {
    /// Its payload is no message.
    Undecodable,
    /// The sibling always refuses it.
    Refused,
    /// The sender dies whenever it delivers it.
    Deadly,
}

/// The row that carries a command to relationship.
fn row(write: &Write) -> String {
    format!("destination = 'relationship' AND event IN (SELECT id FROM journal WHERE request_id = '{}')", write.id())
}

fn poison(four: &Four, write: &Write, poison: Poison, tried: usize) {
    let change = match poison {
        Poison::Undecodable => "payload = '\\xff'",
        Poison::Refused => "method = '/linkage.relationship.v1.RelationshipPeerService/Nothing'",
        Poison::Deadly => "ordered = ordered",
    };
    // Tried so many times already: the short form sees only the last of them.
    let update =
        format!("UPDATE outbox SET {change}, attempts = {tried}, available_at = created_at WHERE {}", row(write));
    four.ask(Enrollment, &update);
}

/// Puts it right, as an operator's retry would after a mend.
fn mend(four: &Four, write: &Write) {
    let update = format!(
        "UPDATE outbox o SET payload = t.payload, method = t.method, attempts = 0, parked_at = NULL FROM outbox_told t \
         WHERE t.event = o.event AND t.destination = o.destination AND o.parked_at IS NOT NULL AND o.event IN \
         (SELECT id FROM journal WHERE request_id = '{}')",
        write.id()
    );
    four.ask(Enrollment, &update);
}

/// Lets the message be tried until it is parked; after each try the commit of somebody else's command, which is delivered.
fn parked(four: &Four, caller: &mut Caller, write: &Write, others: &mut Rights, tried: usize) {
    four.peer(Enrollment, Relationship).release();
    for attempt in tried + 1..=ATTEMPTS {
        four.step(caller, 600);
        let other = others.change();
        sure(caller, &other);
        let done = format!("attempts >= {attempt} AND (last_error IS NOT NULL OR parked_at IS NOT NULL)");
        four.until(Enrollment, &format!("EXISTS (SELECT 1 FROM outbox WHERE {} AND {done})", row(write)));
        four.until(Relationship, &heard(four, &other));
    }
}

/// Lets the sender be killed at each try, until it has none left.
fn killed(four: &mut Four, caller: &mut Caller, write: &Write, others: &mut Rights, tried: usize) {
    for attempt in tried + 1..=ATTEMPTS {
        // Killing has set every way free again.
        let sprung = four.peer(Enrollment, Relationship).set(Trap::on(Way::Up, write.id()).hold(Way::Up));
        four.begin(&[Enrollment]);
        sprung.seen();
        let counted = format!("EXISTS (SELECT 1 FROM outbox WHERE {} AND attempts = {attempt})", row(write));
        four.until(Enrollment, &counted);
        four.kill(Enrollment);
    }
    four.begin(&[Enrollment]);
    let other = others.change();
    sure(caller, &other);
    four.until(Relationship, &heard(four, &other));
}

/// Whether relationship knows what a command did.
fn heard(four: &Four, write: &Write) -> String {
    let user = write.request["user"]["name"].as_str().expect("a user");
    format!("EXISTS (SELECT 1 FROM inbox_told WHERE subject = '{user}' AND version = {})", version(four, write))
}

fn version(four: &Four, write: &Write) -> String {
    four.ask(Enrollment, &format!("SELECT subject_version::text FROM journal WHERE request_id = '{}'", write.id()))
        .concat()
}

fn poisoned(tried: usize) {
    let Some((mut four, mut caller)) = scene() else { return };
    let mut others = Rights::found(&mut caller, "healthy");
    for kind in [Poison::Undecodable, Poison::Refused, Poison::Deadly] {
        let mut rights = Rights::found(&mut caller, &format!("{kind:?}").to_lowercase());
        four.settle(&mut caller);
        four.peer(Enrollment, Relationship).refuse();
        let (first, second) = (rights.change(), rights.change());
        for write in [&first, &second] {
            sure(&mut caller, write);
        }
        if kind == Poison::Deadly {
            four.kill(Enrollment);
            poison(&four, &first, kind, tried);
            killed(&mut four, &mut caller, &first, &mut others, tried);
        } else {
            poison(&four, &first, kind, tried);
            parked(&four, &mut caller, &first, &mut others, tried);
        }
        let end = format!(
            "EXISTS (SELECT 1 FROM outbox WHERE {} AND parked_at IS NOT NULL AND attempts >= {ATTEMPTS})",
            row(&first)
        );
        four.until(Enrollment, &end);
        let waits = format!("EXISTS (SELECT 1 FROM outbox WHERE {} AND attempts = 0)", row(&second));
        assert_eq!(four.ask(Enrollment, &format!("SELECT ({waits})::text")), ["true"], "{kind:?}: its subject waits");
        // Nothing else does: what is parked, and what waits behind it, is all that is left.
        four.settle(&mut caller);
        assert_eq!(four.ask(Enrollment, "SELECT count(*)::text FROM outbox"), ["2"], "{kind:?}");
        mend(&four, &first);
        four.settle(&mut caller);
        assert_eq!(four.ask(Enrollment, "SELECT count(*)::text FROM outbox"), ["0"], "{kind:?}");
    }
    hold("F10 undecodable, refused and deadly messages", ATTEMPTS - tried, &four, &mut caller);
}

#[test]
fn f10_poisoned_messages_are_parked_and_only_their_subject_waits() {
    poisoned(ATTEMPTS - 2);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f10_poisoned_messages_are_parked_after_all_attempts_and_only_their_subject_waits() {
    poisoned(0);
}
