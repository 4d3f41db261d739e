//! Invitations that are declined, taken back, sent again, or forgotten until somebody is reminded.

use database::{Scope, Step, Tx};
use relationship::{Config, Relationship};
use runtime::Role;
use sea_orm::ConnectionTrait as _;
use testkit::on_every_database;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use wire::relationship as pb;
use wire::relationship::invitation::State;

use crate::invitation::{request_id, to_customer, to_reseller, whole};
use crate::stage::{CUSTOMER, OVERSEAS, PROVIDER, RESELLER, Stage, email, reason, to, user};

impl Stage {
    async fn revoke(&self, by: u128, name: &str) -> Result<pb::Invitation, Status> {
        let request =
            pb::RevokeInvitationRequest { request_id: request_id(), name: name.to_owned(), etag: String::new() };
        Ok(self.invitations().revoke_invitation(self.by(by, request)).await?.into_inner())
    }

    async fn resend(&self, by: u128, name: &str) -> Result<pb::Invitation, Status> {
        let request =
            pb::ResendInvitationRequest { request_id: request_id(), name: name.to_owned(), etag: String::new() };
        Ok(self.invitations().resend_invitation(self.by(by, request)).await?.into_inner())
    }

    /// Declines as whoever holds the link.
    async fn decline(&self, token: &str) -> Result<pb::Invitation, Status> {
        let request = declining("", token);
        Ok(self.invitations().decline_invitation(request).await?.into_inner())
    }

    async fn state(&self, name: &str) -> State {
        let request = pb::GetInvitationRequest { name: name.to_owned() };
        self.invitations().get_invitation(self.by(PROVIDER, request)).await.unwrap().into_inner().state()
    }
}

fn declining(name: &str, token: &str) -> pb::DeclineInvitationRequest {
    pb::DeclineInvitationRequest {
        request_id: request_id(),
        name: name.to_owned(),
        token: token.to_owned(),
        reason: pb::DeclineReason::AsksTooMuch as i32,
        reason_text: "We would rather begin without administration.".to_owned(),
    }
}

/// How long a caller is told to wait, in seconds.
fn wait(status: &Status) -> u64 {
    status.get_details_retry_info().and_then(|info| info.retry_delay).map_or(0, |delay| delay.as_secs())
}

#[tokio::test]
async fn r35_the_holder_of_the_link_declines_with_a_reason_and_the_sender_is_told() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let request = declining("", &token);
        let declined = stage.invitations().decline_invitation(request.clone()).await.unwrap().into_inner();
        assert_eq!((declined.state(), declined.decline_reason()), (State::Declined, pb::DeclineReason::AsksTooMuch));
        assert_eq!(declined.recipient_email, "", "the link alone shows no address");
        let again = stage.invitations().decline_invitation(request).await.unwrap();
        assert!(again.metadata().contains_key("idempotency-replayed"));
        assert_eq!(reason(&stage.decline(&token).await.unwrap_err()), "TOKEN_USED");
        let mails = stage.mails("invitation-declined").await;
        assert_eq!((mails.len(), to(&mails[0])), (1, vec!["mail@org1.example".to_owned()]));
        let get = pb::GetInvitationRequest { name: invited.name };
        let seen = stage.invitations().get_invitation(stage.by(PROVIDER, get)).await.unwrap().into_inner();
        assert_eq!(seen.decline_reason_text, "We would rather begin without administration.");
        assert!(stage.invite(PROVIDER, to_reseller()).await.is_ok(), "a dead one blocks no new one");
    })
    .await;
}

