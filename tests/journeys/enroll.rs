//! From a company nobody knows to a submitted enrollment (R01 to R08, R14).

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::each;
use crate::scenes::{Capacity, Company};

const LOOKUP: &str = "enrollment.OrganizationService/LookupOrganization";
const LEGAL: &str = "enrollment.OrganizationService/UpdateLegalProfile";
const SUPPORT: &str = "enrollment.OrganizationService/UpdateSupportProfile";
const CREATE: &str = "enrollment.EnrollmentService/CreateEnrollment";
const SUBMIT: &str = "enrollment.EnrollmentService/SubmitEnrollment";

#[tokio::test]
async fn r01_only_a_proven_domain_is_known_and_nobody_takes_another_ones() {
    each(async |stage| {
        let company = Company::FJALLMOLN;
        let known = stage.ok(NOBODY, LOOKUP, json!({ "domain": company.domain })).await;
        assert_eq!(known, json!({ "known": false }), "no more than that is told");
        let applicant = stage.applicant(company, Capacity::Reseller).await;
        holds(&stage.myself(&company.admin()).await, json!({ "roles": ["ROLE_GLOBAL_ADMIN"] }));
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        let known = stage.ok(NOBODY, LOOKUP, json!({ "domain": company.domain })).await;
        holds(&known, json!({ "known": false }));
        stage.approve(&applicant.organization).await;
        for spelling in [company.domain.to_owned(), company.domain.to_uppercase(), format!("mail.{}", company.domain)] {
            let known = stage.ok(NOBODY, LOOKUP, json!({ "domain": spelling })).await;
            assert_eq!(known, json!({ "known": true }), "{spelling}");
        }
        // Another company names a contact at the same domain, and is approved.
        let other = stage.applicant(Company::ORESKY, Capacity::Reseller).await;
        let people = json!({
            "name": format!("{}/legalProfile", other.organization),
            "primary_contact": { "email": company.person("mole") },
            "company_approver": { "email": company.person("accomplice") },
        });
        let change = json!({ "legal_profile": people, "update_mask": "primaryContact.email,companyApprover.email" });
        stage.ok(&other.admin, LEGAL, change).await;
        stage.submit(&other).await;
        stage.confirm(&company.person("mole"), "email-verification").await;
        stage.confirm(&company.person("accomplice"), "approver-verification").await;
        stage.approve(&other.organization).await;
        let read = json!({ "name": other.organization });
        let organization = stage.ok(&other.admin, "enrollment.OrganizationService/GetOrganization", read).await;
        assert_eq!(organization["proven_domains"], json!([]), "the domain is another organization's");
    })
    .await;
}

