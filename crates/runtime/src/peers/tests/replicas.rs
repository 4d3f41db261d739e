use tokio::sync::oneshot;

use super::*;
use crate::peers::replicas::Replicas;
use crate::tls::Way;

/// A sibling of this name, and who is known to answer for it.
fn sibling(address: &str, known: &[SocketAddr]) -> Arc<Replicas> {
    let replicas = Arc::new(Replicas::new(Way::to(&address.parse().unwrap(), None).unwrap()));
    if !known.is_empty() {
        replicas.learn(known.to_vec());
    }
    replicas
}

async fn ask(replicas: &Arc<Replicas>) -> Result<(), Status> {
    let tokens = Arc::new(ServiceTokens::new(ServiceName::Relationship, SigningKey::generate().unwrap()));
    let channel = PeerChannel::new(Some(Arc::clone(replicas)), ServiceName::Enrollment, tokens, DEADLINE);
    let mut client = wire::access::key_service_client::KeyServiceClient::new(channel);
    client.get_signing_keys(GetSigningKeysRequest {}).await.map(drop)
}

async fn counted(replicas: &Arc<Replicas>, calls: usize, of: &[&Arc<Enrollment>]) -> Vec<usize> {
    let answered = || of.iter().map(|one| one.calls.load(Ordering::SeqCst)).collect::<Vec<_>>();
    let before = answered();
    for _ in 0..calls {
        ask(replicas).await.unwrap();
    }
    answered().iter().zip(before).map(|(after, before)| after - before).collect()
}

#[tokio::test]
async fn each_replica_is_called_in_turn_and_one_that_comes_or_leaves_is_noticed() {
    let (first, a, _first) = serve(Enrollment::default()).await;
    let (second, b, _second) = serve(Enrollment::default()).await;
    let (third, c, _third) = serve(Enrollment::default()).await;
    let all = [&first, &second, &third];
    let replicas = sibling("http://enrollment.invalid:1", &[b, a, b]);
    assert_eq!(counted(&replicas, 10, &all).await, [5, 5, 0]);
    replicas.learn(vec![a, b, c]);
    assert_eq!(counted(&replicas, 9, &all).await, [3, 3, 3]);
    replicas.learn(vec![c]);
    assert_eq!(counted(&replicas, 4, &all).await, [0, 0, 4]);
}

/// Serves there until it is told to stop, and then ends as a service does: no new calls, and those under way to their end.
fn serve_at(at: SocketAddr, enrollment: &Arc<Enrollment>) -> (oneshot::Sender<()>, JoinSet<()>) {
    let listener = std::net::TcpListener::bind(at).unwrap();
    listener.set_nonblocking(true).unwrap();
    let incoming = TcpListenerStream::new(tokio::net::TcpListener::from_std(listener).unwrap());
    let server = Server::builder().add_service(KeyServiceServer::from_arc(Arc::clone(enrollment)));
    let (stop, stopped) = oneshot::channel();
    let told = async { stopped.await.unwrap() };
    let mut running = JoinSet::new();
    running.spawn(async { server.serve_with_incoming_shutdown(incoming, told).await.unwrap() });
    (stop, running)
}

#[tokio::test]
async fn a_replica_that_is_gone_costs_no_call_and_is_called_again_once_it_is_back() {
    let (left, a, _left) = serve(Enrollment::default()).await;
    let gone = Arc::new(Enrollment::default());
    let b = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (stop, running) = serve_at(b, &gone);
    let replicas = sibling("http://enrollment.invalid:1", &[a, b]);
    assert_eq!(counted(&replicas, 4, &[&left, &gone]).await, [2, 2]);

    stop.send(()).unwrap();
    running.join_all().await;
    assert_eq!(counted(&replicas, 8, &[&left, &gone]).await, [8, 0]);

    let (_stop, _running) = serve_at(b, &gone);
    replicas.let_time_pass();
    assert_eq!(counted(&replicas, 4, &[&left, &gone]).await, [2, 2]);
}

