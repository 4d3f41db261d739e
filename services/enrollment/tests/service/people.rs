//! Sign-in, users and their roles.

use runtime::Role;
use sea_orm::{ConnectionTrait as _, Statement, Value};
use tonic::Code;
use wire::access::RecordAccessChangeRequest;
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;

use crate::house::{House, OPERATOR, houses, operator, reason, refused, with_token};
use crate::requests::ADA;

fn user(organization: &str, email: &str, roles: &[Role]) -> pb::CreateUserRequest {
    let user = pb::User {
        email: email.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        ..Default::default()
    };
    pb::CreateUserRequest { parent: organization.to_owned(), user: Some(user), ..Default::default() }
}

#[tokio::test]
async fn the_operator_is_made_once() {
    for house in houses().await {
        let again = enrollment::bootstrap(house.service.app(), &operator()).await;
        assert_eq!(again.map_err(|fault| fault.reason()), Err("ORGANIZATION_DUPLICATE"));
        let me = house.users().get_self(house.operator(pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        assert_eq!(me.roles, [Role::GlobalAdmin, Role::UserAdmin, Role::Operator].map(i32::from));
        let told: Vec<RecordAccessChangeRequest> = house.told("RecordAccessChange").await;
        assert_eq!(told.len(), 3, "each sibling is told");
    }
}

#[tokio::test]
async fn r17_a_session_token_is_good_once_and_an_old_one_ends_the_session() {
    for house in houses().await {
        let first = house.session(house.identity(ADA), "").await.unwrap();
        assert_eq!(first.user, "", "who belongs nowhere acts for nobody");
        let name = house.founded_by(ADA, "Nordwind").await;
        let token = Proof::SessionToken(first.session_token.clone());
        let second = house.session(token.clone(), &name).await.unwrap();
        assert!(second.user.starts_with(&name));
        assert_eq!(reason(house.session(token, "").await), "CREDENTIAL_INVALID");
        let stolen = Proof::SessionToken(second.session_token);
        assert_eq!(reason(house.session(stolen, "").await), "CREDENTIAL_INVALID");
        let forged = Proof::SessionToken(format!("{}a", first.session_token));
        assert_eq!(reason(house.session(forged, "").await), "CREDENTIAL_INVALID");
    }
}

#[tokio::test]
async fn r17_after_a_restore_nobody_goes_on_with_a_session_from_before() {
    for house in houses().await {
        let session = house.session(house.identity(ADA), "").await.unwrap();
        let database = house.service.app().database();
        let restored = runtime::start::restored::<enrollment::Enrollment>(database).await.unwrap();
        assert_eq!((restored.epoch, restored.void), (2, 1));
        assert_eq!(reason(house.session(Proof::SessionToken(session.session_token), "").await), "CREDENTIAL_INVALID");
        house.session(house.identity(ADA), "").await.unwrap();
    }
}

#[tokio::test]
async fn r17_who_belongs_to_several_organizations_names_one() {
    for house in houses().await {
        let (one, two) = (house.founded_by(ADA, "Nordwind").await, house.founded_by(ADA, "Südwind").await);
        let choice = refused(house.session(house.identity(ADA), "").await);
        assert_eq!((choice.code, choice.reason.as_str()), (Code::FailedPrecondition, "ORGANIZATION_CHOICE"));
        assert_eq!(choice.metadata["organizations"], format!("{one},{two}"));
        assert!(house.session(house.identity(ADA), &two).await.unwrap().user.starts_with(&two));
        assert_eq!(reason(house.session(house.identity("eve@evil.example"), &two).await), "RESOURCE_MISSING");
    }
}

/// As clients do that send a token with each call.
#[tokio::test]
async fn r17_a_token_that_is_sent_along_narrows_no_sign_in() {
    for house in houses().await {
        let (one, two) = (house.founded_by(ADA, "Nordwind").await, house.founded_by(ADA, "Südwind").await);
        let of_one = house.session(house.identity(ADA), &one).await.unwrap();
        let asked = |proof, organization: &str| {
            let organization = organization.to_owned();
            let request = pb::CreateSessionRequest { proof: Some(proof), organization };
            with_token(&of_one.access_token, request)
        };
        let choice = house.sessions().create_session(asked(house.identity(ADA), "")).await;
        assert_eq!(refused(choice).metadata["organizations"], format!("{one},{two}"));
        let proof = Proof::SessionToken(of_one.session_token.clone());
        let of_two = house.sessions().create_session(asked(proof, &two)).await.unwrap().into_inner();
        assert!(of_two.user.starts_with(&two), "{}", of_two.user);
    }
}

#[tokio::test]
async fn r11_users_are_added_by_address_and_bound_at_first_sign_in() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let request = user(&name, "Sven@Nordwind.example", &[Role::UserAdmin]);
        let sven = house.users().create_user(house.by(ADA, request.clone()).await).await.unwrap().into_inner();
        assert_eq!(sven.email, "sven@nordwind.example");
        assert_eq!(reason(house.users().create_user(house.by(ADA, request).await).await), "USER_EXISTS");
        let by_sven = house.by("sven@nordwind.example", pb::GetSelfRequest {}).await;
        assert_eq!(house.users().get_self(by_sven).await.unwrap().into_inner().name, sven.name);
        let request = user(&name, "eve@nordwind.example", &[Role::GlobalAdmin]);
        let given = house.by("sven@nordwind.example", request).await;
        assert_eq!(reason(house.users().create_user(given).await), "ROLE_REQUIRED");
        let request = user(&name, "eve@nordwind.example", &[Role::Operator]);
        assert_eq!(refused(house.users().create_user(house.by(ADA, request).await).await).fields, ["user.roles"]);
        let request = pb::ListUsersRequest { parent: name.clone(), page_size: 1, ..Default::default() };
        let page = house.users().list_users(house.by(ADA, request.clone()).await).await.unwrap().into_inner();
        assert_eq!(page.users[0].email, ADA);
        let request = pb::ListUsersRequest { page_token: page.next_page_token, ..request };
        let page = house.users().list_users(house.by(ADA, request).await).await.unwrap().into_inner();
        assert_eq!((page.users[0].name.as_str(), page.next_page_token.as_str()), (sven.name.as_str(), ""));
        let request = pb::GetUserRequest { name: sven.name };
        let foreign = house.by("eve@evil.example", request.clone()).await;
        assert_eq!(reason(house.users().get_user(foreign).await), "ROLE_REQUIRED");
        house.founded_by("eve@evil.example", "Evil").await;
        let foreign = house.by("eve@evil.example", request.clone()).await;
        assert_eq!(reason(house.users().get_user(foreign).await), "RESOURCE_MISSING");
        assert!(house.users().get_user(house.operator(request).await).await.is_ok());
    }
}

