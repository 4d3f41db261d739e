//! May the provider order for this customer now, and may it administer (R33, R34, R36, R38, R39, R42, R43)?

use chrono::TimeDelta;
use linkage::ServiceName;
use serde_json::{Value, json};

use crate::harness::call::{holds, list, text};
use crate::harness::each;
use crate::scenes::{Channel, Company, reasons};

const CHECK: &str = "relationship.OrderEligibilityService/CheckOrderEligibility";
const ALLOW: &str = "relationship.PartnershipService/SetOrdersAllowed";
const END: &str = "relationship.PartnershipService/EndPartnership";
const GRANTS: &str = "relationship.AdminGrantService/ListAdminGrants";
const REVOKE: &str = "relationship.AdminGrantService/RevokeAdminGrant";
const ACCESS: &str = "relationship.AdminGrantService/CheckDelegatedAccess";
const NONE: [&str; 0] = [];

#[tokio::test]
async fn r33_order_submission_can_be_withheld_and_given_later() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let partnership = stage.join(provider, reseller, |consent| consent["kind"] == "CONSENT_KIND_PARTNERSHIP_TERMS").await;
        let customer = stage.customer(&partnership, Company::JARVIPILVI).await;
        let channel = Channel { partnership, customer };
        let check = stage.order_check(&channel).await;
        holds(&check, json!({ "eligible": false, "reasons": [{ "reason": "INELIGIBILITY_REASON_ORDERS_NOT_ALLOWED", "actor": "PARTY_RESELLER",
            "organization": channel.partnership.reseller.organization, "method": "linkage.relationship.v1.PartnershipService/SetOrdersAllowed" }] }));
        assert_eq!(reasons(&check), ["ORDERS_NOT_ALLOWED"]);
        let read = json!({ "name": channel.partnership.name });
        let partnership = stage.ok(&channel.partnership.provider.admin, "relationship.PartnershipService/GetPartnership", read).await;
        holds(&partnership, json!({ "orders_allowed": false, "blockers": [{ "code": "REQUIREMENT_CODE_ORDERS" }] }));
        let access = json!({ "organization": channel.partnership.reseller.organization });
        let access = stage.ok(&channel.partnership.provider.admin, ACCESS, access).await;
        holds(&access, json!({ "allowed": false }));
        let allow = json!({ "name": channel.partnership.name, "orders_allowed": true });
        stage.refused(&channel.partnership.provider.admin, ALLOW, allow.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.ok(&channel.partnership.reseller.admin, ALLOW, allow).await;
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE);
    })
    .await;
}

#[tokio::test]
async fn r34_administration_goes_without_the_partnership_and_ending_tells_first() {
    each(async |stage| {
        let channel = stage.channel().await;
        let (provider, reseller) = (channel.partnership.provider.clone(), channel.partnership.reseller.clone());
        let access = json!({ "organization": reseller.organization });
        let allowed = stage.ok(&provider.admin, ACCESS, access.clone()).await;
        holds(&allowed, json!({ "allowed": true, "directory_roles": ["directory-reader", "helpdesk-administrator"] }));
        let grants = json!({ "grantor": reseller.organization, "grantee": provider.organization });
        let grants = stage.ok(&reseller.admin, GRANTS, grants).await;
        let grant = json!({ "name": list(&grants, "admin_grants")[0]["name"] });
        stage.refused(&provider.admin, REVOKE, grant.clone(), "PERMISSION_DENIED", "GRANTOR_ONLY").await;
        holds(&stage.ok(&reseller.admin, REVOKE, grant.clone()).await, json!({ "state": "STATE_REVOKED" }));
        stage.refused(&reseller.admin, REVOKE, grant, "FAILED_PRECONDITION", "STATE_FORBIDS").await;
        let denied = stage.ok(&provider.admin, ACCESS, access).await;
        assert!(denied["allowed"] == json!(false) && !text(&denied, "explanation").is_empty(), "{denied}");
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE, "orders go on");
        assert_eq!(stage.mails(&provider.company.contact(), "administration-ended").await.len(), 1);
        let end = json!({ "name": channel.partnership.name });
        stage.refused(&reseller.admin, END, end, "FAILED_PRECONDITION", "LIVE_RELATIONSHIPS").await;
        let before = json!({ "name": channel.partnership.name, "cascade": true, "validate_only": true });
        let told = stage.ok(&reseller.admin, END, before).await;
        assert!(list(&told, "effects").len() >= 2, "{told}");
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE, "nothing ended");
        let end = json!({ "name": channel.partnership.name, "cascade": true });
        stage.ok(&provider.admin, END, end.clone()).await;
        let gone = stage.order_check(&channel).await;
        assert_eq!(
            reasons(&gone),
            ["PARTNERSHIP_ENDED", "RESELLER_RELATIONSHIP_MISSING", "PROVIDER_RELATIONSHIP_MISSING"]
        );
        assert!(list(&gone, "reasons").iter().all(|reason| !text(reason, "remedy").is_empty()), "{gone}");
        stage.refused(&provider.admin, END, end, "FAILED_PRECONDITION", "STATE_FORBIDS").await;
        for party in [provider.company.contact(), reseller.company.contact(), channel.customer.admin.clone()] {
            assert_eq!(stage.mails(&party, "partnership-ended").await.len(), 1, "{party} is told once");
        }
    })
    .await;
}

