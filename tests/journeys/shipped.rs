//! The journey that ships, played as the demo plays it, and what the demo says when an expectation is wrong.

use std::time::Duration;

use linkage::Mode;
use linkage::demo::journey::Step;
use linkage::demo::play::{Ending, PATIENCE};
use linkage::demo::{Journey, Player, Printer, SHIPPED};

use crate::harness::{Stage, each_as};

async fn play(stage: &Stage, journey: &Journey, run: &str, patience: Duration) -> Ending {
    let mut player = Player {
        client: stage.client.clone(),
        people: linkage::token::people(&stage.settings).expect("the development issuer's key"),
        operator: stage.operator(),
        retry_for: Duration::ZERO,
        patience,
        printer: Printer::Silent,
    };
    player.play(journey, run).await.expect("the journey can be played")
}

#[tokio::test]
async fn r61_the_shipped_journey_holds_on_both_databases() {
    each_as(Mode::EMBEDDED, async |stage| {
        let journey = Journey::parse(SHIPPED).expect("the journey can be read");
        let ending = play(stage, &journey, "story1", PATIENCE).await;
        assert_eq!((ending.failed, ending.held), (None, journey.steps.len()));
    })
    .await;
}

/// The journey up to a step, which is changed.
fn altered(name: &str, change: impl Fn(&mut Step)) -> Journey {
    let mut journey = Journey::parse(SHIPPED).expect("the journey can be read");
    let at = journey.steps.iter().position(|step| step.name == name).expect(name);
    journey.steps.truncate(at + 2);
    change(&mut journey.steps[at]);
    journey
}

#[tokio::test]
async fn expectations_that_are_wrong_name_their_step() {
    const REFUSAL: &str = "Submitting as provider needs the operator's pre-approval";
    const MAIL: &str = "The primary contact of Rheinwolke GmbH gets the mail";
    each_as(Mode::EMBEDDED, async |stage| {
        let other_code = altered(REFUSAL, |step| step.expect.code = Some("NOT_FOUND".to_owned()));
        let other_reason = altered(REFUSAL, |step| step.expect.reason = Some("STATE_FORBIDS".to_owned()));
        let other_mail =
            altered(MAIL, |step| step.expect_mail.as_mut().expect("a mail").language = Some("sv".to_owned()));
        for (run, journey, name, why) in [
            ("code", other_code, REFUSAL, "NOT_FOUND expected, FAILED_PRECONDITION found"),
            ("reason", other_reason, REFUSAL, "STATE_FORBIDS expected, PREAPPROVAL_REQUIRED found"),
            ("mail", other_mail, MAIL, "in `sv`"),
        ] {
            let ending = play(stage, &journey, run, Duration::from_secs(3)).await;
            let (number, failed, wrong) = ending.failed.expect("it fails");
            assert_eq!((number, failed.as_str(), ending.held), (journey.steps.len() - 1, name, number - 1));
            assert!(wrong.join("\n").contains(why), "{wrong:?}");
        }
    })
    .await;
}
