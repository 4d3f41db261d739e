//! Locations, agreements, and what siblings read.

use runtime::{Role, ServiceName};
use tonic::Code;
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::relationship::{RecordAgreementRequest, RecordStandingRequest};
use wire::types::{Capability, RequirementCode};

use crate::house::{House, houses, reason, refused, request_id};
use crate::requests::{ADA, TEXT, address};

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;

impl House {
    /// An organization and its enrollment, qualified.
    async fn qualified(&self) -> (String, String) {
        let name = self.founded_by(ADA, "Nordwind").await;
        let draft = self.drafted(&name, RESELLER).await;
        self.fill_in(&name).await;
        self.submit(&draft.name).await.unwrap();
        self.approve(&name).await;
        (name, draft.name)
    }
}

#[tokio::test]
async fn r09_a_location_is_claimed_by_its_code() {
    for house in houses().await {
        let (name, enrollment) = house.qualified().await;
        let abroad = house.located(&name, "NO").await;
        assert!(!abroad.fits);
        let refusal = refused(house.associate(&abroad.name, &abroad.claim_code).await);
        assert_eq!((refusal.code, refusal.reason.as_str()), (Code::FailedPrecondition, "COUNTRY_MISMATCH"));
        assert_eq!(
            (refusal.metadata["location_country"].as_str(), refusal.metadata["organization_country"].as_str()),
            ("NO", "SE")
        );
        let locked = house.located(&name, "SE").await;
        for left in ["4", "3", "2", "1", "0"] {
            let wrong = refused(house.associate(&locked.name, "aaaaaaaa").await);
            assert_eq!((wrong.reason.as_str(), wrong.metadata["tries_left"].as_str()), ("CLAIM_CODE_WRONG", left));
        }
        assert_eq!(reason(house.associate(&locked.name, &locked.claim_code).await), "CLAIM_CODE_LOCKED");
        let right = house.located(&name, "SE").await;
        let associated = house.associate(&right.name, &right.claim_code).await.unwrap();
        assert_eq!((associated.state(), associated.claim_code.as_str()), (pb::partner_location::State::Associated, ""));
        assert_eq!(reason(house.associate(&right.name, &right.claim_code).await), "LOCATION_TAKEN");
        assert_eq!(house.read(&enrollment).await.location, right.name);
        let list = pb::ListPartnerLocationsRequest { organization: name, ..Default::default() };
        let list = house.locations().list_partner_locations(house.by(ADA, list).await).await.unwrap().into_inner();
        let fits: Vec<bool> = list.partner_locations.iter().map(|location| location.fits).collect();
        assert_eq!(fits, [false, false, true], "abroad, locked, and the one that serves");
        assert!(list.partner_locations.iter().all(|location| location.claim_code.is_empty()));
        house.founded_by("eve@evil.example", "Evil").await;
        let get = house.by("eve@evil.example", pb::GetPartnerLocationRequest { name: right.name.clone() }).await;
        assert_eq!(reason(house.locations().get_partner_location(get).await), "RESOURCE_MISSING");
        let told: Vec<RecordStandingRequest> = house.told("RecordStanding").await;
        assert_eq!(told.last().unwrap().location_region_code, "SE");
    }
}

#[tokio::test]
async fn r62_a_repeated_request_gives_the_claim_code_again() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let location = pb::PartnerLocation {
            organization: name,
            display_name: "Head office".to_owned(),
            address: Some(address("SE")),
            ..Default::default()
        };
        let request = pb::CreatePartnerLocationRequest { request_id: request_id(7), partner_location: Some(location) };
        let first = house.locations().create_partner_location(house.operator(request.clone()).await).await.unwrap();
        let again = house.locations().create_partner_location(house.operator(request).await).await.unwrap();
        assert!(again.metadata().contains_key("idempotency-replayed"));
        let (first, again) = (first.into_inner(), again.into_inner());
        assert_eq!(first.claim_code.len(), 8);
        assert_eq!(first, again);
    }
}

