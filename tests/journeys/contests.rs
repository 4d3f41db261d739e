//! Two replicas on one database, and two commands at the same moment that can't both have their way (V3, R34, R35, R38).

use std::time::Instant;

use chrono::TimeDelta;
use futures::future::join;
use linkage::demo::play::request_id;
use linkage::{Answer, Client, Suite};
use serde_json::{Value, json};
use tonic::Code;

use crate::harness::call::{list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Channel, reasons};

const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const ACCEPT: &str = "relationship.InvitationService/AcceptInvitation";
const REVOKE: &str = "relationship.InvitationService/RevokeInvitation";
const CHECK: &str = "relationship.OrderEligibilityService/CheckOrderEligibility";
const END: &str = "relationship.PartnershipService/EndPartnership";
const END_RELATIONSHIP: &str = "relationship.ResellerRelationshipService/EndResellerRelationship";
const BONDS: &str = "relationship.ResellerRelationshipService/ListResellerRelationships";

/// A channel that two replicas serve.
struct Ring<'s> {
    stage: &'s mut Stage,
    second: Client,
    channel: Channel,
    /// Which replica gets the first of two calls.
    turned: bool,
    /// How often the first of two commands won, and how often the second.
    won: [usize; 2],
}

/// Who calls what.
type Call<'c> = (&'c str, &'c str, Value);

/// Tells a story of rounds on PostgreSQL, where two replicas can share a database.
async fn ring(story: impl AsyncFn(&mut Ring<'_>)) {
    each(async |stage| {
        if !stage.can_be_replicated() {
            return;
        }
        let channel = stage.channel().await;
        let (suite, second): (Suite, Client) = stage.replica().await;
        let mut ring = Ring { stage, second, channel, turned: false, won: [0; 2] };
        story(&mut ring).await;
        suite.stop().await;
    })
    .await;
}

impl Ring<'_> {
    /// Both at once, each at another replica; who called where is another one each time.
    async fn both(&mut self, first: Call<'_>, second: Call<'_>) -> [Answer; 2] {
        self.turned = !self.turned;
        let tokens = [self.token(first.0).await, self.token(second.0).await];
        let [one, other] =
            if self.turned { [&self.stage.client, &self.second] } else { [&self.second, &self.stage.client] };
        let (a, b) = join(call(one, &first, &tokens[0]), call(other, &second, &tokens[1])).await;
        self.won[0] += usize::from(a.code == Code::Ok);
        self.won[1] += usize::from(b.code == Code::Ok);
        [a, b]
    }

    async fn token(&mut self, who: &str) -> String {
        self.stage.people.token(&self.stage.client, who, None).await.expect("a token").expect("signed in")
    }

    /// A day passes before anybody has sent as many invitations as one may in a day.
    async fn begin(&mut self, round: usize) {
        if round % 100 == 99 {
            self.stage.advance(TimeDelta::days(1)).await;
        }
    }

    /// The reseller asks the customer for a relationship of its own; the invitation, and what accepts all of it.
    async fn asked(&mut self) -> (String, Value) {
        let (reseller, customer) =
            (self.channel.partnership.reseller.admin.clone(), self.channel.customer.admin.clone());
        let invitation = json!({ "kind": "KIND_CUSTOMER", "recipient_email": customer, "language_code": "en" });
        let made = self.stage.ok(&reseller, INVITE, json!({ "invitation": invitation })).await;
        let token = self.stage.token(&customer, "customer-invitation").await;
        (text(&made, "invitation.name"), self.stage.accepting(&token, |_| true).await)
    }

    /// The customer's live relationships that stand alone.
    async fn alone(&mut self) -> Vec<Value> {
        let customer = self.channel.customer.admin.clone();
        let request = json!({ "state": "STATE_ACTIVE", "page_size": 200 });
        let found = self.stage.ok(&customer, BONDS, request).await;
        let mut all = list(&found, "reseller_relationships");
        all.retain(|one| one["partnership"] == "");
        all
    }

    /// Ends what stands alone, so that the next round begins as this one did.
    async fn clear(&mut self) -> usize {
        let (all, customer) = (self.alone().await, self.channel.customer.admin.clone());
        for one in &all {
            self.stage.ok(&customer, END_RELATIONSHIP, json!({ "name": one["name"] })).await;
        }
        all.len()
    }
}

