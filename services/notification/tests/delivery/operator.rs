//! What the operator sees of messages, and does about those that are parked.

use notification::Config;
use testkit::{on_every_database, sqlite};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use wire::notification as pb;
use wire::notification::message::State;
use wire::notification::message_service_client::MessageServiceClient;

use crate::sender::{Pair, to, verification};

fn three_tries() -> Config {
    Config { attempts: 3, ..Config::default() }
}

impl Pair {
    /// The messages in this state.
    pub(crate) async fn messages(&self, state: State) -> Vec<pb::Message> {
        let request = pb::ListMessagesRequest { state: state.into(), ..Default::default() };
        let answer = MessageServiceClient::new(self.channel()).list_messages(self.signed(request, true)).await;
        answer.unwrap().into_inner().messages
    }

    async fn message(&self, name: &str) -> Result<pb::Message, Status> {
        let request = self.signed(pb::GetMessageRequest { name: name.to_owned() }, true);
        MessageServiceClient::new(self.channel()).get_message(request).await.map(tonic::Response::into_inner)
    }

    async fn retry(&self, name: &str) -> Result<pb::Message, Status> {
        let request = pb::RetryMessageRequest { name: name.to_owned(), ..Default::default() };
        let answer = MessageServiceClient::new(self.channel()).retry_message(self.signed(request, true)).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn drop_message(&self, name: &str, reason: &str) -> Result<pb::Message, Status> {
        let request = pb::DropMessageRequest { name: name.to_owned(), reason: reason.to_owned(), ..Default::default() };
        let answer = MessageServiceClient::new(self.channel()).drop_message(self.signed(request, true)).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Lets every try come that there is.
    pub(crate) async fn out_wait(&self) {
        for hours in 1..=20 {
            self.set_offset(hours * 3_600).await;
            self.sweep().await;
        }
    }
}

#[tokio::test]
async fn r51_a_parked_mail_is_listed_retried_with_all_its_tries_and_dropped_for_good() {
    on_every_database(async |database| {
        let pair = Pair::start(database, three_tries()).await;
        pair.send(to(verification(7), &["busy@example.com", "ada@example.com"])).await.unwrap();
        pair.out_wait().await;
        let parked = pair.messages(State::Parked).await;
        let [message] = &parked[..] else { panic!("one is parked: {parked:?}") };
        assert_eq!((message.attempts, message.last_error.as_str()), (3, "SERVER_BUSY"));
        assert_eq!(message.recipient_hint, "b***@example.com");
        assert_eq!((message.source.as_str(), message.subject.as_str()), ("enrollment", "emailVerifications/x"));
        assert_eq!(pair.message(&message.name).await.unwrap(), *message);

        let queued = pair.retry(&message.name).await.unwrap();
        assert_eq!((queued.state(), queued.attempts), (State::Queued, 0));
        let early = pair.drop_message(&message.name, "too early").await.unwrap_err();
        assert_eq!(early.get_details_error_info().unwrap().reason, "STATE_FORBIDS");
        pair.set_offset(30 * 3_600).await;
        for hours in 31..40 {
            pair.sweep().await;
            pair.set_offset(hours * 3_600).await;
        }
        assert_eq!(pair.messages(State::Parked).await[0].attempts, 3, "with all its tries");

        let dropped = pair.drop_message(&message.name, "nobody reads it").await.unwrap();
        assert_eq!(dropped.state(), State::Dropped);
        let late = pair.retry(&message.name).await.unwrap_err();
        assert_eq!(late.code(), Code::FailedPrecondition);
        assert_eq!(pair.sweep().await, 0);
        assert_eq!(pair.mails("mailboxes/-").await.len(), 1, "its neighbour came, and it never did");
        let mut happened = pair.happened().await;
        happened.retain(|kind| kind.ends_with("Retried") || kind.ends_with("Dropped") || kind.ends_with("Parked"));
        assert_eq!(happened, ["MessageParked", "MessageRetried", "MessageParked", "MessageDropped"]);
    })
    .await;
}

#[tokio::test]
async fn messages_are_listed_in_pages_by_state_and_subject() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        for event in 0..5 {
            let mut request = to(verification(event), &["ada@example.com", "bounce@example.com"]);
            request.origin.as_mut().unwrap().subject = format!("things/{}", event % 2);
            pair.send(request).await.unwrap();
        }
        pair.sweep().await;
        let page = async |state: State, subject: &str, page_token: String| {
            let (state, subject, page_size) = (state.into(), subject.to_owned(), 2);
            let request = pb::ListMessagesRequest { state, subject, page_size, page_token };
            let answer = MessageServiceClient::new(pair.channel()).list_messages(pair.signed(request, true)).await;
            answer.unwrap().into_inner()
        };
        for (state, subject, count) in [
            (State::Unspecified, "", 10),
            (State::Sent, "", 5),
            (State::Bounced, "things/0", 3),
            (State::Unspecified, "things/1", 4),
            (State::Parked, "", 0),
        ] {
            let (mut seen, mut token) = (Vec::new(), String::new());
            loop {
                let found = page(state, subject, token).await;
                seen.extend(found.messages);
                token = found.next_page_token;
                if token.is_empty() {
                    break;
                }
            }
            assert_eq!(seen.len(), count, "{state:?} {subject}");
            assert!(seen.iter().all(|message| state == State::Unspecified || message.state() == state));
            assert!(seen.iter().all(|message| subject.is_empty() || message.subject == subject));
            seen.dedup_by(|one, other| one.name == other.name);
            assert_eq!(seen.len(), count, "none twice");
        }
    })
    .await;
}

