//! What is due or parked, page by page.

use chrono::DateTime;
use database::outbox::{self, Pending, Place, Waiting};
use uuid::Uuid;
use wire::event as pb;
use wire::event::outbox_row::State;

use super::row;
use crate::{App, Caller, Fault, Service, Violations, page};

pub(super) async fn list<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::ListOutboxRowsRequest,
) -> Result<pb::ListOutboxRowsResponse, Fault> {
    let mut violations = Violations::of(&request);
    let state = violations.optional_choice::<State>("state", request.state);
    let (state,) = violations.all((state,))?;
    let which = match state {
        Some(State::Waiting) => Pending::Due,
        Some(State::Parked) => Pending::Parked,
        Some(State::Unspecified) | None => Pending::All,
    };
    let (position, size) = page::position(app.links(), caller, &request)?;
    let after = position.map(|position| place(&position).ok_or_else(page::unknown_token)).transpose()?;
    let reader = app.database().reader();
    let mut rows = outbox::pending(reader, which, app.now(), after.as_ref(), size + 1).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more);
    let next_page_token = last.map(|row| page::seal(app.links(), caller, &request, bytes(row))).unwrap_or_default();
    Ok(pb::ListOutboxRowsResponse { rows: rows.into_iter().map(row::render).collect(), next_page_token })
}

fn bytes(row: &Waiting) -> Vec<u8> {
    let mut bytes = row.created_at.timestamp_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(row.event.as_bytes());
    bytes.extend_from_slice(row.destination.as_bytes());
    bytes
}

fn place(position: &[u8]) -> Option<Place> {
    let (time, rest) = position.split_first_chunk::<8>()?;
    let (event, destination) = rest.split_first_chunk::<16>()?;
    let created_at = DateTime::from_timestamp_micros(i64::from_be_bytes(*time))?;
    let destination = String::from_utf8(destination.to_vec()).ok()?;
    Some(Place { created_at, event: Uuid::from_bytes(*event), destination })
}
