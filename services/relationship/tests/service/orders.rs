//! May the provider order? And every step back.

use runtime::Role;
use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::admin_grant_service_client::AdminGrantServiceClient;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;
use wire::relationship::partnership_service_client::PartnershipServiceClient;

use crate::invitation::{request_id, to_reseller, whole};
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, organization, reason, to, user};

impl Stage {
    pub(crate) async fn check(&self, fresh: bool) -> pb::OrderEligibility {
        let request = order(fresh);
        let mut client = OrderEligibilityServiceClient::new(self.channel());
        client.check_order_eligibility(self.by(PROVIDER, request)).await.unwrap().into_inner()
    }

    pub(crate) async fn reasons(&self) -> Vec<String> {
        reasons(&self.check(false).await)
    }

    async fn may_administer(&self) -> pb::CheckDelegatedAccessResponse {
        let request =
            pb::CheckDelegatedAccessRequest { user: user(PROVIDER), organization: organization(RESELLER).name() };
        let mut client = AdminGrantServiceClient::new(self.channel());
        client.check_delegated_access(self.by(RESELLER, request)).await.unwrap().into_inner()
    }

    pub(crate) async fn end(
        &self,
        partnership: &str,
        cascade: bool,
        validate_only: bool,
    ) -> Result<Vec<String>, tonic::Status> {
        self.end_as(PROVIDER, partnership, cascade, validate_only).await
    }

    pub(crate) async fn end_by(
        &self,
        by: u128,
        partnership: &str,
        cascade: bool,
    ) -> Result<Vec<String>, tonic::Status> {
        self.end_as(by, partnership, cascade, false).await
    }

    async fn end_as(
        &self,
        by: u128,
        partnership: &str,
        cascade: bool,
        validate_only: bool,
    ) -> Result<Vec<String>, tonic::Status> {
        let request = pb::EndPartnershipRequest {
            request_id: request_id(),
            name: partnership.to_owned(),
            etag: String::new(),
            cascade,
            validate_only,
        };
        let mut client = PartnershipServiceClient::new(self.channel());
        Ok(client.end_partnership(self.by(by, request)).await?.into_inner().effects)
    }
}

fn reasons(checked: &pb::OrderEligibility) -> Vec<String> {
    assert_eq!(checked.eligible, checked.reasons.is_empty());
    assert!(checked.reasons.iter().all(|why| !why.remedy.is_empty() && why.actor != 0 && !why.organization.is_empty()));
    let name =
        |why: &pb::Ineligibility| why.reason().as_str_name().trim_start_matches("INELIGIBILITY_REASON_").to_owned();
    checked.reasons.iter().map(name).collect()
}

pub(crate) fn order(fresh: bool) -> pb::CheckOrderEligibilityRequest {
    pb::CheckOrderEligibilityRequest {
        provider: organization(PROVIDER).name(),
        partner_of_record: organization(RESELLER).name(),
        customer: organization(CUSTOMER).name(),
        action: 1,
        fresh,
    }
}

