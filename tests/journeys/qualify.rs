//! Locations, roles and the agreement, until an enrollment is in force (R09 to R13).

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::call::{holds, list, text};
use crate::harness::each;
use crate::scenes::{Capacity, Company, reasons};

const ASSOCIATE: &str = "enrollment.PartnerLocationService/AssociatePartnerLocation";
const SIGN: &str = "enrollment.AgreementService/CreateSignature";
const INVITE: &str = "relationship.InvitationService/CreateInvitation";
const UPDATE_USER: &str = "enrollment.UserService/UpdateUser";

#[tokio::test]
async fn r09_a_location_is_associated_by_its_code_in_its_country_and_only_once() {
    each(async |stage| {
        let mut applicant = stage.draft(Company::FJALLMOLN, Capacity::Reseller).await;
        let (own, code) = stage.location(&applicant.organization, applicant.company.address()).await;
        let norway = json!({ "region_code": "NO", "postal_code": "0151", "locality": "Oslo", "address_lines": ["Karl Johans gate 1"] });
        let (abroad, abroad_code) = stage.location(&applicant.organization, norway).await;
        let listed = json!({ "organization": applicant.organization });
        let listed = stage.ok(&applicant.admin, "enrollment.PartnerLocationService/ListPartnerLocations", listed).await;
        holds(&listed, json!({ "partner_locations": [{ "name": own, "fits": true }, { "name": abroad, "fits": false }] }));
        assert!(!listed.to_string().contains(&code), "the code reaches the organization by another way");
        let request = json!({ "name": abroad, "claim_code": abroad_code });
        let refused = stage.refused(&applicant.admin, ASSOCIATE, request, "FAILED_PRECONDITION", "COUNTRY_MISMATCH").await;
        holds(&refused, json!({ "metadata": { "location_country": "NO", "organization_country": "SE" } }));
        let request = json!({ "name": own, "claim_code": "wrong" });
        let wrong = stage.refused(&applicant.admin, ASSOCIATE, request, "PERMISSION_DENIED", "CLAIM_CODE_WRONG").await;
        holds(&wrong, json!({ "metadata": { "tries_left": "4" } }));
        let request = json!({ "name": own, "claim_code": code });
        let taken = stage.ok(&applicant.admin, ASSOCIATE, request.clone()).await;
        holds(&taken, json!({ "state": "STATE_ASSOCIATED" }));
        stage.refused(&applicant.admin, ASSOCIATE, request, "ALREADY_EXISTS", "LOCATION_TAKEN").await;
        let (second, code) = stage.location(&applicant.organization, applicant.company.address()).await;
        let request = json!({ "name": second, "claim_code": code });
        stage.refused(&applicant.admin, ASSOCIATE, request, "ALREADY_EXISTS", "LOCATION_TAKEN").await;
        applicant.location = own;
        holds(&stage.enrollment(&applicant).await, json!({ "location": applicant.location }));
    })
    .await;
}

#[tokio::test]
async fn r09_five_wrong_claim_codes_lock_it() {
    each(async |stage| {
        let applicant = stage.draft(Company::FJALLMOLN, Capacity::Reseller).await;
        let (location, code) = stage.location(&applicant.organization, applicant.company.address()).await;
        for left in ["4", "3", "2", "1", "0"] {
            let request = json!({ "name": location, "claim_code": "wrong" });
            let wrong =
                stage.refused(&applicant.admin, ASSOCIATE, request, "PERMISSION_DENIED", "CLAIM_CODE_WRONG").await;
            holds(&wrong, json!({ "metadata": { "tries_left": left } }));
        }
        let request = json!({ "name": location, "claim_code": code });
        stage.refused(&applicant.admin, ASSOCIATE, request, "FAILED_PRECONDITION", "CLAIM_CODE_LOCKED").await;
    })
    .await;
}

