//! The proxy does what the faults' tests believe of it.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{Proxy, Target, Trap, Way};
use crate::program::LIMIT;

/// As long as it takes to believe that nothing comes.
const NOTHING: Duration = Duration::from_millis(100);

/// A target that answers `<` and what it was told, and tells the test too.
fn target() -> (Target, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, told) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            thread::spawn(move || {
                let mut buffer = [0; 1024];
                while let Ok(count @ 1..) = stream.read(&mut buffer) {
                    let _ = sender.send(buffer[..count].to_vec());
                    let _ = stream.write_all(&[b"<", &buffer[..count]].concat());
                }
            });
        }
    });
    (Target::Tcp(address), told)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).expect("the proxy listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a timeout");
    stream
}

/// Whatever comes within this time; none at the end of the connection.
fn read(stream: &mut TcpStream, within: Duration) -> Option<Vec<u8>> {
    stream.set_read_timeout(Some(within)).expect("a timeout");
    let mut buffer = [0; 1024];
    match stream.read(&mut buffer) {
        Ok(0) => None,
        Ok(count) => Some(buffer[..count].to_vec()),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Some(Vec::new()),
        Err(_) => None,
    }
}

fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).expect("the connection is there");
}

#[test]
fn what_is_held_comes_after_the_release() {
    let (target, told) = target();
    let proxy = Proxy::start(target);
    let mut stream = connect(&proxy);
    say(&mut stream, "one");
    assert_eq!(read(&mut stream, LIMIT).expect("open"), b"<one");
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"one");

    proxy.hold(Way::Up);
    say(&mut stream, "two");
    assert!(told.recv_timeout(NOTHING).is_err(), "held, but forwarded");
    proxy.release();
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"two");
    assert_eq!(read(&mut stream, LIMIT).expect("open"), b"<two");

    proxy.hold(Way::Down);
    say(&mut stream, "three");
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"three");
    assert_eq!(read(&mut stream, NOTHING).expect("open"), b"", "held, but forwarded");
    assert_eq!(proxy.cut(), 1);
    assert_eq!(read(&mut stream, LIMIT), None, "the answer was dropped with the connection");
}

#[test]
fn traps_spring_at_the_pattern_on_one_connection() {
    let (target, told) = target();
    let proxy = Proxy::start(target);
    let sprung = proxy.set(Trap::on(Way::Up, "id7").then(Way::Up, "COMMIT").hold(Way::Up));
    let (mut caught, mut free) = (connect(&proxy), connect(&proxy));
    say(&mut free, "COMMIT");
    assert_eq!(read(&mut free, LIMIT).expect("open"), b"<COMMIT", "without the first pattern nothing springs");
    say(&mut caught, "id7 COM");
    assert_eq!(read(&mut caught, LIMIT).expect("open"), b"<id7 COM");
    say(&mut caught, "MIT;");
    sprung.seen();
    assert_eq!(read(&mut caught, NOTHING).expect("open"), b"");
    say(&mut free, "more");
    assert_eq!(read(&mut free, LIMIT).expect("open"), b"<more");
    proxy.release();
    assert_eq!(read(&mut caught, LIMIT).expect("open"), b"<MIT;");

    while told.try_recv().is_ok() {}
    let sprung = proxy.set(Trap::on(Way::Up, "id8").cut_before());
    say(&mut caught, "keep id8 drop");
    sprung.seen();
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"keep ");
    assert!(told.recv_timeout(NOTHING).is_err(), "forwarded past the cut");

    let sprung = proxy.set(Trap::on(Way::Up, "id9").cut_after());
    say(&mut free, "id9 drop");
    sprung.seen();
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"id9");

    let mut last = connect(&proxy);
    let sprung = proxy.set(Trap::on(Way::Up, "ask").then(Way::Down, "<ask").cut_before());
    say(&mut last, "ask");
    sprung.seen();
    assert_eq!(told.recv_timeout(LIMIT).expect("told"), b"ask");
    assert_eq!(read(&mut last, LIMIT), None, "the target answered, but the answer never came");
}

#[test]
fn late_lost_and_refused_connections() {
    let (target, _told) = target();
    let proxy = Proxy::start(target);
    let mut stream = connect(&proxy);
    proxy.delay(Way::Up, NOTHING);
    let began = Instant::now();
    say(&mut stream, "late");
    assert_eq!(read(&mut stream, LIMIT).expect("open"), b"<late");
    assert!(began.elapsed() >= NOTHING);

    proxy.release();
    proxy.lose(0.2, 7);
    let mut lost = 0;
    for _ in 0..100 {
        let mut stream = connect(&proxy);
        say(&mut stream, &"x".repeat(1000));
        let mut left = 1001;
        while left > 0
            && let Some(bytes) = read(&mut stream, LIMIT)
        {
            left -= bytes.len();
        }
        lost += usize::from(left > 0);
    }
    let (_, doomed) = proxy.losses();
    assert!((10..=35).contains(&doomed), "{doomed} of 100 were to be lost");
    assert!(lost > 0 && lost <= doomed, "{lost} of {doomed} were lost within their first bytes");

    proxy.refuse();
    assert_eq!(read(&mut connect(&proxy), LIMIT), None);
    proxy.release();
    let mut stream = connect(&proxy);
    say(&mut stream, "again");
    assert_eq!(read(&mut stream, LIMIT).expect("open"), b"<again");
}

#[test]
fn what_was_recorded_is_what_was_sent() {
    let (target, told) = target();
    let proxy = Proxy::start(target);
    proxy.record();
    for text in ["first", "second"] {
        let mut stream = connect(&proxy);
        say(&mut stream, text);
        assert_eq!(read(&mut stream, LIMIT).expect("open"), [b"<", text.as_bytes()].concat());
        told.recv_timeout(LIMIT).expect("told");
    }
    let mut recorded = proxy.recorded();
    recorded.sort();
    assert_eq!(recorded, [b"first".to_vec(), b"second".to_vec()]);
}
