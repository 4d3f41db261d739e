//! From an invitation to a partnership.

use testkit::on_every_database;
use tonic::Code;
use wire::relationship as pb;
use wire::relationship::partnership_service_client::PartnershipServiceClient;

use crate::invitation::{request_id, to_reseller, whole};
use crate::stage::{
    CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, email, location, organization, preconditions, reason, to,
};
use runtime::Role;

#[tokio::test]
async fn r12_who_has_not_signed_invites_nobody_and_learns_why() {
    let stage = Stage::start(testkit::sqlite()).await;
    let refused = stage.invite(PROVIDER, to_reseller()).await.unwrap_err();
    assert_eq!(
        (reason(&refused).as_str(), preconditions(&refused)),
        ("SENDER_NOT_CAPABLE", vec!["ENROLLMENT".to_owned()])
    );
    stage.tell_organization(PROVIDER, "DE").await;
    stage.tell_standing(PROVIDER, "INDIRECT_PROVIDER", "QUALIFIED", "", 0).await;
    let refused = stage.invite(PROVIDER, to_reseller()).await.unwrap_err();
    assert_eq!(reason(&refused), "SENDER_NOT_CAPABLE");
    assert_eq!(preconditions(&refused), ["LOCATION", "AGREEMENT"]);
    stage.tell_standing(PROVIDER, "INDIRECT_PROVIDER", "QUALIFIED", "DE", 0).await;
    let refused = stage.invite(PROVIDER, to_reseller()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "AGREEMENT_UNSIGNED"));
    stage.tell_standing(PROVIDER, "INDIRECT_PROVIDER", "ACTIVE", "DE", 1).await;
    let refused = stage.invite(PROVIDER, to_reseller()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "RESOURCE_MISSING"));
}

#[tokio::test]
async fn r40_a_provider_of_another_region_is_refused_with_both_countries() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let refused = stage.invite(OVERSEAS, to_reseller()).await.unwrap_err();
    assert_eq!(reason(&refused), "MARKET_MISMATCH");
    assert!(refused.message().contains("US") && refused.message().contains("SE"), "{}", refused.message());
}

#[tokio::test]
async fn r30_an_invitation_is_mailed_once_and_blocks_another() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let request = pb::CreateInvitationRequest {
            request_id: request_id(),
            invitation: Some(to_reseller()),
            validate_only: false,
        };
        let dry = pb::CreateInvitationRequest { validate_only: true, ..request.clone() };
        let mut client = stage.invitations();
        let told = client.create_invitation(stage.by(PROVIDER, dry)).await.unwrap().into_inner();
        assert!(!told.effects.is_empty());
        assert!(stage.mails("partnership-invitation").await.is_empty());
        let first = client.create_invitation(stage.by(PROVIDER, request.clone())).await.unwrap().into_inner();
        let again = client.create_invitation(stage.by(PROVIDER, request)).await.unwrap().into_inner();
        assert_eq!(first, again);
        let mails = stage.mails("partnership-invitation").await;
        assert_eq!(mails.len(), 1);
        assert_eq!(to(&mails[0]), [email(RESELLER)]);
        assert_eq!(mails[0].reply_to, email(PROVIDER));
        assert_eq!(mails[0].recipients[0].language_code, "sv");
        let refused = stage.invite(PROVIDER, to_reseller()).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::AlreadyExists, "INVITATION_OPEN"));
    })
    .await;
}

