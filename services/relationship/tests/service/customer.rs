//! One invitation that binds a customer to both tiers.

use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::reseller_relationship_service_client::ResellerRelationshipServiceClient;

use crate::invitation::{request_id, to_customer, whole};
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, email, organization, preconditions, reason, to};

#[tokio::test]
async fn r37_a_customer_accepts_both_or_neither_and_all_are_told() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.register(CUSTOMER, "FI");
        let administration = pb::AdminRequest {
            grantee: organization(PROVIDER).name(),
            directory_roles: vec!["global-reader".to_owned()],
            duration_days: 30,
        };
        let asking = pb::Invitation { admin_requests: vec![administration], ..to_customer(&partnership) };
        stage.invite(RESELLER, asking).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        assert_eq!((offer.provider_name.as_str(), offer.reseller_name.as_str()), ("Organization 1", "Organization 2"));
        let mut request = whole(&offer, &token);
        request.consents.retain(|consent| consent.kind() != pb::ConsentKind::DelegatedAdmin);
        let mut half = request.clone();
        half.consents.remove(0);
        let refused = stage.accept(CUSTOMER, half).await.unwrap_err();
        assert_eq!(
            (reason(&refused).as_str(), preconditions(&refused)),
            ("CONSENT_MISSING", vec!["RESELLER_RELATIONSHIP".to_owned()])
        );
        let accepted = stage.accept(CUSTOMER, request).await.unwrap();
        assert_eq!(accepted.result_relationships.len(), 2);
        assert_eq!(accepted.recipient, organization(CUSTOMER).name());
        let mails = stage.mails("invitation-accepted").await;
        let mut told = to(mails.last().unwrap());
        told.sort_unstable();
        assert_eq!(told, ["mail@org1.example", "mail@org2.example", "mail@org3.example"]);
        let grants = pb::ListAdminGrantsRequest { grantor: organization(CUSTOMER).name(), ..Default::default() };
        let mut client = pb::admin_grant_service_client::AdminGrantServiceClient::new(stage.channel());
        let grants = client.list_admin_grants(stage.by(CUSTOMER, grants)).await.unwrap().into_inner();
        assert_eq!(grants.admin_grants, [], "what was not consented to does not come to be");

        stage.invite(RESELLER, to_customer(&partnership)).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        assert_eq!(reason(&stage.accept(CUSTOMER, request).await.unwrap_err()), "RELATIONSHIP_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn r36_all_three_see_the_relationships_and_nobody_else_does() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        let accepted = stage.customer(&partnership).await;
        let mut client = ResellerRelationshipServiceClient::new(stage.channel());
        for who in [PROVIDER, RESELLER, CUSTOMER] {
            let request = pb::ListResellerRelationshipsRequest {
                customer: organization(CUSTOMER).name(),
                partnership: partnership.clone(),
                state: 1,
                ..Default::default()
            };
            let listed = client.list_reseller_relationships(stage.by(who, request)).await.unwrap().into_inner();
            assert_eq!(listed.reseller_relationships.len(), 2, "{who}");
        }
        let request = pb::ListResellerRelationshipsRequest::default();
        let listed = client.list_reseller_relationships(stage.by(OVERSEAS, request)).await.unwrap().into_inner();
        assert_eq!(listed.reseller_relationships, []);
        let get = || pb::GetResellerRelationshipRequest { name: accepted.result_relationships[0].clone() };
        let seen = client.get_reseller_relationship(stage.by(RESELLER, get())).await.unwrap().into_inner();
        assert_eq!(seen.customer_name, "Organization 3");
        let foreign = client.get_reseller_relationship(stage.by(OVERSEAS, get())).await.unwrap_err();
        assert_eq!(reason(&foreign), "RESOURCE_MISSING");
    })
    .await;
}