#[tokio::test]
async fn r10_who_submitted_holds_admin_agent_after_approval() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        let before = stage.myself(&applicant.admin).await;
        assert_eq!(before["roles"], json!(["ROLE_GLOBAL_ADMIN"]));
        stage.approve(&applicant.organization).await;
        holds(&stage.myself(&applicant.admin).await, json!({ "roles": ["ROLE_GLOBAL_ADMIN", "ROLE_ADMIN_AGENT"] }));
    })
    .await;
}

#[tokio::test]
async fn r11_users_are_managed_within_bounds() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let organization = stage.organization(company).await;
        let create = "enrollment.UserService/CreateUser";
        let user = |name: &str, role: &str| json!({ "parent": organization, "user": { "email": company.person(name), "display_name": name, "roles": [format!("ROLE_{role}")] } });
        let (admin, keeper, sales) = (company.admin(), company.person("keeper"), company.person("sales"));
        stage.ok(&admin, create, user("keeper", "USER_ADMIN")).await;
        let added = stage.ok(&keeper, create, user("sales", "SALES_AGENT")).await;
        stage.refused(&keeper, create, user("boss", "GLOBAL_ADMIN"), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.refused(&sales, create, user("friend", "SALES_AGENT"), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.refused(&admin, create, user("sales", "SALES_AGENT"), "ALREADY_EXISTS", "USER_EXISTS").await;
        let listed = stage.ok(&sales, "enrollment.UserService/ListUsers", json!({ "parent": organization })).await;
        assert_eq!(list(&listed, "users").len(), 3);
        let myself = stage.myself(&admin).await;
        let step_down = json!({ "user": { "name": myself["name"], "roles": ["ROLE_SALES_AGENT"] } });
        stage.refused(&admin, UPDATE_USER, step_down, "FAILED_PRECONDITION", "LAST_GLOBAL_ADMIN").await;
        let own = json!({ "user": { "name": myself["name"], "roles": ["ROLE_GLOBAL_ADMIN", "ROLE_ADMIN_AGENT"] } });
        stage.ok(&admin, UPDATE_USER, own).await;
        stage.settle().await;
        // Disabled: the token at hand is void at every service, and no new one is given.
        let token = stage.people.token(&stage.client, &sales, None).await.expect("a token").expect("signed in");
        let disable = json!({ "user": { "name": added["name"], "state": "STATE_DISABLED" } });
        stage.ok(&keeper, UPDATE_USER, disable).await;
        stage.settle().await;
        for rpc in ["enrollment.UserService/GetSelf", "relationship.PartnershipService/ListPartnerships"] {
            let method = stage.client.method(rpc).expect(rpc);
            let home = linkage::Client::home(&method).expect("a service");
            let answer = stage.client.call(home, &method, &json!({}), Some(&token)).await.expect("a request");
            assert_eq!(answer.reason, "CREDENTIAL_INVALID", "{rpc}");
        }
        let back = stage.people.session(&stage.client, &sales, Some(&organization)).await.expect("a request");
        assert_eq!(back.reason, "USER_DISABLED");
    })
    .await;
}

