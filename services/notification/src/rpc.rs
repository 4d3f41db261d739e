//! The service's gRPC: a table of contents. Each handler is a file of its verb.

mod convert;
mod mailbox_message {
    pub(super) mod get;
    pub(super) mod list;
    pub(super) mod watch;
}
mod message {
    pub(super) mod drop;
    pub(super) mod get;
    pub(super) mod list;
    pub(super) mod render;
    pub(super) mod retry;
}
mod peer {
    pub(super) mod send_message;
}
mod variables;

use wire::notification as pb;
use wire::notification::mailbox_service_server::{MailboxService, MailboxServiceServer};
use wire::notification::message_service_server::{MessageService, MessageServiceServer};
use wire::notification::notification_peer_service_server::{NotificationPeerService, NotificationPeerServiceServer};

use crate::App;

runtime::rpcs! { App, pb;
    MailboxService by MailboxServiceServer {
        list_mailbox_messages(ListMailboxMessagesRequest) -> ListMailboxMessagesResponse = mailbox_message::list::list;
        get_mailbox_message(GetMailboxMessageRequest) -> MailboxMessage = mailbox_message::get::get;
        * watch_mailbox_messages(WatchMailboxMessagesRequest) -> MailboxMessage as WatchMailboxMessagesStream = mailbox_message::watch::watch;
    }

    MessageService by MessageServiceServer {
        list_messages(ListMessagesRequest) -> ListMessagesResponse = message::list::list;
        get_message(GetMessageRequest) -> Message = message::get::get;
        retry_message(RetryMessageRequest) -> Message = message::retry::retry;
        drop_message(DropMessageRequest) -> Message = message::drop::drop;
        render_message(RenderMessageRequest) -> RenderMessageResponse = message::render::render;
    }

    NotificationPeerService by NotificationPeerServiceServer {
        send_message(SendMessageRequest) -> SendMessageResponse = peer::send_message::send_message;
    }
}