#[tokio::test]
async fn r02_a_provider_needs_a_preapproval_that_is_its_own_and_in_time() {
    each(async |stage| {
        let reseller = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        stage.submit(&reseller).await;
        let (company, kind) = (Company::RHEINWOLKE, "ENROLLMENT_TYPE_INDIRECT_PROVIDER");
        let applicant = stage.draft(company, Capacity::Provider).await;
        let legal = json!({ "legal_profile": company.legal_profile(&applicant.organization) });
        stage.ok(&applicant.admin, LEGAL, legal).await;
        let support = json!({ "support_profile": company.support_profile(&applicant.organization) });
        stage.ok(&applicant.admin, SUPPORT, support).await;
        let submit = json!({ "name": applicant.enrollment });
        let refused = async |stage: &mut crate::harness::Stage| {
            let code = "FAILED_PRECONDITION";
            stage.refused(&applicant.admin, SUBMIT, submit.clone(), code, "PREAPPROVAL_REQUIRED").await;
        };
        refused(stage).await;
        let operator = stage.operator();
        let create = "enrollment.EnrollmentService/CreatePreapproval";
        let until = stage.in_future(TimeDelta::days(2)).await;
        let leave = |domain: &str, kind: &str, until: &str| json!({ "preapproval": { "domain": domain, "type": kind, "expire_time": until } });
        stage.ok(&operator, create, leave("donaunebel.example", kind, &until)).await;
        stage.ok(&operator, create, leave(company.domain, "ENROLLMENT_TYPE_DIRECT_BILL", &until)).await;
        refused(stage).await;
        let own = leave(company.domain, kind, &until);
        stage.refused(&applicant.admin, create, own.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        stage.ok(&operator, create, own).await;
        let dry = json!({ "name": applicant.enrollment, "validate_only": true });
        stage.ok(&applicant.admin, SUBMIT, dry).await;
        stage.advance(TimeDelta::days(3)).await;
        refused(stage).await;
        let until = stage.in_future(TimeDelta::days(2)).await;
        stage.ok(&operator, create, leave(company.domain, kind, &until)).await;
        stage.submit(&applicant).await;
    })
    .await;
}

#[tokio::test]
async fn r03_a_second_enrollment_asks_for_nothing_twice() {
    each(async |stage| {
        let provider = stage.partner(Company::RHEINWOLKE, Capacity::Provider).await;
        let mails = stage.mails(&provider.company.contact(), "email-verification").await.len();
        let draft =
            json!({ "parent": provider.organization, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" } });
        let draft = stage.ok(&provider.admin, CREATE, draft).await;
        let submitted = stage.ok(&provider.admin, SUBMIT, json!({ "name": draft["name"] })).await;
        holds(&submitted, json!({ "enrollment": { "state": "STATE_QUALIFIED" } }));
        assert_eq!(stage.mails(&provider.company.contact(), "email-verification").await.len(), mails);
        let mut reseller = provider.clone();
        reseller.capacity = Capacity::Reseller;
        reseller.enrollment = text(&draft, "name");
        stage.sign(&reseller).await;
        holds(&stage.enrollment(&reseller).await, json!({ "state": "STATE_ACTIVE" }));
    })
    .await;
}

#[tokio::test]
async fn r04_a_draft_is_kept_and_every_missing_field_is_told_at_once() {
    each(async |stage| {
        let (company, submit) = (Company::FJALLMOLN, SUBMIT);
        let applicant = stage.draft(company, Capacity::Reseller).await;
        let name = json!({ "name": applicant.enrollment });
        let subjects = |refused: &serde_json::Value| -> Vec<String> {
            list(refused, "preconditions").iter().map(|missing| text(missing, "subject")).collect()
        };
        let refused = stage.refused(&applicant.admin, submit, name.clone(), "FAILED_PRECONDITION", "REQUIREMENTS_OUTSTANDING").await;
        let missing = subjects(&refused);
        for field in ["legal_name", "address", "primary_contact", "company_approver"] {
            assert!(missing.contains(&format!("legal_profile.{field}")), "{field} in {missing:?}");
        }
        for field in ["email", "phone", "website"] {
            assert!(missing.contains(&format!("support_profile.{field}")), "{field} in {missing:?}");
        }
        let mut profile = company.legal_profile(&applicant.organization);
        profile.as_object_mut().expect("an object").remove("company_approver");
        let kept = stage.ok(&applicant.admin, LEGAL, json!({ "legal_profile": profile })).await;
        let read = json!({ "name": format!("{}/legalProfile", applicant.organization) });
        let read = stage.ok(&applicant.admin, "enrollment.OrganizationService/GetLegalProfile", read).await;
        assert_eq!(kept, read);
        holds(&read, json!({ "legal_name": company.name, "address": { "locality": "Stockholm" } }));
        let refused = stage.refused(&applicant.admin, submit, name, "FAILED_PRECONDITION", "REQUIREMENTS_OUTSTANDING").await;
        assert!(subjects(&refused).contains(&"legal_profile.company_approver".to_owned()));
        assert!(!subjects(&refused).contains(&"legal_profile.legal_name".to_owned()));
        let stale = json!({ "name": applicant.enrollment, "etag": "0" });
        let code = stage.call(&applicant.admin, submit, stale).await;
        assert!(["ETAG_MISMATCH", "FIELD_INVALID"].contains(&code.reason.as_str()), "{code:?}");
        // A field that is wrong is refused when it is given, with all others that are.
        let wrong = json!({ "legal_profile": { "name": format!("{}/legalProfile", applicant.organization), "legal_name": "AB",
            "address": { "region_code": "XX", "address_lines": ["x"], "locality": "y" },
            "primary_contact": { "given_name": "C", "family_name": "D", "email": "nobody" } } });
        let refused = stage.refused(&applicant.admin, LEGAL, wrong, "INVALID_ARGUMENT", "FIELD_INVALID").await;
        assert!(list(&refused, "violations").len() >= 2, "{refused}");
    })
    .await;
}

#[tokio::test]
async fn r05_only_a_global_administrator_submits() {
    each(async |stage| {
        let applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let sales = applicant.company.person("sven");
        let user = json!({ "email": sales, "display_name": "Sven", "roles": ["ROLE_SALES_AGENT", "ROLE_ADMIN_AGENT", "ROLE_USER_ADMIN"] });
        let user = json!({ "parent": applicant.organization, "user": user });
        stage.ok(&applicant.admin, "enrollment.UserService/CreateUser", user).await;
        let submit = json!({ "name": applicant.enrollment });
        let refused = stage.refused(&sales, SUBMIT, submit.clone(), "PERMISSION_DENIED", "ROLE_REQUIRED").await;
        assert!(text(&refused, "metadata.roles").contains("GLOBAL_ADMIN"), "{refused}");
        // A global administrator of another organization doesn't even learn that it is there.
        let stranger = stage.draft(Company::ORESKY, Capacity::Reseller).await;
        stage.refused(&stranger.admin, SUBMIT, submit.clone(), "NOT_FOUND", "RESOURCE_MISSING").await;
        stage.refused(NOBODY, SUBMIT, submit, "UNAUTHENTICATED", "CREDENTIAL_MISSING").await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_DRAFT" }));
        stage.submit(&applicant).await;
    })
    .await;
}

#[tokio::test]
async fn r06_web_mail_and_role_addresses_are_refused_for_the_contact() {
    each(async |stage| {
        let applicant = stage.draft(Company::FJALLMOLN, Capacity::Reseller).await;
        for (email, reason) in [
            ("bjorn@gmail.com", "WEBMAIL_DOMAIN"),
            ("bjorn@yahoo.com", "WEBMAIL_DOMAIN"),
            ("bjorn@ICLOUD.com", "WEBMAIL_DOMAIN"),
            ("bjorn@aol.com", "WEBMAIL_DOMAIN"),
            ("bjorn@outlook.com", "WEBMAIL_DOMAIN"),
            ("bjorn@mailinator.com", "WEBMAIL_DOMAIN"),
            ("info@fjallmoln.example", "ROLE_ADDRESS"),
        ] {
            let profile = json!({ "name": format!("{}/legalProfile", applicant.organization),
                "primary_contact": { "given_name": "Björn", "family_name": "Berg", "email": email } });
            let request = json!({ "legal_profile": profile });
            let refused = stage.refused(&applicant.admin, LEGAL, request, "INVALID_ARGUMENT", reason).await;
            holds(&refused, json!({ "violations": [{ "field": "legal_profile.primary_contact.email" }] }));
        }
        let profile = json!({ "name": format!("{}/supportProfile", applicant.organization), "email": "support@fjallmoln.example" });
        stage.ok(&applicant.admin, SUPPORT, json!({ "support_profile": profile })).await;
    })
    .await;
}

#[tokio::test]
async fn r07_the_contact_is_mailed_at_every_change_of_status() {
    each(async |stage| {
        let applicant = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let mails = stage.mails(&applicant.company.contact(), "enrollment-status").await;
        assert_eq!(mails.len(), 3, "VERIFYING, QUALIFIED, ACTIVE: {mails:#?}");
        for mail in &mails {
            holds(mail, json!({ "language_code": "sv" }));
            assert!(text(mail, "to").contains(&applicant.company.contact()), "{mail:#}");
            assert!(text(mail, "text").contains(applicant.company.name), "{mail:#}");
        }
        let texts: std::collections::BTreeSet<_> = mails.iter().map(|mail| text(mail, "text")).collect();
        assert_eq!(texts.len(), 3, "each says something else");
    })
    .await;
}

#[tokio::test]
async fn r08_the_applicant_reads_what_is_waited_for_and_from_whom() {
    each(async |stage| {
        let mut applicant = stage.applicant(Company::FJALLMOLN, Capacity::Reseller).await;
        let draft = stage.enrollment(&applicant).await;
        holds(&draft, json!({ "state": "STATE_DRAFT", "requirements": [{ "code": "REQUIREMENT_CODE_SUBMISSION",
            "actor": "PARTY_GLOBAL_ADMIN", "method": "linkage.enrollment.v1.EnrollmentService/SubmitEnrollment" }] }));
        stage.submit(&applicant).await;
        stage.settle().await;
        let verifying = stage.enrollment(&applicant).await;
        for code in ["EMAIL", "AUTHORITY", "DOMAIN", "BUSINESS"] {
            let code = format!("REQUIREMENT_CODE_{code}");
            holds(&verifying, json!({ "requirements": [{ "code": code, "actor": "PARTY_PRIMARY_CONTACT" }] }));
        }
        let email = list(&verifying, "requirements").into_iter().find(|r| r["code"] == "REQUIREMENT_CODE_EMAIL").expect("EMAIL");
        assert!(email["since_time"].is_string() && email["due_time"].is_string(), "{email}");
        assert_eq!(verifying["capabilities"], json!([]));
        stage.confirm(&applicant.company.contact(), "email-verification").await;
        stage.settle().await;
        let queued = stage.enrollment(&applicant).await;
        for (code, actor) in [("AUTHORITY", "COMPANY_APPROVER"), ("DOMAIN", "REVIEWER"), ("BUSINESS", "REVIEWER")] {
            let code = format!("REQUIREMENT_CODE_{code}");
            holds(&queued, json!({ "requirements": [{ "code": code, "actor": format!("PARTY_{actor}") }] }));
        }
        stage.confirm(&applicant.company.approver(), "approver-verification").await;
        stage.settle().await;
        let reviewed = stage.enrollment(&applicant).await;
        let codes: Vec<_> = list(&reviewed, "requirements").iter().map(|r| text(r, "code")).collect();
        assert!(!codes.contains(&"REQUIREMENT_CODE_EMAIL".to_owned()) && !codes.contains(&"REQUIREMENT_CODE_AUTHORITY".to_owned()), "{codes:?}");
        stage.approve(&applicant.organization).await;
        let qualified = stage.enrollment(&applicant).await;
        holds(&qualified, json!({ "state": "STATE_QUALIFIED", "requirements": [
            { "code": "REQUIREMENT_CODE_LOCATION", "actor": "PARTY_GLOBAL_ADMIN" },
            { "code": "REQUIREMENT_CODE_AGREEMENT", "method": "linkage.enrollment.v1.AgreementService/CreateSignature" }] }));
        stage.locate(&mut applicant).await;
        stage.sign(&applicant).await;
        let active = stage.enrollment(&applicant).await;
        holds(&active, json!({ "state": "STATE_ACTIVE", "requirements": [],
            "capabilities": ["CAPABILITY_RESELL", "CAPABILITY_INVITE_CUSTOMERS", "CAPABILITY_TRANSACT"] }));
        assert_eq!(active["requirements"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn r14_program_information_is_one_read() {
    each(async |stage| {
        let applicant = stage.draft(Company::FJALLMOLN, Capacity::Reseller).await;
        let customer = stage.organization(Company::JARVIPILVI).await;
        let enrollments = "enrollment.EnrollmentService/ListEnrollments";
        let none = stage.ok(&Company::JARVIPILVI.admin(), enrollments, json!({ "parent": customer })).await;
        assert_eq!(none["enrollments"], json!([]), "known, but not enrolled");
        let one = stage.ok(&applicant.admin, enrollments, json!({ "parent": applicant.organization })).await;
        holds(
            &one,
            json!({ "enrollments": [{ "name": applicant.enrollment, "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER",
            "state": "STATE_DRAFT", "signed_version": 0, "location": "" }] }),
        );
        assert!(list(&one, "enrollments")[0]["state_time"].is_string());
        let again =
            json!({ "parent": applicant.organization, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" } });
        stage.refused(&applicant.admin, CREATE, again, "ALREADY_EXISTS", "ENROLLMENT_EXISTS").await;
        let read = json!({ "name": applicant.organization });
        let whole = stage.ok(&applicant.admin, "enrollment.OrganizationService/GetOrganization", read.clone()).await;
        assert!(!list(&whole, "requirements").is_empty(), "what is missing over all enrollments: {whole:#}");
        let other = Company::JARVIPILVI.admin();
        stage
            .refused(&other, "enrollment.OrganizationService/GetOrganization", read, "NOT_FOUND", "RESOURCE_MISSING")
            .await;
    })
    .await;
}
