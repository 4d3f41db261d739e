//! Organizations and their profiles.

use tonic::{Code, Response};
use wire::enrollment as pb;
use wire::relationship::RecordOrganizationRequest;

use crate::house::{houses, reason, refused, request_id};
use crate::requests::{ADA, contact, legal_profile};

#[tokio::test]
async fn r01_who_is_not_known_creates_the_organization_and_governs_it() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let get = pb::GetOrganizationRequest { name: name.clone() };
        let read = house.organizations().get_organization(house.by(ADA, get.clone()).await).await.unwrap().into_inner();
        assert_eq!((read.region_code.as_str(), read.language_code.as_str()), ("SE", "sv"));
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        assert_eq!(told.last().unwrap().mail_address, ADA);
        house.founded_by("eve@evil.example", "Evil").await;
        let foreign = house.organizations().get_organization(house.by("eve@evil.example", get).await).await;
        assert_eq!(reason(foreign), "RESOURCE_MISSING");
        let absent = pb::GetOrganizationRequest { name: format!("organizations/{}", "0".repeat(26)) };
        let absent = house.organizations().get_organization(house.by("eve@evil.example", absent).await).await;
        assert_eq!(reason(absent), "RESOURCE_MISSING");
        let lookup = pb::LookupOrganizationRequest { domain: "nordwind.example".to_owned() };
        let known = house.organizations().lookup_organization(lookup).await.unwrap().into_inner().known;
        assert!(!known, "only a proven domain counts");
    }
}

#[tokio::test]
async fn r62_a_repeated_request_creates_one_organization() {
    for house in houses().await {
        let organization = |name: &str, country: &str| {
            Some(pb::Organization {
                display_name: name.to_owned(),
                region_code: country.to_owned(),
                language_code: "sv".to_owned(),
                ..Default::default()
            })
        };
        let request =
            pb::CreateOrganizationRequest { request_id: request_id(1), organization: organization("Nordwind", "SE") };
        let person = house.by(ADA, request.clone()).await;
        let token = person.metadata().clone();
        let first = house.organizations().create_organization(person).await.unwrap().into_inner();
        let mut again = tonic::Request::new(request.clone());
        *again.metadata_mut() = token;
        let second = house.organizations().create_organization(again).await.unwrap();
        assert_eq!(second.metadata().get("idempotency-replayed").unwrap(), "true");
        assert_eq!(second.into_inner(), first);
        // The token for the new organization is still the same person's.
        let member = house.organizations().create_organization(house.by(ADA, request.clone()).await).await.unwrap();
        assert_eq!(member.into_inner(), first);
        let other = pb::CreateOrganizationRequest { organization: organization("Sydwind", "SE"), ..request };
        let other = house.organizations().create_organization(house.by(ADA, other).await).await;
        assert_eq!(reason(other), "REQUEST_ID_REUSED");
        let twin =
            pb::CreateOrganizationRequest { organization: organization(" NORDWIND ", "SE"), ..Default::default() };
        let twin = house.organizations().create_organization(house.by(ADA, twin).await).await;
        assert_eq!(reason(twin), "ORGANIZATION_DUPLICATE");
        let nowhere = pb::CreateOrganizationRequest { organization: organization("Far", "KP"), ..Default::default() };
        let nowhere = house.organizations().create_organization(house.by(ADA, nowhere).await).await;
        assert_eq!(reason(nowhere), "COUNTRY_UNSUPPORTED");
    }
}

#[tokio::test]
async fn r06_a_webmail_or_role_address_is_refused_naming_the_field() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        for (email, expected) in [("bo@yahoo.co.uk", "WEBMAIL_DOMAIN"), ("info@nordwind.example", "ROLE_ADDRESS")] {
            let profile = pb::LegalProfile { primary_contact: contact(email), ..legal_profile(&name) };
            let request = pb::UpdateLegalProfileRequest { legal_profile: Some(profile), ..Default::default() };
            let answer = refused(house.organizations().update_legal_profile(house.by(ADA, request).await).await);
            assert_eq!((answer.code, answer.reason.as_str()), (Code::InvalidArgument, expected));
            assert_eq!(answer.fields, ["legal_profile.primary_contact.email"]);
        }
    }
}

#[tokio::test]
async fn r04_a_draft_is_saved_in_parts_and_read_back() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let update = async |profile: pb::LegalProfile, paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let update_mask = Some(prost_types::FieldMask { paths });
            let request =
                pb::UpdateLegalProfileRequest { legal_profile: Some(profile), update_mask, ..Default::default() };
            house.organizations().update_legal_profile(house.by(ADA, request).await).await.map(Response::into_inner)
        };
        let whole = update(legal_profile(&name), &[]).await.unwrap();
        assert_eq!((whole.revision, whole.vetted_revision), (1, 0));
        let part = pb::LegalProfile { primary_contact: contact("dag@nordwind.example"), ..whole.clone() };
        let part = update(part, &["primary_contact.email"]).await.unwrap();
        assert_eq!((part.revision, part.legal_name.as_str()), (2, "Nordwind AB"));
        assert_eq!(part.primary_contact.as_ref().unwrap().email, "dag@nordwind.example");
        assert_eq!(reason(update(whole.clone(), &["legal_name"]).await), "ETAG_MISMATCH");
        assert_eq!(reason(update(whole, &["nonsense"]).await), "MASK_INVALID");
        let abroad = pb::LegalProfile { address: Some(crate::requests::address("NO")), ..legal_profile(&name) };
        assert_eq!(refused(update(abroad, &["address"]).await).fields, ["legal_profile.address.region_code"]);
        let get = pb::GetLegalProfileRequest { name: format!("{name}/legalProfile") };
        let read = house.organizations().get_legal_profile(house.by(ADA, get).await).await.unwrap().into_inner();
        assert_eq!(read, part);
        let get = pb::GetSupportProfileRequest { name: format!("{name}/supportProfile") };
        let read = house.organizations().get_support_profile(house.by(ADA, get).await).await.unwrap().into_inner();
        assert_eq!(read.email, "");
    }
}