#[tokio::test]
async fn r31_only_the_invited_accept_what_they_saw_with_the_consents_required() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        assert_eq!(offer, stage.inspect(&token).await.unwrap(), "looking changes nothing");
        assert_eq!((offer.provider_name.as_str(), offer.consents.len()), ("Organization 1", 3));
        assert!(offer.consents[0].text.contains("leverantör"), "in the recipient's language");
        let forged = stage.inspect(&token.replace("1.", "2.")).await.unwrap_err();
        assert_eq!((forged.code(), reason(&forged).as_str()), (Code::NotFound, "TOKEN_UNKNOWN"));

        let request = whole(&offer, &token);
        let wrong = stage.accept(OVERSEAS, request.clone()).await.unwrap_err();
        assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::PermissionDenied, "RECIPIENT_MISMATCH"));
        let agent = stage.with(RESELLER, &[Role::SalesAgent], request.clone());
        assert_eq!(reason(&stage.invitations().accept_invitation(agent).await.unwrap_err()), "ROLE_REQUIRED");
        let stale = pb::AcceptInvitationRequest { revision: "0".repeat(64), ..request.clone() };
        assert_eq!(reason(&stage.accept(RESELLER, stale).await.unwrap_err()), "REVISION_CHANGED");
        let silent = pb::AcceptInvitationRequest { consents: Vec::new(), ..request.clone() };
        let missing = stage.accept(RESELLER, silent).await.unwrap_err();
        assert_eq!(reason(&missing), "CONSENT_MISSING");
        assert_eq!(preconditions(&missing), ["PARTNERSHIP_TERMS"]);
        let dry = pb::AcceptInvitationRequest { validate_only: true, ..request.clone() };
        stage.accept(RESELLER, dry).await.unwrap();

        let accepted = stage.accept(RESELLER, request.clone()).await.unwrap();
        assert_eq!(accepted.state(), pb::invitation::State::Accepted);
        assert_eq!(accepted, stage.accept(RESELLER, request.clone()).await.unwrap(), "safe to repeat");
        let another = pb::AcceptInvitationRequest { request_id: request_id(), ..request };
        assert_eq!(reason(&stage.accept(RESELLER, another).await.unwrap_err()), "TOKEN_USED");
        let mails = stage.mails("invitation-accepted").await;
        assert_eq!(to(&mails[0]), ["mail@org1.example", "mail@org2.example"]);
        assert_eq!(reason(&stage.invite(PROVIDER, to_reseller()).await.unwrap_err()), "PARTNERSHIP_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn r32_both_sides_list_each_other_at_once_and_strangers_see_nothing() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let accepted = stage.partners().await;
        let mut client = PartnershipServiceClient::new(stage.channel());
        for (who, side) in [(PROVIDER, 1), (RESELLER, 2)] {
            let request = pb::ListPartnershipsRequest { side, state: 1, ..Default::default() };
            let listed = client.list_partnerships(stage.by(who, request)).await.unwrap().into_inner().partnerships;
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].name, accepted.result_partnership);
            let names = (listed[0].provider_name.as_str(), listed[0].reseller_name.as_str());
            assert_eq!(names, ("Organization 1", "Organization 2"));
            assert!(listed[0].orders_allowed);
        }
        let get = || pb::GetPartnershipRequest { name: accepted.result_partnership.clone() };
        let stranger = client.get_partnership(stage.by(OVERSEAS, get())).await.unwrap_err();
        let absent = ids::PartnershipId::from_uuid(uuid::Uuid::from_u128(99)).name();
        let absent = client.get_partnership(stage.by(OVERSEAS, pb::GetPartnershipRequest { name: absent })).await;
        let absent = absent.unwrap_err();
        assert_eq!((stranger.code(), stranger.message()), (absent.code(), absent.message()));
        assert_eq!(stranger.details(), absent.details());
        let own = client.get_partnership(stage.by(RESELLER, get())).await.unwrap().into_inner();
        assert_eq!(own.blockers, []);
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "SUSPENDED", "SE", 0).await;
        let own = client.get_partnership(stage.by(PROVIDER, get())).await.unwrap().into_inner();
        let codes: Vec<_> = own.blockers.iter().map(wire::types::Requirement::code).collect();
        assert_eq!(codes, [wire::types::RequirementCode::Standing, wire::types::RequirementCode::Agreement]);
        let actors: Vec<_> = own.blockers.iter().map(wire::types::Requirement::actor).collect();
        assert_eq!(
            actors,
            [wire::types::Party::Operator, wire::types::Party::Reseller],
            "a suspension is the operator's to lift"
        );
        stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "ACTIVE", "US", 1).await;
        let own = client.get_partnership(stage.by(PROVIDER, get())).await.unwrap().into_inner();
        let [apart] = &own.blockers[..] else { panic!("{:?}", own.blockers) };
        assert_eq!(
            (apart.code(), apart.actor()),
            (wire::types::RequirementCode::Location, wire::types::Party::Nobody),
            "partners of two regions can't order for any customer"
        );
    })
    .await;
}

