//! May this provider order for this customer of that reseller now? Not eligible is an answer, not an error.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::{OrganizationId, kind};
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::eligibility::{Facts, Rules, evidence, judge};
use crate::rpc::{convert, record};
use crate::store::facts::Trio;
use crate::{App, Change, store};

pub(crate) async fn check(
    app: &App,
    caller: &Caller,
    request: pb::CheckOrderEligibilityRequest,
) -> Result<pb::OrderEligibility, Fault> {
    let trio = parse(&request)?;
    let scope = caller.scope()?;
    if ![trio.provider, trio.reseller, trio.customer].into_iter().any(|party| scope.permits(party)) {
        return Err(Fault::not_a_party());
    }
    let now = app.now();
    let facts = store::facts::of(app.database().reserve(), trio, now).await?;
    if let Scope::Organization(own) = scope
        && is_stranger(app, own, trio, &facts).await?
    {
        return Err(Fault::not_a_party());
    }
    if request.fresh {
        return read_anew(app, caller, &request, trio).await;
    }
    answer(app, &facts, now)
}

/// Who has never had to do with any of the others learns nothing of what is between them by putting itself beside them.
async fn is_stranger(app: &App, own: OrganizationId, trio: Trio, facts: &Facts) -> Result<bool, Fault> {
    let with_provider = facts.provider_relationship.is_some();
    let with_reseller = facts.reseller_relationship.is_some();
    let known = (own == trio.provider && (facts.partnership.is_some() || with_provider))
        || (own == trio.reseller && (facts.partnership.is_some() || with_reseller))
        || (own == trio.customer && (with_provider || with_reseller));
    // Asked apart, as an order that can be placed never needs it.
    Ok(!known && !store::facts::acquainted(app.database().reserve(), own, trio).await?)
}

fn parse(request: &pb::CheckOrderEligibilityRequest) -> Result<Trio, Fault> {
    let mut v = Violations::of(request);
    let provider = v.name::<kind::Organization>("provider", &request.provider);
    let reseller = v.name::<kind::Organization>("partner_of_record", &request.partner_of_record);
    let customer = v.name::<kind::Organization>("customer", &request.customer);
    let action = v.choice::<pb::OrderAction>("action", request.action);
    let (provider, reseller, customer, _) = v.all((provider, reseller, customer, action))?;
    Ok(Trio { provider, reseller, customer })
}

/// Reads the parties at enrollment first and keeps what is newer, so that the next check profits.
async fn read_anew(
    app: &App,
    caller: &Caller,
    request: &pb::CheckOrderEligibilityRequest,
    trio: Trio,
) -> Result<pb::OrderEligibility, Fault> {
    let mut records = Vec::new();
    for party in [trio.provider, trio.reseller, trio.customer] {
        records.extend(record::read(app, caller, party).await?);
    }
    let records = &records;
    app.change(caller, request, move |change: Change| async move {
        for record in records {
            record::apply(&change.tx, record).await?;
        }
        let facts = store::facts::of(&change.tx, trio, change.now()).await?;
        Ok(Outcome::Done(answer(app, &facts, change.now())?, Vec::new()))
    })
    .await
}

fn answer(app: &App, facts: &Facts, now: DateTime<Utc>) -> Result<pb::OrderEligibility, Fault> {
    let service = app.service();
    let rules = Rules { markets: service.markets()?, now, bound: service.config.standing_age() };
    let reasons = judge(facts, rules);
    Ok(pb::OrderEligibility {
        eligible: reasons.is_empty(),
        reasons: reasons.into_iter().map(convert::ineligibility).collect(),
        facts: evidence(facts, now).into_iter().map(convert::fact).collect(),
        evaluate_time: Some(timestamp(now)),
    })
}
