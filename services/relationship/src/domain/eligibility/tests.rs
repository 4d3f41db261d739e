//! Every combination of facts against a naive oracle: each fact broken alone gives exactly its reason, all broken give all.

use std::collections::BTreeSet;

use ids::Id;
use uuid::Uuid;

use super::*;
use crate::domain::standing::{EnrollmentType, Location};

mod told;

const BOUND: TimeDelta = TimeDelta::minutes(5);

/// How one partner stands.
#[derive(Debug, Clone, Copy)]
struct Side {
    known: bool,
    active: bool,
    /// None, in the customer's region, or elsewhere.
    country: Option<&'static str>,
    /// 0 unsigned, 1 overdue, 2 current.
    signed: i32,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    provider: Side,
    reseller: Side,
    customer: Option<&'static str>,
    partnership: Option<(Stage, bool)>,
    reseller_relationship: Option<Stage>,
    provider_relationship: Option<Stage>,
    agreement: bool,
}

const GOOD: Side = Side { known: true, active: true, country: Some("SE"), signed: 2 };

const ELIGIBLE: Case = Case {
    provider: GOOD,
    reseller: GOOD,
    customer: Some("FI"),
    partnership: Some((Stage::Active, true)),
    reseller_relationship: Some(Stage::Active),
    provider_relationship: Some(Stage::Active),
    agreement: true,
};

fn id<K>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(365 * 56)
}

/// Suspended by this one, if it is.
fn stands(stage: Stage, by: u128) -> Stands {
    match stage {
        Stage::Active => Stands::Active,
        Stage::Suspended => Stands::Suspended { by: id(by) },
        Stage::Ended => Stands::Ended,
    }
}

fn partner(n: u128, capacity: EnrollmentType, side: Side) -> Partner {
    let standing = Standing {
        enrollment: id(n + 100),
        organization: id(n),
        capacity,
        state: if side.active { EnrollmentState::Active } else { EnrollmentState::Suspended },
        location: side.country.map(|country| Location { id: id(n + 200), country: country.parse().unwrap() }),
        signed_version: side.signed,
        state_time: now(),
        version: 1,
        confirmed_at: None,
    };
    let age = if side.known { BOUND } else { BOUND + TimeDelta::microseconds(1) };
    Partner { organization: id(n), standing: Some(standing), as_of: Some(now() - age) }
}

fn facts(case: Case) -> Facts {
    let relationship = |n, by, state: Option<Stage>| {
        state.map(|stage| RelationshipFact { id: id(n), version: 1, stands: stands(stage, by) })
    };
    let due = |capacity| {
        ["EUROPE", "UNITED_STATES"].map(|region| DueAgreement { capacity, region: region.to_owned(), version: 2 })
    };
    Facts {
        provider: partner(1, EnrollmentType::IndirectProvider, case.provider),
        reseller: partner(2, EnrollmentType::IndirectReseller, case.reseller),
        customer: Customer {
            organization: id(3),
            country: case.customer.map(|country| country.parse().unwrap()),
            version: 1,
            as_of: case.customer.map(|_| now() - BOUND),
        },
        partnership: case.partnership.map(|(stage, orders_allowed)| PartnershipFact {
            id: id(4),
            version: 1,
            stands: stands(stage, 2),
            orders_allowed,
        }),
        reseller_relationship: relationship(5, 2, case.reseller_relationship),
        provider_relationship: relationship(6, 1, case.provider_relationship),
        customer_agreement: case.agreement.then(|| "1".to_owned()),
        due: [due(EnrollmentType::IndirectProvider), due(EnrollmentType::IndirectReseller)].concat(),
    }
}

fn reasons(case: Case) -> BTreeSet<(Reason, u128)> {
    let rules = Rules { markets: Markets::builtin().unwrap(), now: now(), bound: BOUND };
    let found = judge(&facts(case), rules);
    let set: BTreeSet<_> = found.iter().map(|found| (found.reason, found.organization.uuid().as_u128())).collect();
    assert_eq!(set.len(), found.len(), "a reason is told once");
    set
}

fn side_oracle(side: Side, who: u128, not_active: Reason) -> Vec<(Reason, u128)> {
    if !side.known {
        return vec![(Reason::StandingUnknown, who)];
    }
    let mut found = Vec::new();
    if !side.active {
        found.push((not_active, who));
    }
    if side.country.is_none() {
        found.push((Reason::LocationMissing, who));
    }
    if side.signed == 0 {
        found.push((Reason::AgreementUnsigned, who));
    }
    // Which region's agreement is due is known by the location alone.
    if side.signed == 1 && side.country.is_some() {
        found.push((Reason::AgreementOverdue, who));
    }
    found
}

