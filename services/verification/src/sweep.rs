//! What time alone changes: verifications and cases whose holder let the deadline pass.

use database::Scope;
use runtime::Fault;

use crate::{App, domain::Event, store};

/// How many rows of each table one pass moves at most.
const MOST: u64 = 200;

/// Writes down what has run out; says how many rows that were.
pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let (reader, now) = (app.database().reader(), app.now());
    let verifications = store::email_verification::overdue(reader, now, MOST).await?;
    for id in &verifications {
        app.sweep(|change| async move {
            let tx = &change.tx;
            let Some(mut verification) = store::email_verification::find(tx, Scope::Peer, *id).await? else {
                return Ok(Vec::new());
            };
            // Answered since it was listed.
            let Ok(event) = verification.expire(change.now()) else { return Ok(Vec::new()) };
            store::email_verification::save(tx, Scope::Peer, &mut verification).await?;
            Ok(vec![Event::from(event)])
        })
        .await?;
    }
    let cases = store::vetting_case::overdue(reader, now, MOST).await?;
    for id in &cases {
        app.sweep(|change| async move {
            let tx = &change.tx;
            let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, *id).await? else { return Ok(Vec::new()) };
            let Ok(event) = case.expire(change.now()) else { return Ok(Vec::new()) };
            store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
            Ok(vec![Event::from(event)])
        })
        .await?;
    }
    Ok(verifications.len() + cases.len())
}
