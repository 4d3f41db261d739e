//! What is asked of the service, whole and right unless a test changes it; and the way of an enrollment, step by step.

use tonic::Response;
use wire::enrollment as pb;
use wire::types::{Contact, Origin, PostalAddress};

use crate::house::{House, with_token};
use runtime::ServiceName;

pub(crate) const ADA: &str = "ada@nordwind.example";
pub(crate) const TEXT: &str = "The agreement.\nIt is perpetual.";

pub(crate) fn address(country: &str) -> PostalAddress {
    PostalAddress {
        region_code: country.to_owned(),
        postal_code: if country == "NO" { "0025" } else { "11129" }.to_owned(),
        locality: "Stockholm".to_owned(),
        address_lines: vec!["Stortorget 2".to_owned()],
        ..Default::default()
    }
}

pub(crate) fn contact(email: &str) -> Option<Contact> {
    Some(Contact {
        given_name: "Bo".to_owned(),
        family_name: "Berg".to_owned(),
        email: email.to_owned(),
        phone: "+46812345678".to_owned(),
    })
}

pub(crate) fn legal_profile(organization: &str) -> pb::LegalProfile {
    pb::LegalProfile {
        name: format!("{organization}/legalProfile"),
        legal_name: "Nordwind AB".to_owned(),
        address: Some(address("SE")),
        registration_number: "556677-8899".to_owned(),
        primary_contact: contact("bo@nordwind.example"),
        company_approver: contact("cia@nordwind.example"),
        language_code: "sv".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn support_profile(organization: &str) -> pb::SupportProfile {
    pb::SupportProfile {
        name: format!("{organization}/supportProfile"),
        email: "support@nordwind.example".to_owned(),
        phone: "+46812345679".to_owned(),
        website: "https://nordwind.example/support".to_owned(),
        ..Default::default()
    }
}

impl House {
    /// An organization of its own for this person; its name.
    pub(crate) async fn founded_by(&self, email: &str, display_name: &str) -> String {
        let session = self.session(self.identity(email), "").await.unwrap();
        self.founded_with(&session.access_token, display_name).await
    }

    /// The same by whoever has this access token.
    pub(crate) async fn founded_with(&self, access_token: &str, display_name: &str) -> String {
        let organization = pb::Organization {
            display_name: display_name.to_owned(),
            region_code: "SE".to_owned(),
            language_code: "sv".to_owned(),
            ..Default::default()
        };
        let request = pb::CreateOrganizationRequest { organization: Some(organization), ..Default::default() };
        let request = with_token(access_token, request);
        self.organizations().create_organization(request).await.unwrap().into_inner().name
    }

    pub(crate) async fn drafted(&self, organization: &str, kind: pb::EnrollmentType) -> pb::Enrollment {
        let enrollment = Some(pb::Enrollment { r#type: kind.into(), ..Default::default() });
        let parent = organization.to_owned();
        let request = pb::CreateEnrollmentRequest { parent, enrollment, ..Default::default() };
        self.enrollments().create_enrollment(self.by(ADA, request).await).await.unwrap().into_inner()
    }

    pub(crate) async fn fill_in(&self, organization: &str) {
        let legal_profile = Some(legal_profile(organization));
        let request = pb::UpdateLegalProfileRequest { legal_profile, ..Default::default() };
        self.organizations().update_legal_profile(self.by(ADA, request).await).await.unwrap();
        let support_profile = Some(support_profile(organization));
        let request = pb::UpdateSupportProfileRequest { support_profile, ..Default::default() };
        self.organizations().update_support_profile(self.by(ADA, request).await).await.unwrap();
    }

    pub(crate) async fn submit(&self, name: &str) -> Result<pb::SubmitEnrollmentResponse, tonic::Status> {
        let request = pb::SubmitEnrollmentRequest { name: name.to_owned(), ..Default::default() };
        self.enrollments().submit_enrollment(self.by(ADA, request).await).await.map(Response::into_inner)
    }

    pub(crate) async fn read(&self, name: &str) -> pb::Enrollment {
        let request = pb::GetEnrollmentRequest { name: name.to_owned() };
        self.enrollments().get_enrollment(self.by(ADA, request).await).await.unwrap().into_inner()
    }

    /// Verification says how its case stands, for the so-manieth time.
    pub(crate) async fn record(&self, organization: &str, state: &str, checks: &[(&str, &str)], version: i64) {
        self.record_of(organization, ('g', 1), state, checks, version).await;
    }

    /// The same of a case with another last letter, about this revision.
    pub(crate) async fn record_of(
        &self,
        organization: &str,
        (letter, revision): (char, i64),
        state: &str,
        checks: &[(&str, &str)],
        version: i64,
    ) {
        // Of each organization cases of its own, told apart by the last letter.
        let id = organization.rsplit('/').next().unwrap();
        let case = format!("{organization}/vettingCases/{}{letter}", &id[..25]);
        let check = |(check, status): &(&str, &str)| pb::VerificationCheck {
            check: (*check).to_owned(),
            status: (*status).to_owned(),
            ..Default::default()
        };
        let request = pb::RecordVerificationRequest {
            origin: Some(Origin {
                source: "verification".to_owned(),
                epoch: 1,
                event_id: "0".repeat(26),
                subject: case.clone(),
                version,
                occur_time: self.days_ahead(0),
                ..Default::default()
            }),
            organization: organization.to_owned(),
            vetting_case: case,
            case_state: state.to_owned(),
            revision,
            checks: checks.iter().map(check).collect(),
            ..Default::default()
        };
        self.peer(ServiceName::Verification).record_verification(request).await.unwrap();
    }

    pub(crate) async fn approve(&self, organization: &str) {
        let checks = ["EMAIL", "DOMAIN", "EMPLOYMENT", "AUTHORITY", "BUSINESS"].map(|check| (check, "PASSED"));
        self.record(organization, "APPROVED", &checks, 1).await;
    }

    pub(crate) async fn published(&self, kind: pb::EnrollmentType, version: i32) -> pb::AgreementTemplate {
        let template = pb::AgreementTemplate {
            r#type: kind.into(),
            region: "EUROPE".to_owned(),
            version,
            language_code: "en".to_owned(),
            text: format!("{TEXT} {version}"),
            effective_time: self.days_ahead(-1),
            ..Default::default()
        };
        let request = pb::PublishAgreementTemplateRequest { agreement_template: Some(template), ..Default::default() };
        let request = self.operator(request).await;
        self.agreements().publish_agreement_template(request).await.unwrap().into_inner()
    }

    pub(crate) async fn located(&self, organization: &str, country: &str) -> pb::PartnerLocation {
        let location = pb::PartnerLocation {
            organization: organization.to_owned(),
            display_name: "Head office".to_owned(),
            address: Some(address(country)),
            ..Default::default()
        };
        let request = pb::CreatePartnerLocationRequest { partner_location: Some(location), ..Default::default() };
        let request = self.operator(request).await;
        self.locations().create_partner_location(request).await.unwrap().into_inner()
    }

    pub(crate) async fn associate(&self, location: &str, code: &str) -> Result<pb::PartnerLocation, tonic::Status> {
        let (name, claim_code) = (location.to_owned(), code.to_owned());
        let request = pb::AssociatePartnerLocationRequest { name, claim_code, ..Default::default() };
        let request = self.by(ADA, request).await;
        self.locations().associate_partner_location(request).await.map(Response::into_inner)
    }

    pub(crate) async fn sign(
        &self,
        email: &str,
        enrollment: &str,
        template: &pb::AgreementTemplate,
    ) -> Result<pb::Signature, tonic::Status> {
        let signature = pb::Signature {
            enrollment: enrollment.to_owned(),
            agreement_template: template.name.clone(),
            sha256: template.sha256.clone(),
            ..Default::default()
        };
        let parent = enrollment.split("/enrollments").next().unwrap().to_owned();
        let request = pb::CreateSignatureRequest { parent, signature: Some(signature), ..Default::default() };
        self.agreements().create_signature(self.by(email, request).await).await.map(Response::into_inner)
    }
}
