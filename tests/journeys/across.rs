//! What holds for every RPC: safe to repeat (R62), readable without proto files (R63), and never without trace (R66).

use linkage::demo::play::request_id;
use linkage::{Answer, ServiceName};
use serde_json::json;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Capacity, Company};

const CREATE: &str = "enrollment.OrganizationService/CreateOrganization";

fn replayed(answer: &Answer) -> bool {
    answer.metadata.contains_key("idempotency-replayed")
}

#[tokio::test]
async fn r62_a_change_inserts_its_idempotency_row() {
    each(async |stage| {
        let (ada, company) = (Company::FJALLMOLN.admin(), Company::FJALLMOLN);
        let id = request_id();
        let organization = |name: &str, id: &str| json!({ "request_id": id, "organization": { "display_name": name, "region_code": company.country, "language_code": "sv" } });
        let (first, second) = {
            let token = stage.people.token(&stage.client, &ada, None).await.expect("a token").expect("signed in");
            let (client, method) = (stage.client.clone(), stage.client.method(CREATE).expect(CREATE));
            let request = organization(company.name, &id);
            let call = || client.call(ServiceName::Enrollment, &method, &request, Some(&token));
            futures::future::join(call(), call()).await
        };
        let (first, second) = (first.expect("a request"), second.expect("a request"));
        assert_eq!(first.payload, second.payload, "two at once do it once: {first:?} {second:?}");
        assert!(replayed(&first) != replayed(&second), "one of them did it");
        stage.people.forget(&ada);
        stage.settle().await;
        let kinds: Vec<_> = stage.trail(&ada).await.iter().filter(|e| e["kind"] == "OrganizationCreated").cloned().collect();
        assert_eq!(kinds.len(), 1, "{kinds:#?}");
    })
    .await;
}

#[tokio::test]
async fn r62_every_write_of_a_journey_can_be_repeated_and_happens_once() {
    each(async |stage| {
        let channel = stage.channel().await;
        let end = json!({ "name": channel.partnership.name, "cascade": true });
        stage.ok(&channel.partnership.reseller.admin, "relationship.PartnershipService/EndPartnership", end).await;
        let operator = stage.operator();
        let (trail, mails) = (stage.trail(&operator).await, all_mails(stage).await);
        let writes = stage.writes.clone();
        assert!(writes.len() > 40, "a long journey: {}", writes.len());
        for write in writes {
            let again = stage.call(&write.who, &write.rpc, write.request).await;
            assert!(replayed(&again), "{} of {}: {again:?}", write.rpc, write.who);
            assert_eq!(again.payload, write.payload, "{}: byte for byte", write.rpc);
        }
        assert_eq!(stage.trail(&operator).await, trail, "no second entry");
        assert_eq!(all_mails(stage).await, mails, "no second mail");
    })
    .await;
}

async fn all_mails(stage: &mut Stage) -> usize {
    stage.mails("-", "").await.len()
}

#[tokio::test]
async fn r62_a_request_id_is_its_callers_own_and_outlives_a_restart() {
    each(async |stage| {
        let reseller = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let create = "relationship.InvitationService/CreateInvitation";
        let invitation = |to: &str| json!({ "kind": "KIND_CUSTOMER", "recipient_email": to, "language_code": "en" });
        let mut invite = json!({ "request_id": request_id(), "invitation": invitation("aino@jarvipilvi.example") });
        let first = stage.call(&reseller.admin, create, invite.clone()).await;
        assert!(first.code == tonic::Code::Ok && !replayed(&first), "{first:?}");
        stage.stop(ServiceName::Relationship).await;
        stage.restart(ServiceName::Relationship).await;
        let second = stage.call(&reseller.admin, create, invite.clone()).await;
        assert!(replayed(&second) && second.payload == first.payload, "{second:?}");
        assert_eq!(stage.mails("aino@jarvipilvi.example", "customer-invitation").await.len(), 1);
        let operator = stage.operator();
        let other = stage.call(&operator, create, invite.clone()).await;
        assert!(!replayed(&other) && other.reason != "REQUEST_ID_REUSED", "{other:?}");
        invite["invitation"] = invitation("ukko@jarvipilvi.example");
        stage.refused(&reseller.admin, create, invite, "INVALID_ARGUMENT", "REQUEST_ID_REUSED").await;
        // What was refused is not remembered: the same request works once nothing stands against it.
        let mut sign = stage.signing(&reseller).await;
        sign["request_id"] = json!(request_id());
        let rpc = "enrollment.AgreementService/CreateSignature";
        stage.refused(&reseller.admin, rpc, sign.clone(), "ALREADY_EXISTS", "ALREADY_SIGNED").await;
        stage.refused(&reseller.admin, rpc, sign, "ALREADY_EXISTS", "ALREADY_SIGNED").await;
    })
    .await;
}

