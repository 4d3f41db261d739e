//! What is in force where, what a signature covers, and what an organization is in the programme.

use wire::enrollment as pb;
use wire::enrollment::agreement_status::State as Standing;
use wire::enrollment::enrollment::State;
use wire::enrollment::program_information::Participation;
use wire::enrollment::signature::State as Cover;
use wire::types::RequirementCode;

use crate::cast::{FJORD, PRAIRIE, PROVIDER, Partner, RESELLER};
use crate::house::{House, houses, reason, refused};

impl House {
    async fn templates(&self, by: &str, request: pb::ListAgreementTemplatesRequest) -> Vec<(String, i32, String)> {
        let request = self.by(by, request).await;
        let list = self.agreements().list_agreement_templates(request).await.unwrap().into_inner();
        let told = |one: pb::AgreementTemplate| (one.region, one.version, one.language_code);
        list.agreement_templates.into_iter().map(told).collect()
    }

    async fn signatures(&self, partner: &Partner) -> Vec<pb::Signature> {
        let request = pb::ListSignaturesRequest { parent: partner.organization.clone(), ..Default::default() };
        let request = self.by(&partner.admin, request).await;
        self.agreements().list_signatures(request).await.unwrap().into_inner().signatures
    }
}

#[tokio::test]
async fn r12_what_is_in_force_at_a_time_is_listed_by_type_region_and_language() {
    for house in houses().await {
        let partner = house.beginner(FJORD).await;
        let english = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        house.translated(&english, "sv").await;
        for (region, version, from) in [("EUROPE", 2, 10), ("UNITED_STATES", 1, -30), ("UNITED_STATES", 2, -5)] {
            house.version(RESELLER, (region, "en"), version, (from, None)).await;
        }
        house.version(PROVIDER, ("EUROPE", "en"), 7, (-30, None)).await;
        let of = |days| pb::ListAgreementTemplatesRequest {
            r#type: RESELLER.into(),
            in_force_time: house.days_ahead(days),
            ..Default::default()
        };
        let row = |region: &str, version, language: &str| (region.to_owned(), version, language.to_owned());
        let (en, sv) = (row("EUROPE", 1, "en"), row("EUROPE", 1, "sv"));
        let now = house.templates(&partner.admin, of(0)).await;
        assert_eq!(now, [en.clone(), sv.clone(), row("UNITED_STATES", 2, "en")]);
        let later = house.templates(&partner.admin, of(11)).await;
        assert_eq!(later, [row("EUROPE", 2, "en"), row("UNITED_STATES", 2, "en")]);
        let before = house.templates(&partner.admin, of(-10)).await;
        assert_eq!(before, [en.clone(), sv.clone(), row("UNITED_STATES", 1, "en")]);
        assert_eq!(house.templates(&partner.admin, of(-40)).await, []);
        let swedish = pb::ListAgreementTemplatesRequest { language_code: "sv".to_owned(), ..of(0) };
        assert_eq!(house.templates(&partner.admin, swedish).await, [sv]);
    }
}

