//! Applications of organizations, as order systems and others use them (R67).

use std::time::{Duration, Instant};

use linkage::{Answer, Client, ServiceName, SigningKey};
use serde_json::{Value, json};
use tonic::Code;

use crate::harness::call::{NOBODY, holds, text, told};
use crate::harness::{Stage, each};
use crate::scenes::Company;

const SESSION: &str = "enrollment.SessionService/CreateSession";
const ORDERS: &str = "relationship.OrderEligibilityService/CheckOrderEligibility";
const ACCESS: &str = "relationship.AdminGrantService/CheckDelegatedAccess";
const UPDATE: &str = "enrollment.ApplicationService/UpdateApplication";
/// So soon is a right that was taken away taken away everywhere.
const SOON: Duration = Duration::from_secs(5);

/// An application that has signed in.
struct Machine {
    name: String,
    key: SigningKey,
    token: String,
}

impl Machine {
    async fn of(stage: &mut Stage, admin: &str, organization: &str, roles: &[&str]) -> Machine {
        let key = SigningKey::generate().expect("a key");
        let name = stage.application(admin, organization, roles, &key).await;
        let token = text(&stage.machine_session(&name, &key).await, "access_token");
        Machine { name, key, token }
    }

    async fn ask(&self, stage: &Stage, rpc: &str, request: &Value) -> Answer {
        let method = stage.client.method(rpc).expect(rpc);
        let home = Client::home(&method).expect("a service");
        stage.client.call(home, &method, request, Some(&self.token)).await.expect("a request")
    }

    /// What each service says to its token about the journal.
    async fn heard(&self, stage: &Stage) -> Vec<String> {
        let method = stage.client.method("event.EventService/ListEvents").expect("ListEvents");
        let mut reasons = Vec::new();
        for service in ServiceName::ALL {
            let answer = stage.client.call(service, &method, &json!({}), Some(&self.token)).await.expect("a request");
            assert!(answer.code == Code::Ok || !answer.reason.is_empty(), "{service}: {}", told(&answer));
            reasons.push(answer.reason);
        }
        reasons
    }
}

#[tokio::test]
async fn r67_an_order_system_asks_whether_it_may_order_and_nothing_else() {
    each(async |stage| {
        let channel = stage.channel().await;
        let (provider, reseller) = (channel.partnership.provider.clone(), channel.partnership.reseller.clone());
        let orders = Machine::of(stage, &provider.admin, &provider.organization, &["ORDER_CHECK"]).await;
        let check = orders.ask(stage, ORDERS, &channel.order_check()).await;
        assert_eq!(check.code, Code::Ok, "{}", told(&check));
        holds(&check.body, json!({ "eligible": true }));
        let batch = json!({ "requests": [channel.order_check()] });
        let batch = orders.ask(stage, "relationship.OrderEligibilityService/BatchCheckOrderEligibility", &batch).await;
        holds(&batch.body, json!({ "results": [{ "eligible": true }] }));
        let user = stage.myself(&reseller.admin).await["name"].clone();
        let access = json!({ "user": user, "organization": channel.customer.organization });
        let refused = orders.ask(stage, ACCESS, &access).await;
        assert_eq!(refused.reason, "ROLE_REQUIRED");
        holds(&refused.body, json!({ "metadata": { "roles": "ACCESS_CHECK" } }));
        let desk = Machine::of(stage, &reseller.admin, &reseller.organization, &["ACCESS_CHECK"]).await;
        stage.settle().await;
        let answer = desk.ask(stage, ACCESS, &access).await;
        assert_eq!(answer.code, Code::Ok, "{}", told(&answer));
        holds(&answer.body, json!({ "allowed": true }));
        let itself = desk.ask(stage, ACCESS, &json!({ "organization": channel.customer.organization })).await;
        assert_eq!(itself.reason, "FIELD_INVALID", "an application is no user: {}", told(&itself));
        let outside = stage.organization(Company::PRAIRIE).await;
        let stranger = Machine::of(stage, &Company::PRAIRIE.admin(), &outside, &["ORDER_CHECK"]).await;
        assert_eq!(stranger.ask(stage, ORDERS, &channel.order_check()).await.reason, "NOT_A_PARTY");
        let partners = Machine::of(stage, &provider.admin, &provider.organization, &["PARTNER_READ"]).await;
        let list = partners.ask(stage, "relationship.PartnershipService/ListPartnerships", &json!({})).await;
        holds(&list.body, json!({ "partnerships": [{ "name": channel.partnership.name }] }));
    })
    .await;
}

