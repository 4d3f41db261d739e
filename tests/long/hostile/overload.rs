//! G5: three times as many calls begin as can be answered, and those that are answered in time are counted.
//!
//! Who calls shares the cores with who answers, and to refuse a call costs as much as an echo. So a call that itself costs little more can't be
//! answered as often as before: what a storm of retries repeats is held to its peak, the cheapest call is only told.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::join_all;
use linkage::ServiceName;
use linkage::demo::play::request_id;
use prost_types::FieldMask;
use tokio::task::JoinSet;
use tokio::time::interval;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use wire::enrollment::organization_service_client::OrganizationServiceClient;
use wire::enrollment::user_service_client::UserServiceClient;
use wire::enrollment::{LookupOrganizationRequest, UpdateUserRequest, User};

use super::BEAT;
use crate::caller::{Caller, addresses};
use crate::load::Rights;
use crate::program::Place;
use crate::signals::Serving;

/// Callers at once, of which the best number is looked for.
const WIDTHS: [usize; 6] = [4, 8, 16, 32, 64, 128];
/// How long a caller waits for an answer that still counts.
const USEFUL: Duration = Duration::from_secs(1);
const LENGTH: Duration = Duration::from_secs(10);
/// From addresses and of organizations of their own, since none has the whole room.
const CALLERS: u8 = 16;

/// Somebody who asks for one thing, again and again.
#[derive(Clone)]
enum Asks {
    /// The cheapest that there is: an organization by its domain, without credential.
    LookUp(OrganizationServiceClient<Channel>),
    /// A change, in a transaction with its journal entry, its messages and its answer.
    Change { client: UserServiceClient<Channel>, bearer: MetadataValue<Ascii>, user: String },
}

impl Asks {
    async fn ask(&mut self) -> bool {
        match self {
            Asks::LookUp(client) => {
                let request = LookupOrganizationRequest { domain: "fjord-cloud.example".to_owned() };
                client.lookup_organization(request).await.is_ok()
            }
            Asks::Change { client, bearer, user } => {
                let request_id = request_id();
                // A name of its own, so that none of them changes nothing.
                let user = User { name: user.clone(), display_name: format!("Sam {request_id}"), ..User::default() };
                let update_mask = Some(FieldMask { paths: vec!["display_name".to_owned()] });
                let request = UpdateUserRequest { user: Some(user), update_mask, request_id };
                let mut request = Request::new(request);
                request.metadata_mut().insert("authorization", bearer.clone());
                client.update_user(request).await.is_ok()
            }
        }
    }
}

async fn channel(at: SocketAddr, number: u8) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{at}")).expect("an address");
    let endpoint = endpoint.local_address(Some([127, 0, 0, 10 + number].into()));
    endpoint.connect().await.expect("a connection")
}

/// Answers per second to so many who each ask again as soon as they are answered.
async fn answered(callers: &[Asks], width: usize) -> f64 {
    let until = Instant::now() + LENGTH;
    let callers = callers.iter().cycle().take(width).map(async |caller| {
        let (mut caller, mut count) = (caller.clone(), 0_u32);
        while Instant::now() < until {
            count += u32::from(caller.ask().await);
        }
        count
    });
    f64::from(join_all(callers).await.iter().sum::<u32>()) / LENGTH.as_secs_f64()
}

/// Answers in time per second when so many calls a second begin, whatever becomes of them.
async fn offered(callers: &[Asks], rate: f64) -> f64 {
    let (until, mut beats, began) = (Instant::now() + LENGTH, interval(BEAT), Instant::now());
    let (mut calls, mut begun) = (JoinSet::new(), 0.0);
    while Instant::now() < until {
        beats.tick().await;
        while begun < began.elapsed().as_secs_f64() * rate {
            let mut caller = callers[calls.len() % callers.len()].clone();
            calls.spawn(async move { tokio::time::timeout(USEFUL, caller.ask()).await == Ok(true) });
            begun += 1.0;
        }
    }
    let good = calls.join_all().await.into_iter().filter(|good| *good).count();
    f64::from(u32::try_from(good).expect("few")) / LENGTH.as_secs_f64()
}

/// The share of the peak that is answered at three times of it.
#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
async fn share(what: &str, callers: &[Asks]) -> f64 {
    let mut peak = 0_f64;
    for width in WIDTHS {
        peak = peak.max(answered(callers, width).await);
    }
    let good = offered(callers, peak * 3.0).await;
    let share = good / peak;
    println!(
        "{what}: {peak:.0} answers a second at best, {good:.0} at three times as many calls, {:.0} %",
        share * 100.0
    );
    share
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn at_three_times_what_can_be_answered_as_much_is_answered() {
    let mut place = Place::new();
    place.set("LINKAGE_LOG__FILTER", "warn");
    let mut serving = Serving::start(&place.command(&["serve", "--simulation"]));
    let at = addresses(&place)[&ServiceName::Enrollment];
    let mut caller = Caller::of(&place);
    let people: Vec<_> = (0..CALLERS)
        .map(|number| {
            let rights = Rights::found(&mut caller, &format!("storm{number}"));
            (caller.bearer(&rights.admin), rights.user)
        })
        .collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let channels = join_all((0..CALLERS).map(|number| channel(at, number))).await;
        let look_ups: Vec<_> =
            channels.iter().map(|channel| Asks::LookUp(OrganizationServiceClient::new(channel.clone()))).collect();
        let changes: Vec<_> = channels
            .into_iter()
            .zip(people)
            .map(|(channel, (bearer, user))| Asks::Change { client: UserServiceClient::new(channel), bearer, user })
            .collect();
        share("look-ups", &look_ups).await;
        let changes = share("changes", &changes).await;
        assert!(changes >= 0.8, "{changes}");
    });
    assert_eq!(serving.process.stop().code, Some(0));
}
