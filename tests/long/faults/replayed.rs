//! F9: what a service sent to its siblings comes again, a hundred times, in any order and late: it has no effect beyond the first.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use linkage::ServiceName;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::{hold, scene};
use crate::caller::addresses;
use crate::four::Four;
use crate::kills::seed;
use crate::load::{Rights, sure};
use crate::program::LIMIT;

/// HTTP/2: kinds of frames, and the flag of a stream's last one.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;
/// What a client says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The streams that were ended here, and those that carried data.
fn streams(mut bytes: &[u8]) -> (usize, usize) {
    let (mut ended, mut with_data) = (BTreeSet::new(), BTreeSet::new());
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        let [a, b, c, kind, flags, stream @ ..] = *head;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let Some(after) = rest.get(length..) else { break };
        let stream = u32::from_be_bytes(stream);
        if kind == DATA {
            with_data.insert(stream);
        }
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            ended.insert(stream);
        }
        bytes = after;
    }
    (ended.len(), with_data.len())
}

/// How many calls a recording holds, whole ones.
fn calls(recording: &[u8]) -> usize {
    streams(recording.strip_prefix(PREFACE).unwrap_or_default()).0
}

/// Sends a recording to the service and reads until each call is answered; each must be acknowledged, as an answer with data is.
fn replay(to: SocketAddr, recording: &[u8]) {
    let mut stream = TcpStream::connect(to).expect("the service listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a timeout");
    stream.write_all(recording).expect("the service reads");
    let (mut answer, mut buffer, expected) = (Vec::new(), [0; 4096], calls(recording));
    while streams(&answer).0 < expected {
        let count = stream.read(&mut buffer).expect("the service answers");
        assert!(count > 0, "{} of {expected} calls were answered", streams(&answer).0);
        answer.extend_from_slice(&buffer[..count]);
    }
    assert_eq!(streams(&answer), (expected, expected), "a repeated message is acknowledged like the first");
}

/// Everything that an effect would leave, counted.
fn effects(four: &Four) -> Vec<String> {
    let mut found = Vec::new();
    for service in ServiceName::ALL {
        for table in ["journal", "outbox_told", "inbox_told", "access"] {
            found.extend(four.ask(service, &format!("SELECT concat('{service} {table} ', count(*)) FROM {table}")));
        }
    }
    let count = "SELECT concat(m, ' messages ', b, ' mails') FROM (SELECT (SELECT count(*) FROM message) m, \
        (SELECT count(*) FROM mailbox_message) b) n";
    found.extend(four.ask(ServiceName::Notification, count));
    found
}

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn replayed(times: usize) {
    let Some((four, mut caller)) = scene() else { return };
    let seed = seed();
    println!("F9: LINKAGE_TEST_SEED={seed}");
    four.ways().for_each(|way| {
        way.record();
        way.cut();
    });
    let mut rights = [0, 1].map(|n| Rights::found(&mut caller, &format!("replayed-{n}")));
    for turn in 0..6 {
        sure(&mut caller, &rights[turn % 2].change());
        four.settle(&mut caller);
        // The next messages go by another connection, so that recordings can be mixed.
        four.ways().for_each(|way| _ = way.cut());
    }
    caller.insists = LIMIT;
    for name in ["replayed-2", "replayed-3"] {
        caller.enroll(name).expect("it enrolls");
        four.settle(&mut caller);
    }
    caller.insists = std::time::Duration::ZERO;
    four.step(&mut caller, 3_600);
    four.settle(&mut caller);

    let listen = addresses(&four.place);
    let recordings = four.recorded();
    let called: usize = recordings.iter().map(|(_, recording)| calls(recording)).sum();
    let before = effects(&four);
    let mut order: Vec<_> = (0..times).flat_map(|_| &recordings).collect();
    order.shuffle(&mut StdRng::seed_from_u64(seed));
    order.iter().for_each(|(to, recording)| replay(listen[to], recording));
    assert_eq!(effects(&four), before, "seed {seed}");
    println!("F9: {called} calls of {} connections, each {times} times again", recordings.len());
    assert!(called >= 50, "{called} calls are too few");
    hold("F9 replayed", times, &four, &mut caller);
}

#[test]
fn f09_what_comes_again_in_any_order_and_late_changes_nothing() {
    replayed(5);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f09_what_comes_again_100_times_in_any_order_and_late_changes_nothing() {
    replayed(100);
}