#[tokio::test]
async fn r36_lists_are_paged_by_token_and_their_own() {
    each(async |stage| {
        let partnership = stage.partnership().await;
        for company in [Company::JARVIPILVI, Company::DONAUNEBEL, Company::ORESKY] {
            stage.customer(&partnership, company).await;
        }
        let list_them = "relationship.ResellerRelationshipService/ListResellerRelationships";
        for admin in [&partnership.provider.admin, &partnership.reseller.admin] {
            let (mut seen, mut page) = (Vec::new(), String::new());
            loop {
                let request = json!({ "partnership": partnership.name, "page_size": 4, "page_token": page });
                let answer = stage.ok(admin, list_them, request).await;
                seen.extend(list(&answer, "reseller_relationships").iter().map(|one| text(one, "name")));
                page = text(&answer, "next_page_token");
                if page.is_empty() {
                    break;
                }
                let other = json!({ "partnership": "", "page_size": 4, "page_token": page });
                stage.refused(admin, list_them, other, "INVALID_ARGUMENT", "PAGE_TOKEN_INVALID").await;
            }
            assert_eq!(seen.len(), 6, "both capacities of three shared customers");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 6, "no page repeats another");
        }
        let foreign = stage.ok(&Company::ORESKY.admin(), list_them, json!({ "partnership": partnership.name })).await;
        assert_eq!(list(&foreign, "reseller_relationships").len(), 2, "a customer sees its own alone");
    })
    .await;
}

#[tokio::test]
async fn r38_the_order_check_names_its_facts_and_answers_only_the_parties() {
    each(async |stage| {
        let channel = stage.channel().await;
        let check = stage.order_check(&channel).await;
        let partnership = &channel.partnership;
        holds(&check, json!({ "eligible": true, "reasons": [], "facts": [
            { "resource": partnership.name, "state": "ACTIVE" }, { "resource": partnership.provider.enrollment, "state": "ACTIVE" },
            { "resource": partnership.reseller.enrollment, "state": "ACTIVE" }] }));
        let facts = list(&check, "facts");
        assert!(facts.iter().all(|fact| fact["version"] != "0" && fact["age"].is_string()), "{check:#}");
        let operator = stage.operator();
        for who in [&partnership.reseller.admin, &channel.customer.admin, &operator] {
            holds(&stage.ok(who, CHECK, channel.order_check()).await, json!({ "eligible": true }));
        }
        let outsider = Company::ORESKY;
        stage.organization(outsider).await;
        stage.refused(&outsider.admin(), CHECK, channel.order_check(), "PERMISSION_DENIED", "NOT_A_PARTY").await;
        let mut strangers = channel.clone();
        strangers.customer.organization = format!("organizations/{}", "0".repeat(26));
        let refused = stage.order_check(&strangers).await;
        assert!(reasons(&refused).contains(&"PROVIDER_RELATIONSHIP_MISSING".to_owned()), "{refused:#}");
        let mut incomplete = channel.order_check();
        incomplete["action"] = json!("ORDER_ACTION_UNSPECIFIED");
        stage.refused(&operator, CHECK, incomplete, "INVALID_ARGUMENT", "FIELD_INVALID").await;
    })
    .await;
}

#[tokio::test]
async fn r38_every_reason_is_told_at_once_with_who_can_clear_it() {
    each(async |stage| {
        let mut three = Vec::new();
        for company in [Company::RHEINWOLKE, Company::FJALLMOLN, Company::JARVIPILVI] {
            three.push(stage.organization(company).await);
        }
        let request = json!({ "provider": three[0], "partner_of_record": three[1], "customer": three[2], "action": "ORDER_ACTION_ADD_SUBSCRIPTION" });
        let stranger = Company::JARVIPILVI.admin();
        stage.refused(&stranger, CHECK, request.clone(), "PERMISSION_DENIED", "NOT_A_PARTY").await;
        let check = stage.ok(&stage.operator(), CHECK, request).await;
        assert_eq!(check["eligible"], json!(false));
        let mut found = reasons(&check);
        found.dedup();
        assert_eq!(found, ["PROVIDER_NOT_ACTIVE", "RESELLER_NOT_ACTIVE", "AGREEMENT_UNSIGNED", "LOCATION_MISSING", "PARTNERSHIP_MISSING",
            "RESELLER_RELATIONSHIP_MISSING", "PROVIDER_RELATIONSHIP_MISSING", "CUSTOMER_AGREEMENT_MISSING"]);
        for reason in list(&check, "reasons") {
            for field in ["remedy", "method", "organization"] {
                assert!(!text(&reason, field).is_empty(), "{field} of {reason}");
            }
            assert_ne!(text(&reason, "actor"), "PARTY_UNSPECIFIED", "{reason}");
            let method = text(&reason, "method");
            assert!(stage.client.method(&method).is_ok(), "{method} is an RPC");
        }
    })
    .await;
}

