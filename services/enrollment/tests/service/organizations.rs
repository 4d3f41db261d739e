//! Organizations: changed by their own, listed by the operator, and known to the public or not.

use std::num::NonZeroU32;

use runtime::Limits;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;
use wire::enrollment as pb;
use wire::relationship::RecordOrganizationRequest;

use crate::house::{House, houses, houses_with, reason, refused};
use crate::requests::ADA;

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;

impl House {
    async fn amend(&self, organization: pb::Organization) -> Result<pb::Organization, Status> {
        let request = pb::UpdateOrganizationRequest { organization: Some(organization), ..Default::default() };
        self.organizations().update_organization(self.by(ADA, request).await).await.map(Response::into_inner)
    }

    async fn organization(&self, name: &str) -> pb::Organization {
        let request = pb::GetOrganizationRequest { name: name.to_owned() };
        self.organizations().get_organization(self.by(ADA, request).await).await.unwrap().into_inner()
    }

    async fn organizations_by(&self, request: pb::ListOrganizationsRequest) -> pb::ListOrganizationsResponse {
        let request = self.operator(request).await;
        self.organizations().list_organizations(request).await.unwrap().into_inner()
    }
}

fn named(name: &str, display_name: &str, country: &str, language: &str) -> pb::Organization {
    pb::Organization {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        region_code: country.to_owned(),
        language_code: language.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn r01_an_organization_changes_until_its_country_is_frozen() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await;
        house.fill_in(&name).await;
        let read = house.organization(&name).await;
        let moved =
            house.amend(pb::Organization { etag: read.etag, ..named(&name, "Südwind", "NO", "en") }).await.unwrap();
        let shown = (moved.display_name.as_str(), moved.region_code.as_str(), moved.language_code.as_str());
        assert_eq!(shown, ("Südwind", "NO", "en"));
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        let last = told.last().unwrap();
        let heard = (last.display_name.as_str(), last.region_code.as_str(), last.language_code.as_str());
        assert_eq!(heard, ("Südwind", "NO", "en"));
        // The legal address was in the other country: it is to be given anew, by the rules of this one.
        let refusal = refused(house.submit(&draft.name).await);
        assert_eq!(refusal.fields, ["legal_profile.address.region_code", "legal_profile.address.postal_code"]);
        assert_eq!(reason(house.amend(named(&name, "", "KP", "")).await), "COUNTRY_UNSUPPORTED");
        let wrong = refused(house.amend(named(&name, "x", "Norway", "nobody speaks it")).await);
        let fields = ["organization.display_name", "organization.region_code", "organization.language_code"];
        assert_eq!(wrong.fields, fields, "all at once");
        let stale = pb::Organization { etag: "1".to_owned(), ..named(&name, "Nordwind", "", "") };
        assert_eq!(reason(house.amend(stale).await), "ETAG_MISMATCH");

        house.amend(named(&name, "", "SE", "sv")).await.unwrap();
        house.fill_in(&name).await;
        house.submit(&draft.name).await.unwrap();
        let frozen = refused(house.amend(named(&name, "Nordwind", "NO", "")).await);
        assert_eq!((frozen.code, frozen.reason.as_str()), (Code::FailedPrecondition, "COUNTRY_FROZEN"));
        let after = house.organization(&name).await;
        assert_eq!((after.display_name.as_str(), after.region_code.as_str()), ("Südwind", "SE"), "changed in nothing");
        assert_eq!(house.amend(named(&name, "Nordwind", "", "")).await.unwrap().display_name, "Nordwind");
        let told = house.told::<RecordOrganizationRequest>("RecordOrganization").await.len();
        house.amend(named(&name, "Nordwind", "SE", "sv")).await.unwrap();
        assert_eq!(house.told::<RecordOrganizationRequest>("RecordOrganization").await.len(), told, "nothing new");
    }
}

