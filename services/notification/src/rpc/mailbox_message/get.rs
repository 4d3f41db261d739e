//! Reads a mail.

use runtime::{Caller, Fault, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetMailboxMessageRequest,
) -> Result<pb::MailboxMessage, Fault> {
    let mut violations = Violations::of(&request);
    let name = convert::mail_name(&mut violations, "name", &request.name);
    let ((mailbox, id),) = violations.all((name,))?;
    let mail = store::mailbox_message::get(app.database().reader(), caller.scope()?, &mailbox, id).await?;
    mail.map(convert::mailbox_message).ok_or_else(Fault::missing)
}
