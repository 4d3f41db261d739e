//! Applications: registered, changed, given other credentials, and taken away; by whom, and how many.

use runtime::Role;
use runtime::keys::SigningKey;
use tonic::Code;
use wire::access::RecordAccessChangeRequest;
use wire::enrollment as pb;
use wire::enrollment::application::State;
use wire::enrollment::application_credential::Proof;
use wire::event::ListEventsRequest;
use wire::event::event_service_client::EventServiceClient;

use crate::house::{OPERATOR, houses, reason, refused, request_id};
use crate::machine::{CLUSTER, SUBJECT, asked, of_key, of_workload};
use crate::requests::ADA;

const OTTO: &str = "otto@nordwind.example";
const EVE: &str = "eve@evil.example";
const CHECKS: &[Role] = &[Role::OrderCheck, Role::AccessCheck];

#[tokio::test]
async fn r67_an_application_is_registered_read_changed_and_deleted() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let key = SigningKey::generate().unwrap();
        let mut request = asked(&name, CHECKS, of_key(key.public()));
        request.request_id = request_id(1);
        let made = house.registered(ADA, request.clone()).await.unwrap();
        assert_eq!(house.registered(ADA, request).await.unwrap(), made, "the same answer to the same request");
        assert_eq!((made.state(), made.etag.as_str(), made.credentials.len()), (State::Active, "1", 1));
        assert_eq!(made.roles, CHECKS.iter().map(|role| i32::from(*role)).collect::<Vec<_>>());
        assert_eq!(made.credentials[0].kid, key.kid());
        assert_eq!(made.credentials[0].proof, Some(Proof::PublicKey(key.public().to_pem().unwrap())));

        let renamed =
            pb::Application { name: made.name.clone(), display_name: "Ordering".to_owned(), ..Default::default() };
        let stale = pb::Application { etag: "9".to_owned(), ..renamed.clone() };
        assert_eq!(reason(house.altered(stale).await), "ETAG_MISMATCH");
        assert_eq!(house.altered(renamed).await.unwrap().etag, "2");
        let workload =
            house.registered(ADA, asked(&name, &[Role::EventRead], of_workload(CLUSTER, SUBJECT))).await.unwrap();
        assert_eq!((workload.credentials[0].kid.as_str(), workload.credentials[0].expire_time), ("", None));
        let get = pb::GetApplicationRequest { name: made.name.clone() };
        let read = house.applications().get_application(house.by(ADA, get.clone()).await).await.unwrap().into_inner();
        assert_eq!(read.display_name, "Ordering");
        assert!(house.applications().get_application(house.operator(get.clone()).await).await.is_ok());
        let mut request = pb::ListApplicationsRequest { parent: name.clone(), page_size: 1, ..Default::default() };
        let page =
            house.applications().list_applications(house.by(ADA, request.clone()).await).await.unwrap().into_inner();
        request.page_token = page.next_page_token;
        let rest = house.applications().list_applications(house.by(ADA, request).await).await.unwrap().into_inner();
        assert_eq!((&page.applications[0].name, &rest.applications[0].name), (&made.name, &workload.name));

        house.removed(&made.name, "2").await.unwrap();
        assert_eq!(reason(house.removed(&made.name, "").await), "RESOURCE_MISSING");
        assert_eq!(reason(house.applications().get_application(house.by(ADA, get).await).await), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r67_siblings_are_told_of_an_applications_rights_and_the_journal_of_what_was_done() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let made = house.machine(&name, CHECKS, &SigningKey::generate().unwrap()).await;
        let away = pb::Application { name: made.name.clone(), state: State::Disabled.into(), ..Default::default() };
        house.altered(away).await.unwrap();
        let rotation = pb::RotateCredentialRequest {
            name: made.name.clone(),
            credential: of_workload(CLUSTER, SUBJECT),
            ..Default::default()
        };
        house.rotated(rotation).await.unwrap();
        house.removed(&made.name, "").await.unwrap();
        let mut told: Vec<RecordAccessChangeRequest> = house.told("RecordAccessChange").await;
        told.retain(|change| change.application == made.name);
        told.sort_by_key(|change| change.lowest_version);
        let rights = |change: &RecordAccessChangeRequest| (change.lowest_version, change.roles.len(), change.disabled);
        let told: Vec<_> = told.iter().map(rights).collect();
        let expected = [(1, 2, false), (2, 2, true), (3, 2, true), (4, 0, true)];
        assert_eq!(told, expected.iter().flat_map(|one| [*one; 3]).collect::<Vec<_>>(), "each sibling, of each");

        house.service.number_once().await.unwrap();
        let request = house.by(ADA, ListEventsRequest { subject: made.name.clone(), ..Default::default() }).await;
        let events = EventServiceClient::new(house.channel()).list_events(request).await.unwrap().into_inner().events;
        let kinds: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.to_state.as_str())).collect();
        let expected = [
            ("ApplicationCreated", "ACTIVE"),
            ("ApplicationUpdated", "DISABLED"),
            ("CredentialRotated", ""),
            ("ApplicationDeleted", "DELETED"),
        ];
        assert_eq!(kinds, expected);
        let ada = events[0].actor.clone().unwrap().name;
        assert!(
            ada.starts_with(&format!("{name}/users/"))
                && events.iter().all(|event| event.actor.as_ref().unwrap().name == ada)
        );
    }
}