#[tokio::test]
async fn r67_what_is_taken_from_an_application_counts_nowhere_once_all_are_told() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        for deed in ["disable", "another role", "another key", "delete"] {
            let machine = Machine::of(stage, &company.admin(), &organization, &["EVENT_READ"]).await;
            stage.settle().await;
            assert_eq!(machine.heard(stage).await, [""; 4], "{deed}");
            take(stage, &company.admin(), &machine, deed).await;
            let at_once = machine.heard(stage).await;
            let refused = at_once.iter().filter(|reason| *reason == "CREDENTIAL_INVALID").count();
            assert_eq!(refused, 1, "enrollment alone knows by itself of {deed}: {at_once:?}");
            stage.settle().await;
            assert_eq!(machine.heard(stage).await, ["CREDENTIAL_INVALID"; 4], "{deed}");
        }
    })
    .await;
}

#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
#[tokio::test(flavor = "multi_thread")]
async fn r67_what_is_taken_from_an_application_counts_nowhere_within_five_seconds() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        stage.let_run().await;
        let machine = Machine::of(stage, &company.admin(), &organization, &["EVENT_READ"]).await;
        assert_eq!(machine.heard(stage).await, [""; 4]);
        take(stage, &company.admin(), &machine, "disable").await;
        let since = Instant::now();
        while machine.heard(stage).await != ["CREDENTIAL_INVALID"; 4] {
            assert!(since.elapsed() < SOON, "{:?}", machine.heard(stage).await);
        }
        println!("a token was void at all services after {:?}", since.elapsed());
    })
    .await;
}

/// Takes something from an application, so that its token counts no more.
async fn take(stage: &mut Stage, admin: &str, machine: &Machine, deed: &str) {
    let name = &machine.name;
    let (rpc, request) = match deed {
        "disable" => (UPDATE, json!({ "application": { "name": name, "state": "STATE_DISABLED" } })),
        "another role" => (UPDATE, json!({ "application": { "name": name, "roles": ["ROLE_ORDER_CHECK"] } })),
        "another key" => {
            let key = SigningKey::generate().expect("a key").public().to_pem().expect("PEM");
            let request = json!({ "name": name, "credential": { "public_key": key } });
            ("enrollment.ApplicationService/RotateCredential", request)
        }
        _ => ("enrollment.ApplicationService/DeleteApplication", json!({ "name": name })),
    };
    stage.ok(admin, rpc, request).await;
}

#[tokio::test]
async fn r67_an_assertion_that_was_used_is_refused_by_every_replica() {
    each(async |stage| {
        if !stage.can_be_replicated() {
            return;
        }
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        let machine = Machine::of(stage, &company.admin(), &organization, &["ORDER_CHECK"]).await;
        let (second, client) = stage.replica().await;
        let method = client.method(SESSION).expect(SESSION);
        let request = json!({ "application_assertion": stage.assertion(&machine.name, &machine.key).await });
        stage.ok(NOBODY, SESSION, request.clone()).await;
        let replay = client.call(ServiceName::Enrollment, &method, &request, None).await.expect("a request");
        assert_eq!((replay.code, replay.reason.as_str()), (Code::Unauthenticated, "CREDENTIAL_INVALID"));
        // And when both are shown it at once, one of them believes it.
        let request = json!({ "application_assertion": stage.assertion(&machine.name, &machine.key).await });
        let here = stage.client.call(ServiceName::Enrollment, &method, &request, None);
        let there = client.call(ServiceName::Enrollment, &method, &request, None);
        let (here, there) = futures::future::join(here, there).await;
        let let_in = [here, there].map(|answer| answer.expect("a request").code == Code::Ok);
        assert_eq!(let_in.iter().filter(|one| **one).count(), 1, "{let_in:?}");
        second.stop().await;
    })
    .await;
}
