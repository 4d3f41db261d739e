use chrono::TimeDelta;
use database::migrate::{Migrations, migrate};
use database::{Database, Step};
use ids::MailboxMessageId;
use testkit::{TestDatabase, on_every_database};

use super::*;
use crate::domain::Letter;
use crate::store::{mailbox_message, migrations};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

async fn open(test: &TestDatabase) -> Database {
    let db = Database::connect(&test.settings).await.unwrap();
    migrate(&db, "notification", Migrations(vec![Box::new(migrations::Tables)])).await.unwrap();
    db
}

async fn commit<T>(db: &Database, work: impl AsyncFn(&Tx) -> Result<T, Error>) -> Result<T, Error> {
    db.transact(async |tx: Tx| work(&tx).await.map(Step::Commit)).await
}

fn message(number: u128, event: u128, recipient: &str) -> Message {
    let contents = Contents { display_name: "Ada".to_owned(), ..Contents::default() };
    Message {
        id: MessageId::from_uuid(Uuid::from_u128(number)),
        cause: Cause {
            source: "relationship".to_owned(),
            event: EventId::from_uuid(Uuid::from_u128(event)),
            subject: "invitations/x".to_owned(),
            subject_version: 7,
            trace: None,
        },
        kind: Kind::AdministrationEnded,
        language: "en".to_owned(),
        to: To {
            mailbox: recipient.to_owned(),
            hint: "a***@example.com".to_owned(),
            domain: recipient.rsplit_once('@').unwrap().1.to_owned(),
        },
        state: State::Queued { due: now(), contents },
        attempts: 0,
        last_error: None,
        create_time: now(),
        version: 1,
    }
}

fn mail(number: u128, message: &Message) -> crate::domain::Mail {
    let letter = Letter {
        language: "en".to_owned(),
        name: String::new(),
        address: message.to.mailbox.clone(),
        from: "linkage@example.com".to_owned(),
        reply_to: String::new(),
        subject: "subject".to_owned(),
        text: "text".to_owned(),
        html: "<p>text</p>".to_owned(),
        links: [("confirm_link".to_owned(), "https://example.com".to_owned())].into(),
    };
    letter.arrived(MailboxMessageId::from_uuid(Uuid::from_u128(number)), message, now())
}

#[tokio::test]
async fn r51_a_recipient_is_told_of_an_event_once() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let add =
            async |message: Message| commit(&db, async |tx| insert(tx, Scope::Peer, &message).await).await.unwrap();
        assert!(add(message(1, 7, "ada@example.com")).await);
        assert!(!add(message(2, 7, "ada@example.com")).await);
        assert!(add(message(3, 7, "bo@example.com")).await);
        assert!(add(message(4, 8, "ada@example.com")).await);
        let due = async |at, without: Full| due(db.reader(), Scope::Peer, at, &without, 10).await.unwrap().len();
        assert_eq!(due(now(), Full::default()).await, 3);
        assert_eq!(due(now() - TimeDelta::microseconds(1), Full::default()).await, 0);
        let ada = Full { mailboxes: vec!["ada@example.com".to_owned()], ..Full::default() };
        assert_eq!(due(now(), ada).await, 1, "who has had enough waits, and nobody else");
        assert_eq!(due(now(), Full { domains: vec!["example.com".to_owned()], ..Full::default() }).await, 0);
    })
    .await;
}

#[tokio::test]
async fn every_state_survives_the_round_trip_and_stale_writes_do_not() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let mut stored = message(1, 7, "ada@example.com");
        commit(&db, async |tx| insert(tx, Scope::Peer, &stored).await).await.unwrap();
        let contents = Contents { reply_to: "bo@example.com".to_owned(), ..Contents::default() };
        for state in [
            State::Sending { until: now(), contents: contents.clone() },
            State::Queued { due: now(), contents: contents.clone() },
            State::Parked { at: now(), contents },
            State::Bounced { at: now() },
            State::Dropped { at: now() },
            State::Sent { at: now() },
        ] {
            stored.state = state;
            commit(&db, async |tx| save(tx, Scope::Peer, &stored).await).await.unwrap();
            stored.version += 1;
            assert_eq!(load(db.reader(), Scope::Peer, stored.id).await.unwrap(), Some(stored.clone()));
        }
        stored.version -= 1;
        let stale = commit(&db, async |tx| save(tx, Scope::Peer, &stored).await).await;
        assert!(matches!(stale, Err(Error::Contended)));
    })
    .await;
}

#[tokio::test]
async fn r51_a_message_arrives_once_at_most() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let message = message(1, 7, "ada@example.com");
        let add = async |number| {
            commit(&db, async |tx| mailbox_message::insert(tx, Scope::Peer, mail(number, &message)).await).await
        };
        add(1).await.unwrap();
        assert!(matches!(add(2).await, Err(Error::Duplicate { .. })));
    })
    .await;
}

#[tokio::test]
async fn only_the_operator_reads_mailboxes_and_each_by_its_name() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for (number, address) in [(1, "ada@example.com"), (2, "bo@example.com"), (3, "ada@example.com")] {
            let message = message(number, number, address);
            commit(&db, async |tx| mailbox_message::insert(tx, Scope::Peer, mail(number, &message)).await)
                .await
                .unwrap();
        }
        let list = async |scope, mailbox: Option<&str>, kind| {
            let filter = mailbox_message::Filter { mailbox: mailbox.map(str::to_owned), kind, query: None };
            let page = mailbox_message::list(db.reader(), scope, filter, None, 10).await.unwrap();
            page.items.into_iter().map(|mail| mail.id.uuid().as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(list(Scope::Operator, None, None).await, [1, 2, 3]);
        assert_eq!(list(Scope::Operator, Some("ada@example.com"), None).await, [1, 3]);
        assert_eq!(list(Scope::Operator, None, Some(Kind::PartnershipEnded)).await, []);
        assert_eq!(list(Scope::Peer, None, None).await, []);
        let get = async |scope, mailbox| {
            let id = MailboxMessageId::from_uuid(Uuid::from_u128(2));
            mailbox_message::get(db.reader(), scope, mailbox, id).await.unwrap()
        };
        assert_eq!(get(Scope::Operator, "bo@example.com").await, Some(mail(2, &message(2, 2, "bo@example.com"))));
        assert_eq!(get(Scope::Operator, "ada@example.com").await, None);
        assert_eq!(get(Scope::Link, "bo@example.com").await, None);
    })
    .await;
}