async fn ask(address: std::net::SocketAddr, request: MessageRequest) -> ServerReflectionResponse {
    let channel =
        tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy();
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
    let mut answers = ServerReflectionClient::new(channel)
        .server_reflection_info(futures::stream::iter([request]))
        .await
        .expect("reflection answers")
        .into_inner();
    answers.message().await.expect("an answer").expect("one answer")
}

#[tokio::test]
async fn r63_every_service_tells_its_services_and_their_descriptors() {
    each(async |stage| {
        for (service, address) in stage.suite.addresses() {
            let answer = ask(address, MessageRequest::ListServices(String::new())).await;
            let Some(MessageResponse::ListServicesResponse(services)) = answer.message_response else {
                panic!("a list")
            };
            let names: Vec<_> = services.service.into_iter().map(|service| service.name).collect();
            let own = format!("linkage.{service}.v1.");
            assert!(names.iter().any(|name| name.starts_with(&own)), "{service}: {names:?}");
            for shared in ["linkage.event.v1.EventService", "grpc.health.v1.Health"] {
                assert!(names.iter().any(|name| name == shared), "{service}: {names:?}");
            }
            for name in names.into_iter().filter(|name| name.starts_with("linkage.")) {
                let answer = ask(address, MessageRequest::FileContainingSymbol(name.clone())).await;
                assert!(matches!(answer.message_response, Some(MessageResponse::FileDescriptorResponse(_))), "{name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn r66_a_change_appends_its_journal_entry() {
    each(async |stage| {
        let organization = stage.organization(Company::FJALLMOLN).await;
        let ada = Company::FJALLMOLN.admin();
        let events = stage.ok(&ada, "event.EventService/ListEvents", json!({ "subject": organization })).await;
        holds(&events, json!({ "events": [{ "kind": "OrganizationCreated", "subject": organization, "subject_version": 1, "service": "enrollment",
            "parties": [organization] }] }));
        let stranger = Company::ORESKY;
        stage.organization(stranger).await;
        let events = stage.ok(&stranger.admin(), "event.EventService/ListEvents", json!({ "subject": organization })).await;
        assert_eq!(events["events"], json!([]), "who is no party sees nothing");
    })
    .await;
}

#[tokio::test]
async fn r66_every_write_of_a_journey_left_its_entry_without_personal_data() {
    each(async |stage| {
        let channel = stage.channel().await;
        let end = json!({ "name": channel.partnership.name, "cascade": true });
        stage.ok(&channel.partnership.reseller.admin, "relationship.PartnershipService/EndPartnership", end).await;
        let operator = stage.operator();
        let trail = stage.trail(&operator).await;
        assert!(stage.writes.len() > 40, "a long journey: {}", stage.writes.len());
        for write in stage.writes.clone() {
            let of_it: Vec<_> = trail
                .iter()
                .filter(|event| event["request_id"] == json!(write.request_id()) && event["cause"] == "")
                .collect();
            assert!(!of_it.is_empty(), "{} of {} left no entry", write.rpc, write.who);
            for event in of_it {
                let kind = if write.who == NOBODY { "ACTOR_KIND_LINK" } else { "ACTOR_KIND_USER" };
                let actor = &event["actor"];
                let founding = write.rpc.ends_with("CreateOrganization") && actor["kind"] == "ACTOR_KIND_PERSON";
                assert!(actor["kind"] == kind || founding, "{}: {event:#}", write.rpc);
                assert!(!text(actor, "name").is_empty(), "{event:#}");
                let behalf = text(actor, "organization");
                assert!(
                    write.who == NOBODY || founding || text(actor, "name").starts_with(&format!("{behalf}/")),
                    "{event:#}"
                );
            }
        }
        for event in &trail {
            let line = event.to_string();
            assert!(!line.contains('@'), "an e-mail address stands in {line}");
            assert!(!line.contains(".example"), "a domain stands in {line}");
        }
        let own = stage.trail(&channel.customer.admin).await;
        assert!(
            own.len() < trail.len()
                && own.iter().all(|event| list(event, "parties").contains(&json!(channel.customer.organization)))
        );
    })
    .await;
}
