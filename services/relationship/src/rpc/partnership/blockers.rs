//! What keeps orders from being placed through a partnership, by which party.

use chrono::{DateTime, Utc};
use runtime::convert::timestamp;
use runtime::{Caller, Fault};
use wire::types::{Capability, Party, Requirement, RequirementCode};

use crate::domain::eligibility::{
    self, Actor, Customer, Facts, Ineligibility, Partner, PartnershipFact, Reason, Remedy, Rules, Trio,
};
use crate::domain::partnership::Partnership;
use crate::rpc::convert;
use crate::{App, store};

/// Read in one snapshot: both sides' standing, as far as it matters to this partnership.
pub(super) async fn blockers(
    app: &App,
    caller: &Caller,
    partnership: &Partnership,
    now: DateTime<Utc>,
) -> Result<Vec<Requirement>, Fault> {
    let (provider, reseller) = (partnership.provider, partnership.reseller);
    // No customer is asked about; a partner in its place reads nothing that isn't read anyway.
    let trio = Trio { provider, reseller, customer: reseller };
    let facts = store::facts::of(&app.reader(caller), trio, now).await?;
    let rules = Rules { markets: app.service().markets()?, now, bound: app.service().config.standing_age() };
    let own = PartnershipFact {
        id: partnership.id,
        version: partnership.version,
        stands: partnership.state.into(),
        orders_allowed: partnership.orders_allowed,
    };
    let mut found = Vec::new();
    for (partner, not_active, party) in [
        (&facts.provider, Reason::ProviderNotActive, Party::Provider),
        (&facts.reseller, Reason::ResellerNotActive, Party::Reseller),
    ] {
        let wanting = eligibility::partner(partner, not_active, &facts.due, rules);
        found.extend(wanting.into_iter().map(|found| requirement(found, party, since(partner))));
    }
    let wanting = eligibility::partnership(Some(&own), provider, reseller);
    let changed = Some(partnership.update_time);
    found.extend(wanting.into_iter().map(|found| requirement(found, Party::Reseller, changed)));
    // No customer is asked about, so the partners are held against each other.
    let apart =
        eligibility::market(&Facts { customer: Customer { country: None, ..facts.customer.clone() }, ..facts }, rules);
    found.extend(apart.into_iter().map(|found| requirement(found, Party::Nobody, None)));
    Ok(found)
}

fn since(partner: &Partner) -> Option<DateTime<Utc>> {
    partner.standing.as_ref().map(|standing| standing.state_time)
}

fn requirement(found: Ineligibility, side: Party, since: Option<DateTime<Utc>>) -> Requirement {
    let Remedy { text, actor, method } = found.remedy;
    let actor = if actor == Actor::GlobalAdmin { side } else { convert::party(actor) };
    Requirement {
        code: code(found.reason) as i32,
        description: text.to_owned(),
        actor: actor as i32,
        since_time: since.map(timestamp),
        due_time: None,
        method: method.to_owned(),
        blocks: vec![Capability::Transact as i32],
    }
}

fn code(reason: Reason) -> RequirementCode {
    match reason {
        Reason::AgreementUnsigned | Reason::AgreementOverdue => RequirementCode::Agreement,
        Reason::LocationMissing | Reason::MarketOutsideRegion => RequirementCode::Location,
        Reason::PartnershipMissing | Reason::PartnershipSuspended | Reason::PartnershipEnded => {
            RequirementCode::Partnership
        }
        Reason::OrdersNotAllowed => RequirementCode::Orders,
        _ => RequirementCode::Standing,
    }
}
