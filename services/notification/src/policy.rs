//! Who may call what.

use runtime::ServiceName::{Enrollment, Relationship, Verification};
use runtime::{Policy, Role, Rule};

const OPERATOR: Rule = Rule::Operator(&[Role::Operator]);

pub(crate) const POLICY: Policy = &[
    ("/linkage.notification.v1.MailboxService/ListMailboxMessages", OPERATOR),
    ("/linkage.notification.v1.MailboxService/GetMailboxMessage", OPERATOR),
    ("/linkage.notification.v1.MailboxService/WatchMailboxMessages", OPERATOR),
    ("/linkage.notification.v1.MessageService/ListMessages", OPERATOR),
    ("/linkage.notification.v1.MessageService/GetMessage", OPERATOR),
    ("/linkage.notification.v1.MessageService/RetryMessage", OPERATOR),
    ("/linkage.notification.v1.MessageService/DropMessage", OPERATOR),
    ("/linkage.notification.v1.MessageService/RenderMessage", OPERATOR),
    (
        "/linkage.notification.v1.NotificationPeerService/SendMessage",
        Rule::Peer(&[Enrollment, Verification, Relationship]),
    ),
];