#[tokio::test]
async fn r12_a_receiver_without_agreement_may_not_accept() {
    let stage = Stage::ready(testkit::sqlite()).await;
    stage.invite(PROVIDER, to_reseller()).await.unwrap();
    let token = stage.token("partnership-invitation").await;
    let offer = stage.inspect(&token).await.unwrap();
    stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "QUALIFIED", "SE", 0).await;
    let refused = stage.accept(RESELLER, whole(&offer, &token)).await.unwrap_err();
    assert_eq!(reason(&refused), "AGREEMENT_UNSIGNED");
    stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "SUSPENDED", "SE", 1).await;
    let refused = stage.accept(RESELLER, whole(&offer, &token)).await.unwrap_err();
    assert_eq!(reason(&refused), "RECEIVER_NOT_CAPABLE");
    // A version past its sign-by date counts like none.
    stage.tell_standing(RESELLER, "INDIRECT_RESELLER", "ACTIVE", "SE", 1).await;
    stage.tell_agreement(2, Some(stage.enrollment.app().now())).await;
    let refused = stage.accept(RESELLER, whole(&offer, &token)).await.unwrap_err();
    assert_eq!(reason(&refused), "AGREEMENT_UNSIGNED");
}

#[tokio::test]
async fn r35_a_dead_invitation_never_blocks_a_new_one() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let first = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        stage.pass(31).await;
        let get = pb::GetInvitationRequest { name: first.name.clone() };
        let seen = stage.invitations().get_invitation(stage.by(RESELLER, get)).await.unwrap().into_inner();
        assert_eq!(seen.state(), pb::invitation::State::Expired, "computed before any sweep");
        assert_eq!(seen.recipient_email, "", "the address is for the side that invites");
        let late = stage.accept(RESELLER, whole(&offer, &token)).await.unwrap_err();
        assert_eq!(reason(&late), "INVITATION_EXPIRED");
        let second = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        assert_ne!(first.name, second.name);
        assert_eq!(stage.mails("invitation-expired").await.len(), 1);
        let list = |state| pb::ListInvitationsRequest { direction: 1, state, ..Default::default() };
        for (state, expected) in [(1, &second.name), (5, &first.name)] {
            let listed = stage.invitations().list_invitations(stage.by(PROVIDER, list(state))).await.unwrap();
            let names: Vec<_> = listed.into_inner().invitations.into_iter().map(|one| one.name).collect();
            assert_eq!(names, std::slice::from_ref(expected));
        }
        stage.pass(62).await;
        assert_eq!(stage.relationship.sweep_once().await.unwrap(), 1);
        assert_eq!(stage.relationship.sweep_once().await.unwrap(), 0);
        assert_eq!(stage.mails("invitation-expired").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_to_a_location_that_nobody_has_is_not_found() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let unknown = pb::Invitation { location: location(CUSTOMER), ..to_reseller() };
    assert_eq!(reason(&stage.invite(PROVIDER, unknown).await.unwrap_err()), "RESOURCE_MISSING");
    let own = pb::Invitation { location: location(PROVIDER), ..to_reseller() };
    assert_eq!(reason(&stage.invite(PROVIDER, own).await.unwrap_err()), "FIELD_INVALID");
    let stranger = pb::AdminRequest { grantee: organization(9).name(), ..to_reseller().admin_requests[0].clone() };
    let asking = pb::Invitation { admin_requests: vec![stranger], ..to_reseller() };
    assert_eq!(reason(&stage.invite(PROVIDER, asking).await.unwrap_err()), "FIELD_INVALID");
}

#[tokio::test]
async fn r32_of_many_acceptances_at_once_one_counts() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        let accept = || stage.accept(RESELLER, whole(&offer, &token));
        let same = whole(&offer, &token);
        let repeat = || stage.accept(RESELLER, same.clone());
        let (a, b, c, d) = tokio::join!(accept(), accept(), repeat(), repeat());
        let done = [&a, &b].into_iter().filter(|outcome| outcome.is_ok()).count() + usize::from(c.is_ok());
        assert_eq!(done, 1, "{a:?} {b:?} {c:?}");
        assert_eq!(c.is_ok(), d.is_ok(), "a repetition is answered alike");
        for refused in [a, b, c, d].into_iter().filter_map(Result::err) {
            assert_eq!(reason(&refused), "TOKEN_USED");
        }
        assert_eq!(stage.mails("invitation-accepted").await.len(), 1);
    })
    .await;
}
