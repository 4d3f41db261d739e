//! May this provider order for this customer of that reseller now? Not eligible is an answer, not an error.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::kind;
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::eligibility::{Facts, Rules, Trio, currencies, evidence, judge};
use crate::rpc::{convert, record};
use crate::{App, Change, metrics, store};

pub(crate) async fn check(
    app: &App,
    caller: &Caller,
    request: pb::CheckOrderEligibilityRequest,
) -> Result<pb::OrderEligibility, Fault> {
    let trio = parse(&request)?;
    let scope = caller.scope()?;
    party_only(scope, trio)?;
    let now = app.now();
    let facts = store::facts::of_urgent(app.database().reserve(), trio, now).await?;
    acquainted(app, scope, trio, &facts).await?;
    if request.fresh {
        return read_anew(app, caller, &request, trio).await.inspect(metrics::decided);
    }
    answer(app, &facts, now).inspect(metrics::decided)
}

/// Refuses whoever is none of the three.
pub(super) fn party_only(scope: Scope, trio: Trio) -> Result<(), Fault> {
    let party = trio.parties().into_iter().any(|party| scope.permits(party));
    if party { Ok(()) } else { Err(Fault::not_a_party()) }
}

/// Refuses whoever has never had to do with any of the others: it learns nothing of what is between them by putting itself beside them.
pub(super) async fn acquainted(app: &App, scope: Scope, trio: Trio, facts: &Facts) -> Result<(), Fault> {
    let Scope::Organization(own) = scope else { return Ok(()) };
    // What ended is asked apart, as an order that can be placed never needs it.
    let known = facts.acquaint(own) || store::facts::acquainted(app.database().reserve(), own, trio).await?;
    if known { Ok(()) } else { Err(Fault::not_a_party()) }
}

fn parse(request: &pb::CheckOrderEligibilityRequest) -> Result<Trio, Fault> {
    let mut v = Violations::of(request);
    let trio = read(&mut v, "", request);
    v.all((trio,)).map(|(trio,)| trio)
}

/// Whom a question is about; `at` is where it stands in the request.
pub(super) fn read(v: &mut Violations, at: &str, request: &pb::CheckOrderEligibilityRequest) -> Option<Trio> {
    let provider = v.name::<kind::Organization>(&format!("{at}provider"), &request.provider);
    let reseller = v.name::<kind::Organization>(&format!("{at}partner_of_record"), &request.partner_of_record);
    let customer = v.name::<kind::Organization>(&format!("{at}customer"), &request.customer);
    let action = v.choice::<pb::OrderAction>(&format!("{at}action"), request.action);
    action.and(Some(Trio { provider: provider?, reseller: reseller?, customer: customer? }))
}

/// Reads the parties at enrollment first and keeps what is newer, so that the next check profits.
async fn read_anew(
    app: &App,
    caller: &Caller,
    request: &pb::CheckOrderEligibilityRequest,
    trio: Trio,
) -> Result<pb::OrderEligibility, Fault> {
    let records = &record::read_all(app, caller, trio.parties()).await?;
    app.change(&caller.beyond_its_wall(), request, move |change: Change| async move {
        record::apply_all(&change.tx, records).await?;
        let facts = store::facts::of(&change.tx, trio, change.now()).await?;
        Ok(Outcome::Done(answer(app, &facts, change.now())?, Vec::new()))
    })
    .await
}

pub(super) fn answer(app: &App, facts: &Facts, now: DateTime<Utc>) -> Result<pb::OrderEligibility, Fault> {
    let service = app.service();
    let rules = Rules { markets: service.markets()?, now, bound: service.config.standing_age() };
    let reasons = judge(facts, rules);
    Ok(pb::OrderEligibility {
        eligible: reasons.is_empty(),
        reasons: reasons.into_iter().map(convert::ineligibility).collect(),
        facts: evidence(facts, now).into_iter().map(convert::fact).collect(),
        evaluate_time: Some(timestamp(now)),
        currency_codes: currencies(facts, rules),
    })
}
