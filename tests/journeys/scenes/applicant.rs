//! A company on its way from a draft to an active enrollment, one step per call.

use serde_json::{Value, json};

use super::{Capacity, Company};
use crate::harness::Stage;
use crate::harness::call::{NOBODY, holds, list, text};

/// A company that enrolls or has enrolled.
#[derive(Debug, Clone)]
pub(crate) struct Applicant {
    pub(crate) company: Company,
    pub(crate) capacity: Capacity,
    /// `organizations/{o}`.
    pub(crate) organization: String,
    /// `organizations/{o}/enrollments/{e}`.
    pub(crate) enrollment: String,
    /// `partnerLocations/{l}`, once there is one.
    pub(crate) location: String,
    /// Its first global administrator's address.
    pub(crate) admin: String,
}

impl Stage {
    /// An organization of this company, created by its administrator.
    pub(crate) async fn organization(&mut self, company: Company) -> String {
        let organization =
            json!({ "display_name": company.name, "region_code": company.country, "language_code": company.language });
        let request = json!({ "organization": organization });
        let made = self.ok(&company.admin(), "enrollment.OrganizationService/CreateOrganization", request).await;
        self.settle().await;
        text(&made, "name")
    }

    /// An organization with an empty draft.
    pub(crate) async fn draft(&mut self, company: Company, capacity: Capacity) -> Applicant {
        self.programme().await;
        let organization = self.organization(company).await;
        let request = json!({ "parent": organization, "enrollment": { "type": capacity.enrollment_type() } });
        let made = self.ok(&company.admin(), "enrollment.EnrollmentService/CreateEnrollment", request).await;
        let enrollment = text(&made, "name");
        Applicant { company, capacity, organization, enrollment, location: String::new(), admin: company.admin() }
    }

    /// A draft with everything filled in, pre-approved where the capacity needs it.
    pub(crate) async fn applicant(&mut self, company: Company, capacity: Capacity) -> Applicant {
        let applicant = self.draft(company, capacity).await;
        let legal = json!({ "legal_profile": company.legal_profile(&applicant.organization) });
        self.ok(&applicant.admin, "enrollment.OrganizationService/UpdateLegalProfile", legal).await;
        let support = json!({ "support_profile": company.support_profile(&applicant.organization) });
        self.ok(&applicant.admin, "enrollment.OrganizationService/UpdateSupportProfile", support).await;
        if capacity == Capacity::Provider {
            let until = self.in_future(chrono::TimeDelta::days(60)).await;
            let preapproval =
                json!({ "domain": company.domain, "type": capacity.enrollment_type(), "expire_time": until });
            let operator = self.operator();
            let request = json!({ "preapproval": preapproval });
            self.ok(&operator, "enrollment.EnrollmentService/CreatePreapproval", request).await;
        }
        applicant
    }

    /// Its administrator submits.
    pub(crate) async fn submit(&mut self, applicant: &Applicant) -> Value {
        let request = json!({ "name": applicant.enrollment });
        let answer = self.ok(&applicant.admin, "enrollment.EnrollmentService/SubmitEnrollment", request).await;
        holds(&answer, json!({ "enrollment": { "state": "STATE_VERIFYING" } }));
        answer
    }

    /// A submitted reseller enrollment, and the token that its contact was mailed.
    pub(crate) async fn submitted(&mut self, company: Company) -> (Applicant, String) {
        let applicant = self.applicant(company, Capacity::Reseller).await;
        self.submit(&applicant).await;
        let token = self.token(&company.contact(), "email-verification").await;
        (applicant, token)
    }

    /// Whoever was mailed this link answers yes twice.
    pub(crate) async fn confirm(&mut self, to: &str, kind: &str) -> Value {
        let token = self.token(to, kind).await;
        let request = json!({ "token": token, "claim_answer": "ANSWER_YES", "address_answer": "ANSWER_YES" });
        self.ok(NOBODY, "verification.EmailVerificationService/ConfirmEmailVerification", request).await
    }

