//! Several order checks at once, in their order.

use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::check::{acquainted, answer, party_only, read};
use crate::domain::eligibility::Trio;
use crate::rpc::record;
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
    trios.iter().try_for_each(|trio| party_only(scope, *trio))?;
    // One after the other: however many are asked, they hold one connection at a time. What is between two of them is no row of the third, who may
    // know of it what the answer says.
    let (reader, now) = (&app.reader(&caller.beyond_its_wall()), app.now());
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
    let records = &record::read_all(app, caller, asked.flat_map(|(_, trio)| trio.parties())).await?;
    app.change(&caller.beyond_its_wall(), request, move |change: Change| async move {
        record::apply_all(&change.tx, records).await?;
        let mut results = Vec::with_capacity(trios.len());
        for trio in trios {
            let facts = store::facts::of(&change.tx, *trio, change.now()).await?;
            results.push(answer(app, &facts, change.now())?);
        }
        Ok(Outcome::Done(pb::BatchCheckOrderEligibilityResponse { results }, Vec::new()))
    })
    .await
}
