//! Lists go on where they stopped, and what siblings tell late changes nothing.

use chrono::TimeDelta;
use runtime::convert::timestamp;
use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::admin_grant_service_client::AdminGrantServiceClient;
use wire::relationship::partnership_service_client::PartnershipServiceClient;
use wire::relationship::reseller_relationship_service_client::ResellerRelationshipServiceClient;

use crate::invitation::to_customer;
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, organization, reason};

#[tokio::test]
async fn r36_a_list_is_paged_without_gap_or_repeat() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let mut made = Vec::new();
        for n in 0..5 {
            let one = pb::Invitation { recipient_email: format!("c{n}@example.com"), ..to_customer("") };
            made.push(stage.invite(RESELLER, one).await.unwrap().name);
        }
        let (mut seen, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListInvitationsRequest { direction: 1, page_size: 2, page_token, ..Default::default() };
            let page = stage.invitations().list_invitations(stage.by(RESELLER, request)).await.unwrap().into_inner();
            seen.extend(page.invitations.into_iter().map(|one| one.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, made);
        let foreign = pb::ListInvitationsRequest { direction: 1, page_size: 2, ..Default::default() };
        let page = stage.invitations().list_invitations(stage.by(PROVIDER, foreign)).await.unwrap().into_inner();
        assert_eq!(page.invitations, []);
        let undirected = pb::ListInvitationsRequest::default();
        let refused = stage.invitations().list_invitations(stage.by(RESELLER, undirected)).await.unwrap_err();
        assert_eq!(reason(&refused), "FIELD_INVALID");
    })
    .await;
}

#[tokio::test]
async fn r36_what_is_listed_from_every_side_comes_once_and_in_order() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        let both = stage.customer(&partnership).await.result_relationships;
        let mut client = ResellerRelationshipServiceClient::new(stage.channel());
        for who in [PROVIDER, RESELLER, CUSTOMER] {
            let (mut seen, mut page_token) = (Vec::new(), String::new());
            loop {
                let request = pb::ListResellerRelationshipsRequest { page_size: 1, page_token, ..Default::default() };
                let page = client.list_reseller_relationships(stage.by(who, request)).await.unwrap().into_inner();
                seen.extend(page.reseller_relationships.into_iter().map(|one| one.name));
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
            }
            let mut expected = both.clone();
            expected.sort_unstable();
            assert_eq!(seen, expected, "{who}: one is seen from two sides by either partner");
        }
        let mut client = PartnershipServiceClient::new(stage.channel());
        for who in [PROVIDER, RESELLER] {
            let request = stage.by(who, pb::ListPartnershipsRequest::default());
            let listed = client.list_partnerships(request).await.unwrap().into_inner().partnerships;
            assert_eq!(listed.into_iter().map(|one| one.name).collect::<Vec<_>>(), std::slice::from_ref(&partnership));
        }
    })
    .await;
}

#[tokio::test]
async fn r39_what_ends_soon_is_found_by_its_end() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.partners().await;
        let mut client = AdminGrantServiceClient::new(stage.channel());
        let day = |days| Some(timestamp(stage.relationship.app().now() + TimeDelta::days(days)));
        for (who, from, before, found) in [
            (RESELLER, None, day(366), 1),
            (PROVIDER, None, day(366), 1),
            (PROVIDER, None, day(364), 0),
            (PROVIDER, day(364), None, 1),
            (PROVIDER, day(366), None, 0),
            (OVERSEAS, None, None, 0),
        ] {
            let request =
                pb::ListAdminGrantsRequest { expire_time_from: from, expire_time_before: before, ..Default::default() };
            let listed = client.list_admin_grants(stage.by(who, request)).await.unwrap().into_inner();
            assert_eq!(listed.admin_grants.len(), found, "{who} {from:?} {before:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_told_late_changes_nothing() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let name = organization(RESELLER).name();
        let late = pb::RecordOrganizationRequest {
            origin: Some(wire::types::Origin { version: 1, ..stage.origin(&name) }),
            organization: name.clone(),
            display_name: "An older name".to_owned(),
            region_code: "NO".to_owned(),
            language_code: "nb".to_owned(),
            mail_address: "old@example.com".to_owned(),
            proven_domains: Vec::new(),
        };
        let channel = stage.enrollment.app().peers().client(runtime::ServiceName::Relationship);
        let mut client = pb::relationship_peer_service_client::RelationshipPeerServiceClient::new(channel);
        client.record_organization(late.clone()).await.unwrap();
        stage.invite(RESELLER, to_customer("")).await.unwrap();
        let token = stage.token("customer-invitation").await;
        assert_eq!(stage.inspect(&token).await.unwrap().sender_name, "Organization 2");
        let wrong = pb::RecordOrganizationRequest { region_code: "XX".to_owned(), ..late };
        assert_eq!(reason(&client.record_organization(wrong).await.unwrap_err()), "FIELD_INVALID");
    })
    .await;
}

#[tokio::test]
async fn r18_enrollment_reads_what_hangs_on_an_enrollment() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let channel = stage.enrollment.app().peers().client(runtime::ServiceName::Relationship);
        let mut client = pb::relationship_peer_service_client::RelationshipPeerServiceClient::new(channel);
        let asked = |n: u128, kind: &str| pb::GetImpactRequest {
            organization: organization(n).name(),
            r#type: kind.to_owned(),
        };
        let partnership = stage.partners().await.result_partnership;
        let mut open = Vec::new();
        for n in 0..52 {
            let one = pb::Invitation { recipient_email: format!("c{n}@example.com"), ..to_customer("") };
            open.push(stage.invite(RESELLER, one).await.unwrap().name);
        }
        let found = client.get_impact(asked(RESELLER, "INDIRECT_RESELLER")).await.unwrap().into_inner();
        let told = |of: &Option<pb::ImpactOf>| of.clone().map(|of| (of.count, of.names)).unwrap();
        assert_eq!(told(&found.partnerships), (1, vec![partnership.clone()]));
        assert_eq!(told(&found.reseller_relationships), (0, Vec::new()));
        assert_eq!(told(&found.invitations), (52, open[..50].to_vec()), "counted all, named fifty");
        assert_eq!(told(&found.admin_grants).0, 0, "it gave one, and was given none");
        let found = client.get_impact(asked(PROVIDER, "INDIRECT_PROVIDER")).await.unwrap().into_inner();
        assert_eq!((told(&found.partnerships).0, told(&found.admin_grants).0), (1, 1));
        for (n, kind) in [(RESELLER, "INDIRECT_PROVIDER"), (PROVIDER, "DIRECT_BILL")] {
            let found = client.get_impact(asked(n, kind)).await.unwrap().into_inner();
            assert_eq!(told(&found.partnerships), (0, Vec::new()), "in another capacity");
        }
        assert_eq!(reason(&client.get_impact(asked(PROVIDER, "OTHER")).await.unwrap_err()), "FIELD_INVALID");
        let user = pb::relationship_peer_service_client::RelationshipPeerServiceClient::new(stage.channel());
        let by_user = stage.by(RESELLER, asked(RESELLER, "INDIRECT_RESELLER"));
        assert_eq!({ user }.get_impact(by_user).await.unwrap_err().code(), tonic::Code::PermissionDenied);
    })
    .await;
}
