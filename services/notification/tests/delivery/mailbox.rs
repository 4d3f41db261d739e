//! The simulated mailboxes, as the operator reads them.

use notification::Config;
use testkit::{on_every_database, sqlite};
use tonic::Code;
use wire::notification as pb;
use wire::notification::mailbox_service_client::MailboxServiceClient;

use crate::sender::{Pair, to, verification};

#[tokio::test]
async fn r50_a_mail_is_listed_and_read_in_the_recipients_language() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        pair.send(verification(7)).await.unwrap();
        pair.sweep().await;
        let mails = pair.mails("mailboxes/ADA@example.com").await;
        let [mail] = &mails[..] else { panic!("one mail, not {}", mails.len()) };
        assert_eq!(mail.name, format!("mailboxes/ada@example.com/messages/{}", mail.uid));
        assert_eq!((mail.kind.as_str(), mail.language_code.as_str()), ("email-verification", "sv"));
        assert_eq!(mail.to, "\"Ada Lovelace\" <ada@example.com>");
        assert_eq!(mail.subject, "Bekräfta din e-postadress för Nordic Cloud AB");
        assert!(mail.text.contains("29 november 2026 kl. 14.05 UTC") && mail.html.contains("Hej Ada!"));
        assert_eq!(mail.links["confirm_link"], "https://linkage.example/email-verification#1.abc.1.def");
        assert_eq!(mail.links["confirm_code"], "k3f9d2aa");
        let request = pb::GetMailboxMessageRequest { name: mail.name.clone() };
        let read = MailboxServiceClient::new(pair.channel()).get_mailbox_message(pair.signed(request, true)).await;
        let read = read.unwrap().into_inner();
        assert!(!read.source.is_empty(), "alone it is shown whole");
        assert_eq!(pb::MailboxMessage { source: String::new(), ..read }, *mail);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_the_order_of_arrival() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        for event in 0..5 {
            pair.send(verification(event)).await.unwrap();
        }
        pair.sweep().await;
        let all = pair.mails("mailboxes/-").await;
        let (mut seen, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListMailboxMessagesRequest {
                parent: "mailboxes/ada@example.com".to_owned(),
                kind: "email-verification".to_owned(),
                page_size: 2,
                page_token,
                ..Default::default()
            };
            let mut client = MailboxServiceClient::new(pair.channel());
            let page = client.list_mailbox_messages(pair.signed(request, true)).await.unwrap().into_inner();
            assert!(page.mailbox_messages.len() <= 2);
            seen.extend(page.mailbox_messages);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, all);
        assert_eq!(all.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn only_the_operator_reads_mail() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    pair.send(verification(7)).await.unwrap();
    pair.sweep().await;
    let name = pair.mails("mailboxes/-").await.remove(0).name;
    let mut client = MailboxServiceClient::new(pair.channel());
    let get = pb::GetMailboxMessageRequest { name };
    let list = pb::ListMailboxMessagesRequest { parent: "mailboxes/-".to_owned(), ..Default::default() };
    let member = client.get_mailbox_message(pair.signed(get.clone(), false)).await.unwrap_err();
    assert_eq!(member.code(), Code::PermissionDenied);
    let member = client.list_mailbox_messages(pair.signed(list, false)).await.unwrap_err();
    assert_eq!(member.code(), Code::PermissionDenied);
    let nobody = client.get_mailbox_message(get).await.unwrap_err();
    assert_eq!(nobody.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_mail_is_found_under_its_own_mailbox_only() {
    let pair = Pair::start(sqlite(), Config::default()).await;
    pair.send(to(verification(7), &["ada@example.com"])).await.unwrap();
    pair.sweep().await;
    let uid = pair.mails("mailboxes/-").await.remove(0).uid;
    let get = async |name: String| {
        let request = pair.signed(pb::GetMailboxMessageRequest { name }, true);
        MailboxServiceClient::new(pair.channel()).get_mailbox_message(request).await.map_err(|status| status.code())
    };
    assert!(get(format!("mailboxes/Ada@example.com/messages/{uid}")).await.is_ok());
    assert_eq!(get(format!("mailboxes/bo@example.com/messages/{uid}")).await.unwrap_err(), Code::NotFound);
    assert_eq!(get(format!("mailboxes/ada/messages/{uid}")).await.unwrap_err(), Code::InvalidArgument);
}

#[tokio::test]
async fn r50_mail_is_found_by_what_it_says_and_shown_as_a_server_gets_it() {
    on_every_database(async |database| {
        let pair = Pair::start(database, Config::default()).await;
        pair.send(verification(7)).await.unwrap();
        pair.send(to(verification(8), &["bo@example.com"])).await.unwrap();
        pair.sweep().await;
        let found = async |query: &str| {
            let (parent, query) = ("mailboxes/-".to_owned(), query.to_owned());
            let request = pb::ListMailboxMessagesRequest { parent, query, ..Default::default() };
            let answer =
                MailboxServiceClient::new(pair.channel()).list_mailbox_messages(pair.signed(request, true)).await;
            answer.unwrap().into_inner().mailbox_messages.len()
        };
        for (query, count) in [
            ("BO@example", 1),
            ("nordic cloud", 2),
            ("bekräfta", 1),
            ("K3F9D2AA", 2),
            ("100%", 0),
            ("_o@", 0),
            ("\\", 0),
        ] {
            assert_eq!(found(query).await, count, "{query}");
        }
        let mail = pair.mails("mailboxes/ada@example.com").await.remove(0);
        assert_eq!(mail.source, "", "not in lists");
        let request = pair.signed(pb::GetMailboxMessageRequest { name: mail.name }, true);
        let mail = MailboxServiceClient::new(pair.channel()).get_mailbox_message(request).await.unwrap().into_inner();
        let message = mail.message.strip_prefix("messages/").unwrap();
        for line in [
            "From: Linkage <no-reply@linkage.example>",
            "To: \"Ada Lovelace\" <ada@example.com>",
            &format!("Message-ID: <{message}@linkage.example>"),
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ] {
            assert!(mail.source.lines().any(|own| own.starts_with(line)), "{line}\n{}", mail.source);
        }
    })
    .await;
}
