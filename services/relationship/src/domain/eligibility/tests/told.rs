//! What an answer tells besides the reasons, and who may ask for it.

use super::*;

/// What binds two of the three, the partnership first.
fn bound(bonds: [bool; 3]) -> Facts {
    let [partnership, with_reseller, with_provider] = bonds;
    facts(Case {
        partnership: ELIGIBLE.partnership.filter(|_| partnership),
        reseller_relationship: ELIGIBLE.reseller_relationship.filter(|_| with_reseller),
        provider_relationship: ELIGIBLE.provider_relationship.filter(|_| with_provider),
        ..ELIGIBLE
    })
}

#[test]
fn r38_two_of_the_three_deal_with_each_other_by_what_binds_them() {
    const BOUND_BY: [[u128; 2]; 3] = [[1, 2], [2, 3], [1, 3]];
    for number in 0..8 {
        let bonds = [1, 2, 4].map(|bit| number & bit != 0);
        let facts = bound(bonds);
        for own in 1..=4 {
            let deals = BOUND_BY.iter().zip(bonds).any(|(parties, bound)| bound && parties.contains(&own));
            assert_eq!(facts.acquaint(id(own)), deals, "{own} by {bonds:?}");
        }
    }
}

#[test]
fn r38_an_answer_tells_how_everything_it_was_read_from_stands() {
    let mut facts = facts(Case { partnership: Some((Stage::Suspended, true)), ..ELIGIBLE });
    facts.provider_relationship.as_mut().unwrap().stands = Stands::Ended;
    let found = evidence(&facts, now());
    let told = found.iter().map(|fact| {
        let collection = fact.resource.rsplit('/').nth(1).unwrap();
        (collection, fact.version, fact.state.as_str())
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("enrollments", 1, "ACTIVE"),
            ("enrollments", 1, "ACTIVE"),
            ("organizations", 1, "FI"),
            ("partnerships", 1, "SUSPENDED"),
            ("resellerRelationships", 1, "ACTIVE"),
            ("resellerRelationships", 1, "ENDED"),
            ("customerAgreements", 1, "ACCEPTED"),
        ]
    );
}

#[test]
fn r38_an_answer_tells_the_currencies_of_the_customers_market_once_that_is_known() {
    let rules = Rules { markets: Markets::builtin().unwrap(), now: now(), bound: BOUND };
    for (customer, expected) in [(Some("SE"), &["SEK"][..]), (Some("FI"), &["EUR"]), (Some("KP"), &[]), (None, &[])] {
        assert_eq!(currencies(&facts(Case { customer, ..ELIGIBLE }), rules), expected, "{customer:?}");
    }
    let mut old = facts(ELIGIBLE);
    old.customer.as_of = Some(now() - BOUND - TimeDelta::microseconds(1));
    assert_eq!(currencies(&old, rules), [""; 0], "it may have moved meanwhile");
}

#[test]
fn r38_every_reason_has_advice_of_its_own_and_only_what_nobody_can_clear_advises_nothing() {
    let advice: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.remedy().text).collect();
    assert_eq!(advice.len(), Reason::ALL.len());
    for reason in Reason::ALL {
        let Remedy { text, method, .. } = reason.remedy();
        assert!(text.ends_with('.') && text.starts_with("Nothing:") == method.is_empty(), "{reason:?}: {text}");
    }
}
