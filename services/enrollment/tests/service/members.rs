//! Users who come and go: listed by role and state, deleted, and never so that nobody governs.

use futures::future::join;
use runtime::Role;
use tonic::{Request, Response, Status};
use wire::access::RecordAccessChangeRequest;
use wire::enrollment as pb;
use wire::enrollment::user::State;

use crate::house::{House, houses, reason, refused, with_token};
use crate::requests::ADA;

const OTTO: &str = "otto@nordwind.example";
const SVEN: &str = "sven@nordwind.example";

impl House {
    async fn added(&self, organization: &str, email: &str, roles: &[Role]) -> pb::User {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        let user = pb::User { email: email.to_owned(), roles, ..Default::default() };
        let request = pb::CreateUserRequest { parent: organization.to_owned(), user: Some(user), ..Default::default() };
        self.users().create_user(self.by(ADA, request).await).await.unwrap().into_inner()
    }

    async fn gone(&self, who: &str, user: &str) -> Result<pb::DeleteUserResponse, Status> {
        let request = pb::DeleteUserRequest { name: user.to_owned(), ..Default::default() };
        self.users().delete_user(self.by(who, request).await).await.map(Response::into_inner)
    }

    async fn listed(&self, request: pb::ListUsersRequest) -> Vec<String> {
        let page = self.users().list_users(self.by(ADA, request).await).await.unwrap().into_inner();
        page.users.into_iter().map(|user| user.email).collect()
    }
}

#[tokio::test]
async fn r11_a_deleted_user_is_gone_with_its_tokens_and_its_address_is_free() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let sven = house.added(&name, SVEN, &[Role::SalesAgent]).await;
        let session = house.session(house.identity(SVEN), "").await.unwrap();
        let ask = || async { house.users().get_self(with_token(&session.access_token, pb::GetSelfRequest {})).await };
        assert!(ask().await.is_ok());
        let stale = pb::DeleteUserRequest { name: sven.name.clone(), etag: "9".to_owned(), ..Default::default() };
        assert_eq!(reason(house.users().delete_user(house.by(ADA, stale).await).await), "ETAG_MISMATCH");
        assert_eq!(reason(house.gone(SVEN, &sven.name).await), "ROLE_REQUIRED");
        house.gone(ADA, &sven.name).await.unwrap();
        assert_eq!(reason(ask().await), "CREDENTIAL_INVALID");
        assert_eq!(reason(house.gone(ADA, &sven.name).await), "RESOURCE_MISSING");
        let read = pb::GetUserRequest { name: sven.name.clone() };
        assert_eq!(reason(house.users().get_user(house.by(ADA, read).await).await), "RESOURCE_MISSING");
        let told: Vec<RecordAccessChangeRequest> = house.told("RecordAccessChange").await;
        let last: Vec<_> = told.iter().filter(|change| change.user == sven.name && change.disabled).collect();
        assert_eq!(last.len(), 3, "each sibling is told");
        assert!(last.iter().all(|change| change.roles.is_empty() && change.lowest_version == 2));
        assert_eq!(house.session(house.identity(SVEN), "").await.unwrap().user, "", "a person of no organization");
        let again = house.added(&name, SVEN, &[Role::BillingAdmin]).await;
        assert_ne!(again.name, sven.name);
        assert_eq!(house.session(house.identity(SVEN), "").await.unwrap().user, again.name);
    }
}

#[tokio::test]
async fn r11_a_user_administrator_deletes_nobody_who_reaches_further() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.added(&name, OTTO, &[Role::UserAdmin]).await;
        let agent = house.added(&name, "agnes@nordwind.example", &[Role::AdminAgent, Role::SalesAgent]).await;
        let sven = house.added(&name, SVEN, &[Role::SalesAgent]).await;
        assert_eq!(refused(house.gone(OTTO, &agent.name).await).metadata["roles"], "GLOBAL_ADMIN");
        house.gone(OTTO, &sven.name).await.unwrap();
        let me = house.users().get_self(house.by(ADA, pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        assert_eq!(reason(house.gone(ADA, &me.name).await), "LAST_GLOBAL_ADMIN");
        assert_eq!(reason(house.gone(OTTO, &me.name).await), "ROLE_REQUIRED");
        house.gone(ADA, &agent.name).await.unwrap();
        let parent = name.clone();
        assert_eq!(house.listed(pb::ListUsersRequest { parent, ..Default::default() }).await, [ADA, OTTO]);
    }
}

