//! What an answer was read from, and what else it tells.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Facts, Rules};

/// What was read to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) resource: String,
    pub(crate) version: i64,
    pub(crate) state: String,
    pub(crate) age: Option<TimeDelta>,
}

/// Currencies in which the customer's market is ordered for, where it is known and open.
pub(crate) fn currencies(facts: &Facts, rules: Rules<'_>) -> Vec<String> {
    let country = facts.customer.country.filter(|_| rules.knows(facts.customer.as_of));
    let market = country.and_then(|country| rules.markets.market(country, rules.now));
    market.into_iter().flat_map(|market| &market.currencies).map(ToString::to_string).collect()
}

/// What was read to answer, with its age.
pub(crate) fn evidence(facts: &Facts, now: DateTime<Utc>) -> Vec<Fact> {
    let mut found = Vec::new();
    for partner in [&facts.provider, &facts.reseller] {
        if let Some(standing) = &partner.standing {
            found.push(Fact {
                resource: standing.name(),
                version: standing.version,
                state: standing.state.as_str().to_owned(),
                age: partner.as_of.map(|as_of| now - as_of),
            });
        }
    }
    if let Some(country) = facts.customer.country {
        found.push(Fact {
            resource: facts.customer.organization.name(),
            version: facts.customer.version,
            state: country.to_string(),
            age: facts.customer.as_of.map(|as_of| now - as_of),
        });
    }
    let own = |resource, version, state: &str| Fact {
        resource,
        version,
        state: state.to_owned(),
        age: Some(TimeDelta::zero()),
    };
    found.extend(facts.partnership.iter().map(|fact| own(fact.id.name(), fact.version, fact.stands.as_str())));
    let relationships = facts.reseller_relationship.iter().chain(&facts.provider_relationship);
    found.extend(relationships.map(|fact| own(fact.id.name(), fact.version, fact.stands.as_str())));
    let agreement = facts.customer_agreement.iter();
    let name = |version: &String| format!("{}/customerAgreements/{version}", facts.customer.organization.name());
    found.extend(agreement.map(|version| own(name(version), 1, "ACCEPTED")));
    found
}