#[tokio::test]
async fn r12_every_signature_is_listed_with_what_it_covers_and_what_took_its_place() {
    for house in houses().await {
        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        let partner = house.partner(FJORD, &first).await;
        let [alone] = house.signatures(&partner).await.try_into().expect("one signature");
        assert_eq!((alone.state(), alone.r#type(), alone.version), (Cover::InForce, RESELLER, 1));
        assert_eq!((alone.region.as_str(), alone.language_code.as_str()), ("EUROPE", "en"));
        assert_eq!((alone.superseded_by.as_str(), alone.cover_end_time), ("", None));

        let second = house.version(RESELLER, ("EUROPE", "en"), 2, (1, Some(10))).await;
        let coming = house.signatures(&partner).await.remove(0);
        assert_eq!((coming.state(), coming.cover_end_time), (Cover::InForce, second.sign_by_time), "its end is known");
        house.advance(2).await;
        assert_eq!(house.signatures(&partner).await[0].state(), Cover::Due);
        let old = refused(house.signed(&partner, &first).await);
        assert_eq!((old.reason.as_str(), &old.metadata["template"]), ("TEMPLATE_SUPERSEDED", &second.name));
        house.advance(11).await;
        assert_eq!(house.signatures(&partner).await[0].state(), Cover::Overdue);
        let newer = house.signed(&partner, &second).await.unwrap();
        assert_eq!(newer.state(), Cover::InForce);
        let [old, new] = house.signatures(&partner).await.try_into().expect("both signatures");
        assert_eq!((old.state(), &old.superseded_by), (Cover::Superseded, &new.name));
        assert_eq!(old.cover_end_time, second.sign_by_time, "the days without cover show");
        let signed =
            |one: &pb::Signature| (one.sha256.clone(), one.signer.clone(), one.source_address.clone(), one.create_time);
        assert_eq!(
            (signed(&old), &new),
            (signed(&alone), &newer),
            "who signed what, when and from where never changes"
        );

        let get = |name: &str| pb::GetSignatureRequest { name: name.to_owned() };
        let own = house.agreements().get_signature(house.by(&partner.admin, get(&old.name)).await).await.unwrap();
        assert_eq!(own.into_inner(), old);
        let stranger = house.beginner(PRAIRIE).await;
        let foreign = house.agreements().get_signature(house.by(&stranger.admin, get(&old.name)).await).await;
        assert_eq!(reason(foreign), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r12_a_signature_bears_the_servers_time_whatever_the_caller_says() {
    for house in houses().await {
        let template = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        let partner = house.verified(FJORD).await;
        house.settled(&partner).await;
        let signature = pb::Signature {
            enrollment: partner.enrollment.clone(),
            agreement_template: template.name.clone(),
            sha256: template.sha256.clone(),
            create_time: house.days_ahead(400),
            signer: "organizations/x/users/y".to_owned(),
            ..Default::default()
        };
        let parent = partner.organization.clone();
        let request = pb::CreateSignatureRequest { parent, signature: Some(signature), ..Default::default() };
        let request = house.by(&partner.admin, request).await;
        let signature = house.agreements().create_signature(request).await.unwrap().into_inner();
        let (signed, now) = (signature.create_time.unwrap().seconds, house.days_ahead(0).unwrap().seconds);
        assert!((now - 60..=now).contains(&signed), "signed at {signed}, now {now}");
        assert!(signature.signer.starts_with(&partner.organization));
    }
}

#[tokio::test]
async fn r14_one_read_tells_what_an_organization_is_in_the_programme() {
    for house in houses().await {
        let known = house.founded_by("una@unknown.example", "Una").await;
        let request = pb::GetProgramInformationRequest { name: known.clone() };
        let own = house.by("una@unknown.example", request.clone()).await;
        let known = house.enrollments().get_program_information(own).await.unwrap().into_inner();
        assert_eq!((known.participation(), known.enrollments.len()), (Participation::Known, 0));
        assert_eq!((known.region.as_str(), known.known_since_time.is_some()), ("EUROPE", true));

        let partner = house.verified(FJORD).await;
        let foreign = house.enrollments().get_program_information(house.by(&partner.admin, request).await).await;
        assert_eq!(reason(foreign), "RESOURCE_MISSING");
        let mut told = house.programme(&partner).await;
        assert_eq!(told.participation(), Participation::Enrolling);
        let one = told.enrollments.remove(0);
        assert_eq!((one.state(), one.location.as_str()), (State::Qualified, ""));
        let agreement = one.agreement.unwrap();
        assert_eq!((agreement.state(), agreement.version_in_force), (Standing::Unpublished, 0));
        let codes: Vec<RequirementCode> = one.requirements.iter().map(wire::types::Requirement::code).collect();
        assert_eq!(codes, [RequirementCode::Location, RequirementCode::Agreement]);

        let english = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        house.translated(&english, "sv").await;
        house.settled(&partner).await;
        let unsigned = house.programme(&partner).await.enrollments.remove(0).agreement.unwrap();
        assert_eq!(
            (unsigned.state(), &unsigned.template_in_force),
            (Standing::Unsigned, &english.name),
            "its language"
        );
        let signature = house.signed(&partner, &english).await.unwrap();
        let mut told = house.programme(&partner).await;
        assert_eq!(told.participation(), Participation::Active);
        let one = told.enrollments.remove(0);
        assert_eq!((one.enrollment.as_str(), one.state()), (partner.enrollment.as_str(), State::Active));
        assert_eq!((one.capabilities.len(), one.location.is_empty()), (3, false));
        let agreement = one.agreement.unwrap();
        assert_eq!((agreement.state(), agreement.signed_version), (Standing::Current, 1));
        assert_eq!((&agreement.signature, &agreement.signer), (&signature.name, &signature.signer));
        assert_eq!((agreement.sign_time, agreement.sign_by_time), (signature.create_time, None));
    }
}

/// One second before, and one second after.
#[tokio::test]
async fn r13_the_block_begins_to_the_second_and_signing_lifts_it_at_once() {
    for house in houses().await {
        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        let partner = house.partner(FJORD, &first).await;
        let second = house.version(RESELLER, ("EUROPE", "en"), 2, (-1, Some(10))).await;
        let status = async || house.programme(&partner).await.enrollments.remove(0);
        let due = status().await;
        let agreement = due.agreement.unwrap();
        assert_eq!((agreement.state(), agreement.sign_by_time), (Standing::Due, second.sign_by_time));
        assert_eq!(due.requirements[0].due_time, second.sign_by_time, "the notice says until when");
        assert!(due.requirements[0].method.ends_with("CreateSignature") && due.requirements[0].since_time.is_some());
        // Business time goes on while this runs: from the day on which it is due, not from the one on which it began.
        let left = second.sign_by_time.unwrap().seconds - house.days_ahead(0).unwrap().seconds;
        house.advance_seconds(left - 20).await;
        assert_eq!((status().await.capabilities.len(), status().await.agreement.unwrap().state()), (3, Standing::Due));
        house.advance_seconds(left + 1).await;
        let overdue = status().await;
        assert_eq!((overdue.capabilities.len(), overdue.state()), (0, State::Active));
        assert_eq!(overdue.agreement.unwrap().state(), Standing::Overdue);
        house.signed(&partner, &second).await.unwrap();
        assert_eq!(
            (status().await.capabilities.len(), status().await.agreement.unwrap().state()),
            (3, Standing::Current)
        );
    }
}
