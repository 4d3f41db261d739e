//! What becomes of an enrollment later: suspended, resumed, withdrawn, reopened, changed (R18, R19).

use linkage::ServiceName;
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, list, text};
use crate::harness::{Stage, each};
use crate::scenes::{Applicant, Capacity, Company, reasons};

const SUSPEND: &str = "enrollment.EnrollmentService/SuspendEnrollment";
const RESUME: &str = "enrollment.EnrollmentService/ResumeEnrollment";
const END: &str = "enrollment.EnrollmentService/EndEnrollment";
const WITHDRAW: &str = "enrollment.EnrollmentService/WithdrawEnrollment";
const REOPEN: &str = "enrollment.EnrollmentService/ReopenEnrollment";
const LEGAL: &str = "enrollment.OrganizationService/UpdateLegalProfile";
const GET_LEGAL: &str = "enrollment.OrganizationService/GetLegalProfile";
const NONE: [&str; 0] = [];

fn measure(applicant: &Applicant, dry: bool) -> Value {
    let text = "The invoice of May is not paid.";
    json!({ "name": applicant.enrollment, "reason": "INVOICE_OVERDUE", "reason_text": text, "validate_only": dry })
}

async fn legal(stage: &mut Stage, applicant: &Applicant) -> Value {
    stage.settle().await;
    let request = json!({ "name": format!("{}/legalProfile", applicant.organization) });
    stage.ok(&applicant.admin, GET_LEGAL, request).await
}

async fn change(stage: &mut Stage, applicant: &Applicant, mut fields: Value) -> Value {
    fields["name"] = json!(format!("{}/legalProfile", applicant.organization));
    let changed = stage.ok(&applicant.admin, LEGAL, json!({ "legal_profile": fields })).await;
    stage.settle().await;
    changed
}

#[tokio::test]
async fn r18_a_suspension_stops_orders_says_first_what_it_hits_and_is_lifted() {
    each(async |stage| {
        let channel = stage.channel().await;
        let (provider, reseller) = (channel.partnership.provider.clone(), channel.partnership.reseller.clone());
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE);
        let operator = stage.operator();
        let preview = stage.ok(&operator, SUSPEND, measure(&reseller, true)).await;
        holds(
            &preview,
            json!({ "enrollment": { "state": "STATE_SUSPENDED" }, "affected": [
            { "collection": "partnerships", "count": "1", "names": [channel.partnership.name] },
            { "collection": "resellerRelationships", "count": "1" }, { "collection": "adminGrants" }] }),
        );
        assert!(!list(&preview, "effects").is_empty());
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE, "asking changes nothing");

        stage.ok(&operator, SUSPEND, measure(&reseller, false)).await;
        stage.settle().await;
        let check = stage.order_check(&channel).await;
        assert_eq!(reasons(&check), ["RESELLER_NOT_ACTIVE"]);
        assert!(
            !text(&check, "reasons[0].remedy").is_empty()
                && check["reasons"][0]["organization"] == json!(reseller.organization)
        );
        let seen = stage.enrollment(&reseller).await;
        holds(
            &seen,
            json!({ "state": "STATE_SUSPENDED", "state_reason": "INVOICE_OVERDUE", "capabilities": [],
            "requirements": [{ "code": "REQUIREMENT_CODE_STANDING", "actor": "PARTY_OPERATOR",
                "method": "linkage.enrollment.v1.EnrollmentService/ResumeEnrollment" }] }),
        );
        for who in [reseller.company.contact(), reseller.admin.clone()] {
            let mail = stage.mail(&who, "enrollment-status").await;
            assert!(text(&mail, "text").contains("The invoice of May is not paid."), "{mail:#}");
        }
        let read = json!({ "name": channel.partnership.name });
        let partnership = stage.ok(&provider.admin, "relationship.PartnershipService/GetPartnership", read).await;
        holds(&partnership, json!({ "state": "STATE_ACTIVE" }));

        stage
            .ok(
                &operator,
                RESUME,
                json!({ "name": reseller.enrollment, "reason": "PAID", "reason_text": "It is paid." }),
            )
            .await;
        stage.settle().await;
        assert_eq!(reasons(&stage.order_check(&channel).await), NONE);
        stage.ok(&operator, SUSPEND, measure(&provider, false)).await;
        stage.settle().await;
        assert_eq!(reasons(&stage.order_check(&channel).await), ["PROVIDER_NOT_ACTIVE"]);
        stage.ok(&operator, END, measure(&provider, false)).await;
        stage.settle().await;
        assert_eq!(reasons(&stage.order_check(&channel).await), ["PROVIDER_NOT_ACTIVE"]);
    })
    .await;
}

