//! May this provider order for this customer of that reseller? From facts to every reason why not. Admin grants are deliberately no input.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};
use markets::{CountryCode, Markets};

use super::standing::{Agreement, DueAgreement, EnrollmentState, Standing};
use super::state::{Stage, State};

mod evidence;
mod reason;

pub(crate) use evidence::{Fact, currencies, evidence};
pub(crate) use reason::{Actor, Reason, Remedy};

/// Whom an order would concern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trio {
    pub(crate) provider: OrganizationId,
    pub(crate) reseller: OrganizationId,
    pub(crate) customer: OrganizationId,
}

/// All that an answer depends on, read in one snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) provider: Partner,
    pub(crate) reseller: Partner,
    pub(crate) customer: Customer,
    pub(crate) partnership: Option<PartnershipFact>,
    pub(crate) reseller_relationship: Option<RelationshipFact>,
    pub(crate) provider_relationship: Option<RelationshipFact>,
    /// The version that the customer accepted.
    pub(crate) customer_agreement: Option<String>,
    /// Agreements whose sign-by date is past.
    pub(crate) due: Vec<DueAgreement>,
}

/// A provider or reseller.
#[derive(Debug, Clone)]
pub(crate) struct Partner {
    pub(crate) organization: OrganizationId,
    /// Its enrollment in the capacity asked for.
    pub(crate) standing: Option<Standing>,
    /// As of when this is known; `None` when it can't be trusted or was never told.
    pub(crate) as_of: Option<DateTime<Utc>>,
}

/// A customer.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) organization: OrganizationId,
    pub(crate) country: Option<CountryCode>,
    pub(crate) version: i64,
    pub(crate) as_of: Option<DateTime<Utc>>,
}

/// The partnership of the two partners: the live one, else the last.
#[derive(Debug, Clone)]
pub(crate) struct PartnershipFact {
    pub(crate) id: PartnershipId,
    pub(crate) version: i64,
    pub(crate) stands: Stands,
    pub(crate) orders_allowed: bool,
}

/// A live relationship of a partner with the customer.
#[derive(Debug, Clone)]
pub(crate) struct RelationshipFact {
    pub(crate) id: ResellerRelationshipId,
    pub(crate) version: i64,
    pub(crate) stands: Stands,
}

/// How a partnership or relationship stands, as far as an order depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    Active,
    Suspended { by: OrganizationId },
    Ended,
}

/// One reason why not, about whom, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ineligibility {
    pub(crate) reason: Reason,
    /// Of what is suspended, the one that suspended it.
    pub(crate) organization: OrganizationId,
    pub(crate) remedy: Remedy,
}

/// By what rules facts are judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) markets: &'a Markets,
    pub(crate) now: DateTime<Utc>,
    /// How old knowledge of enrollment may be.
    pub(crate) bound: TimeDelta,
}

impl Trio {
    /// The three of them.
    pub(crate) fn parties(self) -> [OrganizationId; 3] {
        [self.provider, self.reseller, self.customer]
    }
}

impl Facts {
    /// Whether by what an order depends on this one of the three deals with another of them.
    pub(crate) fn acquaint(&self, own: OrganizationId) -> bool {
        let with_provider = self.provider_relationship.is_some();
        let with_reseller = self.reseller_relationship.is_some();
        (own == self.provider.organization && (self.partnership.is_some() || with_provider))
            || (own == self.reseller.organization && (self.partnership.is_some() || with_reseller))
            || (own == self.customer.organization && (with_provider || with_reseller))
    }
}

impl Stands {
    fn as_str(self) -> &'static str {
        match self {
            Stands::Active => Stage::Active.as_str(),
            Stands::Suspended { .. } => Stage::Suspended.as_str(),
            Stands::Ended => Stage::Ended.as_str(),
        }
    }
}

impl From<State> for Stands {
    fn from(state: State) -> Stands {
        match state {
            State::Active => Stands::Active,
            State::Suspended { by, .. } => Stands::Suspended { by },
            State::Ended { .. } => Stands::Ended,
        }
    }
}

impl Ineligibility {
    fn of(reason: Reason, organization: OrganizationId) -> Ineligibility {
        Ineligibility { reason, organization, remedy: reason.remedy() }
    }

    /// What one party suspended, it alone resumes.
    fn suspended(reason: Reason, by: OrganizationId, actor: Actor) -> Ineligibility {
        Ineligibility { reason, organization: by, remedy: Remedy { actor, ..reason.remedy() } }
    }
}

impl Rules<'_> {
    fn knows(&self, as_of: Option<DateTime<Utc>>) -> bool {
        as_of.is_some_and(|as_of| self.now - as_of <= self.bound)
    }
}