#[tokio::test]
async fn r51_after_sending_neither_address_nor_link_is_in_the_queue() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config { attempts: 1, ..Config::default() }).await;
        pair.send(to(verification(7), &["ada@example.com", "bounce@example.com", "busy@example.com"])).await.unwrap();
        let kept = async || format!("{:?}", pair.rows("message").await);
        let before = kept().await;
        for said in ["ada@example.com", "bounce@example.com", "#1.abc.1.def", "k3f9d2aa", "Nordic Cloud"] {
            assert!(before.contains(said), "what is to be sent is kept: {said}");
        }
        pair.sweep().await;
        let after = kept().await;
        assert!(!after.contains("ada@") && !after.contains("bounce@"), "{after}");
        assert!(after.contains("busy@example.com"), "what is parked can be sent still");
        let parked = pair.messages(State::Parked).await.remove(0);
        pair.drop_message(&parked.name, "by hand").await.unwrap();
        let after = kept().await;
        for said in ["busy@", "#1.abc.1.def", "k3f9d2aa", "Nordic Cloud"] {
            assert!(!after.contains(said), "{said} in {after}");
        }
    })
    .await;
}

#[tokio::test]
async fn r51_some_addresses_fail_on_purpose_and_delay_nobody() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config { slow_milliseconds: 3_000, ..Config::default() }).await;
        for event in 100..108 {
            pair.send(to(verification(event), &["slow@one.example", "slow@other.example"])).await.unwrap();
        }
        pair.send(to(verification(7), &["flaky@x.example", "bounce@x.example", "ada@x.example"])).await.unwrap();
        while pair.messages(State::Sent).await.len() < 17 {
            pair.sweep().await;
        }
        let arrived = pair.mails("mailboxes/-").await;
        assert_eq!(arrived[0].to, "ada@x.example", "those behind sixteen slow ones are not held up");
        assert_eq!(arrived.len(), 17, "and the slow ones come too");
        assert_eq!(pair.messages(State::Bounced).await[0].last_error, "MAILBOX_UNKNOWN");
        for hours in 1..=3 {
            pair.set_offset(hours * 3_600).await;
            pair.sweep().await;
        }
        assert_eq!(pair.mails("mailboxes/flaky@x.example").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn r51_a_recipient_is_not_flooded_and_neighbours_go_on() {
    on_every_database(async |database| {
        let paced = Config { recipient_per_minute: 3, domain_per_minute: 5, ..Config::default() };
        let pair = Pair::start(database, paced).await;
        for event in 0..10 {
            pair.send(to(verification(event), &["ada@x.example", "bo@x.example"])).await.unwrap();
        }
        pair.send(to(verification(20), &["cy@y.example"])).await.unwrap();
        let arrived = async |whom: &str| pair.mails(&format!("mailboxes/{whom}")).await.len();
        assert_eq!(pair.sweep().await, 6, "five to one domain, one to another");
        assert_eq!(arrived("cy@y.example").await, 1, "the last in the queue waits for none of them");
        assert!(arrived("ada@x.example").await <= 3 && arrived("bo@x.example").await <= 3);
        assert_eq!(pair.sweep().await, 0, "nothing more in this minute");
        for minutes in 1..=5 {
            pair.set_offset(minutes * 61).await;
            pair.sweep().await;
        }
        assert_eq!((arrived("ada@x.example").await, arrived("bo@x.example").await), (10, 10), "and none is lost");
    })
    .await;
}

#[tokio::test]
async fn r51_a_message_that_cant_be_read_is_set_aside_and_holds_up_nothing() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        pair.send(to(verification(7), &["ada@example.com"])).await.unwrap();
        pair.send(to(verification(8), &["bo@example.com"])).await.unwrap();
        pair.execute("UPDATE message SET kind = 'of-a-newer-version' WHERE hint = 'a***@example.com'").await;
        pair.sweep().await;
        assert_eq!(pair.mails("mailboxes/-").await.len(), 1);
        assert_eq!(pair.sweep().await, 0, "it is not taken up again and again");
        assert_eq!(pair.messages(State::Sent).await.len(), 1, "nor hides it others from who looks");
        pair.execute("UPDATE message SET kind = 'email-verification'").await;
        let parked = pair.messages(State::Parked).await;
        assert_eq!(parked[0].last_error, "ROW_UNREADABLE");
        pair.retry(&parked[0].name).await.unwrap();
        pair.sweep().await;
        assert_eq!(pair.mails("mailboxes/ada@example.com").await.len(), 1, "nothing of it was lost");
    })
    .await;
}

