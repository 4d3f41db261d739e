//! Invitations: what they ask, who may accept, and when not (R30, R31, R35, R37, R40).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const INSPECT: &str = "relationship.InvitationService/InspectInvitation";
const ACCEPT: &str = "relationship.InvitationService/AcceptInvitation";
const GET: &str = "relationship.InvitationService/GetInvitation";
const LIST: &str = "relationship.InvitationService/ListInvitations";
const PARTNERSHIPS: &str = "relationship.PartnershipService/ListPartnerships";

fn required(consent: &Value) -> bool {
    consent["required"] == json!(true)
}

#[tokio::test]
async fn r30_a_provider_invites_by_location_and_replies_go_to_the_inviter() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let request = stage.inviting(&reseller);
        let mut dry = request.clone();
        dry["validate_only"] = json!(true);
        let told = stage.ok(&provider.admin, INVITE, dry).await;
        assert!(!list(&told, "effects").is_empty(), "{told}");
        assert!(stage.mails(&reseller.admin, "partnership-invitation").await.is_empty(), "nothing was done");
        let mut nowhere = request.clone();
        nowhere["invitation"]["location"] = json!(format!("partnerLocations/{}", "0".repeat(26)));
        stage.refused(&provider.admin, INVITE, nowhere, "NOT_FOUND", "RESOURCE_MISSING").await;
        let invitation = stage.ok(&provider.admin, INVITE, request.clone()).await["invitation"].clone();
        let expires: chrono::DateTime<chrono::Utc> = text(&invitation, "expire_time").parse().expect("a time");
        let days = (expires - stage.now().await).num_hours();
        assert!((30 * 24 - 1..=30 * 24).contains(&days), "30 days, not {days} hours");
        let mail = stage.mail(&reseller.admin, "partnership-invitation").await;
        holds(&mail, json!({ "language_code": "sv", "reply_to": provider.admin }));
        for part in [provider.company.name, "We look forward to working with you."] {
            assert!(text(&mail, "text").contains(part) && text(&mail, "html").contains(part), "{part}");
        }
        let open = stage.refused(&provider.admin, INVITE, request, "ALREADY_EXISTS", "INVITATION_OPEN").await;
        assert!(open.is_object());
        let received = json!({ "direction": "DIRECTION_RECEIVED" });
        let received = stage.ok(&reseller.admin, LIST, received).await;
        holds(&received, json!({ "invitations": [{ "name": invitation["name"], "sender": provider.organization }] }));
        let sent = stage.ok(&provider.admin, LIST, json!({ "direction": "DIRECTION_SENT" })).await;
        holds(&sent, json!({ "invitations": [{ "name": invitation["name"], "recipient_email": reseller.admin }] }));
        let stranger = stage.draft(Company::ORESKY, Capacity::Reseller).await;
        stage
            .refused(&stranger.admin, GET, json!({ "name": invitation["name"] }), "NOT_FOUND", "RESOURCE_MISSING")
            .await;
    })
    .await;
}

