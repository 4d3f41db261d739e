//! Through a real mail server: what it takes, what it refuses, and what becomes of it when it says nothing at all.

use notification::{Config, Encryption, Server};
use testkit::{on_every_database, sqlite};
use wire::notification::message::State;
use wire::types::Variable;

use crate::sender::{Pair, to, verification};
use crate::server::MailServer;

/// All headers of every mail, in their order; `Reply-To` stands after `To` where there is one.
const HEADERS: [&str; 8] =
    ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];

#[tokio::test]
async fn r52_mail_goes_through_a_real_server_as_text_and_html() {
    on_every_database(async |database| {
        let Some(mut server) = MailServer::start(&[]).await else { return };
        let pair = Pair::start(database, server.config()).await;
        pair.send(verification(7)).await.unwrap();
        assert_eq!(pair.sweep().await, 1);
        let mail = server.taken("ada@example.com").await;
        assert_eq!(
            (&mail["mail_from"], &mail["kind"]),
            (&"no-reply@linkage.example".into(), &"multipart/alternative".into())
        );
        assert_eq!(mail["subject"], "Bekräfta din e-postadress för Nordic Cloud AB");
        assert_eq!(mail["to"], "\"Ada Lovelace\" <ada@example.com>");
        let headers: Vec<_> = mail["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(headers, HEADERS);
        let (text, html) =
            (mail["parts"]["text/plain"].as_str().unwrap(), mail["parts"]["text/html"].as_str().unwrap());
        for part in [text, html] {
            assert!(part.contains("https://linkage.example/email-verification#1.abc.1.def"), "{part}");
            assert!(part.contains("29 november 2026 kl. 14.05 UTC"), "{part}");
        }
        let sent = pair.messages(State::Sent).await;
        assert_eq!(mail["id"], format!("<{}@linkage.example>", sent[0].uid));
    })
    .await;
}

#[tokio::test]
async fn r52_connections_are_used_again() {
    let Some(mut server) = MailServer::start(&[]).await else { return };
    let pair = Pair::start(sqlite(), server.config()).await;
    let mut peers = std::collections::BTreeSet::new();
    for event in 0..5 {
        pair.send(verification(event)).await.unwrap();
        pair.sweep().await;
        peers.insert(server.taken("ada@example.com").await["peer"].to_string());
    }
    assert!(peers.len() <= 2, "one that asks whether it is there, and one that sends: {peers:?}");
}

#[tokio::test]
async fn r52_it_is_spoken_to_in_private_and_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (certificate, key) = (file("cert.pem", &made.cert.pem()), file("key.pem", &made.signing_key.serialize_pem()));
    let (right, wrong) = (file("right", "hush-hush\n"), file("wrong", "guessed"));
    let arguments = ["--tls", certificate.to_str().unwrap(), key.to_str().unwrap(), "--auth", "linkage", "hush-hush"];
    let Some(mut server) = MailServer::start(&arguments).await else { return };
    let private = Server {
        encryption: Encryption::Starttls,
        ca_file: certificate,
        user: "linkage".to_owned(),
        password_file: right,
        ..server.config().smtp
    };
    let with = |smtp: Server| Config { smtp, ..server.config() };
    for (smtp, error) in [
        (Server { encryption: Encryption::None, ..private.clone() }, "SERVER_UNSUITABLE"),
        (Server { ca_file: std::path::PathBuf::new(), ..private.clone() }, "TLS_FAILED"),
        (Server { password_file: wrong, ..private.clone() }, "SMTP_535_5.7.8"),
        (Server { user: String::new(), ..private.clone() }, "SMTP_530_5.7.0"),
    ] {
        let told = format!("{smtp:?}");
        let pair = Pair::start(sqlite(), with(smtp)).await;
        pair.send(verification(7)).await.unwrap();
        while {
            pair.sweep().await;
            !pair.messages(State::Sending).await.is_empty()
        } {}
        let queued = pair.messages(State::Queued).await;
        assert!(
            !queued.is_empty(),
            "what is wrong with us bounces nobody: {told} {:?}",
            pair.messages(State::Unspecified).await
        );
        assert_eq!(queued[0].last_error, error, "{told}");
    }
    let pair = Pair::start(sqlite(), with(private)).await;
    pair.send(verification(7)).await.unwrap();
    pair.sweep().await;
    let mail = server.taken("ada@example.com").await;
    assert_eq!((&mail["tls"], &mail["authenticated"]), (&true.into(), &true.into()));
}

