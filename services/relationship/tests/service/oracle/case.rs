//! The facts of an order, and what follows from them, said once more as plainly as can be. Knows nothing of the service.

use std::collections::BTreeSet;

/// How one partner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    /// Whether what enrollment told of it can be trusted.
    pub(crate) known: bool,
    pub(crate) active: bool,
    /// Where its location is, if it has one.
    pub(crate) country: Option<&'static str>,
    /// The version it signed: 0 is none, 1 is overdue, 2 is in force.
    pub(crate) signed: i32,
}

/// A partnership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bond {
    None,
    Active { orders: bool },
    SuspendedByProvider,
    SuspendedByReseller { orders: bool },
    Ended,
}

/// A partner's relationship with the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    None,
    Active,
    /// By the customer.
    Suspended,
}

/// One combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) provider: Side,
    pub(crate) reseller: Side,
    pub(crate) bond: Bond,
    pub(crate) by_reseller: Link,
    pub(crate) by_provider: Link,
    pub(crate) agreement: bool,
    /// None: an organization that nobody ever told of.
    pub(crate) country: Option<&'static str>,
}

pub(crate) const COUNTRIES: [Option<&str>; 4] = [Some("FI"), Some("US"), Some("KP"), None];
pub(crate) const LINKS: [Link; 3] = [Link::None, Link::Active, Link::Suspended];
pub(crate) const BONDS: [Bond; 7] = [
    Bond::None,
    Bond::Active { orders: true },
    Bond::Active { orders: false },
    Bond::SuspendedByProvider,
    Bond::SuspendedByReseller { orders: true },
    Bond::SuspendedByReseller { orders: false },
    Bond::Ended,
];
pub(crate) const SIDES: usize = 36;
pub(crate) const CUSTOMERS: usize = 3 * 3 * 2 * 4;
/// Every combination.
pub(crate) const ALL: usize = SIDES * SIDES * 7 * CUSTOMERS;

/// Where a combination's parties stand in the rows of providers, resellers and customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) provider: usize,
    pub(crate) reseller: usize,
    pub(crate) customer: usize,
}

pub(crate) fn side(n: usize) -> Side {
    Side {
        known: n.is_multiple_of(2),
        active: (n / 2).is_multiple_of(2),
        country: [Some("SE"), Some("US"), None][n / 4 % 3],
        signed: [2, 1, 0][n / 12],
    }
}

impl Case {
    /// The combination of this number, and its parties. A reseller is one of a bond of its own with every provider.
    pub(crate) fn of(n: usize) -> (Case, Places) {
        let (provider, rest) = (n % SIDES, n / SIDES);
        let (reseller, rest) = (rest % SIDES, rest / SIDES);
        let (bond, customer) = (rest % 7, rest / 7);
        let (by_reseller, by_provider, agreement, country) = customer_facts(customer);
        let case = Case {
            provider: side(provider),
            reseller: side(reseller),
            bond: BONDS[bond],
            by_reseller,
            by_provider,
            agreement,
            country,
        };
        (case, Places { provider, reseller: reseller * 7 + bond, customer })
    }
}

/// What is so of a customer with every partner.
pub(crate) fn customer_facts(n: usize) -> (Link, Link, bool, Option<&'static str>) {
    (LINKS[n % 3], LINKS[n / 3 % 3], (n / 9).is_multiple_of(2), COUNTRIES[n / 18])
}