async fn call(client: &Client, (_, rpc, request): &Call<'_>, token: &str) -> Answer {
    let method = client.method(rpc).expect(rpc);
    let home = Client::home(&method).expect("a service");
    let mut request = request.clone();
    if method.input().get_field_by_name("request_id").is_some() {
        request["request_id"] = json!(request_id());
    }
    client.call(home, &method, &request, Some(token)).await.expect("a request")
}

/// That exactly one worked, and the other learned why not.
#[track_caller]
fn one_of(answers: &[Answer; 2], round: usize) -> usize {
    let winners: Vec<_> = (0..2).filter(|at| answers[*at].code == Code::Ok).collect();
    assert_eq!(winners.len(), 1, "round {round}: {answers:#?}");
    let loser = &answers[1 - winners[0]];
    assert!(["TOKEN_USED", "STATE_FORBIDS"].contains(&loser.reason.as_str()), "round {round}: {loser:#?}");
    assert_eq!(loser.code, Code::FailedPrecondition, "round {round}: {loser:#?}");
    winners[0]
}

/// Either it is accepted or it is taken back.
pub(crate) async fn accept_with_revoke(rounds: usize) {
    ring(async |ring| {
        for round in 0..rounds {
            ring.begin(round).await;
            let (name, accept) = ring.asked().await;
            let (customer, reseller) =
                (ring.channel.customer.admin.clone(), ring.channel.partnership.reseller.admin.clone());
            let answers = ring.both((&customer, ACCEPT, accept), (&reseller, REVOKE, json!({ "name": name }))).await;
            let accepted = one_of(&answers, round) == 0;
            let get =
                ring.stage.ok(&reseller, "relationship.InvitationService/GetInvitation", json!({ "name": name })).await;
            let state = if accepted { "STATE_ACCEPTED" } else { "STATE_REVOKED" };
            assert_eq!(text(&get, "state"), state, "round {round}");
            assert_eq!(ring.clear().await, usize::from(accepted), "round {round}: a relationship or none");
        }
        tell("accept with revoke", rounds, ring.won);
    })
    .await;
}

/// Of two acceptances one counts.
pub(crate) async fn accept_with_accept(rounds: usize) {
    ring(async |ring| {
        for round in 0..rounds {
            ring.begin(round).await;
            let (_, accept) = ring.asked().await;
            let customer = ring.channel.customer.admin.clone();
            let answers = ring.both((&customer, ACCEPT, accept.clone()), (&customer, ACCEPT, accept)).await;
            one_of(&answers, round);
            assert_eq!(ring.clear().await, 1, "round {round}: one relationship");
        }
        tell("accept with accept", rounds, ring.won);
    })
    .await;
}

