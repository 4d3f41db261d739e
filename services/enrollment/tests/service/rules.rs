//! The rules of countries: told to anybody, and kept to where a profile is changed and handed in.

use std::collections::BTreeMap;

use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response};
use wire::enrollment as pb;
use wire::enrollment::guide_service_client::GuideServiceClient;
use wire::types;

use crate::house::{House, houses, reason, refused};
use crate::requests::{ADA, contact, legal_profile, support_profile};

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;

/// A client that has no token.
fn guides(house: &House) -> GuideServiceClient<Channel> {
    GuideServiceClient::new(Endpoint::try_from(format!("http://{}", house.service.address())).unwrap().connect_lazy())
}

async fn guide(house: &House, country: &str, kind: pb::EnrollmentType, language: &str) -> pb::EnrollmentGuide {
    let (region_code, language_code) = (country.to_owned(), language.to_owned());
    let request = pb::GetEnrollmentGuideRequest { region_code, r#type: kind.into(), language_code };
    guides(house).get_enrollment_guide(request).await.unwrap().into_inner()
}

/// An organization of this country for this person; its name.
async fn founded_in(house: &House, email: &str, country: &str) -> String {
    let organization = pb::Organization {
        display_name: format!("Nordwind {country}"),
        region_code: country.to_owned(),
        language_code: "en".to_owned(),
        ..Default::default()
    };
    let request = pb::CreateOrganizationRequest { organization: Some(organization), ..Default::default() };
    house.organizations().create_organization(house.by(email, request).await).await.unwrap().into_inner().name
}

async fn update(house: &House, by: &str, profile: pb::LegalProfile) -> Result<pb::LegalProfile, tonic::Status> {
    let request = pb::UpdateLegalProfileRequest { legal_profile: Some(profile), ..Default::default() };
    house.organizations().update_legal_profile(house.by(by, request).await).await.map(Response::into_inner)
}

#[tokio::test]
async fn r16_anyone_reads_what_enrolling_asks() {
    for house in houses().await {
        let brazil = guide(&house, "BR", RESELLER, "sv-SE").await;
        assert_eq!((brazil.language_code.as_str(), brazil.programme_region.as_str()), ("sv", "BRAZIL"));
        let field = |guide: &pb::EnrollmentGuide, path: &str| {
            guide.fields.iter().find(|field| field.field == path).unwrap_or_else(|| panic!("{path}")).clone()
        };
        let number = field(&brazil, "legal_profile.registration_number");
        assert_eq!((number.need(), number.knowledge()), (pb::Need::Required, pb::Knowledge::Enforced));
        assert_eq!((number.labels, number.source.unwrap().title), (vec!["CNPJ".to_owned()], "stdnum 0.2.0".to_owned()));
        assert_eq!(field(&brazil, "legal_profile.address.administrative_area").allowed_values.len(), 27);
        let kinds: Vec<_> = brazil.evidence.iter().map(|one| (one.code(), one.kind.as_str())).collect();
        assert!(
            kinds.contains(&(types::RequirementCode::Business, "LEASE"))
                && kinds.contains(&(types::RequirementCode::Email, ""))
        );
        let review = brazil.steps.iter().find(|step| step.code() == types::RequirementCode::Business).unwrap();
        assert_eq!((review.actor(), review.expected_duration.unwrap().seconds), (types::Party::Reviewer, 5 * 86_400));
        let unknown = guide(&house, "FR", pb::EnrollmentType::DirectBill, "tlh").await;
        assert_eq!((unknown.language_code.as_str(), unknown.steps[0].actor()), ("en", types::Party::Operator));
        let hong_kong = guide(&house, "HK", RESELLER, "").await;
        assert_eq!(field(&hong_kong, "legal_profile.address.postal_code").need(), pb::Need::Unused);

        let nothing = refused(guides(&house).get_enrollment_guide(pb::GetEnrollmentGuideRequest::default()).await);
        assert_eq!(
            (nothing.code, nothing.fields),
            (Code::InvalidArgument, vec!["region_code".to_owned(), "type".to_owned()])
        );
        let closed = pb::GetEnrollmentGuideRequest {
            region_code: "KP".to_owned(),
            r#type: RESELLER.into(),
            ..Default::default()
        };
        assert_eq!(reason(guides(&house).get_enrollment_guide(closed).await), "COUNTRY_UNSUPPORTED");
    }
}

#[tokio::test]
async fn r16_the_rules_of_every_market_are_listed_in_pages() {
    for house in houses().await {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListCountryRulesRequest { page_size: 100, page_token: token };
            let page = guides(&house).list_country_rules(request).await.unwrap().into_inner();
            for country in &page.country_rules {
                assert_eq!(country.fields.len(), 9, "{}", country.region_code);
                let sourced =
                    |field: &pb::CountryField| field.source.as_ref().is_some_and(|source| !source.title.is_empty());
                assert!(country.fields.iter().all(sourced), "{country:?}");
            }
            seen.extend(page.country_rules.into_iter().map(|country| country.region_code));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert!(seen.len() == 242 && seen.is_sorted(), "{seen:?}");
        seen.dedup();
        assert_eq!(seen.len(), 242, "none comes twice");
        let forged = pb::ListCountryRulesRequest { page_token: "0".repeat(40), ..Default::default() };
        assert_eq!(reason(guides(&house).list_country_rules(forged).await), "PAGE_TOKEN_INVALID");
    }
}

#[tokio::test]
async fn r06_an_address_is_judged_before_anything_is_submitted_and_nobody_learns_whether_it_is_known() {
    use pb::email_finding::Kind;
    for house in houses().await {
        house.founded_by(ADA, "Nordwind").await;
        let check = async |email: &str| {
            let request = pb::CheckEmailAddressRequest { email: email.to_owned() };
            guides(&house).check_email_address(request).await.map(Response::into_inner)
        };
        for (email, kinds) in [
            ("Bo@Nordwind.Example", vec![]),
            ("bo@eu.gmail.com", vec![Kind::Webmail]),
            ("bo@yahoo.co.jp", vec![Kind::Webmail]),
            ("bo@mailinator.com", vec![Kind::Disposable]),
            ("info@nordwind.example", vec![Kind::Role]),
            ("admin@gmail.com", vec![Kind::Webmail, Kind::Role]),
            ("bo@nordwind.example, eve@evil.example", vec![Kind::Malformed]),
        ] {
            let answer = check(email).await.unwrap();
            assert_eq!(answer.findings.iter().map(pb::EmailFinding::kind).collect::<Vec<_>>(), kinds, "{email}");
            let said = answer.findings.iter().all(|finding| finding.description.contains("address"));
            assert!(said, "each says what to give instead: {answer:?}");
        }
        let (known, unknown) = (check(ADA).await.unwrap(), check("nobody@nordwind.example").await.unwrap());
        assert_eq!((known.email.as_str(), known.findings), (ADA, unknown.findings));
        assert_eq!(refused(check("").await).fields, ["email"]);
        assert_eq!(refused(check("bo\u{200b}@nordwind.example").await).fields, ["email"]);
    }
}

#[tokio::test]
async fn r04_a_profile_is_judged_by_its_countrys_rules_all_at_once_and_a_refusal_changes_nothing() {
    for house in houses().await {
        let name = founded_in(&house, ADA, "BR").await;
        let address = |code: &str, area: &str| types::PostalAddress {
            region_code: "BR".to_owned(),
            postal_code: code.to_owned(),
            administrative_area: area.to_owned(),
            locality: "São Paulo".to_owned(),
            address_lines: vec!["Rua Augusta 1".to_owned()],
        };
        let person =
            |phone: &str| contact("bo@nordwind.example").map(|it| types::Contact { phone: phone.to_owned(), ..it });
        let right = pb::LegalProfile {
            address: Some(address("40301110", "são paulo")),
            registration_number: "16.727.230/0001-97".to_owned(),
            tax_id: "12".to_owned(),
            primary_contact: person("(11) 2345-6789"),
            legal_name: "Nordwind.com Ltda".to_owned(),
            ..legal_profile(&name)
        };
        let read = update(&house, ADA, right.clone()).await.unwrap();
        assert_eq!(read.registration_number, "16.727.230/0001-97", "what was typed is kept");
        let normalized = read.normalized.clone().unwrap();
        assert_eq!((normalized.postal_code.as_str(), normalized.administrative_area.as_str()), ("40301-110", "SP"));
        assert_eq!(normalized.registration_number, "16727230000197");
        assert_eq!(read.primary_contact.as_ref().unwrap().phone, "+551123456789");
        let advised: Vec<&str> = read.advice.iter().map(|advice| advice.field.as_str()).collect();
        assert_eq!(advised, ["legal_profile.tax_id", "legal_profile.legal_name"]);

        let wrong = pb::LegalProfile {
            address: Some(address("4030", "Buenos Aires")),
            registration_number: "16.727.230/0001-98".to_owned(),
            primary_contact: person("11"),
            company_approver: person("+55 11"),
            ..right
        };
        let answer = refused(update(&house, ADA, wrong).await);
        assert_eq!((answer.code, answer.reason.as_str()), (Code::InvalidArgument, "REGISTRATION_NUMBER_INVALID"));
        let fields = [
            "legal_profile.address.postal_code",
            "legal_profile.address.administrative_area",
            "legal_profile.registration_number",
            "legal_profile.primary_contact.phone",
            "legal_profile.company_approver.phone",
        ];
        assert_eq!(answer.fields, fields);
        let support = pb::SupportProfile { phone: "11".to_owned(), ..support_profile(&name) };
        let request = pb::UpdateSupportProfileRequest { support_profile: Some(support), ..Default::default() };
        let answer = refused(house.organizations().update_support_profile(house.by(ADA, request).await).await);
        assert_eq!(answer.fields, ["support_profile.phone"]);
        let get = pb::GetLegalProfileRequest { name: format!("{name}/legalProfile") };
        let after = house.organizations().get_legal_profile(house.by(ADA, get).await).await.unwrap().into_inner();
        assert_eq!(after, read);
    }
}

#[tokio::test]
async fn r04_r16_who_gives_what_the_guide_asks_in_the_way_of_its_examples_can_submit() {
    for house in houses().await {
        for country in ["SE", "US", "BR", "JP", "HK", "AE", "IQ", "PL", "GB", "BV"] {
            let by = format!("ada@{}.example", country.to_lowercase());
            let name = founded_in(&house, &by, country).await;
            let draft = pb::CreateEnrollmentRequest {
                parent: name.clone(),
                enrollment: Some(pb::Enrollment { r#type: RESELLER.into(), ..Default::default() }),
                ..Default::default()
            };
            let draft = house.enrollments().create_enrollment(house.by(&by, draft).await).await.unwrap().into_inner();
            let asked = guide(&house, country, RESELLER, "").await.fields;
            let required: BTreeMap<String, String> = asked
                .into_iter()
                .filter(|field| field.need() == pb::Need::Required)
                .map(|field| (field.field, field.examples.into_iter().next().unwrap_or_else(|| country.to_owned())))
                .collect();
            let submit = pb::SubmitEnrollmentRequest { name: draft.name, ..Default::default() };
            let early = refused(house.enrollments().submit_enrollment(house.by(&by, submit.clone()).await).await);
            assert_eq!(early.reason, "REQUIREMENTS_OUTSTANDING");
            let asks = |missing: &str| required.keys().any(|field| field.starts_with(missing));
            assert!(early.fields.iter().all(|missing| asks(missing)), "{country}: {:?} of {required:?}", early.fields);
            update(&house, &by, legal_of(&name, &required))
                .await
                .unwrap_or_else(|refusal| panic!("{country}: {refusal:?}"));
            let support = Some(support_of(&name, &required));
            let request = pb::UpdateSupportProfileRequest { support_profile: support, ..Default::default() };
            house.organizations().update_support_profile(house.by(&by, request).await).await.unwrap();
            let submitted = house.enrollments().submit_enrollment(house.by(&by, submit).await).await;
            let state = submitted.map(|answer| answer.into_inner().enrollment.unwrap().state());
            assert_eq!(state.ok(), Some(pb::enrollment::State::Verifying), "{country}");
        }
    }
}

fn legal_of(name: &str, given: &BTreeMap<String, String>) -> pb::LegalProfile {
    let at = |field: &str| given.get(&format!("legal_profile.{field}")).cloned().unwrap_or_default();
    let person = |who: &str| {
        Some(types::Contact {
            given_name: at(&format!("{who}.given_name")),
            family_name: at(&format!("{who}.family_name")),
            email: at(&format!("{who}.email")),
            phone: String::new(),
        })
    };
    pb::LegalProfile {
        name: format!("{name}/legalProfile"),
        legal_name: at("legal_name"),
        address: Some(types::PostalAddress {
            region_code: at("address.region_code"),
            postal_code: at("address.postal_code"),
            administrative_area: at("address.administrative_area"),
            locality: at("address.locality"),
            address_lines: vec![at("address.address_lines")],
        }),
        registration_number: at("registration_number"),
        primary_contact: person("primary_contact"),
        company_approver: person("company_approver"),
        language_code: at("language_code"),
        ..Default::default()
    }
}

fn support_of(name: &str, given: &BTreeMap<String, String>) -> pb::SupportProfile {
    let at = |field: &str| given.get(&format!("support_profile.{field}")).cloned().unwrap_or_default();
    pb::SupportProfile {
        name: format!("{name}/supportProfile"),
        email: at("email"),
        phone: at("phone"),
        website: at("website"),
        ..Default::default()
    }
}