/// Makes so many users like the first, at once.
async fn crowd(house: &House, many: usize) {
    const LIKE_THE_FIRST: &str = "INSERT INTO member (id, organization, email, display_name, roles, role_bits, state, access_version, version, \
                                  created_at, updated_at) SELECT $1, organization, $2, display_name, roles, role_bits, state, access_version, \
                                  version, created_at, updated_at FROM member WHERE email = $3";
    let database = house.service.app().database();
    let written = database.transact_for(database::Scope::Peer, async |tx: database::Tx| {
        for number in 0..many {
            let id = uuid::Uuid::from_u128(number as u128 + 1);
            let values = [Value::from(id), format!("{number}@nordwind.example").into(), ADA.into()];
            let statement = Statement::from_sql_and_values(tx.get_database_backend(), LIKE_THE_FIRST, values);
            tx.execute_raw(statement).await.map_err(database::Error::from)?;
        }
        Ok::<_, database::Error>(database::Step::Commit(()))
    });
    written.await.unwrap();
}

#[tokio::test]
async fn r11_an_organization_has_a_thousand_users_and_room_again_when_one_is_gone() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        crowd(&house, 998).await;
        let added = async |email: &str| {
            let request = user(&name, email, &[Role::SalesAgent]);
            house.users().create_user(house.by(ADA, request).await).await
        };
        let last = added("last@nordwind.example").await.unwrap().into_inner();
        let full = refused(added("more@nordwind.example").await);
        assert_eq!((full.code, full.reason.as_str()), (Code::ResourceExhausted, "QUOTA_REACHED"));
        assert_eq!(full.metadata["limit"], "1000");
        let request = pb::DeleteUserRequest { name: last.name, ..Default::default() };
        house.users().delete_user(house.by(ADA, request).await).await.unwrap();
        assert!(added("more@nordwind.example").await.is_ok());
    }
}