#[tokio::test]
async fn r31_what_is_asked_and_what_was_consented_to_is_read_by_the_name() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        let read = async |who: u128| {
            let request = stage.by(who, pb::GetInvitationRequest { name: invited.name.clone() });
            stage.invitations().get_invitation(request).await.unwrap().into_inner()
        };
        for who in [PROVIDER, RESELLER] {
            let seen = read(who).await;
            assert_eq!((seen.consents, seen.revision), (offer.consents.clone(), offer.revision.clone()));
            assert_eq!(seen.given_consents, []);
        }
        let mut request = whole(&offer, &token);
        request.consents.retain(|consent| consent.kind() != pb::ConsentKind::DelegatedAdmin);
        stage.accept(RESELLER, request.clone()).await.unwrap();
        for (who, giver) in [(PROVIDER, String::new()), (RESELLER, user(RESELLER))] {
            let given = read(who).await.given_consents;
            assert_eq!(given.len(), request.consents.len(), "what was not given is not kept");
            for one in given {
                let asked = offer.consents.iter().find(|asked| asked.kind == one.kind && asked.partner == one.partner);
                let asked = asked.unwrap();
                assert_eq!(
                    (one.text_version, one.text_sha256),
                    (asked.text_version.clone(), asked.text_sha256.clone())
                );
                assert_eq!((one.giver, one.give_time.is_some()), (giver.clone(), true));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn r35_the_invited_organization_declines_by_the_name_and_nobody_else_does() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
    let by_name = || declining(&invited.name, "");
    let mut client = stage.invitations();
    let nobody = client.decline_invitation(by_name()).await.unwrap_err();
    assert_eq!(reason(&nobody), "CREDENTIAL_MISSING", "who is nobody holds no link either");
    let agent = client.decline_invitation(stage.with(RESELLER, &[Role::SalesAgent], by_name())).await.unwrap_err();
    assert_eq!(reason(&agent), "ROLE_REQUIRED");
    let sender = client.decline_invitation(stage.by(PROVIDER, by_name())).await.unwrap_err();
    assert_eq!(reason(&sender), "RECIPIENT_MISMATCH");
    let stranger = client.decline_invitation(stage.by(OVERSEAS, by_name())).await.unwrap_err();
    assert_eq!(reason(&stranger), "RESOURCE_MISSING");
    let both = pb::DeclineInvitationRequest { token: "1.x.1.y".to_owned(), ..by_name() };
    assert_eq!(reason(&client.decline_invitation(stage.by(RESELLER, both)).await.unwrap_err()), "FIELD_INVALID");
    let leading = pb::DeclineInvitationRequest { reason_text: "see evil.com".to_owned(), ..by_name() };
    assert_eq!(reason(&client.decline_invitation(stage.by(RESELLER, leading)).await.unwrap_err()), "FIELD_INVALID");
    let declined = client.decline_invitation(stage.by(RESELLER, by_name())).await.unwrap().into_inner();
    assert_eq!(declined.state(), State::Declined);
    let late = client.decline_invitation(stage.by(RESELLER, by_name())).await.unwrap_err();
    assert_eq!(reason(&late), "STATE_FORBIDS");
}

#[tokio::test]
async fn r35_the_sender_takes_an_invitation_back_and_its_link_opens_nothing() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        assert_eq!(reason(&stage.revoke(RESELLER, &invited.name).await.unwrap_err()), "ROLE_REQUIRED");
        assert_eq!(reason(&stage.revoke(OVERSEAS, &invited.name).await.unwrap_err()), "RESOURCE_MISSING");
        let stale =
            pb::RevokeInvitationRequest { etag: "9".to_owned(), name: invited.name.clone(), ..Default::default() };
        let stale = stage.invitations().revoke_invitation(stage.by(PROVIDER, stale)).await.unwrap_err();
        assert_eq!(reason(&stale), "ETAG_MISMATCH");
        assert_eq!(stage.revoke(PROVIDER, &invited.name).await.unwrap().state(), State::Revoked);
        assert_eq!(stage.inspect(&token).await.unwrap().state(), State::Revoked, "the holder of the link sees why");
        assert_eq!(reason(&stage.accept(RESELLER, whole(&offer, &token)).await.unwrap_err()), "TOKEN_USED");
        let mails = stage.mails("invitation-revoked").await;
        assert_eq!((mails.len(), to(&mails[0])), (1, vec!["mail@org1.example".to_owned(), email(RESELLER)]));
        assert_eq!(reason(&stage.revoke(PROVIDER, &invited.name).await.unwrap_err()), "STATE_FORBIDS");
        assert!(stage.invite(PROVIDER, to_reseller()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn r35_an_invitation_is_sent_again_with_a_new_link_that_supersedes_the_old_one() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let first = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&first).await.unwrap();
        let early = stage.resend(PROVIDER, &invited.name).await.unwrap_err();
        assert_eq!((early.code(), reason(&early).as_str()), (Code::ResourceExhausted, "RATE_LIMITED"));
        assert!((3_500..=3_600).contains(&wait(&early)), "{}", wait(&early));
        assert_eq!(reason(&stage.resend(RESELLER, &invited.name).await.unwrap_err()), "ROLE_REQUIRED");
        for round in 1..=5 {
            stage.pass_hours(round).await;
            let resent = stage.resend(PROVIDER, &invited.name).await.unwrap();
            assert_eq!((resent.resend_count, resent.expire_time), (i32::try_from(round).unwrap(), invited.expire_time));
        }
        stage.pass_hours(7).await;
        let spent = stage.resend(PROVIDER, &invited.name).await.unwrap_err();
        assert_eq!((spent.code(), reason(&spent).as_str()), (Code::ResourceExhausted, "QUOTA_REACHED"));
        let newest = stage.token("partnership-invitation").await;
        for older in [stage.inspect(&first).await.unwrap_err(), stage.decline(&first).await.unwrap_err()] {
            assert_eq!((older.code(), reason(&older).as_str()), (Code::FailedPrecondition, "TOKEN_SUPERSEDED"));
        }
        assert_eq!(stage.mails("partnership-invitation").await.len(), 6);
        let shown = stage.inspect(&newest).await.unwrap();
        assert_eq!(shown.revision, offer.revision, "what was shown once can still be accepted");
        assert!(stage.accept(RESELLER, whole(&offer, &newest)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn r35_after_a_restore_links_from_before_open_nothing_until_they_are_sent_again() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let open = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let first = stage.token("partnership-invitation").await;
        stage.pass_hours(1).await;
        stage.resend(PROVIDER, &open.name).await.unwrap();
        let second = stage.token("partnership-invitation").await;

        // Back to before it was sent again, of which nobody knows any more.
        let database = stage.relationship.app().database();
        let back = database.transact_for(Scope::Operator, async |tx: Tx| {
            tx.execute_unprepared("UPDATE invitation SET generation = 1").await.map_err(database::Error::from)?;
            Ok::<_, database::Error>(Step::Commit(()))
        });
        back.await.unwrap();
        let restored = runtime::start::restored::<Relationship>(database).await.unwrap();
        assert_eq!((restored.epoch, restored.void), (2, 1));
        for former in [&first, &second] {
            for refused in [stage.inspect(former).await.unwrap_err(), stage.decline(former).await.unwrap_err()] {
                assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "TOKEN_UNKNOWN"));
            }
        }
        stage.pass_hours(2).await;
        stage.resend(PROVIDER, &open.name).await.unwrap();
        let newest = stage.token("partnership-invitation").await;
        assert_eq!(reason(&stage.inspect(&second).await.unwrap_err()), "TOKEN_UNKNOWN");
        stage.decline(&newest).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn v06_a_sender_causes_so_many_mails_a_day_and_no_more() {
    on_every_database(async |database| {
        let config = Config { invitations_per_day: 3, ..Config::default() };
        let stage = Stage::ready_as(database, Relationship::new(config)).await;
        let one = |n: usize| pb::Invitation { recipient_email: format!("c{n}@example.com"), ..to_customer("") };
        // All at once, so that none is counted behind another's back.
        let invites = (0..6).map(|n| stage.invite(RESELLER, one(n)));
        let answers = futures::future::join_all(invites).await;
        let made: Vec<_> = answers.iter().flatten().collect();
        assert_eq!(made.len(), 3);
        for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!((refused.code(), reason(refused).as_str()), (Code::ResourceExhausted, "QUOTA_REACHED"));
            assert!((1..=86_400).contains(&wait(refused)), "until midnight: {}", wait(refused));
        }
        assert_eq!(stage.mails("customer-invitation").await.len(), 3, "a refusal sends nothing");
        assert!(stage.invite(PROVIDER, to_reseller()).await.is_ok(), "each sender has its own");
        stage.pass(1).await;
        stage.resend(RESELLER, &made[0].name).await.unwrap();
        stage.invite(RESELLER, one(7)).await.unwrap();
        stage.invite(RESELLER, one(8)).await.unwrap();
        assert_eq!(reason(&stage.invite(RESELLER, one(9)).await.unwrap_err()), "QUOTA_REACHED", "resends count");
    })
    .await;
}

#[tokio::test]
async fn v06_words_that_lead_elsewhere_are_refused() {
    let stage = Stage::ready(testkit::sqlite()).await;
    for message in ["see https://evil.example/x", "go to evil.com", "mail me@evil.example", "<a href='x'>www.evil</a>"]
    {
        let asking = pb::Invitation { message: message.to_owned(), ..to_reseller() };
        assert_eq!(reason(&stage.invite(PROVIDER, asking).await.unwrap_err()), "FIELD_INVALID", "{message}");
    }
}

#[tokio::test]
async fn r35_a_recipient_is_reminded_with_the_link_that_still_works() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = stage.token("partnership-invitation").await;
        for (days, told) in [(1, 0), (22, 0), (23, 1), (24, 1), (29, 2), (29, 2)] {
            stage.pass(days).await;
            stage.relationship.sweep_once().await.unwrap();
            assert_eq!(stage.mails("invitation-reminder").await.len(), told, "day {days}");
        }
        assert_eq!(to(&stage.mails("invitation-reminder").await[0]), [email(RESELLER)]);
        assert_eq!(stage.token("invitation-reminder").await, token);
        stage.pass(31).await;
        assert_eq!(stage.relationship.sweep_once().await.unwrap(), 1, "only its end");
        assert_eq!(stage.mails("invitation-reminder").await.len(), 2);
    })
    .await;
}