#[tokio::test]
async fn r12_reseller_signs_before_inviting() {
    each(async |stage| {
        let mut applicant = stage.qualified(Company::FJALLMOLN, Capacity::Reseller).await;
        let signing = stage.signing(&applicant).await;
        let refused = stage.refused(&applicant.admin, SIGN, signing.clone(), "FAILED_PRECONDITION", "REQUIREMENTS_OUTSTANDING").await;
        assert!(refused.to_string().contains("LOCATION") || refused.to_string().contains("location"), "{refused}");
        stage.locate(&mut applicant).await;
        let template = json!({ "name": signing["signature"]["agreement_template"] });
        let template = stage.ok(&applicant.admin, "enrollment.AgreementService/GetAgreementTemplate", template).await;
        assert!(text(&template, "text").contains("EUROPE") && template["sha256"] == signing["signature"]["sha256"]);
        let invitation = json!({ "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": "aino@jarvipilvi.example", "language_code": "en" } });
        stage.refused(&applicant.admin, INVITE, invitation.clone(), "FAILED_PRECONDITION", "AGREEMENT_UNSIGNED").await;
        let mut other_text = signing.clone();
        other_text["signature"]["sha256"] = json!("0".repeat(64));
        stage.refused(&applicant.admin, SIGN, other_text, "INVALID_ARGUMENT", "TEXT_HASH_MISMATCH").await;
        let sales = applicant.company.person("sven");
        let user = json!({ "parent": applicant.organization, "user": { "email": sales, "display_name": "Sven", "roles": ["ROLE_SALES_AGENT"] } });
        stage.ok(&applicant.admin, "enrollment.UserService/CreateUser", user).await;
        stage.refused(&sales, SIGN, signing.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        let signature = stage.ok(&applicant.admin, SIGN, signing.clone()).await;
        let myself = stage.myself(&applicant.admin).await;
        holds(&signature, json!({ "version": 1, "signer": myself["name"], "sha256": template["sha256"], "source_address": "127.0.0.1" }));
        stage.refused(&applicant.admin, SIGN, signing, "ALREADY_EXISTS", "ALREADY_SIGNED").await;
        let listed = json!({ "parent": applicant.organization });
        let listed = stage.ok(&sales, "enrollment.AgreementService/ListSignatures", listed).await;
        assert_eq!(list(&listed, "signatures"), [signature]);
        stage.settle().await;
        stage.ok(&applicant.admin, INVITE, invitation).await;
    })
    .await;
}

#[tokio::test]
async fn r12_reseller_signs_before_accepting() {
    each(async |stage| {
        let provider = stage.partner(Company::RHEINWOLKE, Capacity::Provider).await;
        let mut reseller = stage.qualified(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.locate(&mut reseller).await;
        stage.invite(&provider, &reseller).await;
        let token = stage.token(&reseller.admin, "partnership-invitation").await;
        let accept = stage.accepting(&token, |_| true).await;
        let rpc = "relationship.InvitationService/AcceptInvitation";
        stage.refused(&reseller.admin, rpc, accept.clone(), "FAILED_PRECONDITION", "AGREEMENT_UNSIGNED").await;
        stage.sign(&reseller).await;
        stage.ok(&reseller.admin, rpc, accept).await;
    })
    .await;
}

#[tokio::test]
async fn r13_a_new_version_is_signed_by_its_date_or_orders_stop() {
    each(async |stage| {
        let channel = stage.channel().await;
        let reseller = channel.partnership.reseller.clone();
        let sign_by = stage.in_future(TimeDelta::days(20)).await;
        stage.publish(Capacity::Reseller, "EUROPE", 2, Some(sign_by)).await;
        stage.settle().await;
        let due = stage.enrollment(&reseller).await;
        holds(&due, json!({ "state": "STATE_ACTIVE", "requirements": [{ "code": "REQUIREMENT_CODE_AGREEMENT", "blocks": [] }] }));
        assert_eq!(reasons(&stage.order_check(&channel).await), Vec::<String>::new());
        stage.advance(TimeDelta::days(21)).await;
        assert_eq!(reasons(&stage.order_check(&channel).await), ["AGREEMENT_OVERDUE"]);
        let invitation = json!({ "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": "ukko@example.org", "language_code": "en" } });
        stage.refused(&reseller.admin, INVITE, invitation, "FAILED_PRECONDITION", "AGREEMENT_UNSIGNED").await;
        // What takes rights back is never refused for it.
        let withdraw = json!({ "name": channel.partnership.name, "orders_allowed": false });
        stage.ok(&reseller.admin, "relationship.PartnershipService/SetOrdersAllowed", withdraw).await;
        assert_eq!(reasons(&stage.order_check(&channel).await), ["AGREEMENT_OVERDUE", "ORDERS_NOT_ALLOWED"]);
        let give = json!({ "name": channel.partnership.name, "orders_allowed": true });
        stage.ok(&reseller.admin, "relationship.PartnershipService/SetOrdersAllowed", give).await;
        stage.sign(&reseller).await;
        assert_eq!(reasons(&stage.order_check(&channel).await), Vec::<String>::new());
    })
    .await;
}