#[tokio::test]
async fn r67_global_administrators_alone_register_and_others_see_nothing() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.founded_by(EVE, "Evil").await;
        let user = pb::User { email: OTTO.to_owned(), roles: vec![Role::UserAdmin.into()], ..Default::default() };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(user), ..Default::default() };
        house.users().create_user(house.by(ADA, request).await).await.unwrap();
        let key = SigningKey::generate().unwrap();
        for (who, expected) in [(OTTO, "ROLE_REQUIRED"), (EVE, "RESOURCE_MISSING"), (OPERATOR, "RESOURCE_MISSING")] {
            let request = asked(&name, CHECKS, of_key(key.public()));
            assert_eq!(reason(house.registered(who, request).await), expected, "{who}");
        }
        let made = house.machine(&name, CHECKS, &key).await;
        let get = pb::GetApplicationRequest { name: made.name };
        assert!(house.applications().get_application(house.by(OTTO, get.clone()).await).await.is_ok());
        assert_eq!(reason(house.applications().get_application(house.by(EVE, get).await).await), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r67_roles_of_people_are_none_of_applications_and_the_other_way_round() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let nothing = refused(house.registered(ADA, asked(&name, &[Role::GlobalAdmin], None)).await);
        assert_eq!(
            (nothing.code, nothing.fields),
            (Code::InvalidArgument, vec!["application.roles".into(), "credential.proof".into()])
        );
        let stranger = asked(&name, CHECKS, of_workload("https://other.example", SUBJECT));
        assert_eq!(refused(house.registered(ADA, stranger).await).fields, ["credential.federated_subject.issuer"]);
        let user = pb::User { email: OTTO.to_owned(), roles: vec![Role::OrderCheck.into()], ..Default::default() };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(user), ..Default::default() };
        assert_eq!(refused(house.users().create_user(house.by(ADA, request).await).await).fields, ["user.roles"]);
        let request = pb::ListUsersRequest { parent: name, role: Role::OrderCheck.into(), ..Default::default() };
        assert_eq!(refused(house.users().list_users(house.by(ADA, request).await).await).fields, ["role"]);
    }
}

#[tokio::test]
async fn r67_an_organization_has_twenty_applications_and_room_again_when_one_is_gone() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let key = SigningKey::generate().unwrap();
        let request = || asked(&name, &[Role::EventRead], of_key(key.public()));
        let mut last = house.registered(ADA, request()).await.unwrap();
        for _ in 1..20 {
            last = house.registered(ADA, request()).await.unwrap();
        }
        let full = refused(house.registered(ADA, request()).await);
        assert_eq!((full.code, full.reason.as_str()), (Code::ResourceExhausted, "QUOTA_REACHED"));
        assert_eq!(full.metadata["limit"], "20");
        house.removed(&last.name, "").await.unwrap();
        assert!(house.registered(ADA, request()).await.is_ok());
    }
}

#[tokio::test]
async fn r67_a_rotation_leaves_the_former_credential_until_its_end() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let (first, second) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let made = house.machine(&name, CHECKS, &first).await;
        let rotation = |key: &SigningKey, former_expire_time| pb::RotateCredentialRequest {
            name: made.name.clone(),
            credential: of_key(key.public()),
            former_expire_time,
            ..Default::default()
        };
        for days in [0, 91] {
            let wrong = refused(house.rotated(rotation(&second, house.days_ahead(days))).await);
            assert_eq!((wrong.reason.as_str(), wrong.fields), ("FIELD_INVALID", vec!["former_expire_time".to_owned()]));
        }
        assert_eq!(reason(house.rotated(rotation(&first, None)).await), "CREDENTIAL_EXISTS");
        let both = house.rotated(rotation(&second, house.days_ahead(7))).await.unwrap();
        let kids = |application: &pb::Application| {
            application.credentials.iter().map(|one| one.kid.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kids(&both), [second.kid(), first.kid()]);
        assert!(both.credentials[0].expire_time.is_none() && both.credentials[1].expire_time.is_some());
        house.advance(8).await;
        let get = pb::GetApplicationRequest { name: made.name.clone() };
        let read = house.applications().get_application(house.by(ADA, get).await).await.unwrap().into_inner();
        assert_eq!(kids(&read), [second.kid()]);
        assert_eq!(kids(&house.rotated(rotation(&first, None)).await.unwrap()), [first.kid()]);
    }
}