#[tokio::test]
async fn r12_a_global_administrator_signs_the_version_in_force_and_it_is_active() {
    for house in houses().await {
        let (name, enrollment) = house.qualified().await;
        let template = house.published(RESELLER, 1).await;
        let told: Vec<RecordAgreementRequest> = house.told("RecordAgreement").await;
        assert_eq!((told[0].region.as_str(), told[0].version), ("EUROPE", 1));
        assert_eq!(refused(house.sign(ADA, &enrollment, &template).await).reason, "REQUIREMENTS_OUTSTANDING");
        let location = house.located(&name, "SE").await;
        house.associate(&location.name, &location.claim_code).await.unwrap();
        let agent = pb::User {
            email: "sven@nordwind.example".to_owned(),
            roles: vec![Role::SalesAgent.into()],
            ..Default::default()
        };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(agent), ..Default::default() };
        house.users().create_user(house.by(ADA, request).await).await.unwrap();
        let by_agent = refused(house.sign("sven@nordwind.example", &enrollment, &template).await);
        assert_eq!((by_agent.reason.as_str(), by_agent.metadata["roles"].as_str()), ("ROLE_REQUIRED", "GLOBAL_ADMIN"));
        let read = pb::GetAgreementTemplateRequest { name: template.name.clone() };
        let read = house.agreements().get_agreement_template(house.by(ADA, read).await).await.unwrap().into_inner();
        assert_eq!(read.text, format!("{TEXT} 1"));
        let other_text = pb::AgreementTemplate { sha256: "0".repeat(64), ..template.clone() };
        assert_eq!(reason(house.sign(ADA, &enrollment, &other_text).await), "TEXT_HASH_MISMATCH");
        let signature = house.sign(ADA, &enrollment, &template).await.unwrap();
        assert_eq!((signature.version, signature.source_address.as_str()), (1, "127.0.0.1"));
        assert_eq!(reason(house.sign(ADA, &enrollment, &template).await), "ALREADY_SIGNED");
        let active = house.read(&enrollment).await;
        assert_eq!((active.state(), active.signed_version), (State::Active, 1));
        assert_eq!(active.requirements, []);
        use Capability::{InviteCustomers, Resell, Transact};
        assert_eq!(active.capabilities, [Resell, InviteCustomers, Transact].map(i32::from));
        let list = pb::ListSignaturesRequest { parent: name, ..Default::default() };
        let list = house.agreements().list_signatures(house.by(ADA, list).await).await.unwrap().into_inner();
        assert_eq!(list.signatures, [signature]);
    }
}

#[tokio::test]
async fn r13_a_newer_version_blocks_only_once_its_day_has_passed() {
    for house in houses().await {
        let (name, enrollment) = house.qualified().await;
        let first = house.published(RESELLER, 1).await;
        let location = house.located(&name, "SE").await;
        house.associate(&location.name, &location.claim_code).await.unwrap();
        house.sign(ADA, &enrollment, &first).await.unwrap();
        let newer = pb::AgreementTemplate {
            version: 2,
            text: format!("{TEXT} 2"),
            effective_time: house.days_ahead(1),
            sign_by_time: house.days_ahead(10),
            ..first.clone()
        };
        let request = pb::PublishAgreementTemplateRequest { agreement_template: Some(newer), ..Default::default() };
        let newer = house.operator(request.clone()).await;
        let newer = house.agreements().publish_agreement_template(newer).await.unwrap().into_inner();
        let twin = house.agreements().publish_agreement_template(house.operator(request).await).await;
        assert_eq!(reason(twin), "TEMPLATE_EXISTS");
        assert_eq!(reason(house.sign(ADA, &enrollment, &newer).await), "STATE_FORBIDS", "it has not begun");
        house.advance(2).await;
        let due = house.read(&enrollment).await;
        assert_eq!((due.requirements[0].code(), due.capabilities.len()), (RequirementCode::Agreement, 3));
        let old = refused(house.sign(ADA, &enrollment, &first).await);
        assert_eq!((old.reason.as_str(), &old.metadata["template"]), ("TEMPLATE_SUPERSEDED", &newer.name));
        house.advance(11).await;
        let overdue = house.read(&enrollment).await;
        assert_eq!((overdue.state(), overdue.capabilities.len()), (State::Active, 0));
        house.sign(ADA, &enrollment, &newer).await.unwrap();
        assert_eq!(house.read(&enrollment).await.capabilities.len(), 3);
        let list = pb::ListAgreementTemplatesRequest { region: "EUROPE".to_owned(), ..Default::default() };
        let list = house.agreements().list_agreement_templates(house.by(ADA, list).await).await.unwrap().into_inner();
        let versions: Vec<i32> = list.agreement_templates.iter().map(|template| template.version).collect();
        assert_eq!(versions, [1, 2]);
    }
}

#[tokio::test]
async fn a_sibling_reads_the_standing_with_its_versions() {
    for house in houses().await {
        let (name, enrollment) = house.qualified().await;
        let request = pb::ReadOrganizationRequest { name: name.clone() };
        let stranger = house.peer(ServiceName::Notification).read_organization(request.clone()).await;
        assert_eq!(refused(stranger).code, Code::PermissionDenied);
        let record = house.peer(ServiceName::Relationship).read_organization(request).await.unwrap().into_inner();
        assert_eq!((record.mail_address.as_str(), record.epoch, record.version), ("bo@nordwind.example", 1, 3));
        assert_eq!(record.standings[0].enrollment, enrollment);
        assert_eq!((record.standings[0].state, record.standings[0].version), (State::Qualified.into(), 3));
        assert!(house.service.sweep_once().await.is_ok(), "a lost watermark harms nobody");
    }
}
