//! OpenCase: an enrollment was submitted.

use runtime::{Caller, Fault, Inbox, Outcome};
use wire::verification as pb;

use super::issue;
use crate::domain::{Event, VettingCase};
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
        if let Some(mut open) = store::vetting_case::open_one(tx, scope, new.organization).await? {
            if let Ok(joined) = open.join(new.enrollment, now) {
                store::vetting_case::save(tx, scope, &mut open).await?;
                return Ok(Outcome::Done(pb::OpenCaseResponse {}, vec![joined.into()]));
            }
            // It ran out and holds the organization's one place: it is closed first.
            events.push(open.expire(now)?.into());
            store::vetting_case::save(tx, scope, &mut open).await?;
        }
        let deadlines = deadlines::at(now)?;
        let (case, opened) = VettingCase::open(change.id(), new.clone(), now, &deadlines);
        store::vetting_case::insert(tx, &case).await?;
        events.push(opened.into());
        events.extend(issue(app, &change, &case, &deadlines).await?);
        Ok(Outcome::Done(pb::OpenCaseResponse {}, events))
    })
    .await
}