#[tokio::test]
async fn r38_the_check_says_every_reason_and_what_was_read() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let all = [
            "PARTNERSHIP_MISSING",
            "RESELLER_RELATIONSHIP_MISSING",
            "PROVIDER_RELATIONSHIP_MISSING",
            "CUSTOMER_AGREEMENT_MISSING",
            "STANDING_UNKNOWN",
        ];
        stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let mut client = OrderEligibilityServiceClient::new(stage.channel());
        let asked = stage.with(OVERSEAS, &[Role::Operator], order(false));
        let checked = client.check_order_eligibility(asked).await.unwrap().into_inner();
        assert_eq!(reasons(&checked), all, "the operator may ask of strangers");
        let token = stage.token("partnership-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        let partnership = stage.accept(RESELLER, request).await.unwrap().result_partnership;
        stage.customer(&partnership).await;
        let checked = stage.check(false).await;
        assert!(checked.eligible, "{:?}", checked.reasons);
        assert_eq!((checked.facts.len(), checked.currency_codes.as_slice()), (7, &["EUR".to_owned()][..]));
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "SUSPENDED", "", 0).await;
        assert_eq!(stage.reasons().await, ["RESELLER_NOT_ACTIVE", "AGREEMENT_UNSIGNED", "LOCATION_MISSING"]);
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "ACTIVE", "US", 1).await;
        assert_eq!(stage.reasons().await, ["MARKET_OUTSIDE_REGION"]);
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "ACTIVE", "SE", 1).await;
        stage.tell_agreement(2, None).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
        stage.tell_agreement(3, Some(stage.enrollment.app().now())).await;
        assert_eq!(stage.reasons().await, ["AGREEMENT_OVERDUE"]);
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "ACTIVE", "SE", 3).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn r38_only_parties_ask() {
    const RIVAL: u128 = 5;
    let stage = Stage::ready(testkit::sqlite()).await;
    let mut client = OrderEligibilityServiceClient::new(stage.channel());
    let stranger = client.check_order_eligibility(stage.by(OVERSEAS, order(false))).await.unwrap_err();
    assert_eq!(reason(&stranger), "NOT_A_PARTY");
    // Nor does it help to put oneself beside two others.
    let partnership = stage.partners().await.result_partnership;
    let beside = |fresh| pb::CheckOrderEligibilityRequest { customer: organization(OVERSEAS).name(), ..order(fresh) };
    for fresh in [false, true] {
        let stranger = client.check_order_eligibility(stage.by(OVERSEAS, beside(fresh))).await.unwrap_err();
        assert_eq!(reason(&stranger), "NOT_A_PARTY");
    }
    // Nor to have sent one of them an invitation that nobody accepted.
    stage.tell_organization(RIVAL, "FR").await;
    stage.tell_standing(RIVAL, "INDIRECT_PROVIDER", "ACTIVE", "FR", 1).await;
    stage.invite(RIVAL, to_reseller()).await.unwrap();
    let spying = pb::CheckOrderEligibilityRequest { customer: organization(RIVAL).name(), ..order(false) };
    assert_eq!(reason(&client.check_order_eligibility(stage.by(RIVAL, spying)).await.unwrap_err()), "NOT_A_PARTY");
    stage.customer(&partnership).await;
    let twice = pb::CheckOrderEligibilityRequest { partner_of_record: organization(PROVIDER).name(), ..order(false) };
    assert!(client.check_order_eligibility(stage.by(PROVIDER, twice)).await.is_ok(), "it knows the customer");
    for party in [PROVIDER, RESELLER, CUSTOMER] {
        assert!(client.check_order_eligibility(stage.by(party, order(false))).await.unwrap().into_inner().eligible);
    }
    let nothing = pb::CheckOrderEligibilityRequest::default();
    let empty = client.check_order_eligibility(stage.by(PROVIDER, nothing)).await.unwrap_err();
    assert_eq!(reason(&empty), "FIELD_INVALID");
}

#[tokio::test]
async fn r43_old_or_parked_knowledge_is_unknown_until_read_anew() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        stage.tell_watermark(&[organization(CUSTOMER).name()]).await;
        assert_eq!(stage.reasons().await, ["STANDING_UNKNOWN"]);
        stage.tell_watermark(&[]).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
        stage.pass(1).await;
        assert_eq!(stage.reasons().await, ["STANDING_UNKNOWN"; 3]);
        for (n, country) in [(PROVIDER, "DE"), (RESELLER, "SE")] {
            stage.register(n, country);
        }
        assert!(stage.check(true).await.eligible, "what enrollment says now is what counts");
        assert!(stage.check(false).await.eligible, "and was kept");
        // Enrollment has no such organization any more: what is known of it stays old.
        stage.pass(2).await;
        stage.register.lock().unwrap().remove(&organization(CUSTOMER).name());
        assert_eq!(stage.check(true).await.reasons.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn r43_a_late_watermark_is_dropped_but_a_restored_sender_counts() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        let parked = [organization(CUSTOMER).name()];
        let now = stage.relationship.app().now();
        let before = now - chrono::TimeDelta::minutes(1);
        stage.tell_watermark_as_of(1, now, &[]).await;
        stage.tell_watermark_as_of(1, before, &parked).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
        stage.tell_watermark_as_of(1, now, &parked).await;
        assert_eq!(stage.reasons().await, ["STANDING_UNKNOWN"], "as of the same time, more may be parked");
        stage.tell_watermark_as_of(2, before, &[]).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
        stage.tell_watermark_as_of(1, now, &parked).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn r33_the_reseller_withholds_orders_alone() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        let mut client = PartnershipServiceClient::new(stage.channel());
        let set = |orders_allowed, etag: &str| pb::SetOrdersAllowedRequest {
            request_id: request_id(),
            name: partnership.clone(),
            etag: etag.to_owned(),
            orders_allowed,
        };
        let provider = client.set_orders_allowed(stage.by(PROVIDER, set(false, ""))).await.unwrap_err();
        assert_eq!(reason(&provider), "ROLE_REQUIRED");
        let stale = client.set_orders_allowed(stage.by(RESELLER, set(false, "7"))).await.unwrap_err();
        assert_eq!(reason(&stale), "ETAG_MISMATCH");
        client.set_orders_allowed(stage.by(RESELLER, set(false, "1"))).await.unwrap();
        assert_eq!(stage.reasons().await, ["ORDERS_NOT_ALLOWED"]);
        let mails = stage.mails("orders-allowed-changed").await;
        assert_eq!(to(&mails[0]), ["mail@org1.example", "mail@org2.example"]);
        let back = client.set_orders_allowed(stage.by(RESELLER, set(true, ""))).await.unwrap().into_inner();
        assert!(back.orders_allowed && stage.check(false).await.eligible);
    })
    .await;
}