    /// Primary contact and company approver confirm.
    pub(crate) async fn confirm_both(&mut self, applicant: &Applicant) {
        self.confirm(&applicant.company.contact(), "email-verification").await;
        self.confirm(&applicant.company.approver(), "approver-verification").await;
        self.settle().await;
    }

    /// The newest case of an organization, as the reviewer reads it.
    pub(crate) async fn case(&mut self, organization: &str) -> Value {
        self.settle().await;
        let reviewer = self.programme().await.reviewer;
        let request = json!({ "parent": organization });
        let answer = self.ok(&reviewer, "verification.VettingService/ListVettingCases", request).await;
        list(&answer, "vetting_cases").pop().expect("a case")
    }

    /// The reviewer claims the case.
    pub(crate) async fn claim(&mut self, organization: &str) -> Value {
        let case = self.case(organization).await;
        let reviewer = self.programme().await.reviewer;
        let request = json!({ "name": case["name"] });
        self.ok(&reviewer, "verification.VettingService/ClaimVettingCase", request).await
    }

    /// The reviewer claims the case, passes what is open and approves.
    pub(crate) async fn approve(&mut self, organization: &str) -> Value {
        let mut case = self.claim(organization).await;
        let reviewer = self.programme().await.reviewer;
        for kind in ["DOMAIN", "EMPLOYMENT", "BUSINESS"] {
            let request = json!({
                "name": case["name"], "etag": case["etag"], "kind": format!("CHECK_KIND_{kind}"),
                "status": "CHECK_STATUS_PASSED",
            });
            case = self.ok(&reviewer, "verification.VettingService/DecideCheck", request).await;
        }
        let request = json!({ "name": case["name"], "etag": case["etag"] });
        let approved = self.ok(&reviewer, "verification.VettingService/ApproveVettingCase", request).await;
        self.settle().await;
        approved
    }

    /// A location in the company's country, issued and associated.
    pub(crate) async fn locate(&mut self, applicant: &mut Applicant) {
        let (location, claim_code) = self.location(&applicant.organization, applicant.company.address()).await;
        let request = json!({ "name": location, "claim_code": claim_code });
        self.ok(&applicant.admin, "enrollment.PartnerLocationService/AssociatePartnerLocation", request).await;
        applicant.location = location;
        self.settle().await;
    }

    /// The request that signs the agreement in force.
    pub(crate) async fn signing(&mut self, applicant: &Applicant) -> Value {
        let agreement = self.agreement(applicant.capacity, applicant.company.region).await;
        let signature = json!({
            "enrollment": applicant.enrollment, "agreement_template": agreement["name"], "sha256": agreement["sha256"],
        });
        json!({ "parent": applicant.organization, "signature": signature })
    }

    /// Its administrator signs the agreement in force.
    pub(crate) async fn sign(&mut self, applicant: &Applicant) -> Value {
        let request = self.signing(applicant).await;
        let signature = self.ok(&applicant.admin, "enrollment.AgreementService/CreateSignature", request).await;
        self.settle().await;
        signature
    }

    /// The enrollment, as its administrator reads it.
    pub(crate) async fn enrollment(&mut self, applicant: &Applicant) -> Value {
        let request = json!({ "name": applicant.enrollment });
        self.ok(&applicant.admin, "enrollment.EnrollmentService/GetEnrollment", request).await
    }

    /// An organization whose enrollment was submitted and approved; location and agreement are outstanding.
    pub(crate) async fn qualified(&mut self, company: Company, capacity: Capacity) -> Applicant {
        let applicant = self.applicant(company, capacity).await;
        self.submit(&applicant).await;
        self.confirm_both(&applicant).await;
        self.approve(&applicant.organization).await;
        applicant
    }

    /// An organization with an active enrollment.
    pub(crate) async fn partner(&mut self, company: Company, capacity: Capacity) -> Applicant {
        let mut applicant = self.qualified(company, capacity).await;
        self.locate(&mut applicant).await;
        self.sign(&applicant).await;
        let enrollment = self.enrollment(&applicant).await;
        holds(&enrollment, json!({ "state": "STATE_ACTIVE" }));
        applicant
    }
}
