//! Domains: claimed by anyone, proven by a record that a real name server on loopback gives.

use std::num::NonZeroU32;

use futures::future::join;
use hickory_server::proto::op::ResponseCode;
use tonic::{Code, Response, Status};
use wire::enrollment as pb;
use wire::enrollment::domain::{Proof, State};
use wire::relationship::RecordOrganizationRequest;

use crate::house::{House, OPERATOR, houses_with, reason, refused, request_id};
use crate::nameserver::{At, NameServer};
use crate::requests::ADA;

const EVE: &str = "eve@evil.example";
const DOMAIN: &str = "fjord.example";
const RECORD: &str = "_linkage.fjord.example.";

/// Tells a story in houses that look domains up at this server; names last for one story on one database.
async fn each(milliseconds: u32, story: impl AsyncFn(&House, &NameServer)) {
    let server = &NameServer::start().await;
    let houses = houses_with(|setup| {
        setup.config.dns_servers = vec![server.address];
        setup.config.dns_timeout_milliseconds = NonZeroU32::new(milliseconds).unwrap();
    });
    for house in houses.await {
        server.forget();
        story(&house, server).await;
    }
}

/// Long enough for a machine with much else to do.
const PATIENT: u32 = 5_000;

impl House {
    async fn claim(&self, who: &str, organization: &str, domain: &str) -> Result<pb::Domain, Status> {
        let (parent, domain) = (organization.to_owned(), domain.to_owned());
        let request = pb::ClaimDomainRequest { parent, domain, ..Default::default() };
        self.domains().claim_domain(self.by(who, request).await).await.map(Response::into_inner)
    }

    async fn prove(&self, who: &str, domain: &str) -> Result<pb::Domain, Status> {
        let request = pb::ProveDomainRequest { name: domain.to_owned(), ..Default::default() };
        self.domains().prove_domain(self.by(who, request).await).await.map(Response::into_inner)
    }

    async fn known(&self, domain: &str) -> pb::LookupOrganizationResponse {
        let request = pb::LookupOrganizationRequest { domain: domain.to_owned() };
        self.organizations().lookup_organization(request).await.unwrap().into_inner()
    }

    async fn domains_of(&self, who: &str, organization: &str) -> Vec<pb::Domain> {
        let request = pb::ListDomainsRequest { parent: organization.to_owned(), ..Default::default() };
        self.domains().list_domains(self.by(who, request).await).await.unwrap().into_inner().domains
    }
}

#[tokio::test]
async fn r01_a_domain_is_proven_by_its_record_and_then_known() {
    each(PATIENT, async |house, server| {
        let name = house.founded_by(ADA, "Nordwind").await;
        let claimed = house.claim(ADA, &name, "Fjord.EXAMPLE").await.unwrap();
        assert_eq!((claimed.state(), claimed.domain.as_str()), (State::Claimed, DOMAIN));
        assert_eq!((claimed.proof(), claimed.prove_time), (Proof::Unspecified, None));
        assert_eq!((claimed.name.clone(), claimed.record_name.as_str()), (format!("{name}/domains/{DOMAIN}"), RECORD));
        assert!(claimed.record_value.starts_with("linkage-domain=1."), "{claimed:?}");
        assert_eq!(house.claim(ADA, &name, DOMAIN).await.unwrap(), claimed, "a claim is made once");

        let missing = refused(house.prove(ADA, &claimed.name).await);
        assert_eq!((missing.code, missing.reason.as_str()), (Code::FailedPrecondition, "DOMAIN_NOT_SHOWN"));
        assert_eq!(
            (missing.metadata["finding"].as_str(), missing.metadata["record_name"].as_str()),
            ("NO_NAME", RECORD)
        );
        assert_eq!(missing.metadata["record_value"], claimed.record_value);
        assert!(!house.known(DOMAIN).await.known);

        let (front, back) = claimed.record_value.split_at(20);
        let strings = vec![vec!["v=spf1 -all".to_owned()], vec![front.to_owned(), back.to_owned()]];
        server.publish(RECORD, At::Texts(strings));
        let request =
            pb::ProveDomainRequest { request_id: request_id(1), name: claimed.name.clone(), ..Default::default() };
        let proven = house.domains().prove_domain(house.by(ADA, request.clone()).await).await.unwrap().into_inner();
        assert_eq!((proven.state(), proven.proof()), (State::Proven, Proof::Dns));
        assert!(proven.prove_time.is_some() && proven.record_value == claimed.record_value);
        assert!(house.known(DOMAIN).await.known && house.known(&format!("mail.{DOMAIN}")).await.known);
        let read = pb::GetOrganizationRequest { name: name.clone() };
        let read = house.organizations().get_organization(house.by(ADA, read).await).await.unwrap().into_inner();
        assert_eq!(read.proven_domains, [DOMAIN]);
        let told: Vec<RecordOrganizationRequest> = house.told("RecordOrganization").await;
        assert_eq!(told.last().unwrap().proven_domains, [DOMAIN]);

        // What is proven stays so when the record goes, and is looked up no more.
        let asked = server.asked(RECORD);
        server.forget();
        let again = house.domains().prove_domain(house.by(ADA, request).await).await.unwrap().into_inner();
        assert_eq!(again, proven);
        assert_eq!(house.prove(ADA, &claimed.name).await.unwrap(), proven);
        assert!(asked > 0 && server.asked(RECORD) == 0, "{asked}");
        assert_eq!(house.told::<RecordOrganizationRequest>("RecordOrganization").await.len(), told.len());
    })
    .await;
}

