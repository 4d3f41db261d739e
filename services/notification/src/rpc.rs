//! What can be called: a table of contents.

use runtime::handle;
use tonic::{Request, Response, Status};
use wire::notification as pb;
use wire::notification::mailbox_service_server::MailboxService;
use wire::notification::notification_peer_service_server::NotificationPeerService;

use crate::App;

mod convert;
mod mailbox_message {
    pub(super) mod get;
    pub(super) mod list;
}
mod peer {
    pub(super) mod send_message;
}

/// The service's RPCs.
pub(crate) struct Rpc(pub(crate) App);

#[tonic::async_trait]
impl MailboxService for Rpc {
    async fn list_mailbox_messages(
        &self,
        request: Request<pb::ListMailboxMessagesRequest>,
    ) -> Result<Response<pb::ListMailboxMessagesResponse>, Status> {
        handle!(self, request, mailbox_message::list::list)
    }

    async fn get_mailbox_message(
        &self,
        request: Request<pb::GetMailboxMessageRequest>,
    ) -> Result<Response<pb::MailboxMessage>, Status> {
        handle!(self, request, mailbox_message::get::get)
    }
}

#[tonic::async_trait]
impl NotificationPeerService for Rpc {
    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::SendMessageResponse>, Status> {
        handle!(self, request, peer::send_message::send_message)
    }
}
