//! What waits for delivery, as the operator sees it, and what the operator does about it.

mod drop;
mod list;
mod retry;
mod row;

use tonic::{Request, Response, Status};
use wire::event as pb;
use wire::event::outbox_service_server::OutboxService;

use crate::{App, Effect, Entry, Event, Service};

pub(crate) struct Rpc<S: Service>(pub(crate) App<S>);

#[tonic::async_trait]
impl<S: Service> OutboxService for Rpc<S> {
    async fn list_outbox_rows(
        &self,
        request: Request<pb::ListOutboxRowsRequest>,
    ) -> Result<Response<pb::ListOutboxRowsResponse>, Status> {
        crate::handle!(self, request, list::list)
    }

    async fn retry_outbox_row(
        &self,
        request: Request<pb::RetryOutboxRowRequest>,
    ) -> Result<Response<pb::OutboxRow>, Status> {
        crate::handle!(self, request, retry::retry)
    }

    async fn drop_outbox_row(
        &self,
        request: Request<pb::DropOutboxRowRequest>,
    ) -> Result<Response<pb::DropOutboxRowResponse>, Status> {
        crate::handle!(self, request, drop::drop)
    }
}

/// What an operator did about a parked row. Its subject is the row, not what the row tells of: that did not move, and its version
/// orders messages.
enum Handled {
    Retried { row: String },
    Dropped { row: String, reason: String },
}

impl Event for Handled {
    fn entry(&self) -> Entry {
        match self {
            Handled::Retried { row } => Entry::new("OutboxRowRetried", row).moved(Some(row::PARKED), row::WAITING),
            Handled::Dropped { row, reason } => {
                Entry::new("OutboxRowDropped", row).moved(Some(row::PARKED), "DROPPED").because(reason)
            }
        }
    }
}

impl Handled {
    fn effects(&self) -> Vec<Effect> {
        Vec::new()
    }
}