#[tokio::test]
async fn r50_a_letter_is_written_for_a_look_and_sent_to_nobody() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    let render = async |request: pb::RenderMessageRequest| {
        MessageServiceClient::new(pair.channel()).render_message(pair.signed(request, true)).await
    };
    let request = pb::RenderMessageRequest {
        kind: "partnership-invitation".to_owned(),
        language_code: "sv".to_owned(),
        variables: vec![wire::types::Variable::text("sender", "Rheinwolke GmbH")],
        ..Default::default()
    };
    let letter = render(request.clone()).await.unwrap().into_inner();
    assert_eq!(letter.language_code, "sv");
    assert!(
        letter.subject.contains("Rheinwolke GmbH") && letter.text.contains("https://portal.linkage.example/sample")
    );
    assert!(letter.html.contains("Rheinwolke GmbH"));
    let finnish = render(pb::RenderMessageRequest { language_code: "fi".to_owned(), ..request.clone() }).await.unwrap();
    assert!(finnish.get_ref().language_code == "en" && finnish.get_ref().text.contains("(fi) yet"));
    let bad = vec![wire::types::Variable::text("accept_link", "javascript:alert(1)")];
    let wrong =
        pb::RenderMessageRequest { kind: "gossip".to_owned(), display_name: "a\nb".to_owned(), ..request.clone() };
    for (request, fields) in [
        (wrong, &["kind", "display_name"][..]),
        (pb::RenderMessageRequest { variables: bad, ..request }, &["variables.accept_link"][..]),
    ] {
        let details = render(request).await.unwrap_err().get_error_details();
        let found: Vec<_> = details.bad_request().unwrap().field_violations.iter().map(|v| v.field.clone()).collect();
        assert_eq!(found, fields);
    }
    assert!(pair.sweep().await == 0 && pair.happened().await.is_empty());
}