#[tokio::test]
async fn r01_each_failure_of_the_name_system_has_its_answer_and_changes_nothing() {
    each(200, async |house, server| {
        let name = house.founded_by(ADA, "Nordwind").await;
        let claimed = house.claim(ADA, &name, DOMAIN).await.unwrap();
        let told = house.told::<RecordOrganizationRequest>("RecordOrganization").await.len();
        let stranger = claimed.record_value.replace("linkage-domain=1.", "linkage-domain=2.");
        let cut = claimed.record_value[..claimed.record_value.len() - 1].to_owned();
        let other = |text: &str| At::Texts(vec![vec![text.to_owned()]]);
        for (at, finding, why) in [
            (other("v=spf1 -all"), "OTHER_TEXT", "DOMAIN_NOT_SHOWN"),
            (other("linkage-domain="), "OTHER_TEXT", "DOMAIN_NOT_SHOWN"),
            (other(&stranger), "OTHER_TEXT", "DOMAIN_NOT_SHOWN"),
            (other(&cut), "OTHER_TEXT", "DOMAIN_NOT_SHOWN"),
            (At::Nothing, "NO_TEXT", "DOMAIN_NOT_SHOWN"),
            (At::Alias("nowhere.example.".to_owned()), "NO_NAME", "DOMAIN_NOT_SHOWN"),
            (At::Code(ResponseCode::ServFail), "SERVERS_FAIL", "DOMAIN_UNREACHABLE"),
            (At::Code(ResponseCode::Refused), "SERVERS_FAIL", "DOMAIN_UNREACHABLE"),
            (At::Silence, "NO_ANSWER", "DOMAIN_UNREACHABLE"),
        ] {
            server.publish(RECORD, at.clone());
            let answer = refused(house.prove(ADA, &claimed.name).await);
            let found = (answer.metadata["finding"].as_str(), answer.reason.as_str());
            assert_eq!(found, (finding, why), "{at:?}");
        }
        let read = house.domains_of(ADA, &name).await;
        assert_eq!(read, [claimed], "a refusal changes nothing");
        assert_eq!(house.told::<RecordOrganizationRequest>("RecordOrganization").await.len(), told);
    })
    .await;
}