#[tokio::test]
async fn r09_a_location_freezes_the_country_too() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        house.drafted(&name, RESELLER).await;
        let location = house.located(&name, "SE").await;
        house.associate(&location.name, &location.claim_code).await.unwrap();
        assert_eq!(reason(house.amend(named(&name, "", "NO", "")).await), "COUNTRY_FROZEN");
    }
}

fn founder(number: usize) -> String {
    format!("founder{number}@nordwind.example")
}

#[tokio::test]
async fn organizations_are_listed_by_the_operator_in_pages_and_by_country_and_name() {
    for house in houses().await {
        let mut names = Vec::new();
        for number in 0..5 {
            names.push(house.founded_by(&founder(number), &format!("Nordwind {number}")).await);
        }
        let (first, second) = (&names[0], &names[1]);
        let renamed = pb::UpdateOrganizationRequest {
            organization: Some(named(second, "nordwind  0", "NO", "")),
            ..Default::default()
        };
        house.organizations().update_organization(house.by(&founder(1), renamed).await).await.unwrap();
        let list = |country: &str, name: &str, size, token: String| pb::ListOrganizationsRequest {
            region_code: country.to_owned(),
            display_name: name.to_owned(),
            page_size: size,
            page_token: token,
        };
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = house.organizations_by(list("", "", 2, token)).await;
            assert!(page.organizations.len() <= 2);
            seen.extend(page.organizations.into_iter().map(|one| one.name));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen[1..], names, "the operator's own is the oldest");
        let of = async |country: &str, name: &str| -> Vec<String> {
            let page = house.organizations_by(list(country, name, 0, String::new())).await;
            page.organizations.into_iter().map(|one| one.name).collect()
        };
        assert_eq!(of("NO", "").await, std::slice::from_ref(second));
        assert_eq!(of("", " NORDWIND 0 ").await, [first.clone(), second.clone()]);
        assert_eq!(of("SE", "Nordwind 0").await, std::slice::from_ref(first));
        assert_eq!(of("DK", "").await, [""; 0]);
        let own = house.by(&founder(0), list("", "", 0, String::new())).await;
        assert_eq!(reason(house.organizations().list_organizations(own).await), "ROLE_REQUIRED");
        let wrong = house.operator(list("Norway", &"a".repeat(121), 0, String::new())).await;
        let wrong = refused(house.organizations().list_organizations(wrong).await);
        assert_eq!(wrong.fields, ["region_code", "display_name"]);
    }
}

#[tokio::test]
async fn r01_the_public_look_up_answers_alike_and_only_so_often() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let claim =
            pb::ClaimDomainRequest { parent: name, domain: "nordwind.example".to_owned(), ..Default::default() };
        house.domains().claim_domain(house.by(ADA, claim).await).await.unwrap();
        // Claimed, the domain of somebody's address, web mail, and nobody's: one answer.
        for domain in ["nordwind.example", "operator.example", "gmail.com", "nobody.example"] {
            let request = pb::LookupOrganizationRequest { domain: domain.to_owned() };
            let answer = house.organizations().lookup_organization(request).await.unwrap().into_inner();
            assert_eq!(answer, pb::LookupOrganizationResponse { known: false }, "{domain}");
        }
    }
    let few = Limits { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(5).unwrap(), ..Limits::default() };
    for house in houses_with(|setup| setup.limits = few).await {
        let ask = || {
            let request = pb::LookupOrganizationRequest { domain: "nobody.example".to_owned() };
            async { house.organizations().lookup_organization(request).await }
        };
        let answers = futures::future::join_all((0..100).map(|_| ask())).await;
        let allowed = answers.iter().filter(|answer| answer.is_ok()).count();
        let refusals: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert!(allowed >= 5 && !refusals.is_empty(), "{allowed} were let in");
        for refusal in refusals {
            assert_eq!(refusal.code(), Code::ResourceExhausted);
            assert!(refusal.get_details_retry_info().is_some(), "it says when to come back");
        }
    }
}