#[tokio::test]
async fn r52_a_refusal_for_now_is_tried_again_and_one_for_good_is_not() {
    on_every_database(async |database| {
        let Some(mut server) = MailServer::start(&[]).await else { return };
        let pair = Pair::start(database, server.config()).await;
        let all = ["busy@x.example", "greylisted@x.example", "unknown@x.example", "refused@x.example", "ada@x.example"];
        pair.send(to(verification(7), &all)).await.unwrap();
        assert_eq!(pair.sweep().await, 5);
        server.taken("ada@x.example").await;
        let errors = async |state| {
            let mut errors: Vec<_> = pair.messages(state).await.into_iter().map(|message| message.last_error).collect();
            errors.sort();
            errors
        };
        assert_eq!(errors(State::Queued).await, ["SMTP_450_4.7.1", "SMTP_451_4.3.0"]);
        assert_eq!(errors(State::Bounced).await, ["SMTP_550_5.1.1", "SMTP_554_5.7.1"]);
        pair.set_offset(3_600).await;
        assert_eq!(pair.sweep().await, 2, "what is refused for good is tried no more");
        server.taken("busy@x.example").await;
        assert_eq!(pair.messages(State::Sent).await.len(), 3);
        let said = format!("{:?} {:?}", pair.journal().await, pair.rows("message").await);
        for address in ["busy@", "greylisted@x", "unknown@", "refused@", "ada@"] {
            assert!(!said.contains(address), "what the server says in words repeats the address: {said}");
        }
    })
    .await;
}

#[tokio::test]
async fn r52_a_connection_cut_after_the_mail_costs_one_copy_and_no_mail() {
    on_every_database(async |database| {
        let Some(mut server) = MailServer::start(&[]).await else { return };
        let pair = Pair::start(database, server.config()).await;
        pair.send(to(verification(7), &["cut@x.example"])).await.unwrap();
        pair.sweep().await;
        server.taken("cut@x.example").await;
        assert_eq!(pair.messages(State::Queued).await[0].last_error, "CONNECTION_LOST");
        pair.set_offset(3_600).await;
        pair.sweep().await;
        server.taken("cut@x.example").await;
        assert_eq!(server.copies("cut@x.example"), (2, 1), "two copies that any mail program knows as one");
        assert_eq!(pair.messages(State::Sent).await.len(), 1);
        pair.out_wait().await;
        assert_eq!(server.copies("cut@x.example").0, 2);
    })
    .await;
}

#[tokio::test]
async fn r52_one_slow_recipient_holds_up_no_other() {
    on_every_database(async |database| {
        let Some(mut server) = MailServer::start(&[]).await else { return };
        let pair = Pair::start(database, server.config()).await;
        pair.send(to(verification(1), &["slow@x.example"])).await.unwrap();
        for event in 10..30 {
            pair.send(to(verification(event), &["ada@x.example"])).await.unwrap();
        }
        let others = async {
            server.until(|event| event["event"] == "held").await;
            // Some of them may have been there before it.
            while server.copies("ada@x.example").0 < 20 {
                server.taken("ada@x.example").await;
            }
            // Only now, after all others, the slow one is let go.
            server.let_go().await;
        };
        tokio::select! {
            () = others => {}
            () = pair.keep_sweeping() => {}
        }
        while pair.messages(State::Sent).await.len() < 21 {
            pair.sweep().await;
        }
        assert_eq!(server.copies("slow@x.example").0, 1);
    })
    .await;
}

