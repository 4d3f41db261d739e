//! Several order checks at once, in their order.

use std::collections::BTreeSet;

use ids::OrganizationId;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::check::{acquainted, answer, named, read};
use crate::rpc::record::{self, Record};
use crate::store::facts::Trio;
use crate::{App, Change, metrics, store};

/// As many questions are answered at once.
const MOST: usize = 100;

pub(crate) async fn batch_check(
    app: &App,
    caller: &Caller,
    request: pb::BatchCheckOrderEligibilityRequest,
) -> Result<pb::BatchCheckOrderEligibilityResponse, Fault> {
    let trios = &parse(&request)?;
    let scope = caller.scope()?;
    trios.iter().try_for_each(|trio| named(scope, *trio))?;
    // One after the other: however many are asked, they hold one connection at a time.
    let (reader, now) = (app.database().reader(), app.now());
    let mut results = Vec::with_capacity(trios.len());
    for trio in trios {
        let facts = store::facts::of(reader, *trio, now).await?;
        acquainted(app, scope, *trio, &facts).await?;
        results.push(answer(app, &facts, now)?);
    }
    if request.requests.iter().any(|one| one.fresh) {
        let answer = read_anew(app, caller, &request, trios).await;
        return answer.inspect(|answer| answer.results.iter().for_each(metrics::decided));
    }
    results.iter().for_each(metrics::decided);
    Ok(pb::BatchCheckOrderEligibilityResponse { results })
}

fn parse(request: &pb::BatchCheckOrderEligibilityRequest) -> Result<Vec<Trio>, Fault> {
    let mut v = Violations::of(request);
    if request.requests.is_empty() {
        v.add("requests", "is required");
    }
    let asked = v.list("requests", &request.requests, MOST);
    let trios: Vec<_> =
        asked.iter().enumerate().map(|(at, one)| read(&mut v, &format!("requests[{at}]."), one)).collect();
    v.all((trios.into_iter().collect::<Option<Vec<_>>>(),)).map(|(trios,)| trios)
}

/// Reads each party of the questions that ask for it once, keeps what is newer, and answers all.
async fn read_anew(
    app: &App,
    caller: &Caller,
    request: &pb::BatchCheckOrderEligibilityRequest,
    trios: &[Trio],
) -> Result<pb::BatchCheckOrderEligibilityResponse, Fault> {
    let asked = request.requests.iter().zip(trios).filter(|(one, _)| one.fresh);
    let parties: BTreeSet<OrganizationId> = asked.flat_map(|(_, trio)| trio.parties()).collect();
    let mut records: Vec<Record> = Vec::new();
    for party in parties {
        records.extend(record::read(app, caller, party).await?);
    }
    let records = &records;
    app.change(caller, request, move |change: Change| async move {
        for record in records {
            record::apply(&change.tx, record).await?;
        }
        let mut results = Vec::with_capacity(trios.len());
        for trio in trios {
            let facts = store::facts::of(&change.tx, *trio, change.now()).await?;
            results.push(answer(app, &facts, change.now())?);
        }
        Ok(Outcome::Done(pb::BatchCheckOrderEligibilityResponse { results }, Vec::new()))
    })
    .await
}
