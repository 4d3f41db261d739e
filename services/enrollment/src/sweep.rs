//! What time alone asks for: agreements that are due told of, sessions and codes forgotten, and relationship told how far the outbox has come.

mod agreement;

use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use database::{Scope, outbox};
use runtime::convert::timestamp;
use runtime::{Fault, ServiceName, clock};
use wire::relationship::RecordWatermarkRequest;
use wire::relationship::relationship_peer_service_client::RelationshipPeerServiceClient;

use crate::domain::sign_in_code::window;
use crate::{App, store};

const WATERMARK_EVERY: TimeDelta = TimeDelta::seconds(5);
/// As many parked subjects as a watermark names.
const MOST_PARKED: usize = 1_000;
/// The longest transaction allowed: what began before it has committed by now.
const IN_FLIGHT: TimeDelta = TimeDelta::seconds(10);

pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let now = app.now();
    let last = &app.service().watermark;
    let due = now.timestamp_micros() - WATERMARK_EVERY.num_microseconds().unwrap_or_default();
    if last.load(Ordering::Relaxed) <= due {
        // While something has not arrived yet, relationship hears at each sweep how far it has come.
        if tell_watermark(app, now).await? {
            last.store(now.timestamp_micros(), Ordering::Relaxed);
        }
    }
    // Last: relationship trusts what it knows for minutes only, while an old session harms nobody.
    let forgotten = forget_sessions(app).await? + forget_codes(app).await? + forget_assertions(app).await?;
    Ok(agreement::remind(app).await? + forgotten)
}

/// Codes that have expired, and counts of hours that are over.
async fn forget_codes(app: &App) -> Result<usize, Fault> {
    let now = app.now();
    if !store::sign_in_code::any_past(app.database().reader(), now, window(now)).await? {
        return Ok(0);
    }
    app.sweep(|change| async move {
        store::sign_in_code::purge(&change.tx, now, window(now)).await?;
        Ok(Vec::new())
    })
    .await?;
    Ok(1)
}

/// Sessions follow real time, as tokens do.
async fn forget_sessions(app: &App) -> Result<usize, Fault> {
    let now = clock::system_time();
    if !store::session::any_expired(app.database().reader(), now).await? {
        return Ok(0);
    }
    app.sweep(|change| async move {
        store::session::purge(&change.tx, now).await?;
        Ok(Vec::new())
    })
    .await?;
    Ok(1)
}

/// Those that are remembered by real time, as what they say of time is.
async fn forget_assertions(app: &App) -> Result<usize, Fault> {
    let now = clock::system_time();
    if !store::assertion::any_expired(app.database().reader(), now).await? {
        return Ok(0);
    }
    app.sweep(|change| async move {
        store::assertion::purge(&change.tx, now).await?;
        Ok(Vec::new())
    })
    .await?;
    Ok(1)
}

/// Tells relationship up to when everything has arrived; whether that is all there was to tell.
async fn tell_watermark(app: &App, now: DateTime<Utc>) -> Result<bool, Fault> {
    let (reader, destination) = (&app.database().reader_for(Scope::Peer), ServiceName::Relationship);
    let oldest = outbox::oldest_undelivered(reader, destination.as_str()).await?;
    let parked = outbox::parked_subjects(reader, destination.as_str()).await?;
    let Some(request) = watermark(app.epoch(), oldest, parked, now) else {
        tracing::warn!("too much is parked to tell relationship how far the outbox has come");
        return Ok(false);
    };
    let mut client = RelationshipPeerServiceClient::new(app.peers().client(destination));
    if let Err(status) = client.record_watermark(request).await {
        // A lost one is followed by the next: nothing waits for it here.
        tracing::debug!(%status, "relationship was not told the watermark");
        return Ok(false);
    }
    Ok(oldest.is_none())
}

/// None while too much is parked: a list cut short would call the rest known, while without a newer watermark all that relationship
/// knows ages until it is unknown.
fn watermark(
    epoch: i64,
    oldest_undelivered: Option<DateTime<Utc>>,
    parked_subjects: Vec<String>,
    now: DateTime<Utc>,
) -> Option<RecordWatermarkRequest> {
    let arrived = now - IN_FLIGHT;
    let as_of = oldest_undelivered.map_or(arrived, |oldest| oldest.min(arrived));
    let told = parked_subjects.len() <= MOST_PARKED;
    told.then(|| RecordWatermarkRequest { epoch, as_of_time: Some(timestamp(as_of)), parked_subjects })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r43_no_watermark_is_told_while_too_much_is_parked_to_name_it_all() {
        let of = |parked: usize| watermark(1, None, vec![String::new(); parked], DateTime::UNIX_EPOCH);
        assert_eq!(of(1_000).map(|told| told.parked_subjects.len()), Some(1_000));
        assert_eq!(of(1_001), None);
    }
}
