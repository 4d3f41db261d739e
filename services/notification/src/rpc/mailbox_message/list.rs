//! Lists the mails of a mailbox, or of all.

use runtime::{Caller, Fault, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::store::mailbox_message::Filter;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListMailboxMessagesRequest,
) -> Result<pb::ListMailboxMessagesResponse, Fault> {
    convert::simulated(app)?;
    let filter = parse(&request)?;
    let page = app.page(caller, &request)?;
    let scope = caller.scope()?;
    let mails = store::mailbox_message::list(app.database().reader(), scope, filter, page.after, page.size).await?;
    let next_page_token = app.next_page(caller, &request, mails.next);
    let mailbox_messages = mails.items.into_iter().map(convert::mailbox_message).collect();
    Ok(pb::ListMailboxMessagesResponse { mailbox_messages, next_page_token })
}

fn parse(request: &pb::ListMailboxMessagesRequest) -> Result<Filter, Fault> {
    let mut violations = Violations::of(request);
    let filter = convert::filter(&mut violations, &request.parent, &request.kind, &request.query);
    violations.all((filter,)).map(|(filter,)| filter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    #[test]
    fn list_mailbox_messages_tells_everything_wrong_at_once() {
        let request = pb::ListMailboxMessagesRequest {
            parent: "mailboxes/nobody".to_owned(),
            kind: "gossip".to_owned(),
            page_size: -1,
            ..Default::default()
        };
        let status = parse(&request).unwrap_err().into_status();
        for field in ["parent", "kind", "page_size"] {
            assert!(String::from_utf8_lossy(status.details()).contains(field), "{field}");
        }
    }

    #[test]
    fn list_mailbox_messages_filters_by_mailbox_and_kind() {
        let request = pb::ListMailboxMessagesRequest {
            parent: "mailboxes/Ada@example.com".to_owned(),
            kind: "partnership-ended".to_owned(),
            query: " Söner ".to_owned(),
            ..Default::default()
        };
        let expected = Filter {
            mailbox: Some("ada@example.com".to_owned()),
            kind: Some(Kind::PartnershipEnded),
            query: Some("Söner".to_owned()),
        };
        assert_eq!(parse(&request).unwrap(), expected);
    }
}