#[tokio::test]
async fn r52_without_a_server_mail_waits() {
    let pair =
        Pair::start(sqlite(), Config { smtp: nobody(), transport: notification::Way::Smtp, ..Config::default() }).await;
    pair.send(verification(7)).await.unwrap();
    pair.sweep().await;
    assert_eq!(pair.messages(State::Queued).await[0].last_error, "SERVER_UNREACHABLE");
    let answer = wire::notification::mailbox_service_client::MailboxServiceClient::new(pair.channel());
    let request =
        wire::notification::ListMailboxMessagesRequest { parent: "mailboxes/-".to_owned(), ..Default::default() };
    let status = { answer }.list_mailbox_messages(pair.signed(request, true)).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented, "nobody reads real mailboxes here");
}

fn nobody() -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Server { host: "localhost".to_owned(), port, encryption: Encryption::None, ..Server::default() }
}

/// Names that were headers, recipients or commands elsewhere.
const HOSTILE: [&str; 24] = [
    "Ada\r\nBcc: eve@evil.example",
    "Ada\nBcc: eve@evil.example",
    "Ada\rBcc: eve@evil.example",
    "Ada\r\n\r\n<html>",
    "Ada\0",
    "Ada\u{85}Bcc: eve@evil.example",
    "Ada\u{2028}Bcc: eve@evil.example",
    "Ada\u{202e}moc.live@eve",
    "Ada%0d%0aBcc: eve@evil.example",
    "Ada\\r\\nBcc: eve@evil.example",
    "Ada\" <eve@evil.example>, \"",
    "Ada, eve@evil.example",
    "<eve@evil.example>",
    "Ada <eve@evil.example>",
    "Ada; eve@evil.example",
    "Ada (eve@evil.example)",
    "=?utf-8?q?Ada=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?QWRhDQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    ".\r\nMAIL FROM:<eve@evil.example>",
    ".",
    "Å\u{308}sa Öberg, Vd; \\ \"chef\"",
    "李雷 🦀 Ελένη",
    "\\",
    "\"",
];

#[tokio::test]
async fn r52_no_name_adds_a_header_or_a_recipient() {
    let Some(mut server) = MailServer::start(&[]).await else { return };
    let pair = Pair::start(sqlite(), server.config()).await;
    let (mut refused, mut sent) = (0, 0);
    let long = "Å".repeat(120);
    let all = HOSTILE.iter().copied().chain([long.as_str()]);
    for (event, name) in (0..).zip(all) {
        let mut request = verification(event);
        request.recipients[0].display_name = name.to_owned();
        request.reply_to = "bo@example.com".to_owned();
        request.variables[1] = Variable::text("company", name);
        if pair.send(request).await.is_err() {
            refused += 1;
            continue;
        }
        pair.sweep().await;
        assert!(pair.messages(State::Queued).await.is_empty(), "{name:?}");
        let mail = server.taken("ada@example.com").await;
        sent += 1;
        assert_eq!(mail["recipients"], serde_json::json!(["ada@example.com"]), "{name:?}");
        assert_eq!(mail["to_addresses"], serde_json::json!(["ada@example.com"]), "{name:?}: {mail:#}");
        let mut headers: Vec<_> =
            mail["headers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        headers.retain(|header| *header != "Reply-To");
        assert_eq!(headers, HEADERS, "{name:?}");
    }
    assert_eq!((refused, sent), (9, 16), "line breaks and what is not seen are refused, the rest is a name");
    for address in
        ["ada@example.com,eve@evil.example", "ada@example.com\r\nRCPT TO:<eve@evil.example>", "\"a\r\nb\"@example.com"]
    {
        assert!(pair.send(to(verification(999), &[address])).await.is_err(), "{address:?}");
    }
}
