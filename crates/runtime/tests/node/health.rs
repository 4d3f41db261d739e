//! Health and reflection answer everyone.

use tokio_stream::StreamExt;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::{v1, v1alpha};

use crate::pair::{Pair, channel};

async fn pair() -> Pair {
    Pair::start(testkit::sqlite()).await
}

#[tokio::test]
async fn r64_health_knows_the_whole_each_service_and_liveness() {
    let pair = pair().await;
    let mut client = HealthClient::new(channel(pair.sink.address()));
    for service in ["", "liveness", "linkage.notification.v1.MailboxService", "linkage.event.v1.EventService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let answer = client.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service:?}");
    }
    let unknown = HealthCheckRequest { service: "nothing".to_owned() };
    assert_eq!(client.check(unknown).await.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn r64_without_database_it_is_not_serving_but_alive() {
    let pair = pair().await;
    pair.sink.app().database().clone().close().await;
    let mut client = HealthClient::new(channel(pair.sink.address()));
    let mut watched =
        client.watch(HealthCheckRequest::default()).await.unwrap().into_inner().map(|answer| answer.unwrap().status());
    while watched.next().await != Some(ServingStatus::NotServing) {}
    let liveness = client.check(HealthCheckRequest { service: "liveness".to_owned() }).await.unwrap();
    assert_eq!(liveness.into_inner().status(), ServingStatus::Serving);
}

#[tokio::test]
async fn reflection_lists_what_is_served_in_both_versions() {
    let pair = pair().await;
    let expected = [
        "grpc.health.v1.Health",
        "linkage.access.v1.AccessPeerService",
        "linkage.event.v1.EventService",
        "linkage.event.v1.OutboxService",
        "linkage.notification.v1.MailboxService",
        "linkage.notification.v1.NotificationPeerService",
        "linkage.simulation.v1.ClockService",
    ];
    let listed = list_v1(&pair).await;
    assert!(expected.iter().all(|name| listed.iter().any(|listed| listed == name)), "{listed:?}");
    assert!(!listed.iter().any(|name| name.contains("enrollment")), "{listed:?}");
    let listed = list_v1alpha(&pair).await;
    assert!(expected.iter().all(|name| listed.iter().any(|listed| listed == name)), "{listed:?}");
}

async fn list_v1(pair: &Pair) -> Vec<String> {
    use v1::server_reflection_request::MessageRequest::ListServices;
    use v1::server_reflection_response::MessageResponse::ListServicesResponse;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel(pair.sink.address()));
    let request =
        v1::ServerReflectionRequest { host: String::new(), message_request: Some(ListServices(String::new())) };
    let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    let answer = answers.next().await.unwrap().unwrap().message_response.unwrap();
    let ListServicesResponse(list) = answer else { panic!("not a list: {answer:?}") };
    list.service.into_iter().map(|service| service.name).collect()
}

async fn list_v1alpha(pair: &Pair) -> Vec<String> {
    use v1alpha::server_reflection_request::MessageRequest::ListServices;
    use v1alpha::server_reflection_response::MessageResponse::ListServicesResponse;
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel(pair.sink.address()));
    let request =
        v1alpha::ServerReflectionRequest { host: String::new(), message_request: Some(ListServices(String::new())) };
    let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    let answer = answers.next().await.unwrap().unwrap().message_response.unwrap();
    let ListServicesResponse(list) = answer else { panic!("not a list: {answer:?}") };
    list.service.into_iter().map(|service| service.name).collect()
}