/// An address at which no connection comes about, nor is refused: packets to it are dropped, as to a pod whose node is gone.
async fn silent() -> (SocketAddr, Vec<std::net::TcpStream>, tokio::net::TcpListener) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let at = listener.local_addr().unwrap();
    let soon = Duration::from_millis(200);
    let mut filled = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&at, soon) {
        filled.push(stream);
    }
    (at, filled, listener)
}

#[tokio::test]
async fn an_address_that_says_nothing_costs_no_call_and_holds_up_those_alone_that_began_with_it() {
    let (left, a, _left) = serve(Enrollment::default()).await;
    let (b, _filled, _listener) = silent().await;
    let replicas = sibling("http://enrollment.invalid:1", &[a, b]);
    let timed = async || {
        let began = std::time::Instant::now();
        ask(&replicas).await.unwrap();
        began.elapsed()
    };
    let times = futures::future::join_all((0..20).map(|_| timed())).await;
    let late = |times: &[Duration]| times.iter().filter(|time| **time >= Duration::from_secs(1)).count();
    assert_eq!((late(&times), left.calls.load(Ordering::SeqCst)), (10, 20), "{times:?}");
    // As long as it is in doubt nobody goes there, and then one does again.
    let times = futures::future::join_all((0..20).map(|_| timed())).await;
    assert_eq!(late(&times), 0, "{times:?}");
}

#[tokio::test]
async fn a_replica_from_which_no_answer_comes_is_called_after_the_others() {
    let (left, a, _left) = serve(Enrollment::default()).await;
    // It takes connections and never speaks.
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let replicas = sibling("http://enrollment.invalid:1", &[mute.local_addr().unwrap(), a]);
    let refused = tokio::time::timeout(Duration::from_millis(300), ask(&replicas)).await;
    assert!(refused.is_err() || left.calls.load(Ordering::SeqCst) == 1, "one of the two is asked first");
    let before = left.calls.load(Ordering::SeqCst);
    if refused.is_ok() {
        assert!(tokio::time::timeout(Duration::from_millis(300), ask(&replicas)).await.is_err());
    }
    assert_eq!(counted(&replicas, 4, &[&left]).await, [4], "after {before}");
}

#[tokio::test]
async fn where_nobody_is_left_the_call_fails_as_unavailable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask(&sibling("http://enrollment.invalid:1", &[free])).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn what_was_sent_is_not_sent_to_another() {
    let down = || Enrollment { failure: Some((Code::Unavailable, "shutting down")), ..Enrollment::default() };
    let (first, a, _first) = serve(down()).await;
    let (second, b, _second) = serve(down()).await;
    let replicas = sibling("http://enrollment.invalid:1", &[a, b]);
    for turn in 1..=2 {
        assert_eq!(ask(&replicas).await.unwrap_err().code(), Code::Unavailable);
        assert_eq!(first.calls.load(Ordering::SeqCst) + second.calls.load(Ordering::SeqCst), turn);
    }
}

#[tokio::test]
async fn a_name_is_looked_up_at_the_first_call_and_again_as_long_as_there_are_calls() {
    let (enrollment, address, _running) = serve(Enrollment::default()).await;
    let replicas = sibling(&format!("http://localhost:{}", address.port()), &[]);
    assert_eq!(counted(&replicas, 2, &[&enrollment]).await, [2]);

    // Believed for a while, and then no longer: a wrong address is forgotten.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    replicas.learn(vec![free]);
    assert!(ask(&replicas).await.is_err());
    replicas.let_time_pass();
    assert_eq!(counted(&replicas, 2, &[&enrollment]).await, [2]);
}

#[tokio::test]
async fn a_name_that_stands_for_nobody_is_told_and_what_was_known_outlives_its_lookup() {
    let unknown = ask(&sibling("http://enrollment.invalid:1", &[])).await.unwrap_err();
    assert_eq!(unknown.code(), Code::Unavailable);
    assert!(unknown.message().starts_with("looking up enrollment.invalid: "), "{}", unknown.message());

    let (enrollment, address, _running) = serve(Enrollment::default()).await;
    let replicas = sibling("http://enrollment.invalid:1", &[address]);
    replicas.let_time_pass();
    assert_eq!(counted(&replicas, 2, &[&enrollment]).await, [2]);
}