#[tokio::test]
async fn a_user_disabled_before_anyone_signed_in_keeps_nobody_from_signing_in() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let request = user(&name, "stranger@fjord.example", &[Role::SalesAgent]);
        let added = house.users().create_user(house.by(ADA, request).await).await.unwrap().into_inner();
        let disabled = pb::User { name: added.name, state: pb::user::State::Disabled.into(), ..Default::default() };
        let request = pb::UpdateUserRequest { user: Some(disabled), ..Default::default() };
        house.users().update_user(house.by(ADA, request).await).await.unwrap();
        let session = house.session(house.identity("stranger@fjord.example"), "").await.unwrap();
        assert_eq!(session.user, "", "a person without organization, who may create one");
    }
}

#[tokio::test]
async fn losing_a_place_in_one_organization_ends_no_session_for_another() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let other = house.founded_by("sven@nordwind.example", "Fjord").await;
        let request = user(&name, "sven@nordwind.example", &[Role::SalesAgent]);
        let sven = house.users().create_user(house.by(ADA, request).await).await.unwrap().into_inner();
        let session = house.session(house.identity("sven@nordwind.example"), &name).await.unwrap();
        let disabled = pb::User { name: sven.name, state: pb::user::State::Disabled.into(), ..Default::default() };
        let request = pb::UpdateUserRequest { user: Some(disabled), ..Default::default() };
        house.users().update_user(house.by(ADA, request).await).await.unwrap();
        let kept = house.session(Proof::SessionToken(session.session_token), &other).await.unwrap();
        assert!(kept.user.starts_with(&other));
    }
}

#[tokio::test]
async fn r11_taking_rights_away_voids_what_was_issued_before() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let request = user(&name, "sven@nordwind.example", &[Role::GlobalAdmin]);
        let sven = house.users().create_user(house.by(ADA, request).await).await.unwrap().into_inner();
        let session = house.session(house.identity("sven@nordwind.example"), "").await.unwrap();
        let disabled = |name: &str| {
            let user =
                pb::User { name: name.to_owned(), state: pb::user::State::Disabled.into(), ..Default::default() };
            pb::UpdateUserRequest { user: Some(user), ..Default::default() }
        };
        house.users().update_user(house.by(ADA, disabled(&sven.name)).await).await.unwrap();
        let old = with_token(&session.access_token, pb::GetSelfRequest {});
        assert_eq!(reason(house.users().get_self(old).await), "CREDENTIAL_INVALID");
        let old = || Proof::SessionToken(session.session_token.clone());
        assert_eq!(reason(house.session(old(), &name).await), "USER_DISABLED");
        assert_eq!(house.session(old(), "").await.unwrap().user, "");
        let back = house.session(house.identity("sven@nordwind.example"), &name).await;
        assert_eq!(reason(back), "USER_DISABLED");
        let back = house.session(house.identity("sven@nordwind.example"), "").await.unwrap();
        assert_eq!(back.user, "", "who belongs nowhere any more may create an organization");
        let me = house.users().get_self(house.by(ADA, pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        let last = house.by(ADA, disabled(&me.name)).await;
        assert_eq!(reason(house.users().update_user(last).await), "LAST_GLOBAL_ADMIN");
        let stale = pb::UpdateUserRequest {
            user: Some(pb::User { etag: "99".to_owned(), display_name: "Ada".to_owned(), ..me }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".to_owned()] }),
            ..Default::default()
        };
        assert_eq!(reason(house.users().update_user(house.by(ADA, stale).await).await), "ETAG_MISMATCH");
        let others = house.by(OPERATOR, disabled(&sven.name)).await;
        assert_eq!(
            reason(house.users().update_user(others).await),
            "RESOURCE_MISSING",
            "the operator decides for nobody"
        );
    }
}