/// Why an order can't be placed, and about whom: P, R or C.
pub(crate) fn reasons(case: &Case) -> BTreeSet<(&'static str, char)> {
    let mut found = BTreeSet::new();
    partner(&case.provider, ("PROVIDER_NOT_ACTIVE", 'P'), &mut found);
    partner(&case.reseller, ("RESELLER_NOT_ACTIVE", 'R'), &mut found);
    match case.bond {
        Bond::None => drop(found.insert(("PARTNERSHIP_MISSING", 'P'))),
        Bond::Ended => drop(found.insert(("PARTNERSHIP_ENDED", 'P'))),
        Bond::SuspendedByProvider => drop(found.insert(("PARTNERSHIP_SUSPENDED", 'P'))),
        Bond::SuspendedByReseller { .. } => drop(found.insert(("PARTNERSHIP_SUSPENDED", 'R'))),
        Bond::Active { .. } => {}
    }
    if matches!(case.bond, Bond::Active { orders: false } | Bond::SuspendedByReseller { orders: false }) {
        found.insert(("ORDERS_NOT_ALLOWED", 'R'));
    }
    match case.by_reseller {
        Link::None => drop(found.insert(("RESELLER_RELATIONSHIP_MISSING", 'R'))),
        Link::Suspended => drop(found.insert(("RESELLER_RELATIONSHIP_SUSPENDED", 'C'))),
        Link::Active => {}
    }
    match case.by_provider {
        Link::None => drop(found.insert(("PROVIDER_RELATIONSHIP_MISSING", 'P'))),
        Link::Suspended => drop(found.insert(("PROVIDER_RELATIONSHIP_SUSPENDED", 'C'))),
        Link::Active => {}
    }
    if !case.agreement {
        found.insert(("CUSTOMER_AGREEMENT_MISSING", 'C'));
    }
    market(case, &mut found);
    found
}

fn partner(side: &Side, inactive: (&'static str, char), found: &mut BTreeSet<(&'static str, char)>) {
    let who = inactive.1;
    if !side.known {
        found.insert(("STANDING_UNKNOWN", who));
        return;
    }
    if !side.active {
        found.insert(inactive);
    }
    if side.country.is_none() {
        found.insert(("LOCATION_MISSING", who));
    }
    if side.signed == 0 {
        found.insert(("AGREEMENT_UNSIGNED", who));
    }
    // Which region's agreement is due is known by the location alone.
    if side.signed == 1 && side.country.is_some() {
        found.insert(("AGREEMENT_OVERDUE", who));
    }
}

fn market(case: &Case, found: &mut BTreeSet<(&'static str, char)>) {
    let region = |country| match country {
        "SE" | "FI" => Some("EUROPE"),
        "US" => Some("UNITED_STATES"),
        _ => None,
    };
    let of = |side: &Side| side.country.filter(|_| side.known).and_then(region);
    let (provider, reseller) = (of(&case.provider), of(&case.reseller));
    match case.country {
        None => drop(found.insert(("STANDING_UNKNOWN", 'C'))),
        Some("KP") => drop(found.insert(("MARKET_NOT_OPEN", 'C'))),
        Some(country) => {
            for (partner, who) in [(provider, 'P'), (reseller, 'R')] {
                if partner.is_some() && partner != region(country) {
                    found.insert(("MARKET_OUTSIDE_REGION", who));
                }
            }
            return;
        }
    }
    // Where the customer is can't be said: then the partners are held against each other.
    if provider.is_some() && reseller.is_some() && provider != reseller {
        found.insert(("MARKET_OUTSIDE_REGION", 'P'));
    }
}

/// A way to get it wrong, and how a case then looks.
type Mutant = (&'static str, fn(&mut Case));

/// Ways to get it wrong, each of which a comparison must notice.
pub(crate) const MUTANTS: [Mutant; 10] = [
    ("takes what is unknown for known", |case| case.provider.known = true),
    ("takes a suspended enrollment for active", |case| case.reseller.active = true),
    ("takes an overdue agreement for current", |case| {
        case.reseller.signed *= 2;
    }),
    ("forgets that a location is needed", |case| case.provider.country = case.provider.country.or(Some("SE"))),
    ("takes who suspended a partnership for the other side", |case| {
        if case.bond == Bond::SuspendedByProvider {
            case.bond = Bond::SuspendedByReseller { orders: true };
        }
    }),
    ("takes an ended partnership for none", |case| {
        if case.bond == Bond::Ended {
            case.bond = Bond::None;
        }
    }),
    ("forgets the reseller's word on orders", |case| {
        if case.bond == (Bond::Active { orders: false }) {
            case.bond = Bond::Active { orders: true };
        }
    }),
    ("takes a suspended relationship for active", |case| {
        if case.by_provider == Link::Suspended {
            case.by_provider = Link::Active;
        }
    }),
    ("forgets the customer agreement", |case| case.agreement = true),
    ("takes every country for a market of the region", |case| case.country = case.country.map(|_| "FI")),
];