#[tokio::test]
async fn r31_only_an_explicit_confirmation_by_the_invited_authorises() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let invitation = stage.invite(&provider, &reseller).await;
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let offer = stage.ok(NOBODY, INSPECT, json!({ "token": token })).await;
        holds(&offer, json!({ "provider_name": provider.company.name, "state": "STATE_PENDING", "consents": [
            { "kind": "CONSENT_KIND_PARTNERSHIP_TERMS", "required": true },
            { "kind": "CONSENT_KIND_ORDER_SUBMISSION", "required": false },
            { "kind": "CONSENT_KIND_DELEGATED_ADMIN", "required": false, "duration_days": 365 }] }));
        assert_eq!(offer, stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, "looking changes nothing");
        let all = stage.accepting(&token, |_| true).await;
        let accept = |change: &dyn Fn(&mut Value)| {
            let mut request = all.clone();
            change(&mut request);
            request
        };
        let none = accept(&|request| request["consents"] = json!([]));
        let missing = stage.refused(&reseller.admin, ACCEPT, none, "FAILED_PRECONDITION", "CONSENT_MISSING").await;
        assert!(missing.to_string().contains("PARTNERSHIP_TERMS"), "{missing}");
        let other = accept(&|request| request["revision"] = json!("0".repeat(64)));
        stage.refused(&reseller.admin, ACCEPT, other, "FAILED_PRECONDITION", "REVISION_CHANGED").await;
        let outsider = stage.partner(Company::ORESKY, Capacity::Reseller).await;
        stage.refused(&outsider.admin, ACCEPT, all.clone(), "PERMISSION_DENIED", "RECIPIENT_MISMATCH").await;
        let sales = reseller.company.person("sven");
        let user = json!({ "parent": reseller.organization, "user": { "email": sales, "display_name": "Sven", "roles": ["ROLE_ADMIN_AGENT"] } });
        stage.ok(&reseller.admin, "enrollment.UserService/CreateUser", user).await;
        stage.settle().await;
        stage.refused(&sales, ACCEPT, all.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.refused(NOBODY, ACCEPT, all.clone(), "UNAUTHENTICATED", "CREDENTIAL_MISSING").await;
        let dry = accept(&|request| request["validate_only"] = json!(true));
        assert!(!list(&stage.ok(&reseller.admin, ACCEPT, dry).await, "effects").is_empty());
        let read = stage.ok(&reseller.admin, GET, json!({ "name": invitation["name"] })).await;
        holds(&read, json!({ "state": "STATE_PENDING", "result_partnership": "" }));
        let none = stage.ok(&provider.admin, PARTNERSHIPS, json!({})).await;
        assert_eq!(none["partnerships"], json!([]), "without it nothing changed");
        let accepted = stage.ok(&reseller.admin, ACCEPT, all.clone()).await;
        holds(&accepted, json!({ "invitation": { "state": "STATE_ACCEPTED" } }));
        let again = stage.call(&reseller.admin, ACCEPT, all).await;
        assert!(["TOKEN_USED", "STATE_FORBIDS"].contains(&again.reason.as_str()), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn r32_both_sides_see_each_other_at_once() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        stage.invite(&provider, &reseller).await;
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let request = stage.accepting(&token, required).await;
        stage.ok(&reseller.admin, ACCEPT, request).await;
        let seen = stage.ok(&reseller.admin, PARTNERSHIPS, json!({ "side": "SIDE_RESELLER" })).await;
        holds(&seen, json!({ "partnerships": [{ "provider": provider.organization, "provider_name": provider.company.name, "state": "STATE_ACTIVE" }] }));
        let seen = stage.ok(&provider.admin, PARTNERSHIPS, json!({ "side": "SIDE_PROVIDER" })).await;
        holds(&seen, json!({ "partnerships": [{ "reseller": reseller.organization, "reseller_name": reseller.company.name, "state": "STATE_ACTIVE" }] }));
        let other_side = stage.ok(&provider.admin, PARTNERSHIPS, json!({ "side": "SIDE_RESELLER" })).await;
        assert_eq!(other_side["partnerships"], json!([]));
        for party in [&provider, &reseller] {
            assert_eq!(stage.mails(&party.company.contact(), "invitation-accepted").await.len(), 1, "{}", party.company.name);
        }
    })
    .await;
}

#[tokio::test]
async fn r35_an_invitation_expires_and_then_blocks_no_new_one() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let invitation = stage.invite(&provider, &reseller).await;
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let accept = stage.accepting(&token, |_| true).await;
        stage.advance(TimeDelta::days(30) + TimeDelta::minutes(1)).await;
        stage.refused(&reseller.admin, ACCEPT, accept, "FAILED_PRECONDITION", "INVITATION_EXPIRED").await;
        let read = stage.ok(&provider.admin, GET, json!({ "name": invitation["name"] })).await;
        holds(&read, json!({ "state": "STATE_EXPIRED" }));
        holds(&stage.ok(NOBODY, INSPECT, json!({ "token": token })).await, json!({ "state": "STATE_EXPIRED" }));
        let mails = stage.mails(&provider.company.contact(), "invitation-expired").await;
        assert_eq!(mails.len(), 1, "its sender is told once");
        assert!(!text(&mails[0], "text").contains(&reseller.admin), "the address is hidden");
        let again = stage.invite(&provider, &reseller).await;
        assert_ne!(again["name"], invitation["name"]);
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let accept = stage.accepting(&token, |_| true).await;
        stage.ok(&reseller.admin, ACCEPT, accept).await;
        let request = stage.inviting(&reseller);
        stage.refused(&provider.admin, INVITE, request, "ALREADY_EXISTS", "PARTNERSHIP_EXISTS").await;
    })
    .await;
}

