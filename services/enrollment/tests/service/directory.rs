//! The business profile of a provider, and the directory that shows it.

use tonic::{Code, Response};
use wire::enrollment as pb;
use wire::enrollment::business_profile::{State, Visibility};
use wire::enrollment::linkability::Kind;

use crate::cast::{Company, FJORD, PRAIRIE, PROVIDER, Partner, RESELLER, RHEINWOLKE, business_profile};
use crate::house::{House, houses, reason, refused, with_token};

impl House {
    /// What the directory shows: to anybody, or to this person.
    async fn directory_page(
        &self,
        by: Option<&str>,
        request: pb::ListProviderListingsRequest,
    ) -> pb::ListProviderListingsResponse {
        let request = match by {
            Some(email) => self.by(email, request).await,
            None => tonic::Request::new(request),
        };
        self.directory().list_provider_listings(request).await.map(Response::into_inner).unwrap()
    }

    /// The names that anybody finds.
    pub(crate) async fn found(&self, country: &str, language: &str, words: &str) -> Vec<String> {
        let request = pb::ListProviderListingsRequest {
            served_region_code: country.to_owned(),
            language_code: language.to_owned(),
            name_words: words.to_owned(),
            ..Default::default()
        };
        let page = self.directory_page(None, request).await;
        page.provider_listings.into_iter().map(|listing| listing.display_name).collect()
    }

    async fn everyone(&self) -> Vec<String> {
        self.found("", "", "").await
    }

    async fn profile_of(&self, partner: &Partner) -> pb::BusinessProfile {
        let request = pb::GetBusinessProfileRequest { name: format!("{}/businessProfile", partner.organization) };
        let request = self.by(&partner.admin, request).await;
        self.organizations().get_business_profile(request).await.unwrap().into_inner()
    }

    /// A provider in good standing, with a published profile.
    pub(crate) async fn provider(&self) -> (Partner, pb::AgreementTemplate) {
        let template = self.version(PROVIDER, ("EUROPE", "en"), 1, (-30, None)).await;
        let provider = self.partner(RHEINWOLKE, &template).await;
        self.offered(&provider, business_profile(), &[]).await.unwrap();
        (provider, template)
    }
}

fn kinds(listing: &pb::ProviderListing) -> Vec<Kind> {
    let linkability = listing.linkability.as_ref().expect("told to who is signed in");
    assert_eq!(linkability.may_link, linkability.obstacles.is_empty());
    linkability.obstacles.iter().map(pb::linkability::Obstacle::kind).collect()
}

