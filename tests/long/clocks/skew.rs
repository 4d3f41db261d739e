//! One service's business time ahead of the other three, or behind: commands and all their effects are as ever. Only what
//! relationship knows of standings counts as too old while its clock is ahead of enrollment's, until it asks enrollment itself.

use std::time::{Duration, Instant};

use linkage::ServiceName;
use serde_json::json;

use super::TEN_MINUTES;
use crate::caller::{Caller, OPERATOR};
use crate::program::{LIMIT, Place};
use crate::signals::Serving;

/// Between two looks at what happens.
const BREATH: Duration = Duration::from_millis(100);

/// Which way one clock differs from the three others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skew {
    Ahead,
    Behind,
}

#[test]
fn f11_with_one_clock_off_effects_come_and_old_knowledge_is_told() {
    play(&[(ServiceName::Relationship, Skew::Ahead), (ServiceName::Enrollment, Skew::Behind)]);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f11_with_each_clock_off_either_way_effects_come_and_old_knowledge_is_told() {
    let both = |service| [(service, Skew::Ahead), (service, Skew::Behind)];
    let once: Vec<_> = ServiceName::ALL.into_iter().flat_map(both).collect();
    play(&[once.as_slice(), once.as_slice()].concat());
}

#[expect(clippy::print_stdout, reason = "the figures of a long run")]
fn play(skews: &[(ServiceName, Skew)]) {
    let place = Place::new();
    let mut serving = Serving::start(&place.command(&["serve"]));
    let mut caller = Caller::of(&place);
    caller.enroll("quiet").expect("a quiet enrollment");
    let expected = caller.effects(|| drop(serving.process.line(BREATH)));
    let mut all = 0;
    for (turn, (service, skew)) in skews.iter().copied().enumerate() {
        let others = ServiceName::ALL.into_iter().filter(|other| *other != service);
        let [now, later]: [Vec<_>; 2] = match skew {
            Skew::Ahead => [vec![service], others.collect()],
            Skew::Behind => [others.collect(), vec![service]],
        };
        let name = format!("skew{turn}");
        caller.enroll(&name).expect("with all clocks alike");
        let organization = organization_of(&caller, &name);
        until_known(&mut caller, &mut serving, &organization);
        all += TEN_MINUTES;
        now.iter().for_each(|service| caller.set_ahead(*service, all));
        caller.enroll(&format!("{name}off")).unwrap_or_else(|refused| panic!("{service} {skew:?}: {refused:?}"));
        let wrong = caller.differences(&expected, || drop(serving.process.line(BREATH)));
        assert!(wrong.is_empty(), "{service} {skew:?}:\n{}\n", wrong.join("\n"));
        let too_old = [(ServiceName::Relationship, Skew::Ahead), (ServiceName::Enrollment, Skew::Behind)];
        if too_old.contains(&(service, skew)) {
            assert_eq!(unknown(&mut caller, &organization, false), 3, "{service} {skew:?}");
        } else {
            // Where both clocks moved, one after the other, what is known is old until enrollment tells again.
            until_known(&mut caller, &mut serving, &organization);
        }
        assert_eq!(unknown(&mut caller, &organization, true), 0, "{service} {skew:?}, read anew");
        later.iter().for_each(|service| caller.set_ahead(*service, all));
    }
    assert_eq!(serving.process.stop().code, Some(0));
    println!(
        "F11: {} skews of {TEN_MINUTES} s, {} commands, each effect once",
        skews.len(),
        caller.acknowledged().len()
    );
}

/// The organization that this company created.
fn organization_of(caller: &Caller, name: &str) -> String {
    let writes = caller.acknowledged();
    let profile = writes.iter().find_map(|write| {
        let name_of = &write.request["legal_profile"];
        (name_of["legal_name"] == name).then(|| name_of["name"].as_str().unwrap_or_default().to_owned())
    });
    profile.and_then(|profile| Some(profile.strip_suffix("/legalProfile")?.to_owned())).expect("an organization")
}

/// Waits until relationship was told of the organization, and that it was told everything.
fn until_known(caller: &mut Caller, serving: &mut Serving, organization: &str) {
    let began = Instant::now();
    while unknown(caller, organization, false) > 0 {
        assert!(began.elapsed() < LIMIT, "{organization} never becomes known");
        serving.process.line(BREATH);
    }
}

/// How many of the three parties of an order are not known well enough; one organization stands for all of them.
fn unknown(caller: &mut Caller, organization: &str, fresh: bool) -> usize {
    let order = json!({
        "provider": organization, "partner_of_record": organization, "customer": organization,
        "action": "ORDER_ACTION_PLACE_ORDER", "fresh": fresh,
    });
    let answer = caller.call(OPERATOR, "relationship.OrderEligibilityService/CheckOrderEligibility", &order);
    assert_eq!(answer.code, tonic::Code::Ok, "{}", answer.message);
    let reasons = answer.body["reasons"].as_array().into_iter().flatten();
    reasons.filter(|reason| reason["reason"] == "INELIGIBILITY_REASON_STANDING_UNKNOWN").count()
}