/// Every reason why not; none means eligible.
pub(crate) fn judge(facts: &Facts, rules: Rules<'_>) -> Vec<Ineligibility> {
    let mut found = Vec::new();
    found.extend(partner(&facts.provider, Reason::ProviderNotActive, &facts.due, rules));
    found.extend(partner(&facts.reseller, Reason::ResellerNotActive, &facts.due, rules));
    if !rules.knows(facts.customer.as_of) {
        found.push(Ineligibility::of(Reason::StandingUnknown, facts.customer.organization));
    }
    found.extend(partnership(facts.partnership.as_ref(), facts.provider.organization, facts.reseller.organization));
    let (missing, suspended) = (Reason::ResellerRelationshipMissing, Reason::ResellerRelationshipSuspended);
    let by_reseller = facts.reseller_relationship.as_ref();
    found.extend(relationship(facts.reseller.organization, by_reseller, (missing, suspended), Actor::Reseller));
    let (missing, suspended) = (Reason::ProviderRelationshipMissing, Reason::ProviderRelationshipSuspended);
    let by_provider = facts.provider_relationship.as_ref();
    found.extend(relationship(facts.provider.organization, by_provider, (missing, suspended), Actor::Provider));
    if facts.customer_agreement.is_none() {
        found.push(Ineligibility::of(Reason::CustomerAgreementMissing, facts.customer.organization));
    }
    found.extend(market(facts, rules));
    found.sort_unstable();
    found
}

/// What is wanting on a partner's own side.
pub(crate) fn partner(
    partner: &Partner,
    not_active: Reason,
    due: &[DueAgreement],
    rules: Rules<'_>,
) -> Vec<Ineligibility> {
    let mut reasons = Vec::new();
    let of = |reason| Ineligibility::of(reason, partner.organization);
    let inactive = |state| Ineligibility { remedy: not_active.while_in(state), ..of(not_active) };
    if !rules.knows(partner.as_of) {
        return vec![of(Reason::StandingUnknown)];
    }
    let Some(standing) = &partner.standing else {
        return vec![inactive(None), of(Reason::AgreementUnsigned), of(Reason::LocationMissing)];
    };
    if standing.state != EnrollmentState::Active {
        reasons.push(inactive(Some(standing.state)));
    }
    match standing.agreement(due, rules.markets, rules.now) {
        Agreement::Current => {}
        Agreement::Unsigned => reasons.push(of(Reason::AgreementUnsigned)),
        Agreement::Overdue => reasons.push(of(Reason::AgreementOverdue)),
    }
    if standing.location.is_none() {
        reasons.push(of(Reason::LocationMissing));
    }
    reasons
}

/// What stands against orders in the partnership itself.
pub(crate) fn partnership(
    fact: Option<&PartnershipFact>,
    provider: OrganizationId,
    reseller: OrganizationId,
) -> Vec<Ineligibility> {
    let Some(fact) = fact else { return vec![Ineligibility::of(Reason::PartnershipMissing, provider)] };
    let orders = (!fact.orders_allowed).then(|| Ineligibility::of(Reason::OrdersNotAllowed, reseller));
    match fact.stands {
        Stands::Active => orders.into_iter().collect(),
        Stands::Suspended { by } => {
            let actor = if by == provider { Actor::Provider } else { Actor::Reseller };
            let suspended = Ineligibility::suspended(Reason::PartnershipSuspended, by, actor);
            [suspended].into_iter().chain(orders).collect()
        }
        // What an ended partnership allowed no longer matters.
        Stands::Ended => vec![Ineligibility::of(Reason::PartnershipEnded, provider)],
    }
}

fn relationship(
    partner: OrganizationId,
    fact: Option<&RelationshipFact>,
    (missing, suspended): (Reason, Reason),
    side: Actor,
) -> Option<Ineligibility> {
    match fact.map(|fact| fact.stands) {
        Some(Stands::Active) => None,
        Some(Stands::Suspended { by }) => {
            let actor = if by == partner { side } else { Actor::Customer };
            Some(Ineligibility::suspended(suspended, by, actor))
        }
        Some(Stands::Ended) | None => Some(Ineligibility::of(missing, partner)),
    }
}

/// Where the customer is must be a market, and in the region of each partner's location. What is unknown is said elsewhere.
pub(crate) fn market(facts: &Facts, rules: Rules<'_>) -> Vec<Ineligibility> {
    let region = |country| rules.markets.region_of(country, rules.now);
    let located = |partner: &Partner| {
        let known = rules.knows(partner.as_of);
        partner.standing.as_ref().filter(|_| known).and_then(|standing| standing.location)
    };
    let outside = |organization| Ineligibility::of(Reason::MarketOutsideRegion, organization);
    let mut found = Vec::new();
    let country = facts.customer.country.filter(|_| rules.knows(facts.customer.as_of));
    if let Some(country) = country
        && region(country).is_none()
    {
        found.push(Ineligibility::of(Reason::MarketNotOpen, facts.customer.organization));
    }
    match country.and_then(region) {
        Some(home) => {
            for partner in [&facts.provider, &facts.reseller] {
                if located(partner).is_some_and(|location| region(location.country) != Some(home)) {
                    found.push(outside(partner.organization));
                }
            }
        }
        None => {
            if let (Some(provider), Some(reseller)) = (located(&facts.provider), located(&facts.reseller))
                && (region(provider.country).is_none() || region(provider.country) != region(reseller.country))
            {
                found.push(outside(facts.provider.organization));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