fn oracle(case: Case) -> BTreeSet<(Reason, u128)> {
    let mut found = side_oracle(case.provider, 1, Reason::ProviderNotActive);
    found.extend(side_oracle(case.reseller, 2, Reason::ResellerNotActive));
    match case.partnership {
        None => found.push((Reason::PartnershipMissing, 1)),
        Some((Stage::Ended, _)) => found.push((Reason::PartnershipEnded, 1)),
        Some((stage, allowed)) => {
            found.extend((stage == Stage::Suspended).then_some((Reason::PartnershipSuspended, 2)));
            found.extend((!allowed).then_some((Reason::OrdersNotAllowed, 2)));
        }
    }
    found.extend(match case.reseller_relationship {
        None => Some((Reason::ResellerRelationshipMissing, 2)),
        Some(Stage::Suspended) => Some((Reason::ResellerRelationshipSuspended, 2)),
        _ => None,
    });
    found.extend(match case.provider_relationship {
        None => Some((Reason::ProviderRelationshipMissing, 1)),
        Some(Stage::Suspended) => Some((Reason::ProviderRelationshipSuspended, 1)),
        _ => None,
    });
    found.extend((!case.agreement).then_some((Reason::CustomerAgreementMissing, 3)));
    let region = |country: Option<&str>| match country {
        Some("SE" | "FI") => Some("EUROPE"),
        Some("US") => Some("UNITED_STATES"),
        _ => None,
    };
    let of = |side: Side| side.country.filter(|_| side.known);
    let (provider, reseller) = (of(case.provider), of(case.reseller));
    match case.customer {
        None => found.push((Reason::StandingUnknown, 3)),
        Some("KP") => found.push((Reason::MarketNotOpen, 3)),
        Some(country) => {
            let outside = |partner: Option<&str>| partner.is_some() && region(partner) != region(Some(country));
            found.extend(outside(provider).then_some((Reason::MarketOutsideRegion, 1)));
            found.extend(outside(reseller).then_some((Reason::MarketOutsideRegion, 2)));
            return found.into_iter().collect();
        }
    }
    if provider.is_some() && reseller.is_some() && region(provider) != region(reseller) {
        found.push((Reason::MarketOutsideRegion, 1));
    }
    found.into_iter().collect()
}

fn sides() -> Vec<Side> {
    let mut all = Vec::new();
    for known in [true, false] {
        for active in [true, false] {
            for country in [Some("SE"), Some("US"), None] {
                for signed in [2, 1, 0] {
                    all.push(Side { known, active, country, signed });
                }
            }
        }
    }
    all
}

