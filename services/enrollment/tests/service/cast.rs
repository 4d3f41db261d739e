//! Partners of any kind and country, brought into force step by step by their own people.

use tonic::{Response, Status};
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::types::PostalAddress;

use crate::house::House;
use crate::requests::contact;

pub(crate) const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;
pub(crate) const PROVIDER: pb::EnrollmentType = pb::EnrollmentType::IndirectProvider;

/// A company to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    pub(crate) name: &'static str,
    /// Its first global administrator is `ada@` it.
    pub(crate) domain: &'static str,
    pub(crate) country: &'static str,
    pub(crate) kind: pb::EnrollmentType,
}

/// An enrolled company.
#[derive(Debug, Clone)]
pub(crate) struct Partner {
    pub(crate) admin: String,
    pub(crate) organization: String,
    pub(crate) enrollment: String,
    company: Company,
}

pub(crate) const RHEINWOLKE: Company =
    Company { name: "Rheinwolke Distribution GmbH", domain: "rheinwolke.example", country: "DE", kind: PROVIDER };
pub(crate) const FJORD: Company = Company { name: "Fjord Sky", domain: "fjord.example", country: "SE", kind: RESELLER };
pub(crate) const PRAIRIE: Company =
    Company { name: "Prairie Cloud", domain: "prairie.example", country: "US", kind: RESELLER };

impl House {
    /// A version of the agreement, in force and to be signed so many days from now.
    pub(crate) async fn version(
        &self,
        kind: pb::EnrollmentType,
        (region, language): (&str, &str),
        version: i32,
        (from, by): (i64, Option<i64>),
    ) -> pb::AgreementTemplate {
        let template = pb::AgreementTemplate {
            r#type: kind.into(),
            region: region.to_owned(),
            version,
            language_code: language.to_owned(),
            text: format!("The agreement of {region} in {language}, version {version}."),
            effective_time: self.days_ahead(from),
            sign_by_time: by.and_then(|by| self.days_ahead(by)),
            ..Default::default()
        };
        self.publish(template).await
    }

    /// The same version in another language.
    pub(crate) async fn translated(&self, template: &pb::AgreementTemplate, language: &str) -> pb::AgreementTemplate {
        let text = format!("The agreement of {} in {language}, version {}.", template.region, template.version);
        self.publish(pb::AgreementTemplate { language_code: language.to_owned(), text, ..template.clone() }).await
    }

    async fn publish(&self, template: pb::AgreementTemplate) -> pb::AgreementTemplate {
        let request = pb::PublishAgreementTemplateRequest { agreement_template: Some(template), ..Default::default() };
        let request = self.operator(request).await;
        self.agreements().publish_agreement_template(request).await.unwrap().into_inner()
    }

