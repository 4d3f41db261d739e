//! Several questions of delegated access at once, in their order.

use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::check::{Question, answer, read};
use crate::domain::admin_grant::AdminGrant;
use crate::{App, store};

/// As many questions are answered at once.
const MOST: usize = 100;

pub(crate) async fn batch_check(
    app: &App,
    caller: &Caller,
    request: pb::BatchCheckDelegatedAccessRequest,
) -> Result<pb::BatchCheckDelegatedAccessResponse, Fault> {
    let questions = parse(caller, &request)?;
    let (reader, now) = (&app.reader(caller), app.now());
    let users: Vec<_> = questions.iter().map(|question| question.user.uuid()).collect();
    let known = database::access::many(reader, &users).await?;
    let mut pairs: Vec<_> = questions.iter().map(|question| (question.organization, question.grantee)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let grants = store::admin_grant::live_of(reader, &pairs, now).await?;
    let results = questions.iter().map(|question| {
        let known = known.iter().find(|known| known.holder == question.user.uuid());
        let theirs = |grant: &&AdminGrant| grant.grantor == question.organization && grant.grantee == question.grantee;
        let grants: Vec<_> = grants.iter().filter(theirs).cloned().collect();
        answer(question, known, &grants, now)
    });
    Ok(pb::BatchCheckDelegatedAccessResponse { results: results.collect() })
}

fn parse(caller: &Caller, request: &pb::BatchCheckDelegatedAccessRequest) -> Result<Vec<Question>, Fault> {
    let mut v = Violations::of(request);
    if request.requests.is_empty() {
        v.add("requests", "is required");
    }
    let asked = v.list("requests", &request.requests, MOST);
    let asked: Vec<_> =
        asked.iter().enumerate().map(|(at, one)| read(&mut v, &format!("requests[{at}]."), caller, one)).collect();
    let (asked,) = v.all((asked.into_iter().collect::<Option<Vec<_>>>(),))?;
    asked.into_iter().map(|asked| asked.by(caller)).collect()
}