#[test]
fn r38_every_combination_of_own_facts_gives_what_the_oracle_says() {
    let stages = [Stage::Active, Stage::Suspended, Stage::Ended];
    let partnerships = stages.into_iter().flat_map(|stage| [true, false].map(|allowed| Some((stage, allowed))));
    let relationships = [Some(Stage::Active), Some(Stage::Suspended), None];
    for partnership in partnerships.chain([None]) {
        for reseller_relationship in relationships {
            for provider_relationship in relationships {
                for agreement in [true, false] {
                    for customer in [Some("FI"), Some("US"), Some("KP"), None] {
                        let own = Case { partnership, reseller_relationship, provider_relationship, ..ELIGIBLE };
                        let case = Case { agreement, customer, ..own };
                        assert_eq!(reasons(case), oracle(case), "{case:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn r38_every_combination_of_both_sides_gives_what_the_oracle_says() {
    for provider in sides() {
        for reseller in sides() {
            for customer in [Some("FI"), Some("US"), Some("KP"), None] {
                let case = Case { provider, reseller, customer, ..ELIGIBLE };
                assert_eq!(reasons(case), oracle(case), "{case:?}");
            }
        }
    }
}

#[test]
fn r38_each_fact_broken_alone_gives_exactly_its_reason() {
    let provider = |side| Case { provider: side, ..ELIGIBLE };
    let reseller = |side| Case { reseller: side, ..ELIGIBLE };
    let through = |stage, allowed| Case { partnership: Some((stage, allowed)), ..ELIGIBLE };
    let cases = [
        (provider(Side { active: false, ..GOOD }), Reason::ProviderNotActive, 1),
        (reseller(Side { active: false, ..GOOD }), Reason::ResellerNotActive, 2),
        (provider(Side { signed: 0, ..GOOD }), Reason::AgreementUnsigned, 1),
        (reseller(Side { signed: 1, ..GOOD }), Reason::AgreementOverdue, 2),
        (reseller(Side { country: None, ..GOOD }), Reason::LocationMissing, 2),
        (Case { partnership: None, ..ELIGIBLE }, Reason::PartnershipMissing, 1),
        (through(Stage::Suspended, true), Reason::PartnershipSuspended, 2),
        (through(Stage::Ended, true), Reason::PartnershipEnded, 1),
        (through(Stage::Active, false), Reason::OrdersNotAllowed, 2),
        (Case { reseller_relationship: None, ..ELIGIBLE }, Reason::ResellerRelationshipMissing, 2),
        (Case { reseller_relationship: Some(Stage::Suspended), ..ELIGIBLE }, Reason::ResellerRelationshipSuspended, 2),
        (Case { provider_relationship: None, ..ELIGIBLE }, Reason::ProviderRelationshipMissing, 1),
        (Case { provider_relationship: Some(Stage::Suspended), ..ELIGIBLE }, Reason::ProviderRelationshipSuspended, 1),
        (Case { agreement: false, ..ELIGIBLE }, Reason::CustomerAgreementMissing, 3),
        (provider(Side { country: Some("US"), ..GOOD }), Reason::MarketOutsideRegion, 1),
        (Case { customer: Some("KP"), ..ELIGIBLE }, Reason::MarketNotOpen, 3),
        (reseller(Side { known: false, ..GOOD }), Reason::StandingUnknown, 2),
    ];
    let covered: BTreeSet<_> = cases.iter().map(|(_, reason, _)| *reason).collect();
    assert_eq!(covered, Reason::ALL.iter().copied().collect());
    assert_eq!(reasons(ELIGIBLE), BTreeSet::new());
    for (case, reason, who) in cases {
        assert_eq!(reasons(case), BTreeSet::from([(reason, who)]), "{case:?}");
    }
}

#[test]
fn r38_everything_broken_gives_every_reason_at_once() {
    let broken = Side { known: true, active: false, country: None, signed: 0 };
    let all = Case {
        provider: broken,
        reseller: broken,
        customer: Some("KP"),
        partnership: None,
        reseller_relationship: None,
        provider_relationship: None,
        agreement: false,
    };
    let told: BTreeSet<_> = reasons(all).into_iter().map(|(reason, _)| reason).collect();
    let expected = [
        Reason::ProviderNotActive,
        Reason::ResellerNotActive,
        Reason::AgreementUnsigned,
        Reason::LocationMissing,
        Reason::PartnershipMissing,
        Reason::ResellerRelationshipMissing,
        Reason::ProviderRelationshipMissing,
        Reason::CustomerAgreementMissing,
        Reason::MarketNotOpen,
    ];
    assert_eq!(told, expected.into_iter().collect());
}

#[test]
fn r38_an_answer_names_what_was_read_with_its_age() {
    let found = evidence(&facts(ELIGIBLE), now());
    assert_eq!(found.len(), 7);
    assert!(found.iter().take(3).all(|fact| fact.age == Some(BOUND)));
    assert!(found.iter().skip(3).all(|fact| fact.age == Some(TimeDelta::zero())));
}

#[test]
fn r43_an_organization_never_told_of_is_unknown() {
    let mut never = facts(ELIGIBLE);
    never.provider = Partner { organization: id(1), standing: None, as_of: None };
    let rules = Rules { markets: Markets::builtin().unwrap(), now: now(), bound: BOUND };
    assert_eq!(judge(&never, rules), [Ineligibility::of(Reason::StandingUnknown, id(1))]);
}

#[test]
fn r41_who_suspended_it_is_who_resumes_it() {
    let rules = Rules { markets: Markets::builtin().unwrap(), now: now(), bound: BOUND };
    let told = |change: fn(&mut Facts)| {
        let mut facts = facts(ELIGIBLE);
        change(&mut facts);
        let [found] = judge(&facts, rules)[..] else { panic!("one reason") };
        let method = found.remedy.method.rsplit('/').next().unwrap_or_default();
        (found.reason, found.organization.uuid().as_u128(), found.remedy.actor, method)
    };
    assert_eq!(
        told(|facts| facts.partnership.as_mut().unwrap().stands = Stands::Suspended { by: id(1) }),
        (Reason::PartnershipSuspended, 1, Actor::Provider, "ResumePartnership")
    );
    assert_eq!(
        told(|facts| facts.partnership.as_mut().unwrap().stands = Stands::Suspended { by: id(2) }),
        (Reason::PartnershipSuspended, 2, Actor::Reseller, "ResumePartnership")
    );
    assert_eq!(
        told(|facts| facts.reseller_relationship.as_mut().unwrap().stands = Stands::Suspended { by: id(3) }),
        (Reason::ResellerRelationshipSuspended, 3, Actor::Customer, "ResumeResellerRelationship")
    );
    assert_eq!(
        told(|facts| facts.provider_relationship.as_mut().unwrap().stands = Stands::Suspended { by: id(1) }),
        (Reason::ProviderRelationshipSuspended, 1, Actor::Provider, "ResumeResellerRelationship")
    );
}

#[test]
fn r38_what_to_do_about_an_enrollment_follows_its_state() {
    let rules = Rules { markets: Markets::builtin().unwrap(), now: now(), bound: BOUND };
    let states = [
        None,
        Some(EnrollmentState::Draft),
        Some(EnrollmentState::Verifying),
        Some(EnrollmentState::Qualified),
        Some(EnrollmentState::Suspended),
        Some(EnrollmentState::Rejected),
        Some(EnrollmentState::Withdrawn),
        Some(EnrollmentState::Ended),
    ];
    let told = states.map(|state| {
        let mut facts = facts(ELIGIBLE);
        match (state, &mut facts.reseller.standing) {
            (Some(state), Some(standing)) => standing.state = state,
            (_, standing) => *standing = None,
        }
        let found = judge(&facts, rules);
        let found = found.iter().find(|found| found.reason == Reason::ResellerNotActive).unwrap();
        let method = found.remedy.method.rsplit('/').next().unwrap_or_default();
        format!("{:<10} {:?} {method}", state.map_or("none", EnrollmentState::as_str), found.remedy.actor)
    });
    insta::assert_snapshot!(told.join("\n"));
}