#[tokio::test]
async fn r35_only_the_invited_address_or_its_proven_domain_accepts() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let partnership = stage.partners().await.result_partnership;
    let other = pb::Invitation { recipient_email: "boss@org3.example".to_owned(), ..to_customer(&partnership) };
    let created = stage.invite(RESELLER, other).await.unwrap();
    let token = stage.token("customer-invitation").await;
    let offer = stage.inspect(&token).await.unwrap();
    stage.register(CUSTOMER, "FI");
    let again = || pb::AcceptInvitationRequest { request_id: request_id(), ..whole(&offer, &token) };
    assert_eq!(reason(&stage.accept(CUSTOMER, again()).await.unwrap_err()), "RECIPIENT_MISMATCH");
    let by_name = pb::AcceptInvitationRequest { name: created.name, token: String::new(), ..again() };
    assert_eq!(reason(&stage.accept(CUSTOMER, by_name.clone()).await.unwrap_err()), "RESOURCE_MISSING");
    assert_eq!(reason(&stage.accept(PROVIDER, by_name).await.unwrap_err()), "RECIPIENT_MISMATCH");
    // Enrollment says that the domain is the customer's own.
    stage.tell_organization(CUSTOMER, "FI").await;
    assert!(stage.accept(CUSTOMER, again()).await.is_ok());
}

#[tokio::test]
async fn r35_the_invited_address_accepts_in_whatever_case_it_was_written() {
    let stage = Stage::ready(testkit::sqlite()).await;
    stage.register(CUSTOMER, "FI");
    let loud = pb::Invitation { recipient_email: email(CUSTOMER).to_uppercase(), ..to_customer("") };
    let created = stage.invite(PROVIDER, loud).await.unwrap();
    assert_eq!(created.recipient_email, email(CUSTOMER));
    let token = stage.token("customer-invitation").await;
    let request = whole(&stage.inspect(&token).await.unwrap(), &token);
    assert!(stage.accept(CUSTOMER, request).await.is_ok());
}

#[tokio::test]
async fn r35_who_has_proven_a_domain_accepts_for_what_lies_under_it_and_for_nothing_else() {
    let stage = Stage::ready(testkit::sqlite()).await;
    stage.tell_organization(CUSTOMER, "FI").await;
    for (address, accepted) in
        [("it@notorg3.example", false), ("it@org3.example.evil.example", false), ("it@mail.org3.example", true)]
    {
        let invited = pb::Invitation { recipient_email: address.to_owned(), ..to_customer("") };
        stage.invite(PROVIDER, invited).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        let answer = stage.accept(CUSTOMER, request).await;
        assert_eq!(
            answer.as_ref().map_err(reason).err().as_deref(),
            (!accepted).then_some("RECIPIENT_MISMATCH"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn r40_a_customer_of_another_region_is_refused() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let partnership = stage.partners().await.result_partnership;
    stage.register(CUSTOMER, "US");
    stage.invite(RESELLER, to_customer(&partnership)).await.unwrap();
    let token = stage.token("customer-invitation").await;
    let request = whole(&stage.inspect(&token).await.unwrap(), &token);
    assert_eq!(reason(&stage.accept(CUSTOMER, request).await.unwrap_err()), "MARKET_MISMATCH");
}

#[tokio::test]
async fn r37_a_reseller_alone_invites_too() {
    let stage = Stage::ready(testkit::sqlite()).await;
    stage.register(CUSTOMER, "FI");
    for (sender, count) in [(RESELLER, 1), (PROVIDER, 1)] {
        stage.invite(sender, to_customer("")).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        assert_eq!(stage.accept(CUSTOMER, request).await.unwrap().result_relationships.len(), count);
    }
}

#[tokio::test]
async fn v05_a_partnership_that_ended_since_the_invitation_binds_no_customer() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.register(CUSTOMER, "FI");
        stage.invite(RESELLER, to_customer(&partnership)).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        stage.end(&partnership, true, false).await.unwrap();
        assert_eq!(reason(&stage.accept(CUSTOMER, request).await.unwrap_err()), "NO_ACTIVE_PARTNERSHIP");
        let mut client = ResellerRelationshipServiceClient::new(stage.channel());
        let list = pb::ListResellerRelationshipsRequest::default();
        let listed = client.list_reseller_relationships(stage.by(CUSTOMER, list)).await.unwrap().into_inner();
        assert_eq!(listed.reseller_relationships, []);
    })
    .await;
}
