//! The log of a whole journey, at the level that says the most, holds nothing that opens a door and nobody's address.

use std::fs::{self, read_to_string};

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::call::text;
use crate::harness::{Stage, each, log};

/// How every signed token begins: `{"`.
const TOKEN: &str = "eyJ";

/// What must stand nowhere: what each mail opens, codes of locations, keys; and who is written to.
async fn secrets(stage: &mut Stage) -> Vec<String> {
    let operator = stage.operator();
    let mut found = vec![TOKEN.to_owned()];
    for mail in stage.mails("-", "").await {
        found.push(text(&mail, "name").split('/').nth(1).expect("an address").to_owned());
        let mail = json!({ "name": text(&mail, "name") });
        let mail = stage.ok(&operator, "notification.MailboxService/GetMailboxMessage", mail).await;
        let links = mail["links"].as_object().into_iter().flatten();
        found.extend(
            links.map(|(_, link)| link.as_str().expect("text").rsplit(['.', '#']).next().expect("a part").to_owned()),
        );
    }
    for write in &stage.writes {
        found.extend(write.request["claim_code"].as_str().map(str::to_owned));
    }
    for file in fs::read_dir(stage.settings.keys()).expect("keys").map(|file| file.expect("a file").path()) {
        let lines = read_to_string(&file).expect("a key");
        found.extend(lines.lines().filter(|line| !line.starts_with("-----")).map(str::to_owned));
    }
    found
}

#[tokio::test]
async fn r66_the_log_of_a_whole_journey_holds_no_secret_and_no_address() {
    each(async |stage| {
        log::listen();
        let channel = stage.channel().await;
        let end = json!({ "name": channel.partnership.name, "cascade": true });
        stage.ok(&channel.partnership.reseller.admin, "relationship.PartnershipService/EndPartnership", end).await;
        stage.advance(TimeDelta::days(2)).await;
        stage.settle().await;
        let logged = log::heard();
        assert!(logged.contains("TRACE") && logged.contains("AcceptInvitation"), "the log was kept");
        let secrets = secrets(stage).await;
        assert!(secrets.len() > 40, "of a long journey: {}", secrets.len());
        let operator = stage.operator();
        let trail: Vec<_> = stage.trail(&operator).await.iter().map(ToString::to_string).collect();
        assert!(!trail.is_empty(), "there is a trail");
        for secret in secrets {
            let told = logged.lines().find(|line| line.contains(&secret));
            assert_eq!(told, None, "{secret} is logged");
            let told = trail.iter().find(|entry| entry.contains(&secret));
            assert_eq!(told, None, "{secret} is in the journal");
        }
    })
    .await;
}
