//! What waits for delivery, as the operator sees it.

use chrono::DateTime;
use database::outbox::{self, Pending, Place, Waiting};
use ids::Id;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use wire::event as pb;
use wire::event::outbox_service_server::OutboxService;

use crate::{App, Caller, Fault, Service, Violations, convert, page};

pub(crate) struct Rpc<S: Service>(pub(crate) App<S>);

#[tonic::async_trait]
impl<S: Service> OutboxService for Rpc<S> {
    async fn list_outbox_rows(
        &self,
        request: Request<pb::ListOutboxRowsRequest>,
    ) -> Result<Response<pb::ListOutboxRowsResponse>, Status> {
        crate::handle!(self, request, list)
    }
}

async fn list<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::ListOutboxRowsRequest,
) -> Result<pb::ListOutboxRowsResponse, Fault> {
    Violations::of(&request).done()?;
    let (position, size) = page::position(app.links(), caller, &request)?;
    let after = position.map(|position| place(&position).ok_or_else(page::unknown_token)).transpose()?;
    let reader = app.database().reader();
    let mut rows = outbox::pending(reader, Pending::All, app.now(), after.as_ref(), size + 1).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more);
    let next_page_token = last.map(|row| page::seal(app.links(), caller, &request, bytes(row))).unwrap_or_default();
    Ok(pb::ListOutboxRowsResponse { rows: rows.into_iter().map(row).collect(), next_page_token })
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
    Some(Place {
        created_at,
        event: Uuid::from_bytes(*event),
        destination: String::from_utf8(destination.to_vec()).ok()?,
    })
}

fn row(row: Waiting) -> pb::OutboxRow {
    pb::OutboxRow {
        event: Id::<ids::kind::Event>::from_uuid(row.event).name(),
        destination: row.destination,
        subject: row.subject,
        method: row.method,
        attempts: row.attempts,
        last_error: row.last_error.unwrap_or_default(),
        due_time: Some(convert::timestamp(row.available_at)),
        park_time: row.parked_at.map(convert::timestamp),
        create_time: Some(convert::timestamp(row.created_at)),
    }
}