/// Brings the invitation of this token to a state.
async fn bring(stage: &Stage, name: &str, token: &str, state: State) {
    match state {
        State::Accepted => {
            let offer = stage.inspect(token).await.unwrap();
            stage.accept(RESELLER, whole(&offer, token)).await.unwrap();
        }
        State::Declined => drop(stage.decline(token).await.unwrap()),
        State::Revoked => drop(stage.revoke(PROVIDER, name).await.unwrap()),
        State::Expired => stage.pass(60).await,
        State::Pending | State::Unspecified => {}
    }
}

#[tokio::test]
async fn v02_no_token_answers_what_is_no_longer_open() {
    let mut told = Vec::new();
    for state in [State::Pending, State::Accepted, State::Declined, State::Revoked, State::Expired] {
        let stage = Stage::ready(testkit::sqlite()).await;
        let invited = stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let older = stage.token("partnership-invitation").await;
        stage.pass_hours(1).await;
        stage.resend(PROVIDER, &invited.name).await.unwrap();
        let newest = stage.token("partnership-invitation").await;
        let offer = stage.inspect(&newest).await.unwrap();
        bring(&stage, &invited.name, &newest, state).await;
        let before = stage.state(&invited.name).await;
        assert_eq!(before, state);
        let other = pb::Invitation { recipient_email: "other@example.com".to_owned(), ..to_customer("") };
        stage.invite(RESELLER, other).await.unwrap();
        let others = stage.token("customer-invitation").await;
        let id = newest.split('.').nth(1).unwrap();
        let (of_other, mac) = (others.split('.').nth(1).unwrap(), others.rsplit('.').next().unwrap());
        assert_ne!(id, of_other);
        let swapped = format!("1.{id}.2.{mac}");
        for (name, token) in [("older", &older), ("forged", &newest.replace("1.", "2.")), ("another's", &swapped)] {
            let accepted = stage.accept(RESELLER, whole(&offer, token)).await.map(|one| one.state());
            let declined = stage.decline(token).await.map(|one| one.state());
            told.push(format!("{state:?}, {name}: {}, {}", word(&accepted), word(&declined)));
            assert_eq!(stage.state(&invited.name).await, before, "nothing moved");
        }
        if state != State::Pending {
            let accepted = stage.accept(RESELLER, whole(&offer, &newest)).await.map(|one| one.state());
            let declined = stage.decline(&newest).await.map(|one| one.state());
            told.push(format!("{state:?}, newest: {}, {}", word(&accepted), word(&declined)));
            assert_eq!(stage.state(&invited.name).await, before, "nothing moved");
        }
    }
    insta::assert_snapshot!("state_by_token", told.join("\n"));
}