    /// Organization and draft.
    pub(crate) async fn beginner(&self, company: Company) -> Partner {
        let admin = format!("ada@{}", company.domain);
        let organization = pb::Organization {
            display_name: company.name.to_owned(),
            region_code: company.country.to_owned(),
            language_code: "en".to_owned(),
            ..Default::default()
        };
        let request = pb::CreateOrganizationRequest { organization: Some(organization), ..Default::default() };
        let request = self.by(&admin, request).await;
        let organization = self.organizations().create_organization(request).await.unwrap().into_inner().name;
        let enrollment = Some(pb::Enrollment { r#type: company.kind.into(), ..Default::default() });
        let request = pb::CreateEnrollmentRequest { parent: organization.clone(), enrollment, ..Default::default() };
        let request = self.by(&admin, request).await;
        let enrollment = self.enrollments().create_enrollment(request).await.unwrap().into_inner().name;
        Partner { admin, organization, enrollment, company }
    }

    /// Verified; location and agreement are outstanding.
    pub(crate) async fn verified(&self, company: Company) -> Partner {
        let partner = self.beginner(company).await;
        let Partner { admin, organization, enrollment, .. } = &partner;
        let legal = pb::LegalProfile {
            name: format!("{organization}/legalProfile"),
            legal_name: company.name.to_owned(),
            address: Some(address(company.country)),
            registration_number: format!("{}-4711", company.domain),
            primary_contact: contact(&format!("carl@{}", company.domain)),
            company_approver: contact(&format!("cia@{}", company.domain)),
            language_code: "en".to_owned(),
            ..Default::default()
        };
        let request = pb::UpdateLegalProfileRequest { legal_profile: Some(legal), ..Default::default() };
        self.organizations().update_legal_profile(self.by(admin, request).await).await.unwrap();
        let support = crate::requests::support_profile(organization);
        let request = pb::UpdateSupportProfileRequest { support_profile: Some(support), ..Default::default() };
        self.organizations().update_support_profile(self.by(admin, request).await).await.unwrap();
        if company.kind == PROVIDER {
            let preapproval = pb::Preapproval {
                domain: company.domain.to_owned(),
                r#type: PROVIDER.into(),
                expire_time: self.days_ahead(30),
                ..Default::default()
            };
            let request = pb::CreatePreapprovalRequest { preapproval: Some(preapproval), ..Default::default() };
            self.enrollments().create_preapproval(self.operator(request).await).await.unwrap();
        }
        let request = pb::SubmitEnrollmentRequest { name: enrollment.clone(), ..Default::default() };
        self.enrollments().submit_enrollment(self.by(admin, request).await).await.unwrap();
        self.approve(organization).await;
        partner
    }

    /// In force: the agreement of its region is published already.
    pub(crate) async fn partner(&self, company: Company, template: &pb::AgreementTemplate) -> Partner {
        let partner = self.verified(company).await;
        self.settled(&partner).await;
        self.signed(&partner, template).await.unwrap();
        assert_eq!(self.standing(&partner).await.state(), State::Active);
        partner
    }

    /// Gives it a location.
    pub(crate) async fn settled(&self, partner: &Partner) {
        let location = pb::PartnerLocation {
            organization: partner.organization.clone(),
            display_name: "Head office".to_owned(),
            address: Some(address(partner.company.country)),
            ..Default::default()
        };
        let request = pb::CreatePartnerLocationRequest { partner_location: Some(location), ..Default::default() };
        let request = self.operator(request).await;
        let made = self.locations().create_partner_location(request).await.unwrap().into_inner();
        let (name, claim_code) = (made.name, made.claim_code);
        let request = pb::AssociatePartnerLocationRequest { name, claim_code, ..Default::default() };
        self.locations().associate_partner_location(self.by(&partner.admin, request).await).await.unwrap();
    }

    pub(crate) async fn signed(
        &self,
        partner: &Partner,
        template: &pb::AgreementTemplate,
    ) -> Result<pb::Signature, Status> {
        self.sign(&partner.admin, &partner.enrollment, template).await
    }

    pub(crate) async fn standing(&self, partner: &Partner) -> pb::Enrollment {
        let request = pb::GetEnrollmentRequest { name: partner.enrollment.clone() };
        let request = self.by(&partner.admin, request).await;
        self.enrollments().get_enrollment(request).await.unwrap().into_inner()
    }

    /// What an organization is in the programme, as one of its own asks.
    pub(crate) async fn programme(&self, partner: &Partner) -> pb::ProgramInformation {
        let request = pb::GetProgramInformationRequest { name: partner.organization.clone() };
        let request = self.by(&partner.admin, request).await;
        self.enrollments().get_program_information(request).await.unwrap().into_inner()
    }

    /// Changes the business profile of a partner; `paths` empty takes the fields that are set.
    pub(crate) async fn offered(
        &self,
        partner: &Partner,
        profile: pb::BusinessProfile,
        paths: &[&str],
    ) -> Result<pb::BusinessProfile, Status> {
        let name = format!("{}/businessProfile", partner.organization);
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let request = pb::UpdateBusinessProfileRequest {
            business_profile: Some(pb::BusinessProfile { name, ..profile }),
            update_mask: (!paths.is_empty()).then_some(prost_types::FieldMask { paths }),
            ..Default::default()
        };
        let request = self.by(&partner.admin, request).await;
        self.organizations().update_business_profile(request).await.map(Response::into_inner)
    }
}

/// A whole business profile, published.
pub(crate) fn business_profile() -> pb::BusinessProfile {
    pb::BusinessProfile {
        state: pb::business_profile::State::Published.into(),
        summary: "Everything from one hand.".to_owned(),
        training: "Two days a quarter, at no charge.".to_owned(),
        credit_terms: "30 days net.".to_owned(),
        programme_terms: "Five customers within a year.".to_owned(),
        served_region_codes: ["SE", "DE", "AT", "SE"].map(str::to_owned).into(),
        language_codes: ["en-GB", "de"].map(str::to_owned).into(),
        sales_contact: contact("sales@rheinwolke.example"),
        website: "https://rheinwolke.example/partners".to_owned(),
        ..Default::default()
    }
}

fn address(country: &str) -> PostalAddress {
    let administrative_area = if country == "US" { "IL" } else { "" }.to_owned();
    PostalAddress { administrative_area, postal_code: "60601".to_owned(), ..crate::requests::address(country) }
}
