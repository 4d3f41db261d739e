//! Hostile clients of five kinds, one after the other, beside callers who behave: these are answered as before, memory stays, and the process
//! goes on. And more calls than can be answered.

mod frames;
mod overload;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use linkage::ServiceName;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{MissedTickBehavior, interval};
use tonic::transport::{Channel, Endpoint};
use wire::enrollment::LookupOrganizationRequest;
use wire::enrollment::organization_service_client::OrganizationServiceClient;

use self::frames::Kind;
use crate::caller::addresses;
use crate::program::Place;
use crate::signals::Serving;

/// Connections of the hostile client. It calls from an address of its own.
const CONNECTIONS: usize = 4;
const FROM: [u8; 4] = [127, 0, 0, 2];
/// How often each of them does something, and how much.
const BEAT: Duration = Duration::from_millis(5);
const AT_ONCE: u32 = 4;
/// So much may wait to be sent.
const UNSENT: usize = 64 * 1024;
/// Callers who behave, and how often each calls.
const CALLERS: usize = 4;
const PACE: Duration = Duration::from_millis(20);
/// What one source may ask in a second without credential: more than all who behave do, less than who attacks.
const ALLOWED: &str = "400";
/// As much more memory as all of them together may cost.
const GROWTH: u64 = 64 * MIB;
const MIB: u64 = 1024 * 1024;

/// What callers who behave saw.
#[derive(Debug)]
struct Seen {
    p99: Duration,
    calls: usize,
}

async fn lookup(client: &mut OrganizationServiceClient<Channel>) -> Result<(), tonic::Status> {
    let request = LookupOrganizationRequest { domain: "fjord-cloud.example".to_owned() };
    client.lookup_organization(request).await.map(drop)
}

/// Calls at an even pace for so long; every call must be answered.
async fn behave(at: SocketAddr, length: Duration) -> Seen {
    let until = Instant::now() + length;
    let caller = async || {
        let endpoint = Endpoint::from_shared(format!("http://{at}")).expect("an address");
        let mut client = OrganizationServiceClient::new(endpoint.connect().await.expect("a connection"));
        let (mut times, mut beats) = (Vec::new(), interval(PACE));
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while Instant::now() < until {
            beats.tick().await;
            let began = Instant::now();
            lookup(&mut client).await.expect("it is answered");
            times.push(began.elapsed());
        }
        times
    };
    let mut times = join_all((0..CALLERS).map(|_| caller())).await.concat();
    times.sort_unstable();
    Seen { p99: times[(times.len() - 1) * 99 / 100], calls: times.len() }
}

async fn connect(at: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((FROM, 0).into())?;
    socket.connect(at).await
}

/// Does its worst for so long, on a new connection whenever one is closed; how many things it did, on how many connections.
async fn attack(kind: Kind, at: SocketAddr, length: Duration) -> (u64, u64) {
    let until = Instant::now() + length;
    let (mut acts, mut connections, mut beats) = (0, 0, interval(BEAT));
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < until {
        beats.tick().await;
        let Ok(stream) = connect(at).await else { continue };
        connections += 1;
        let (mut unsent, mut before) = (kind.opening(), 0);
        while Instant::now() < until {
            if unsent.len() < UNSENT {
                unsent.extend((before..before + AT_ONCE).flat_map(|number| kind.next(number)));
                before += AT_ONCE;
                acts += u64::from(AT_ONCE);
            }
            match stream.try_write(&unsent) {
                Ok(sent) => drop(unsent.drain(..sent)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
            if kind.reads() && is_closed(&stream) {
                break;
            }
            beats.tick().await;
        }
    }
    (acts, connections)
}

/// Reads what came, for nothing.
fn is_closed(stream: &TcpStream) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match stream.try_read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

/// Each kind for so long. What callers who behave wait may double, but for `noise`: so long anybody may wait on a busy machine.
#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
fn beside(length: Duration, noise: Duration) {
    let mut place = Place::new();
    // What they cost is measured, whether or not all is logged for a search.
    place.set("LINKAGE_LOG__FILTER", "warn");
    place.set("LINKAGE_LIMITS__PER_SECOND", ALLOWED);
    place.set("LINKAGE_LIMITS__BURST", ALLOWED);
    let mut serving = Serving::start(&place.command(&["serve"]));
    let at = addresses(&place)[&ServiceName::Enrollment];
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        behave(at, length / 2).await;
        let (calm, start) = (behave(at, length).await, serving.resident());
        println!("alone: {calm:?}, {} MiB", start / MIB);
        for kind in Kind::ALL {
            let attackers = join_all((0..CONNECTIONS).map(|_| attack(kind, at, length)));
            let (seen, attacked) = join(behave(at, length), attackers).await;
            let now = serving.resident();
            let (acts, connections) = attacked.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            println!("{kind:?}: {acts} times on {connections} connections, beside it {seen:?}, {} MiB", now / MIB);
            assert!(acts > 0 && seen.calls > 0, "{kind:?}: nothing happened");
            assert!(seen.p99 <= (calm.p99 * 2).max(noise), "{kind:?}: {seen:?}, alone {calm:?}");
            assert!(now < start + GROWTH, "{kind:?}: {start} bytes became {now}");
        }
    });
    assert_eq!(serving.process.stop().code, Some(0), "it is the same process, and ends well");
}

#[test]
fn hostile_clients_of_each_kind_cost_others_little() {
    beside(Duration::from_secs(1), Duration::from_millis(500));
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn hostile_clients_of_each_kind_cost_others_little_for_half_a_minute_each() {
    beside(Duration::from_secs(30), Duration::from_millis(50));
}