#[tokio::test]
async fn r34_removing_administration_never_stops_orders() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        assert!(!stage.may_administer().await.allowed, "nobody is known to be an agent");
        stage.tell_roles(PROVIDER, &[Role::HelpdeskAgent]).await;
        assert_eq!(stage.may_administer().await.directory_roles, ["directory-reader"]);
        stage.tell_roles(PROVIDER, &[Role::AdminAgent]).await;
        assert_eq!(stage.may_administer().await.directory_roles, ["directory-reader", "directory-writer"]);
        let mut client = AdminGrantServiceClient::new(stage.channel());
        let list =
            pb::ListAdminGrantsRequest { grantee: organization(PROVIDER).name(), state: 1, ..Default::default() };
        let grants = client.list_admin_grants(stage.by(RESELLER, list)).await.unwrap().into_inner().admin_grants;
        assert_eq!((grants.len(), grants[0].parent.as_str()), (1, partnership.as_str()));
        let revoke = || pb::RevokeAdminGrantRequest {
            request_id: request_id(),
            name: grants[0].name.clone(),
            etag: String::new(),
        };
        let grantee = client.revoke_admin_grant(stage.by(PROVIDER, revoke())).await.unwrap_err();
        assert_eq!((grantee.code(), reason(&grantee)), (tonic::Code::PermissionDenied, "GRANTOR_ONLY".into()));
        client.revoke_admin_grant(stage.by(RESELLER, revoke())).await.unwrap();
        let access = stage.may_administer().await;
        assert!(!access.allowed && !access.explanation.is_empty());
        assert!(stage.check(false).await.eligible);
        assert_eq!(stage.mails("administration-ended").await.len(), 1);
        assert_eq!(
            reason(&client.revoke_admin_grant(stage.by(RESELLER, revoke())).await.unwrap_err()),
            "STATE_FORBIDS"
        );
    })
    .await;
}

#[tokio::test]
async fn r42_administration_ends_by_time_alone() {
    let stage = Stage::ready(testkit::sqlite()).await;
    stage.partners().await;
    stage.tell_roles(PROVIDER, &[Role::AdminAgent]).await;
    assert!(stage.may_administer().await.allowed);
    stage.pass(366).await;
    assert!(!stage.may_administer().await.allowed);
    assert_eq!(stage.relationship.sweep_once().await.unwrap(), 1);
    assert_eq!(stage.mails("administration-ended").await.len(), 1);
}

#[tokio::test]
async fn r34_ending_a_partnership_ends_what_hangs_on_it_and_the_check_says_so() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        stage.tell_roles(PROVIDER, &[Role::AdminAgent]).await;
        let refused = stage.end(&partnership, false, false).await.unwrap_err();
        assert_eq!(reason(&refused), "LIVE_RELATIONSHIPS");
        let told = stage.end(&partnership, true, true).await.unwrap();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(stage.check(false).await.eligible, "only told");
        assert_eq!(stage.end(&partnership, true, false).await.unwrap(), told);
        let expected = ["PARTNERSHIP_ENDED", "RESELLER_RELATIONSHIP_MISSING", "PROVIDER_RELATIONSHIP_MISSING"];
        assert_eq!(stage.reasons().await, expected);
        assert!(!stage.may_administer().await.allowed);
        let mails = stage.mails("partnership-ended").await;
        let mut recipients: Vec<_> = mails.iter().flat_map(to).collect();
        recipients.sort_unstable();
        assert_eq!(recipients, ["mail@org1.example", "mail@org2.example", "mail@org3.example"]);
        assert_eq!(stage.mails("administration-ended").await.len(), 1);
        assert_eq!(reason(&stage.end(&partnership, true, false).await.unwrap_err()), "STATE_FORBIDS");
        stage.partners().await;
        assert_eq!(stage.reasons().await, expected[1..], "a new partnership does not bring the old relationships back");
    })
    .await;
}

/// A reseller of two providers: its customer's authorisation of one of them says nothing of the other.
#[tokio::test]
async fn r38_a_link_through_one_partnership_counts_for_no_other() {
    const OTHER: u128 = 5;
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.tell_organization(OTHER, "FR").await;
        stage.tell_standing(OTHER, "INDIRECT_PROVIDER", "ACTIVE", "FR", 1).await;
        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        stage.invite(OTHER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        stage.accept(RESELLER, request).await.unwrap();
        assert!(stage.check(false).await.eligible);
        let through_other = pb::CheckOrderEligibilityRequest { provider: organization(OTHER).name(), ..order(false) };
        let mut client = OrderEligibilityServiceClient::new(stage.channel());
        let checked = client.check_order_eligibility(stage.by(OTHER, through_other)).await.unwrap().into_inner();
        assert_eq!(reasons(&checked), ["RESELLER_RELATIONSHIP_MISSING", "PROVIDER_RELATIONSHIP_MISSING"]);
    })
    .await;
}