/// A partnership that ends binds nobody any more, whenever its invitation was made.
pub(crate) async fn end_with_invite(rounds: usize) {
    ring(async |ring| {
        for round in 0..rounds {
            ring.begin(round).await;
            let Channel { partnership, customer } = ring.channel.clone();
            let (provider, reseller, name) = (partnership.provider, partnership.reseller, partnership.name);
            let end = json!({ "name": name, "cascade": true });
            let email = format!("round-{round}@example.com");
            let invitation = json!({ "kind": "KIND_CUSTOMER", "partnership": name, "recipient_email": email, "language_code": "en" });
            let invite = json!({ "invitation": invitation });
            let [ended, invited] = ring.both((&provider.admin, END, end), (&reseller.admin, INVITE, invite)).await;
            assert_eq!(ended.code, Code::Ok, "round {round}: {ended:#?}");
            if invited.code == Code::Ok {
                let token = ring.stage.token(&email, "customer-invitation").await;
                let accept = ring.stage.accepting(&token, |_| true).await;
                let request = json!({ "display_name": "Late Oy", "region_code": "FI", "language_code": "en" });
                let request = json!({ "organization": request });
                ring.stage.ok(&email, "enrollment.OrganizationService/CreateOrganization", request).await;
                ring.stage.settle().await;
                ring.stage.refused(&email, ACCEPT, accept, "FAILED_PRECONDITION", "NO_ACTIVE_PARTNERSHIP").await;
            } else {
                assert_eq!(invited.reason, "NO_ACTIVE_PARTNERSHIP", "round {round}: {invited:#?}");
            }
            let check = ring.stage.order_check(&ring.channel.clone()).await;
            assert!(reasons(&check).contains(&"PARTNERSHIP_ENDED".to_owned()), "round {round}: {check:#}");
            let partnership = ring.stage.join(provider, reseller, |_| true).await;
            ring.channel = Channel { partnership, customer };
        }
        assert_eq!(ring.won[0], rounds);
        tell("end with invite", rounds, ring.won);
    })
    .await;
}

/// No check that starts after a customer's revocation was answered says that an order can be placed.
pub(crate) async fn revoke_with_check(rounds: usize) {
    ring(async |ring| {
        let (mut before, mut after) = (0, 0);
        for round in 0..rounds {
            ring.begin(round).await;
            let (customer, provider) =
                (ring.channel.customer.admin.clone(), ring.channel.partnership.provider.admin.clone());
            let found = ring.stage.ok(&customer, BONDS, json!({ "state": "STATE_ACTIVE" })).await;
            let end = json!({ "name": list(&found, "reseller_relationships")[0]["name"], "cascade": true });
            let tokens = [ring.token(&customer).await, ring.token(&provider).await];
            let order = ring.channel.order_check();
            let (first, second) = (&ring.stage.client, &ring.second);
            let revoking = async {
                let answer = call(first, &(&customer, END_RELATIONSHIP, end), &tokens[0]).await;
                assert_eq!(answer.code, Code::Ok, "round {round}: {answer:#?}");
                Instant::now()
            };
            let checking = async {
                let mut seen = Vec::new();
                while seen.len() < 200 && seen.iter().filter(|(_, eligible)| !eligible).count() < 3 {
                    let began = Instant::now();
                    let answer = call(second, &(&provider, CHECK, order.clone()), &tokens[1]).await;
                    seen.push((began, answer.body["eligible"] == json!(true)));
                }
                seen
            };
            let (returned, seen) = join(revoking, checking).await;
            let late: Vec<_> = seen.iter().filter(|(began, _)| *began > returned).collect();
            assert!(late.iter().all(|(_, eligible)| !eligible), "round {round}: a stale yes: {seen:?}");
            before += seen.iter().filter(|(_, eligible)| *eligible).count();
            after += late.len();
            let check = ring.stage.order_check(&ring.channel.clone()).await;
            assert_eq!(check["eligible"], json!(false), "round {round}");
            again(ring).await;
        }
        assert!(before > 0 && after > 0, "checks on both sides of the revocation: {before}, {after}");
        tell("revoke with check, yes before and no after", rounds, [before, after]);
    })
    .await;
}

/// The customer accepts both relationships anew.
async fn again(ring: &mut Ring<'_>) {
    let Channel { partnership, customer } = ring.channel.clone();
    let request = ring.stage.inviting_customer(&partnership, &customer.admin);
    ring.stage.ok(&partnership.reseller.admin, INVITE, request).await;
    let token = ring.stage.token(&customer.admin, "customer-invitation").await;
    let request = ring.stage.accepting(&token, |_| true).await;
    ring.stage.ok(&customer.admin, ACCEPT, request).await;
    ring.stage.settle().await;
    let check = ring.stage.order_check(&ring.channel.clone()).await;
    assert_eq!(check["eligible"], json!(true), "{check:#}");
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn tell(what: &str, rounds: usize, won: [usize; 2]) {
    println!("{what}: {rounds} rounds, {} and {}", won[0], won[1]);
}
