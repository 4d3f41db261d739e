//! Lists messages, whatever became of them.

use runtime::{Caller, Fault, Violations};
use wire::notification as pb;
use wire::notification::message::State;

use crate::rpc::convert;
use crate::store::message::Filter;
use crate::{App, store};

/// The longest resource name.
const SUBJECT: usize = 200;

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListMessagesRequest,
) -> Result<pb::ListMessagesResponse, Fault> {
    let filter = parse(&request)?;
    let page = app.page(caller, &request)?;
    let scope = caller.scope()?;
    let messages = store::message::list(app.database().reader(), scope, filter, page.after, page.size).await?;
    let next_page_token = app.next_page(caller, &request, messages.next);
    Ok(pb::ListMessagesResponse { messages: messages.items.iter().map(convert::message).collect(), next_page_token })
}

fn parse(request: &pb::ListMessagesRequest) -> Result<Filter, Fault> {
    let mut violations = Violations::of(request);
    let state = violations.optional_choice::<State>("state", request.state);
    let subject = violations.optional_text("subject", &request.subject, SUBJECT);
    let (state, subject) = violations.all((state, subject))?;
    Ok(Filter { state: state.map(|state| state.as_str_name().trim_start_matches("STATE_")), subject })
}