#[tokio::test]
async fn r15_a_profile_is_kept_in_parts_and_published_when_it_is_whole() {
    for house in houses().await {
        let draft = house.beginner(RHEINWOLKE).await;
        let empty = house.profile_of(&draft).await;
        assert_eq!((empty.state(), empty.visibility()), (State::Unpublished, Visibility::Unpublished));
        let part = pb::BusinessProfile { summary: "Alles.".to_owned(), ..Default::default() };
        house.offered(&draft, part, &[]).await.unwrap();
        let publish = pb::BusinessProfile { state: State::Published.into(), ..Default::default() };
        let lacking = refused(house.offered(&draft, publish.clone(), &[]).await);
        let field = |field: &str| format!("business_profile.{field}");
        let expected = [
            "served_region_codes",
            "language_codes",
            "sales_contact.given_name",
            "sales_contact.family_name",
            "sales_contact.email",
        ];
        assert_eq!((lacking.code, lacking.fields), (Code::InvalidArgument, expected.map(field).to_vec()));
        assert_eq!(house.profile_of(&draft).await.state(), State::Unpublished, "a refusal changes nothing");
        let wide = pb::BusinessProfile { served_region_codes: vec!["US".to_owned()], ..Default::default() };
        assert_eq!(refused(house.offered(&draft, wide, &[]).await).fields, [field("served_region_codes")]);

        let whole = house.offered(&draft, business_profile(), &[]).await.unwrap();
        assert_eq!((whole.state(), whole.visibility()), (State::Published, Visibility::NotInGoodStanding));
        assert_eq!(whole.served_region_codes, ["AT", "DE", "SE"], "each once");
        assert_eq!((whole.summary.as_str(), whole.language_codes.len()), ("Everything from one hand.", 2));
        assert_eq!(house.profile_of(&draft).await, whole);
        let gap = refused(house.offered(&draft, pb::BusinessProfile::default(), &["summary"]).await);
        assert_eq!(gap.fields, [field("summary")], "what is published stays whole");
        let stale = pb::BusinessProfile { etag: "1".to_owned(), ..business_profile() };
        assert_eq!(reason(house.offered(&draft, stale, &[]).await), "ETAG_MISMATCH");
        assert_eq!(reason(house.offered(&draft, business_profile(), &["visibilities"]).await), "MASK_INVALID");

        let reseller = house.beginner(FJORD).await;
        assert_eq!(reason(house.offered(&reseller, business_profile(), &[]).await), "NOT_A_PROVIDER");
        let foreign = pb::GetBusinessProfileRequest { name: whole.name };
        let foreign = house.organizations().get_business_profile(house.by(&reseller.admin, foreign).await).await;
        assert_eq!(reason(foreign), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r15_the_directory_shows_who_is_in_good_standing_and_withdrawal_counts_at_once() {
    for house in houses().await {
        let template = house.version(PROVIDER, ("EUROPE", "en"), 1, (-30, None)).await;
        let provider = house.verified(RHEINWOLKE).await;
        house.offered(&provider, business_profile(), &[]).await.unwrap();
        house.settled(&provider).await;
        assert_eq!(house.everyone().await, [""; 0], "published, and not in force");
        house.signed(&provider, &template).await.unwrap();
        assert_eq!(house.everyone().await, [RHEINWOLKE.name]);
        assert_eq!(house.profile_of(&provider).await.visibility(), Visibility::Listed);

        let shown = house.directory_page(None, pb::ListProviderListingsRequest::default()).await.provider_listings;
        let contact = shown[0].sales_contact.clone().unwrap();
        assert_eq!((contact.family_name.as_str(), contact.email.as_str()), ("Berg", ""), "no address for strangers");
        assert_eq!((&shown[0].organization, &shown[0].linkability), (&provider.organization, &None));
        assert_eq!((shown[0].credit_terms.as_str(), shown[0].programme_terms.is_empty()), ("30 days net.", false));

        for (country, language, words, finds) in [
            ("SE", "", "", true),
            ("FR", "", "", false),
            ("", "en-GB", "", true),
            ("", "en", "", true),
            ("", "fr", "", false),
            ("", "", "distribution RHEINWOLKE", true),
            ("", "", "rhein", false),
            ("DE", "de", "gmbh", true),
            ("DE", "de", "gmbh other", false),
        ] {
            assert_eq!(
                house.found(country, language, words).await.len(),
                usize::from(finds),
                "{country} {language} {words}"
            );
        }

        let withdrawn = pb::BusinessProfile { state: State::Unpublished.into(), ..Default::default() };
        house.offered(&provider, withdrawn, &[]).await.unwrap();
        assert_eq!(house.everyone().await, [""; 0]);
        let again = pb::BusinessProfile { state: State::Published.into(), ..Default::default() };
        house.offered(&provider, again, &[]).await.unwrap();
        assert_eq!(house.everyone().await.len(), 1);
    }
}

#[tokio::test]
async fn r15_an_overdue_agreement_takes_a_provider_out_to_the_second_before_anything_is_swept() {
    for house in houses().await {
        let (provider, _) = house.provider().await;
        let second = house.version(PROVIDER, ("EUROPE", "en"), 2, (-1, Some(10))).await;
        house.version(PROVIDER, ("UNITED_STATES", "en"), 9, (-9, Some(-1))).await;
        assert_eq!(house.everyone().await.len(), 1, "due, and elsewhere overdue");
        let left = second.sign_by_time.unwrap().seconds - house.days_ahead(0).unwrap().seconds;
        house.advance_seconds(left - 20).await;
        assert_eq!(house.everyone().await.len(), 1);
        house.advance_seconds(left + 1).await;
        assert_eq!(house.everyone().await, [""; 0]);
        assert_eq!(house.profile_of(&provider).await.visibility(), Visibility::NotInGoodStanding);
        while house.service.sweep_once().await.unwrap() > 0 {}
        assert_eq!(house.everyone().await, [""; 0]);
        house.signed(&provider, &second).await.unwrap();
        assert_eq!(house.everyone().await.len(), 1, "signing brings it back");
    }
}

#[tokio::test]
async fn r15_a_signed_in_reseller_sees_with_whom_it_may_link_and_why_not() {
    for house in houses().await {
        let (provider, _) = house.provider().await;
        let listing = async |by: &str| {
            let page = house.directory_page(Some(by), pb::ListProviderListingsRequest::default()).await;
            page.provider_listings.into_iter().next().expect("the provider")
        };
        let nobody = house.session(house.identity("new@nowhere.example"), "").await.unwrap();
        let request = with_token(&nobody.access_token, pb::ListProviderListingsRequest::default());
        let page = house.directory().list_provider_listings(request).await.unwrap().into_inner();
        assert_eq!(page.provider_listings[0].linkability, None, "a person without organization links with nobody");

        let draft = house.beginner(Company { name: "Draft", domain: "draft.example", ..FJORD }).await;
        let seen = listing(&draft.admin).await;
        let all = [Kind::NotAnActiveReseller, Kind::LocationMissing, Kind::AgreementMissing];
        assert_eq!(kinds(&seen), all);
        assert_eq!(seen.sales_contact.unwrap().email, "sales@rheinwolke.example", "members see the address");
        assert_eq!(kinds(&listing(&provider.admin).await), [Kind::Self_, Kind::NotAnActiveReseller]);

        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        let reseller = house.partner(FJORD, &first).await;
        assert_eq!(kinds(&listing(&reseller.admin).await), []);
        let america = house.version(RESELLER, ("UNITED_STATES", "en"), 1, (-30, None)).await;
        let abroad = house.partner(PRAIRIE, &america).await;
        let seen = listing(&abroad.admin).await;
        assert_eq!(kinds(&seen), [Kind::MarketMismatch]);
        let why = &seen.linkability.unwrap().obstacles[0].description;
        assert!(why.contains("US") && why.contains("DE"), "{why}");
        house.version(RESELLER, ("EUROPE", "en"), 2, (-1, Some(5))).await;
        assert_eq!(kinds(&listing(&reseller.admin).await), []);
        house.advance(6).await;
        assert_eq!(kinds(&listing(&reseller.admin).await), [Kind::AgreementMissing]);
    }
}

#[tokio::test]
async fn r15_the_directory_is_paged_without_gap_or_repeat() {
    for house in houses().await {
        let template = house.version(PROVIDER, ("EUROPE", "en"), 1, (-30, None)).await;
        let names = [("One AB", "one.example"), ("Two AB", "two.example"), ("Three AB", "three.example")];
        for (name, domain) in names {
            let provider = house.partner(Company { name, domain, ..RHEINWOLKE }, &template).await;
            house.offered(&provider, business_profile(), &[]).await.unwrap();
        }
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListProviderListingsRequest {
                name_words: "ab".to_owned(),
                page_size: 1,
                page_token: token.clone(),
                ..Default::default()
            };
            let page = house.directory_page(None, request).await;
            seen.extend(page.provider_listings.into_iter().map(|listing| listing.display_name));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
            let other = pb::ListProviderListingsRequest { page_token: token.clone(), ..Default::default() };
            let other = house.directory().list_provider_listings(other).await;
            assert_eq!(reason(other), "PAGE_TOKEN_INVALID", "good for its own search alone");
        }
        assert_eq!(seen, names.map(|(name, _)| name));
    }
}
