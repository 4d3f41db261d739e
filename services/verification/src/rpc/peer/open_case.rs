//! OpenCase: an enrollment was submitted.

use runtime::{Caller, Fault, Inbox, Outcome};
use wire::verification as pb;

use super::open;
use crate::domain::Event;
use crate::rpc::convert::open_case::parse;
use crate::{App, Change, deadlines, store};

pub(crate) async fn open_case(
    app: &App,
    caller: &Caller,
    request: pb::OpenCaseRequest,
) -> Result<pb::OpenCaseResponse, Fault> {
    let new = &parse(&request)?;
    let scope = caller.scope()?;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let mut events: Vec<Event> = Vec::new();
        if let Some(mut present) = store::vetting_case::open_one(tx, scope, new.organization).await? {
            if let Ok(joined) = present.join(new.enrollment, now) {
                store::vetting_case::save(tx, scope, &mut present).await?;
                return Ok(Outcome::Done(pb::OpenCaseResponse {}, vec![joined.into()]));
            }
            // It ran out and holds the organization's one place: it is closed first.
            events.push(present.expire(now)?.into());
            store::vetting_case::save(tx, scope, &mut present).await?;
        }
        events.extend(open(app, &change, new, &deadlines::at(now)?).await?);
        Ok(Outcome::Done(pb::OpenCaseResponse {}, events))
    })
    .await
}
