//! Who may call what.

use runtime::ServiceName::{Enrollment, Relationship, Verification};
use runtime::{Policy, Role, Rule};

pub(crate) const POLICY: Policy = &[
    ("/linkage.notification.v1.MailboxService/ListMailboxMessages", Rule::Operator(&[Role::Operator])),
    ("/linkage.notification.v1.MailboxService/GetMailboxMessage", Rule::Operator(&[Role::Operator])),
    (
        "/linkage.notification.v1.NotificationPeerService/SendMessage",
        Rule::Peer(&[Enrollment, Verification, Relationship]),
    ),
];
