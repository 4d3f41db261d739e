//! What time alone changes: verifications and cases whose holder let the deadline pass.

use database::Scope;
use ids::{EmailVerificationId, VettingCaseId};
use runtime::Fault;
use runtime::sweep::{BATCH, each};

use crate::{App, Change, domain::Event, store};

/// Writes down what has run out; says how many rows that were.
pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let (reader, now) = (app.database().reader(), app.now());
    let verifications = store::email_verification::overdue(reader, now, BATCH).await?;
    let cases = store::vetting_case::overdue(reader, now, BATCH).await?;
    Ok(each(verifications, |id| app.sweep(move |change| verification(change, id))).await
        + each(cases, |id| app.sweep(move |change| case(change, id))).await)
}

async fn verification(change: Change, id: EmailVerificationId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let found = store::email_verification::find(tx, Scope::Peer, id).await?;
    let Some(mut verification) = found else { return Ok(Vec::new()) };
    // Answered since it was listed.
    let Ok(event) = verification.expire(change.now()) else { return Ok(Vec::new()) };
    store::email_verification::save(tx, Scope::Peer, &mut verification).await?;
    Ok(vec![Event::from(event)])
}

async fn case(change: Change, id: VettingCaseId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    let Ok(event) = case.expire(change.now()) else { return Ok(Vec::new()) };
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
    Ok(vec![Event::from(event)])
}