fn word(answer: &Result<State, Status>) -> String {
    answer.as_ref().map_or_else(reason, |state| format!("{state:?}"))
}

#[tokio::test]
async fn r35_invitations_are_listed_by_state_and_age_and_found_by_the_senders_own_id() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let mut names = Vec::new();
        for day in 0..4 {
            stage.pass(day).await;
            let external_id = format!("case-{}", day % 2);
            let one = pb::Invitation { recipient_email: format!("c{day}@example.com"), external_id, ..to_customer("") };
            names.push(stage.invite(RESELLER, one).await.unwrap());
        }
        stage.revoke(RESELLER, &names[1].name).await.unwrap();
        let list = async |request: pb::ListInvitationsRequest| {
            let request = pb::ListInvitationsRequest { direction: 1, ..request };
            let listed = stage.invitations().list_invitations(stage.by(RESELLER, request)).await.unwrap().into_inner();
            let place = |one: &pb::Invitation| names.iter().position(|made| made.name == one.name).unwrap();
            listed.invitations.iter().map(place).collect::<Vec<_>>()
        };
        let time = names[2].create_time;
        let empty = pb::ListInvitationsRequest::default;
        assert_eq!(list(pb::ListInvitationsRequest { create_time_from: time, ..empty() }).await, [2, 3]);
        assert_eq!(list(pb::ListInvitationsRequest { create_time_before: time, ..empty() }).await, [0, 1]);
        let waiting = pb::ListInvitationsRequest { create_time_before: time, state: 1, ..empty() };
        assert_eq!(list(waiting).await, [0], "open for long");
        let own = pb::ListInvitationsRequest { external_id: "case-1".to_owned(), ..empty() };
        assert_eq!(list(own.clone()).await, [1, 3]);
        assert_eq!(list(pb::ListInvitationsRequest { state: 4, ..own }).await, [1]);
        let received = pb::ListInvitationsRequest { direction: 2, ..empty() };
        stage.invite(PROVIDER, to_reseller()).await.unwrap();
        let received = stage.invitations().list_invitations(stage.by(RESELLER, received)).await.unwrap().into_inner();
        assert_eq!(received.invitations.len(), 1);
        assert_eq!(received.invitations[0].external_id, "", "the sender's own id is its own");
    })
    .await;
}

#[tokio::test]
async fn r31_accepting_tells_before_exactly_what_it_does() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.register(CUSTOMER, "FI");
        stage.invite(RESELLER, to_customer(&partnership)).await.unwrap();
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        let dry = pb::AcceptInvitationRequest { validate_only: true, ..request.clone() };
        let mut client = stage.invitations();
        let before = client.accept_invitation(stage.by(CUSTOMER, dry)).await.unwrap().into_inner();
        assert_eq!(stage.inspect(&token).await.unwrap().state(), State::Pending, "nothing was changed");
        let after = client.accept_invitation(stage.by(CUSTOMER, request)).await.unwrap().into_inner();
        assert_eq!(before.effects, after.effects);
        insta::assert_snapshot!("accepting", before.effects.join("\n"));
    })
    .await;
}