#[tokio::test]
async fn r39_a_customer_lists_who_may_do_what_and_revokes_it() {
    each(async |stage| {
        let channel = stage.channel().await;
        let customer = channel.customer.clone();
        let grants = stage.ok(&customer.admin, GRANTS, json!({ "grantor": customer.organization })).await;
        holds(
            &grants,
            json!({ "admin_grants": [{ "grantee": channel.partnership.reseller.organization, "state": "STATE_ACTIVE",
            "directory_roles": ["directory-reader"] }] }),
        );
        let access = json!({ "organization": customer.organization });
        holds(&stage.ok(&channel.partnership.reseller.admin, ACCESS, access.clone()).await, json!({ "allowed": true }));
        holds(
            &stage.ok(&channel.partnership.provider.admin, ACCESS, access.clone()).await,
            json!({ "allowed": false }),
        );
        let revoke = json!({ "name": list(&grants, "admin_grants")[0]["name"] });
        stage.ok(&customer.admin, REVOKE, revoke).await;
        holds(&stage.ok(&channel.partnership.reseller.admin, ACCESS, access).await, json!({ "allowed": false }));
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE);
    })
    .await;
}

#[tokio::test]
async fn r42_delegated_access_follows_the_users_role_and_ends_with_its_time() {
    each(async |stage| {
        let partnership = stage.partnership().await;
        let (provider, reseller) = (partnership.provider.clone(), partnership.reseller.clone());
        let access = |user: &Value| json!({ "user": user, "organization": reseller.organization });
        let mut added = Vec::new();
        for (name, role) in [("hedda", "HELPDESK_AGENT"), ("sven", "SALES_AGENT")] {
            let user = json!({ "email": provider.company.person(name), "display_name": name, "roles": [format!("ROLE_{role}")] });
            let user = json!({ "parent": provider.organization, "user": user });
            added.push(stage.ok(&provider.admin, "enrollment.UserService/CreateUser", user).await["name"].clone());
        }
        stage.settle().await;
        let myself = stage.myself(&provider.admin).await["name"].clone();
        let agent = stage.ok(&reseller.admin, ACCESS, access(&myself)).await;
        holds(&agent, json!({ "allowed": true, "directory_roles": ["directory-reader", "helpdesk-administrator"] }));
        let helpdesk = stage.ok(&reseller.admin, ACCESS, access(&added[0])).await;
        assert!(list(&helpdesk, "directory_roles").len() <= 2 && helpdesk["allowed"] == json!(true), "{helpdesk}");
        holds(&stage.ok(&reseller.admin, ACCESS, access(&added[1])).await, json!({ "allowed": false }));
        let disable = json!({ "user": { "name": added[0], "state": "STATE_DISABLED" } });
        stage.ok(&provider.admin, "enrollment.UserService/UpdateUser", disable).await;
        stage.settle().await;
        holds(&stage.ok(&reseller.admin, ACCESS, access(&added[0])).await, json!({ "allowed": false }));
        stage.advance(TimeDelta::days(366)).await;
        holds(&stage.ok(&provider.admin, ACCESS, access(&myself)).await, json!({ "allowed": false }));
        let grants = stage.ok(&provider.admin, GRANTS, json!({ "grantor": reseller.organization })).await;
        holds(&grants, json!({ "admin_grants": [{ "state": "STATE_EXPIRED" }] }));
    })
    .await;
}

#[tokio::test]
async fn r43_standing_that_is_too_old_is_unknown_and_can_be_read_afresh() {
    each(async |stage| {
        let channel = stage.channel().await;
        let provider = channel.partnership.provider.admin.clone();
        stage.stop(ServiceName::Enrollment).await;
        stage.advance(TimeDelta::minutes(4)).await;
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE, "within the bound");
        stage.advance(TimeDelta::minutes(6)).await;
        let check = stage.order_check(&channel).await;
        assert_eq!(check["eligible"], json!(false));
        assert!(
            reasons(&check).iter().all(|reason| reason == "STANDING_UNKNOWN") && !reasons(&check).is_empty(),
            "{check:#}"
        );
        let mut fresh = channel.order_check();
        fresh["fresh"] = json!(true);
        stage.refused(&provider, CHECK, fresh.clone(), "UNAVAILABLE", "DEPENDENCY_DOWN").await;
        stage.restart(ServiceName::Enrollment).await;
        let read = stage.ok(&provider, CHECK, fresh).await;
        assert_eq!(reasons(&read), NONE, "read afresh before any sweep: {read:#}");
        stage.settle().await;
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE);
    })
    .await;
}
