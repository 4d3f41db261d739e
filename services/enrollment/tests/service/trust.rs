//! Whose word counts for whom: the issuer that an organization chooses for its domain, and what nobody gets by another.

use runtime::Role;
use tonic::{Code, Response, Status};
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;

use crate::house::{House, OPERATOR, houses, reason, refused};
use crate::provider::{Provider, token};
use crate::requests::ADA;
use crate::tokens::each;

const FJORD: &str = "fjord.example";
const KIM: &str = "kim@fjord.example";
const BO: &str = "bo@fjord.example";
const EVE: &str = "eve@evil.example";

impl House {
    /// Kim's organization, which has proven this domain.
    async fn with_domain(&self, domain: &str) -> (String, String) {
        let organization = self.founded_by(KIM, "Fjord").await;
        let request =
            pb::ClaimDomainRequest { parent: organization.clone(), domain: domain.to_owned(), ..Default::default() };
        let claimed = self.domains().claim_domain(self.by(KIM, request).await).await.unwrap().into_inner().name;
        let request = pb::ProveDomainRequest { name: claimed.clone(), ..Default::default() };
        self.domains().prove_domain(self.operator(request).await).await.unwrap();
        (organization, claimed)
    }

    /// Chooses an issuer for a domain; an empty one takes the choice back.
    async fn choose(&self, who: &str, domain: &str, issuer: &str) -> Result<pb::Domain, Status> {
        let request = choice(domain, issuer);
        self.domains().update_domain(self.by(who, request).await).await.map(Response::into_inner)
    }

    /// Kim's organization, which has proven this domain and trusts this issuer alone.
    pub(crate) async fn trusting(&self, domain: &str, issuer: &str) -> String {
        let (organization, claimed) = self.with_domain(domain).await;
        self.choose(KIM, &claimed, issuer).await.unwrap();
        organization
    }

    async fn vouched(&self, issuer: &str, subject: &str, email: &str) -> Result<pb::Session, Status> {
        let (key, kid) = if issuer.ends_with("/es") { ("ec", "ec") } else { ("rsa", "rsa") };
        self.session(Proof::IdentityToken(token(issuer, subject, email, key, kid)), "").await
    }

    /// Adds somebody by address.
    async fn adds(&self, who: &str, organization: &str, email: &str) -> pb::User {
        let user = pb::User { email: email.to_owned(), roles: vec![Role::SalesAgent.into()], ..Default::default() };
        let request = pb::CreateUserRequest { parent: organization.to_owned(), user: Some(user), ..Default::default() };
        self.users().create_user(self.by(who, request).await).await.unwrap().into_inner()
    }
}

fn choice(domain: &str, issuer: &str) -> pb::UpdateDomainRequest {
    let changed = pb::Domain { name: domain.to_owned(), trusted_issuer: issuer.to_owned(), ..Default::default() };
    let update_mask = Some(prost_types::FieldMask { paths: vec!["trusted_issuer".to_owned()] });
    pb::UpdateDomainRequest { domain: Some(changed), update_mask, ..Default::default() }
}

/// One of the provider's issuers that configuration trusts for no address at Fjord.
fn rs(provider: &Provider) -> String {
    provider.issuer("rs")
}

