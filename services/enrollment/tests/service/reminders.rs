//! Reminders of agreements that must be signed by a day, told when time has come and never twice.

use wire::notification::SendMessageRequest;
use wire::types::variable::Value;

use crate::cast::{FJORD, PRAIRIE, RESELLER};
use crate::house::{House, houses};

impl House {
    /// Whom the mails about agreements went to, with whether they said it was overdue.
    async fn reminded(&self) -> Vec<(Vec<String>, String)> {
        let mails: Vec<SendMessageRequest> = self.told("SendMessage").await;
        let due = mails.into_iter().filter(|mail| mail.kind == "agreement-due");
        let told = |mail: SendMessageRequest| {
            let overdue = mail.variables.iter().find(|one| one.name == "overdue").and_then(|one| one.value.clone());
            let Some(Value::Text(overdue)) = overdue else { panic!("{mail:?}") };
            (mail.recipients.into_iter().map(|to| to.email).collect(), overdue)
        };
        due.map(told).collect()
    }

    /// Sweeps until nothing moves.
    async fn swept(&self) {
        for _ in 0..20 {
            if self.service.sweep_once().await.unwrap() == 0 {
                return;
            }
        }
        panic!("sweeping goes in circles");
    }
}

#[tokio::test]
async fn r13_reminders_go_out_at_each_stage_once_to_all_who_can_sign() {
    for house in houses().await {
        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        let partner = house.partner(FJORD, &first).await;
        let away = house.version(RESELLER, ("UNITED_STATES", "en"), 1, (-30, None)).await;
        house.partner(PRAIRIE, &away).await;
        house.swept().await;
        assert_eq!(house.reminded().await, [], "nothing is due");
        let second = house.version(RESELLER, ("EUROPE", "en"), 2, (1, Some(60))).await;
        house.swept().await;
        assert_eq!(house.reminded().await, [], "it has not begun");
        let to = ["carl@fjord.example", "ada@fjord.example"].map(str::to_owned).to_vec();
        let mut expected = Vec::new();
        for (day, overdue) in [(2, "no"), (31, "no"), (54, "no"), (59, "no"), (61, "yes")] {
            house.advance(day).await;
            house.swept().await;
            house.swept().await;
            expected.push((to.clone(), overdue.to_owned()));
            assert_eq!(house.reminded().await, expected, "{day} days later");
        }
        house.signed(&partner, &second).await.unwrap();
        house.advance(90).await;
        house.swept().await;
        assert_eq!(house.reminded().await.len(), 5);
    }
}

#[tokio::test]
async fn r13_after_a_pause_only_the_latest_reminder_is_sent_and_none_to_who_signed() {
    for house in houses().await {
        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        house.partner(FJORD, &first).await;
        let diligent = crate::cast::Company { name: "Diligent", domain: "diligent.example", ..FJORD };
        let diligent = house.partner(diligent, &first).await;
        let second = house.version(RESELLER, ("EUROPE", "en"), 2, (-1, Some(60))).await;
        house.signed(&diligent, &second).await.unwrap();
        // Nobody swept for two months but for a day.
        house.advance(59).await;
        house.swept().await;
        let told = house.reminded().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0.contains(&"ada@fjord.example".to_owned()) && told[0].1 == "no");
    }
}

/// Two sweeps at once tell once: of each reminder one row is written, whoever writes it.
#[tokio::test]
async fn r13_sweeps_at_once_tell_once() {
    for house in houses().await {
        let first = house.version(RESELLER, ("EUROPE", "en"), 1, (-30, None)).await;
        house.partner(FJORD, &first).await;
        house.version(RESELLER, ("EUROPE", "en"), 2, (-1, Some(5))).await;
        let sweep = || house.service.sweep_once();
        let (one, other, third) = tokio::join!(sweep(), sweep(), sweep());
        assert!(one.is_ok() && other.is_ok() && third.is_ok());
        house.swept().await;
        assert_eq!(house.reminded().await.len(), 1);
    }
}