#[tokio::test]
async fn r01_aliases_are_followed_and_long_answers_come_by_tcp() {
    each(PATIENT, async |house, server| {
        let name = house.founded_by(ADA, "Nordwind").await;
        let claimed = house.claim(ADA, &name, DOMAIN).await.unwrap();
        let mut texts: Vec<String> = (0..30).map(|number| format!("{number:0200}")).collect();
        texts.push(claimed.record_value.clone());
        server.publish(RECORD, At::Alias("proofs.hosting.example.".to_owned()));
        server.texts("proofs.hosting.example.", &texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(house.prove(ADA, &claimed.name).await.unwrap().state(), State::Proven);
        assert!(server.asked(RECORD) >= 2, "by UDP first, then by TCP");
    })
    .await;
}

#[tokio::test]
async fn r01_a_claim_takes_nothing_from_others_and_tells_nothing_of_them() {
    each(PATIENT, async |house, server| {
        let (name, other) = (house.founded_by(ADA, "Nordwind").await, house.founded_by(EVE, "Evil").await);
        let unknown = house.known(DOMAIN).await;
        let hers = house.claim(EVE, &other, DOMAIN).await.unwrap();
        let own = house.claim(ADA, &name, DOMAIN).await.unwrap();
        assert_ne!(own.record_value, hers.record_value);
        assert_eq!(house.known(DOMAIN).await, unknown, "a claim is no knowledge");
        server.texts(RECORD, &[&own.record_value]);
        assert_eq!(refused(house.prove(EVE, &hers.name).await).metadata["finding"], "OTHER_TEXT");
        assert_eq!(house.prove(ADA, &own.name).await.unwrap().state(), State::Proven);
        assert_eq!(refused(house.prove(EVE, &hers.name).await).metadata["finding"], "OTHER_TEXT", "as before");
        let third = house.founded_by("kim@third.example", "Third").await;
        let late = house.claim("kim@third.example", &third, DOMAIN).await.unwrap();
        assert_eq!((late.state(), late.record_name.as_str()), (State::Claimed, RECORD), "as if nobody had it");
        assert_eq!(reason(house.prove(EVE, &own.name).await), "RESOURCE_MISSING");
        // Only who shows control learns that somebody else has shown it too.
        server.texts(RECORD, &[&own.record_value, &hers.record_value]);
        let taken = refused(house.prove(EVE, &hers.name).await);
        assert_eq!((taken.code, taken.reason.as_str()), (Code::AlreadyExists, "DOMAIN_TAKEN"));
        assert_eq!(house.domains_of(EVE, &other).await, [hers]);
        assert_eq!(house.domains_of(ADA, &name).await[0].state(), State::Proven);
    })
    .await;
}

#[tokio::test]
async fn r01_of_two_who_prove_a_domain_at_once_one_owns_it() {
    each(PATIENT, async |house, server| {
        let (name, other) = (house.founded_by(ADA, "Nordwind").await, house.founded_by(EVE, "Evil").await);
        for round in 0..5 {
            let domain = format!("fjord{round}.example");
            let own = house.claim(ADA, &name, &domain).await.unwrap();
            let hers = house.claim(EVE, &other, &domain).await.unwrap();
            server.texts(&own.record_name, &[&own.record_value, &hers.record_value]);
            let (one, two) = join(house.prove(ADA, &own.name), house.prove(EVE, &hers.name)).await;
            let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
            assert_eq!(won.unwrap().state(), State::Proven);
            assert_eq!(reason(lost), "DOMAIN_TAKEN");
        }
        let proven = |domains: Vec<pb::Domain>| domains.iter().filter(|one| one.state() == State::Proven).count();
        assert_eq!(proven(house.domains_of(ADA, &name).await) + proven(house.domains_of(EVE, &other).await), 5);
    })
    .await;
}

#[tokio::test]
async fn r01_public_suffixes_hosts_and_web_mail_are_not_claimed() {
    each(PATIENT, async |house, _| {
        let name = house.founded_by(ADA, "Nordwind").await;
        for (domain, why) in [
            ("co.uk", "FIELD_INVALID"),
            ("com", "FIELD_INVALID"),
            ("localhost", "FIELD_INVALID"),
            ("mail.fjord.example", "FIELD_INVALID"),
            ("gmail.com", "WEBMAIL_DOMAIN"),
            ("YAHOO.co.uk", "WEBMAIL_DOMAIN"),
        ] {
            let answer = refused(house.claim(ADA, &name, domain).await);
            assert_eq!((answer.code, answer.reason.as_str()), (Code::InvalidArgument, why), "{domain}");
            assert_eq!(answer.fields, ["domain"], "{domain}");
        }
        assert_eq!(house.domains_of(ADA, &name).await, []);
    })
    .await;
}

#[tokio::test]
async fn r01_the_operator_vouches_without_looking_and_verification_proves_too() {
    each(PATIENT, async |house, server| {
        let name = house.founded_by(ADA, "Nordwind").await;
        let claimed = house.claim(ADA, &name, DOMAIN).await.unwrap();
        let stale = pb::ProveDomainRequest { name: claimed.name.clone(), etag: "7".to_owned(), ..Default::default() };
        assert_eq!(reason(house.domains().prove_domain(house.operator(stale).await).await), "ETAG_MISMATCH");
        let proven = house.prove(OPERATOR, &claimed.name).await.unwrap();
        assert_eq!((proven.state(), proven.proof(), server.asked(RECORD)), (State::Proven, Proof::Operator, 0));
        let draft = house.drafted(&name, pb::EnrollmentType::IndirectReseller).await;
        house.fill_in(&name).await;
        house.submit(&draft.name).await.unwrap();
        let contact = house.claim(ADA, &name, "nordwind.example").await.unwrap();
        assert_eq!(contact.state(), State::Claimed);
        house.approve(&name).await;
        let listed = house.domains_of(ADA, &name).await;
        let proofs: Vec<_> = listed.iter().map(|one| (one.domain.as_str(), one.proof())).collect();
        assert_eq!(proofs, [(DOMAIN, Proof::Operator), ("nordwind.example", Proof::Verification)]);
        let get = pb::GetDomainRequest { name: contact.name };
        let read = house.domains().get_domain(house.operator(get).await).await.unwrap().into_inner();
        assert_eq!(read, listed[1]);
    })
    .await;
}