#[tokio::test]
async fn r37_a_customer_accepts_both_or_neither_and_only_the_one_invited() {
    each(async |stage| {
        let partnership = stage.partnership().await;
        let aino = Company::JARVIPILVI.admin();
        let reseller = partnership.reseller.admin.clone();
        let request = stage.inviting_customer(&partnership, &aino);
        let invitation = stage.ok(&reseller, INVITE, request).await["invitation"].clone();
        let mail = stage.mail(&aino, "customer-invitation").await;
        for name in [partnership.provider.company.name, partnership.reseller.company.name] {
            assert!(text(&mail, "text").contains(name), "{name}");
        }
        let token = stage.token(&aino, "customer-invitation").await;
        let customer = stage.organization(Company::JARVIPILVI).await;
        let all = stage.accepting(&token, |_| true).await;
        let mut half = stage.accepting(&token, required).await;
        half["consents"].as_array_mut().expect("consents").remove(0);
        stage.refused(&aino, ACCEPT, half, "FAILED_PRECONDITION", "CONSENT_MISSING").await;
        stage.organization(Company::ORESKY).await;
        stage.refused(&Company::ORESKY.admin(), ACCEPT, all.clone(), "PERMISSION_DENIED", "RECIPIENT_MISMATCH").await;
        let mut by_name = all.clone();
        by_name.as_object_mut().expect("an object").remove("token");
        by_name["name"] = invitation["name"].clone();
        let answer = stage.call(&aino, ACCEPT, by_name).await;
        assert_ne!(answer.code, tonic::Code::Ok, "a customer invitation needs its link");
        let relationships = "relationship.ResellerRelationshipService/ListResellerRelationships";
        let listed = stage.ok(&aino, relationships, json!({ "customer": customer })).await;
        assert_eq!(listed["reseller_relationships"], json!([]));
        let accepted = stage.ok(&aino, ACCEPT, all).await;
        assert_eq!(list(&accepted, "invitation.result_relationships").len(), 2);
        let listed = stage.ok(&aino, relationships, json!({ "customer": customer })).await;
        holds(&listed, json!({ "reseller_relationships": [
            { "capacity": "CAPACITY_PROVIDER", "partner": partnership.provider.organization, "partnership": partnership.name },
            { "capacity": "CAPACITY_RESELLER", "partner": partnership.reseller.organization, "partnership": partnership.name }] }));
        for relationship in list(&listed, "reseller_relationships") {
            let get = "relationship.ResellerRelationshipService/GetResellerRelationship";
            stage.ok(&aino, get, json!({ "name": relationship["name"] })).await;
            let hidden = json!({ "name": relationship["name"] });
            stage.refused(&Company::ORESKY.admin(), get, hidden, "NOT_FOUND", "RESOURCE_MISSING").await;
        }
    })
    .await;
}

#[tokio::test]
async fn r37_a_reseller_alone_can_invite_too() {
    each(async |stage| {
        let reseller = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let aino = Company::JARVIPILVI.admin();
        let invitation =
            json!({ "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": aino, "language_code": "sv" } });
        stage.ok(&reseller.admin, INVITE, invitation).await;
        let token = stage.token(&aino, "customer-invitation").await;
        stage.organization(Company::JARVIPILVI).await;
        let request = stage.accepting(&token, |_| true).await;
        let accepted = stage.ok(&aino, ACCEPT, request).await;
        assert_eq!(list(&accepted, "invitation.result_relationships").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn r40_a_provider_of_another_region_is_refused_at_invite() {
    each(async |stage| {
        let american = stage.partner(Company::PRAIRIE, Capacity::Provider).await;
        let reseller = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let request = stage.inviting(&reseller);
        let refused = stage.refused(&american.admin, INVITE, request, "FAILED_PRECONDITION", "MARKET_MISMATCH").await;
        assert!(refused["metadata"].to_string().contains("UNITED_STATES") && refused["metadata"].to_string().contains("EUROPE"), "{refused}");
        let customer = json!({ "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": american.admin, "language_code": "en" } });
        stage.ok(&reseller.admin, INVITE, customer).await;
        let token = stage.token(&american.admin, "customer-invitation").await;
        let request = stage.accepting(&token, |_| true).await;
        stage.refused(&american.admin, ACCEPT, request, "FAILED_PRECONDITION", "MARKET_MISMATCH").await;
    })
    .await;
}