#[tokio::test]
async fn r17_a_global_administrator_chooses_the_issuer_of_a_proven_domain_alone() {
    each(async |house, provider| {
        let rs = rs(provider);
        let (organization, claimed) = house.with_domain(FJORD).await;
        let unproven = pb::ClaimDomainRequest {
            parent: organization.clone(),
            domain: "other.example".to_owned(),
            ..Default::default()
        };
        let unproven = house.domains().claim_domain(house.by(KIM, unproven).await).await.unwrap().into_inner().name;
        let early = refused(house.choose(KIM, &unproven, &rs).await);
        assert_eq!((early.code, early.reason.as_str()), (Code::FailedPrecondition, "STATE_FORBIDS"));
        assert_eq!(early.metadata["allowed"], "PROVEN");
        for unknown in ["https://evil.example", "mailed-code", "nonsense"] {
            let told = house.choose(KIM, &claimed, unknown).await;
            let text = format!("{told:?}");
            assert_eq!(refused(told).fields, ["domain.trusted_issuer"]);
            assert!(!text.contains(&provider.url), "who else vouches is nobody's business: {text}");
        }
        let open = provider.issuer("{tenant}/v2.0");
        assert_eq!(
            refused(house.choose(KIM, &claimed, &open).await).fields,
            ["domain.trusted_issuer"],
            "which tenant?"
        );
        house.adds(KIM, &organization, BO).await;
        assert_eq!(reason(house.choose(BO, &claimed, &rs).await), "ROLE_REQUIRED");
        house.founded_by(EVE, "Evil").await;
        for issuer in [rs.as_str(), "https://evil.example"] {
            assert_eq!(reason(house.choose(EVE, &claimed, issuer).await), "RESOURCE_MISSING");
        }
        assert_eq!(reason(house.choose(OPERATOR, &claimed, &rs).await), "ROLE_REQUIRED", "it decides for nobody");
        let stale = pb::Domain { name: claimed.clone(), etag: "9".to_owned(), ..Default::default() };
        let stale = pb::UpdateDomainRequest { domain: Some(stale), ..choice(&claimed, "") };
        assert_eq!(reason(house.domains().update_domain(house.by(KIM, stale).await).await), "ETAG_MISMATCH");

        let chosen = house.choose(KIM, &claimed, &rs).await.unwrap();
        assert_eq!(chosen.trusted_issuer, rs);
        assert!(house.vouched(&rs, "kim-at-rs", KIM).await.is_ok());
        let back = house.choose(OPERATOR, &claimed, "").await.unwrap();
        assert_eq!(back.trusted_issuer, "", "who shut themselves out are let in again");
        assert!(house.session(house.identity(KIM), &organization).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn r17_nobody_takes_an_account_over_by_its_address() {
    each(async |house, provider| {
        let (rs, es) = (rs(provider), provider.issuer("es"));
        let organization = house.trusting(FJORD, &rs).await;
        let kim = house.vouched(&rs, "kim-at-rs", KIM).await;
        assert_eq!(kim.unwrap().user, "", "Kim was bound by the development issuer, and by an address never again");
        // The same address at other issuers, though configuration trusts them for it, or for all.
        assert_eq!(reason(house.vouched(&es, "kim-at-rs", KIM).await), "ISSUER_NOT_TRUSTED");
        assert_eq!(reason(house.session(house.identity(KIM), "").await), "ISSUER_NOT_TRUSTED");
        let tenant = provider.issuer("evil/v2.0");
        assert_eq!(reason(house.vouched(&tenant, "kim-at-rs", KIM).await), "CREDENTIAL_INVALID");
        assert_eq!(reason(house.coded(KIM, ("x", "aaaaaaaa")).await), "ISSUER_NOT_TRUSTED");
        assert_eq!(reason(house.send_code(KIM, "").await), "ISSUER_NOT_TRUSTED");
        // An address under the domain, and one that only looks like it.
        assert_eq!(reason(house.vouched(&es, "kim", "kim@mail.fjord.example").await), "ISSUER_NOT_TRUSTED");
        assert_eq!(house.vouched(&rs, "mail", "kim@mail.fjord.example").await.unwrap().user, "");
        assert_eq!(reason(house.vouched(&rs, "eve", "kim@fjord.example.evil.example").await), "ISSUER_NOT_TRUSTED");
        // A subject whose address changes to somebody else's is nobody else.
        let eve = house.vouched(&rs, "eve-at-rs", "eve@nordwind.example").await.unwrap();
        let changed = house.vouched(&rs, "eve-at-rs", KIM).await.unwrap();
        assert_eq!((eve.user.as_str(), changed.user.as_str()), ("", ""));
        assert_eq!(reason(house.vouched(&rs, "eve-at-rs", "ada@elsewhere.example").await), "ISSUER_NOT_TRUSTED");
        assert!(!organization.is_empty());
    })
    .await;
}

#[tokio::test]
async fn r17_who_is_added_by_address_is_bound_by_the_domains_own_issuer_alone() {
    each(async |house, provider| {
        let (rs, es) = (rs(provider), provider.issuer("es"));
        let (organization, claimed) = house.with_domain(FJORD).await;
        house.adds(KIM, &organization, BO).await;
        house.choose(KIM, &claimed, &rs).await.unwrap();
        assert_eq!(reason(house.vouched(&es, "bo", BO).await), "ISSUER_NOT_TRUSTED");
        assert!(house.vouched(&rs, "bo-at-rs", BO).await.unwrap().user.starts_with(&organization));
        assert_eq!(house.vouched(&rs, "another", BO).await.unwrap().user, "", "never again by the address");
    })
    .await;
}

#[tokio::test]
async fn r17_a_squatted_domain_shuts_nobody_out_and_lets_nobody_in() {
    for house in houses().await {
        let name = house.founded_by(EVE, "Evil").await;
        let request = pb::ClaimDomainRequest { parent: name.clone(), domain: FJORD.to_owned(), ..Default::default() };
        let claimed = house.domains().claim_domain(house.by(EVE, request).await).await.unwrap().into_inner().name;
        let development = "https://issuer.example";
        assert_eq!(reason(house.choose(EVE, &claimed, development).await), "STATE_FORBIDS");
        house.adds(EVE, &name, KIM).await;
        assert!(house.send_code(KIM, "").await.is_ok(), "Kim still signs in by a mailed code");
        let kim = house.by_code(KIM).await.unwrap();
        assert!(
            kim.user.starts_with(&name),
            "Kim sees where somebody has added her, and has no more than she was given"
        );
    }
}

#[tokio::test]
async fn r17_who_came_by_a_mailed_code_is_found_by_the_issuer_that_takes_its_place() {
    each(async |house, provider| {
        let rs = rs(provider);
        let session = house.by_code(BO).await.unwrap();
        let (organization, claimed) = house.with_domain(FJORD).await;
        house.adds(KIM, &organization, BO).await;
        let bound = house.session(Proof::SessionToken(session.session_token), "").await.unwrap();
        assert_eq!(bound.user, "", "a session binds nobody, only a proof of the address does");
        let by_code = house.by_code(BO).await.unwrap();
        assert!(by_code.user.starts_with(&organization));
        house.choose(KIM, &claimed, &rs).await.unwrap();
        let old = Proof::SessionToken(by_code.session_token);
        assert_eq!(reason(house.session(old, "").await), "ISSUER_NOT_TRUSTED", "the code's word counts no more");
        assert_eq!(house.vouched(&rs, "bo-at-rs", BO).await.unwrap().user, by_code.user);
        assert_eq!(house.vouched(&rs, "another", BO).await.unwrap().user, "");
    })
    .await;
}

#[tokio::test]
async fn r17_an_issuer_trusted_for_all_does_not_speak_for_domains_that_are_anothers() {
    let provider = Provider::start();
    for path in ["rs", "es"] {
        let key = if path == "rs" { "rsa" } else { "ec" };
        provider.publish(path, &[crate::provider::jwk(key, key)]);
    }
    let houses = crate::house::houses_with(|setup| {
        setup.config.issuers = vec![provider.configured("rs", &[FJORD]), provider.configured("es", &["*"])];
    });
    let (own, all) = (provider.issuer("rs"), provider.issuer("es"));
    for house in houses.await {
        assert_eq!(reason(house.vouched(&all, "kim", KIM).await), "ISSUER_NOT_TRUSTED");
        assert_eq!(reason(house.vouched(&all, "kim", "kim@mail.fjord.example").await), "ISSUER_NOT_TRUSTED");
        assert_eq!(reason(house.session(house.identity(KIM), "").await), "ISSUER_NOT_TRUSTED");
        assert!(house.vouched(&own, "kim", KIM).await.is_ok());
        assert!(house.vouched(&all, "ada", "ada@nordwind.example").await.is_ok(), "it speaks for all others");
        assert_eq!(reason(house.vouched(&own, "ada", "ada@nordwind.example").await), "ISSUER_NOT_TRUSTED");
    }
}

#[tokio::test]
async fn r17_the_operators_own_issuer_is_named_when_it_is_made() {
    each(async |house, provider| {
        let again =
            enrollment::Bootstrap { issuer: Some("https://evil.example".to_owned()), ..crate::house::operator() };
        let told = enrollment::bootstrap(house.service.app(), &again).await;
        assert_eq!(told.map_err(|fault| fault.reason()), Err("FIELD_INVALID"), "an issuer that nobody configured");
        let webmail = enrollment::Bootstrap {
            email: "olga@gmail.com".to_owned(),
            issuer: Some(rs(provider)),
            ..crate::house::operator()
        };
        let told = enrollment::bootstrap(house.service.app(), &webmail).await;
        assert_eq!(told.map_err(|fault| fault.reason()), Err("WEBMAIL_DOMAIN"));
    })
    .await;
    let provider = Provider::start();
    provider.publish("rs", &[crate::provider::jwk("rsa", "rsa")]);
    let houses = crate::house::houses_with(|setup| {
        setup.config.issuers = vec![provider.configured("rs", &[])];
        setup.operators_issuer = Some(provider.issuer("rs"));
    });
    for house in houses.await {
        let olga = house.vouched(&provider.issuer("rs"), "olga", OPERATOR).await.unwrap();
        assert!(!olga.user.is_empty(), "bound at first sign-in");
        assert_eq!(reason(house.session(house.identity(OPERATOR), "").await), "ISSUER_NOT_TRUSTED");
        assert_eq!(reason(house.send_code(OPERATOR, "").await), "ISSUER_NOT_TRUSTED");
        let lookup = pb::LookupOrganizationRequest { domain: "operator.example".to_owned() };
        assert!(house.organizations().lookup_organization(lookup).await.unwrap().into_inner().known);
        let ada = house.session(house.identity(ADA), "").await;
        assert!(ada.is_ok(), "others sign in as before");
        // The issuer is renamed: nobody of the operator comes in until who holds the database says so.
        let unknown = enrollment::rebind(house.service.app(), Some("https://evil.example")).await;
        assert_eq!(unknown.map_err(|fault| fault.reason()), Err("FIELD_INVALID"));
        assert_eq!(enrollment::rebind(house.service.app(), None).await.unwrap(), [OPERATOR]);
        let by_code = house.by_code(OPERATOR).await.unwrap();
        assert_eq!(by_code.user, olga.user, "bound anew, by the address");
        assert_eq!(reason(house.vouched(&provider.issuer("rs"), "olga", OPERATOR).await), "ISSUER_NOT_TRUSTED");
        enrollment::rebind(house.service.app(), Some("https://issuer.example")).await.unwrap();
        assert_eq!(reason(house.send_code(OPERATOR, "").await), "ISSUER_NOT_TRUSTED");
        assert_eq!(house.session(house.identity(OPERATOR), "").await.unwrap().user, olga.user, "by whom it names");
    }
}
