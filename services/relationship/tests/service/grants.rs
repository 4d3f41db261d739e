//! Whatever is done about administration, what may be ordered stays as it is.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use runtime::Role;
use testkit::{TestDatabase, on_every_database};
use wire::relationship as pb;
use wire::relationship::admin_grant_service_client::AdminGrantServiceClient;
use wire::relationship::partnership_service_client::PartnershipServiceClient;

use crate::invitation::{request_id, to_customer, whole};
use crate::stage::{CUSTOMER, PROVIDER, RESELLER, Stage, organization, user};

/// So many commands in a row.
const COMMANDS: usize = 40;

/// The seed of this run: given, or drawn from the time.
#[expect(clippy::disallowed_methods, reason = "the one setting of a random test")]
fn seed() -> u64 {
    let given = std::env::var("LINKAGE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| runtime::clock::system_time().timestamp_micros().unsigned_abs())
}

/// What an order depends on: every reason, and every fact with its version.
async fn ordering(stage: &Stage) -> (bool, Vec<pb::Ineligibility>, Vec<(String, i64, String)>) {
    let check = stage.check(false).await;
    let facts = check.facts.into_iter().map(|fact| (fact.resource, fact.version, fact.state));
    (check.eligible, check.reasons, facts.collect())
}

/// Who lets somebody administer: the reseller its provider, the customer both.
async fn grants(stage: &Stage, by: u128) -> Vec<pb::AdminGrant> {
    let list = pb::ListAdminGrantsRequest { grantor: organization(by).name(), ..Default::default() };
    let mut client = AdminGrantServiceClient::new(stage.channel());
    client.list_admin_grants(stage.by(by, list)).await.unwrap().into_inner().admin_grants
}

/// One command about administration; its name.
async fn act(stage: &Stage, partnership: &str, random: &mut StdRng, hours: &mut i64) -> &'static str {
    let mut client = AdminGrantServiceClient::new(stage.channel());
    match random.random_range(0..5) {
        0 => {
            let request = |n: u128| pb::AdminRequest {
                grantee: organization(n).name(),
                directory_roles: vec!["directory-reader".to_owned(), "global-reader".to_owned()],
                duration_days: random.random_range(1..40),
            };
            let admin_requests = [PROVIDER, RESELLER].map(request).to_vec();
            let _ = stage.invite(RESELLER, pb::Invitation { admin_requests, ..to_customer(partnership) }).await;
            let token = stage.token("customer-invitation").await;
            let mut consents = whole(&stage.inspect(&token).await.unwrap(), &token);
            let all = random.random_bool(0.5);
            consents.consents.retain(|consent| {
                all || consent.partner != organization(PROVIDER).name()
                    || consent.kind() != pb::ConsentKind::DelegatedAdmin
            });
            if stage.accept(CUSTOMER, consents).await.is_ok() { "gave it" } else { "gave none" }
        }
        1 | 2 => {
            let by = [RESELLER, CUSTOMER][random.random_range(0..2)];
            let given = grants(stage, by).await;
            let Some(one) = given.get(random.random_range(0..given.len().max(1))) else { return "had none" };
            let request =
                pb::RevokeAdminGrantRequest { request_id: request_id(), name: one.name.clone(), etag: String::new() };
            let by = if random.random_bool(0.8) { by } else { PROVIDER };
            if client.revoke_admin_grant(stage.by(by, request)).await.is_ok() { "took it away" } else { "could not" }
        }
        3 => {
            let roles = [&[Role::AdminAgent][..], &[Role::HelpdeskAgent], &[]][random.random_range(0..3)];
            stage.tell_roles(PROVIDER, roles).await;
            let request =
                pb::CheckDelegatedAccessRequest { user: user(PROVIDER), organization: organization(CUSTOMER).name() };
            let _ = client.check_delegated_access(stage.by(PROVIDER, request)).await.unwrap();
            "asked"
        }
        _ => {
            *hours += random.random_range(1..24 * 12);
            stage.pass_hours(*hours).await;
            stage.relationship.sweep_once().await.unwrap();
            stage.tell_watermark(&[]).await;
            "waited"
        }
    }
}

#[expect(clippy::print_stdout, reason = "a random run tells its seed")]
async fn play(database: TestDatabase) {
    let seed = seed();
    println!("LINKAGE_TEST_SEED={seed} on {}", database.name);
    let mut random = StdRng::seed_from_u64(seed);
    let stage = Stage::ready(database).await;
    let partnership = stage.partners().await.result_partnership;
    stage.customer(&partnership).await;
    let mut hours = 0;
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for orders_allowed in [true, false] {
        let name = partnership.clone();
        let request =
            pb::SetOrdersAllowedRequest { request_id: request_id(), name, etag: String::new(), orders_allowed };
        let mut client = PartnershipServiceClient::new(stage.channel());
        client.set_orders_allowed(stage.by(RESELLER, request)).await.unwrap();
        let before = ordering(&stage).await;
        assert_eq!(before.0, orders_allowed);
        for step in 0..COMMANDS {
            let done = act(&stage, &partnership, &mut random, &mut hours).await;
            *seen.entry(done).or_default() += 1;
            assert_eq!(ordering(&stage).await, before, "seed {seed}, step {step}: {done}");
        }
    }
    println!("{seen:?}");
    assert!(seen.contains_key("waited") && seen.len() >= 3, "seed {seed}: hardly anything was done: {seen:?}");
}

#[tokio::test]
async fn r34_no_sequence_of_commands_about_administration_changes_what_may_be_ordered() {
    on_every_database(play).await;
}