#[tokio::test]
async fn r11_users_are_listed_by_role_and_state() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.added(&name, OTTO, &[Role::UserAdmin, Role::SalesAgent]).await;
        let sven = house.added(&name, SVEN, &[Role::SalesAgent]).await;
        let away = pb::User { name: sven.name.clone(), state: State::Disabled.into(), ..Default::default() };
        let request = pb::UpdateUserRequest { user: Some(away), ..Default::default() };
        house.users().update_user(house.by(ADA, request).await).await.unwrap();
        let list = |role: Role, state: State| {
            let parent = name.clone();
            pb::ListUsersRequest { parent, role: role.into(), state: state.into(), ..Default::default() }
        };
        let (any, all) = (Role::Unspecified, State::Unspecified);
        for (request, expected) in [
            (list(any, all), vec![ADA, OTTO, SVEN]),
            (list(Role::GlobalAdmin, all), vec![ADA]),
            (list(Role::SalesAgent, all), vec![OTTO, SVEN]),
            (list(Role::SalesAgent, State::Active), vec![OTTO]),
            (list(any, State::Disabled), vec![SVEN]),
            (list(Role::Operator, all), vec![]),
        ] {
            assert_eq!(house.listed(request.clone()).await, expected, "{request:?}");
        }
        let first = pb::ListUsersRequest { page_size: 1, ..list(Role::SalesAgent, all) };
        let page = house.users().list_users(house.by(ADA, first.clone()).await).await.unwrap().into_inner();
        let token = page.next_page_token;
        let next = pb::ListUsersRequest { page_token: token.clone(), ..first };
        assert_eq!(house.listed(next).await, [SVEN]);
        let other = pb::ListUsersRequest { page_token: token, ..list(any, all) };
        let refusal = house.users().list_users(house.by(ADA, other).await).await;
        assert_eq!(reason(refusal), "PAGE_TOKEN_INVALID", "a token is good for its filter");
    }
}

/// What one administrator does to another, or to himself.
#[derive(Debug, Clone, Copy)]
enum Deed {
    StepDown,
    Disable,
    Delete,
}

#[tokio::test]
async fn r11_administrators_who_remove_each_other_at_once_leave_one() {
    const DEEDS: [Deed; 3] = [Deed::StepDown, Deed::Disable, Deed::Delete];
    for house in houses().await {
        let pairs = DEEDS.into_iter().flat_map(|one| DEEDS.map(|other| (one, other)));
        for (number, (one, other)) in pairs.enumerate() {
            // To oneself, and across.
            for across in [false, true] {
                let emails = ["a", "b"].map(|who| format!("{who}{number}{across}@nordwind.example"));
                let name = house.founded_by(&emails[0], "Nordwind").await;
                let user =
                    pb::User { email: emails[1].clone(), roles: vec![Role::GlobalAdmin.into()], ..Default::default() };
                let request = pb::CreateUserRequest { parent: name.clone(), user: Some(user), ..Default::default() };
                house.users().create_user(house.by(&emails[0], request).await).await.unwrap();
                let mut sessions = Vec::new();
                for email in &emails {
                    sessions.push(house.session(house.identity(email), "").await.unwrap());
                }
                let targets = if across { [1, 0] } else { [0, 1] }.map(|whom: usize| sessions[whom].user.clone());
                let (first, second) = join(
                    house.do_to(&sessions[0].access_token, &targets[0], one),
                    house.do_to(&sessions[1].access_token, &targets[1], other),
                )
                .await;
                let reasons: Vec<_> =
                    [first, second].into_iter().filter_map(Result::err).map(|s| reason::<()>(Err(s))).collect();
                let told = format!("{one:?} and {other:?}, across: {across}: {reasons:?}");
                // Across, whoever comes second may have lost his rights already.
                assert_eq!(reasons.len(), 1, "exactly one worked: {told}");
                assert!(["LAST_GLOBAL_ADMIN", "CREDENTIAL_INVALID"].contains(&reasons[0].as_str()), "{told}");
                let request = pb::ListUsersRequest {
                    parent: name,
                    role: Role::GlobalAdmin.into(),
                    state: State::Active.into(),
                    ..Default::default()
                };
                let left = house.users().list_users(house.operator(request).await).await.unwrap().into_inner();
                assert_eq!(left.users.len(), 1, "{told}");
            }
        }
    }
}

impl House {
    async fn do_to(&self, token: &str, user: &str, deed: Deed) -> Result<(), Status> {
        let update = |user: pb::User| -> Request<pb::UpdateUserRequest> {
            with_token(token, pb::UpdateUserRequest { user: Some(user), ..Default::default() })
        };
        let name = user.to_owned();
        match deed {
            Deed::StepDown => {
                let roles = vec![Role::SalesAgent.into()];
                self.users().update_user(update(pb::User { name, roles, ..Default::default() })).await.map(drop)
            }
            Deed::Disable => {
                let state = State::Disabled.into();
                self.users().update_user(update(pb::User { name, state, ..Default::default() })).await.map(drop)
            }
            Deed::Delete => {
                let request = with_token(token, pb::DeleteUserRequest { name, ..Default::default() });
                self.users().delete_user(request).await.map(drop)
            }
        }
    }
}

#[tokio::test]
async fn r11_a_global_administrator_gives_himself_admin_agent_and_reads_it() {
    for house in houses().await {
        house.founded_by(ADA, "Nordwind").await;
        let me = house.users().get_self(house.by(ADA, pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        let roles = [Role::GlobalAdmin, Role::AdminAgent].map(i32::from);
        let user = Some(pb::User { name: me.name, roles: roles.into(), ..Default::default() });
        let request = pb::UpdateUserRequest { user, ..Default::default() };
        house.users().update_user(house.by(ADA, request).await).await.unwrap();
        let me = house.users().get_self(house.by(ADA, pb::GetSelfRequest {}).await).await.unwrap().into_inner();
        assert_eq!(me.roles, roles);
    }
}
