//! The directory of providers, and what agreements that wait to be signed are told of (R13, R15).

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const PROFILE: &str = "enrollment.OrganizationService/UpdateBusinessProfile";
const LIST: &str = "enrollment.DirectoryService/ListProviderListings";
const ENQUIRE: &str = "enrollment.DirectoryService/SendEnquiry";

#[tokio::test]
async fn r15_a_reseller_finds_a_provider_asks_it_and_is_invited() {
    each(async |stage| {
        let (provider, reseller) = stage.partners().await;
        let sales = provider.company.person("sales");
        let profile = json!({ "business_profile": {
            "name": format!("{}/businessProfile", provider.organization), "state": "STATE_PUBLISHED",
            "summary": "Alles aus einer Hand.", "served_region_codes": [reseller.company.country],
            "language_codes": ["de", "sv"],
            "sales_contact": { "given_name": "Klara", "family_name": "Kern", "email": sales },
        } });
        let search = json!({ "served_region_code": reseller.company.country, "language_code": "sv" });
        assert_eq!(list(&stage.ok(NOBODY, LIST, search.clone()).await, "provider_listings").len(), 0);
        let published = stage.ok(&provider.admin, PROFILE, profile).await;
        holds(&published, json!({ "visibility": "VISIBILITY_LISTED" }));
        let found = stage.ok(NOBODY, LIST, search.clone()).await;
        holds(&found, json!({ "provider_listings": [{ "organization": provider.organization }] }));
        assert!(found["provider_listings"][0]["linkability"].is_null(), "told to members alone");
        assert!(!found.to_string().contains(&sales), "strangers gather no addresses");
        let found = stage.ok(&reseller.admin, LIST, search).await;
        holds(&found, json!({ "provider_listings": [{ "linkability": { "may_link": true } }] }));

        let words = "We sell to forty schools. What are your credit terms?";
        let enquiry = json!({ "provider": provider.organization, "message": words });
        stage.ok(&reseller.admin, ENQUIRE, enquiry).await;
        let mail = stage.mail(&sales, "directory-enquiry").await;
        assert!(text(&mail, "text").contains(words) && text(&mail, "html").contains("forty schools"), "{mail:#}");
        assert_eq!(text(&mail, "reply_to"), reseller.admin);
        stage.invite(&provider, &reseller).await;
    })
    .await;
}

#[tokio::test]
async fn r13_the_reminder_reaches_contact_and_administrator_before_the_block_does() {
    each(async |stage| {
        let reseller = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let sign_by = stage.in_future(TimeDelta::days(40)).await;
        stage.publish(Capacity::Reseller, "EUROPE", 2, Some(sign_by)).await;
        let people = [reseller.company.contact(), reseller.admin.clone()];
        for (days, mails) in [(1, 1), (10, 2), (23, 3), (5, 4), (2, 5)] {
            stage.advance(TimeDelta::days(days)).await;
            for to in &people {
                assert_eq!(stage.mails(to, "agreement-due").await.len(), mails, "{days} more days, {to}");
            }
        }
        let overdue = stage.mail(&people[0], "agreement-due").await;
        assert_eq!(overdue["language_code"], reseller.company.language, "{overdue:#}");
        assert!(text(&overdue, "text").contains("Version 2"), "{overdue:#}");
        stage.sign(&reseller).await;
        stage.advance(TimeDelta::days(30)).await;
        assert_eq!(stage.mails(&people[0], "agreement-due").await.len(), 5);
    })
    .await;
}
