//! Reads a mail.

use runtime::{Caller, Fault, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::{App, mime, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetMailboxMessageRequest,
) -> Result<pb::MailboxMessage, Fault> {
    convert::simulated(app)?;
    let mut violations = Violations::of(&request);
    let name = convert::mail_name(&mut violations, "name", &request.name);
    let ((mailbox, id),) = violations.all((name,))?;
    let mail = store::mailbox_message::get(app.database().reader(), caller.scope()?, &mailbox, id).await?;
    let mail = mail.ok_or_else(Fault::missing)?;
    let source = mime::mail(mail.message, &mail.letter, mail.create_time).map_err(Fault::internal)?.formatted();
    let source = String::from_utf8_lossy(&source).into_owned();
    Ok(pb::MailboxMessage { source, ..convert::mailbox_message(mail) })
}