#[tokio::test]
async fn r18_a_suspension_does_not_wait_for_relationship_but_its_preview_does() {
    each(async |stage| {
        let reseller = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let operator = stage.operator();
        stage.stop(ServiceName::Relationship).await;
        stage.refused(&operator, SUSPEND, measure(&reseller, true), "UNAVAILABLE", "DEPENDENCY_DOWN").await;
        holds(&stage.enrollment(&reseller).await, json!({ "state": "STATE_ACTIVE" }));
        stage.ok(&operator, SUSPEND, measure(&reseller, false)).await;
        stage.restart(ServiceName::Relationship).await;
        stage.settle().await;
        let invitation = json!({ "invitation": { "kind": "KIND_CUSTOMER", "recipient_email": "aino@jarvipilvi.example", "language_code": "en" } });
        let rpc = "relationship.InvitationService/CreateInvitation";
        stage.refused(&reseller.admin, rpc, invitation, "FAILED_PRECONDITION", "SENDER_NOT_CAPABLE").await;
    })
    .await;
}

#[tokio::test]
async fn r18_a_withdrawn_enrollment_stops_verification_and_is_taken_up_again() {
    each(async |stage| {
        let (applicant, token) = stage.submitted(Company::FJALLMOLN).await;
        let name = json!({ "name": applicant.enrollment });
        stage.ok(&applicant.admin, WITHDRAW, name.clone()).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_WITHDRAWN" }));
        holds(
            &stage.enrollment(&applicant).await,
            json!({ "state": "STATE_WITHDRAWN", "next_actions": [
            { "method": "linkage.enrollment.v1.EnrollmentService/ReopenEnrollment" }] }),
        );
        let yes = json!({ "token": token, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        stage.ok(NOBODY, "verification.EmailVerificationService/ConfirmEmailVerification", yes).await;
        holds(&stage.case(&applicant.organization).await, json!({ "state": "STATE_WITHDRAWN" }));
        holds(&stage.ok(&applicant.admin, REOPEN, name.clone()).await, json!({ "state": "STATE_DRAFT" }));
        stage.refused(&applicant.admin, REOPEN, name, "FAILED_PRECONDITION", "STATE_FORBIDS").await;
        stage.submit(&applicant).await;
        stage.confirm_both(&applicant).await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
        let mails = stage.mails(&applicant.company.contact(), "enrollment-status").await;
        assert_eq!(mails.len(), 5, "VERIFYING, WITHDRAWN, DRAFT, VERIFYING, QUALIFIED");
    })
    .await;
}

#[tokio::test]
async fn r19_a_change_after_approval_verifies_only_what_it_touches() {
    each(async |stage| {
        let partner = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let mails = stage.mails(&partner.company.contact(), "email-verification").await.len();
        let preview = json!({ "legal_profile": { "name": format!("{}/legalProfile", partner.organization), "legal_name": "Fjällmoln Norden AB" },
            "validate_only": true });
        let preview = stage.ok(&partner.admin, LEGAL, preview).await;
        assert_eq!(preview["verified_again"], json!(["BUSINESS"]));
        assert_eq!(legal(stage, &partner).await["pending"], Value::Null);

        change(stage, &partner, json!({ "legal_name": "Fjällmoln Norden AB" })).await;
        let both = legal(stage, &partner).await;
        holds(&both, json!({ "legal_name": partner.company.name, "revision": "1", "vetted_revision": "1",
            "pending": { "legal_name": "Fjällmoln Norden AB", "revision": "2", "case_state": "QUEUED", "open_checks": ["BUSINESS"] } }));
        let case = stage.case(&partner.organization).await;
        holds(&case, json!({ "state": "STATE_QUEUED", "legal_name": "Fjällmoln Norden AB", "revision": "2" }));
        let pending = list(&case, "checks").iter().filter(|check| check["status"] == "CHECK_STATUS_PENDING").count();
        assert_eq!(pending, 1, "{case:#}");
        holds(&stage.enrollment(&partner).await, json!({ "state": "STATE_ACTIVE" }));
        stage.approve(&partner.organization).await;
        let adopted = legal(stage, &partner).await;
        holds(&adopted, json!({ "legal_name": "Fjällmoln Norden AB", "revision": "2", "vetted_revision": "2" }));
        assert_eq!(adopted["pending"], Value::Null);
        holds(&stage.enrollment(&partner).await, json!({ "state": "STATE_ACTIVE" }));
        assert_eq!(stage.mails(&partner.company.contact(), "email-verification").await.len(), mails, "who confirmed is not asked again");
        let spelled = change(stage, &partner, json!({ "legal_name": "FJÄLLMOLN NORDEN AB" })).await;
        assert_eq!((&spelled["legal_name"], &spelled["verified_again"]), (&json!("FJÄLLMOLN NORDEN AB"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn r19_a_new_contact_says_not_us_and_the_former_one_stays() {
    each(async |stage| {
        let partner = stage.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        let eva = partner.company.person("eva");
        let contact = json!({ "given_name": "Björn", "family_name": "Berg", "email": eva });
        let before = legal(stage, &partner).await;
        let changed = change(stage, &partner, json!({ "primary_contact": contact })).await;
        holds(&changed, json!({ "primary_contact": { "email": before["primary_contact"]["email"] } }));
        assert!(list(&changed, "verified_again").contains(&json!("EMAIL")), "{changed:#}");
        let token = stage.token(&eva, "email-verification").await;
        let no = json!({ "token": token, "claim_answer": "ANSWER_NO", "address_answer": "ANSWER_YES" });
        stage.ok(NOBODY, "verification.EmailVerificationService/ConfirmEmailVerification", no).await;
        let kept = legal(stage, &partner).await;
        assert_eq!(
            (&kept["pending"], &kept["primary_contact"]["email"]),
            (&Value::Null, &before["primary_contact"]["email"])
        );
        holds(&stage.enrollment(&partner).await, json!({ "state": "STATE_ACTIVE" }));
    })
    .await;
}

#[tokio::test]
async fn r19_a_change_while_it_is_verified_goes_on_in_the_same_case() {
    each(async |stage| {
        let (applicant, former) = stage.submitted(Company::FJALLMOLN).await;
        let eva = applicant.company.person("eva");
        let contact = json!({ "given_name": "Eva", "family_name": "Ek", "email": eva });
        let changed = change(stage, &applicant, json!({ "primary_contact": contact })).await;
        assert_eq!(changed["verified_again"], json!(["EMAIL", "EMPLOYMENT"]));
        let yes = |token: &str| json!({ "token": token, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        let confirm = "verification.EmailVerificationService/ConfirmEmailVerification";
        stage.refused(NOBODY, confirm, yes(&former), "FAILED_PRECONDITION", "TOKEN_SUPERSEDED").await;
        let token = stage.token(&eva, "email-verification").await;
        stage.ok(NOBODY, confirm, yes(&token)).await;
        stage.confirm(&applicant.company.approver(), "approver-verification").await;
        stage.approve(&applicant.organization).await;
        holds(&stage.enrollment(&applicant).await, json!({ "state": "STATE_QUALIFIED" }));
        let cases = json!({ "parent": applicant.organization });
        let cases = stage.ok(&applicant.admin, "verification.VettingService/ListVettingCases", cases).await;
        assert_eq!(list(&cases, "vetting_cases").len(), 1);
        assert!(stage.mails(&eva, "enrollment-status").await.len() == 1, "from then on mail goes to the new contact");
    })
    .await;
}
