//! What time alone changes: what ran out, whom we remind of it before, what we promised and are late with, and what a killed process left half.

use std::time::{Duration, SystemTime};

use database::Scope;
use ids::{EmailVerificationId, VettingCaseId};
use runtime::serve::LONGEST_UPLOAD;
use runtime::sweep::{BATCH, each};
use runtime::{Fault, clock};

use crate::domain::{Alert, AlertCause, Event};
use crate::{App, Change, deadlines, store};

/// What was written to last so long ago is no upload any more. Several times as long as one may take, since the clocks of a shared disk differ.
const LEFT_BEHIND: Duration = Duration::from_secs(10 * LONGEST_UPLOAD.as_secs());

/// Writes down what has run out or lapsed and tells of what is near or late; says how many rows that were.
pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let (reader, now) = (&app.database().reader_for(Scope::Peer), app.now());
    let near = now + deadlines::at(now)?.remind;
    let verifications = store::email_verification::overdue(reader, now, BATCH).await?;
    let cases = store::vetting_case::overdue(reader, now, BATCH).await?;
    let reminded = store::email_verification::near(reader, now, near, BATCH).await?;
    let lapsed = store::vetting_case::lapsed(reader, now, BATCH).await?;
    let late = store::vetting_case::late(reader, now, BATCH).await?;
    let forgone = store::vetting_case::forgone(reader, now, BATCH).await?;
    let asked = store::vetting_case::near(reader, now, near, BATCH).await?;
    // Of the files' own time, which no simulation moves.
    let left = SystemTime::from(clock::system_time()) - LEFT_BEHIND;
    match app.service().files.sweep(left).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "documents that came in half were removed"),
        Err(error) => tracing::warn!(%error, "what came in half could not be removed"),
    }
    if store::mail_count::has_past(reader, now).await? {
        app.sweep(|change| async move {
            store::mail_count::forget(&change.tx, change.now()).await?;
            Ok(Vec::new())
        })
        .await?;
    }
    Ok(each(verifications, |id| app.sweep(move |change| verification(change, id))).await
        + each(cases, |id| app.sweep(move |change| case(change, id))).await
        + each(reminded, |id| app.sweep(move |change| remind(change, id))).await
        + each(asked, |id| app.sweep(move |change| remind_case(change, id))).await
        + each(forgone, |id| app.sweep(move |change| forgo_appeal(change, id))).await
        + each(lapsed, |id| app.sweep(move |change| lapse(change, id))).await
        + each(late, |id| app.sweep(move |change| alarm(app, change, id))).await)
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

async fn remind(change: Change, id: EmailVerificationId) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let found = store::email_verification::find(tx, Scope::Peer, id).await?;
    let Some(mut verification) = found else { return Ok(Vec::new()) };
    let case = store::vetting_case::find(tx, Scope::Peer, verification.case).await?;
    let deadlines = deadlines::at(now)?;
    let event = case.and_then(|case| verification.remind(&case, now, &deadlines));
    if event.is_none() {
        // The case asks it no more: it is not looked at again.
        verification.reminded = verification.generation;
    }
    store::email_verification::save(tx, Scope::Peer, &mut verification).await?;
    Ok(event.into_iter().map(Event::from).collect())
}

async fn remind_case(change: Change, id: VettingCaseId) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    let Some(event) = case.remind(now, &deadlines::at(now)?) else { return Ok(Vec::new()) };
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
    Ok(vec![Event::from(event)])
}

async fn forgo_appeal(change: Change, id: VettingCaseId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    let Some(event) = case.forgo_appeal(change.now()) else { return Ok(Vec::new()) };
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
    Ok(vec![Event::from(event)])
}

async fn lapse(change: Change, id: VettingCaseId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    let Some(event) = case.lapse(change.now()) else { return Ok(Vec::new()) };
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
    Ok(vec![Event::from(event)])
}

async fn alarm(app: &App, change: Change, id: VettingCaseId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut case) = store::vetting_case::find(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    if !case.alarm(change.now()) {
        return Ok(Vec::new());
    }
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
    let to = app.service().operator.clone();
    Ok(vec![Alert { cause: AlertCause::ReviewLate, to, case: Box::new(case) }.into()])
}
