//! UpdateCase: legal data that is vetted, or was, has changed.

use std::collections::BTreeSet;

use runtime::{Caller, Fault, Inbox, Outcome};
use wire::verification as pb;

use super::{issue, known, open};
use crate::domain::{CheckKind, Deadlines, Event, VettingCase};
use crate::rpc::convert::open_case::parse_update;
use crate::{App, Change, deadlines, store};

pub(crate) async fn update_case(
    app: &App,
    caller: &Caller,
    request: pb::UpdateCaseRequest,
) -> Result<pb::UpdateCaseResponse, Fault> {
    let (new, touched) = &parse_update(&request)?;
    let scope = caller.scope()?;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let deadlines = deadlines::at(now)?;
        let mut events: Vec<Event> = Vec::new();
        if let Some(mut present) = store::vetting_case::open_one(tx, scope, new.organization).await? {
            match present.update(known(&change, new).await?, touched, now, &deadlines) {
                Ok(updated) => {
                    let Some(updated) = updated else {
                        return Ok(Outcome::Done(pb::UpdateCaseResponse {}, events));
                    };
                    events.push(updated.into());
                    events.extend(ask_anew(app, &change, &mut present, touched, &deadlines).await?);
                    store::vetting_case::save(tx, scope, &mut present).await?;
                    return Ok(Outcome::Done(pb::UpdateCaseResponse {}, events));
                }
                Err(_) => {
                    // It ran out and holds the organization's one place: it is closed first.
                    events.push(present.expire(now)?.into());
                    store::vetting_case::save(tx, scope, &mut present).await?;
                }
            }
        }
        events.extend(open(app, &change, new, &deadlines).await?);
        Ok(Outcome::Done(pb::UpdateCaseResponse {}, events))
    })
    .await
}

/// Takes back the mails that no longer ask what the case asks, and writes anew where an answer is lost by that.
async fn ask_anew(
    app: &App,
    change: &Change,
    case: &mut VettingCase,
    touched: &BTreeSet<CheckKind>,
    deadlines: &Deadlines,
) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let mut events = Vec::new();
    let mut lost = BTreeSet::new();
    for mut mail in store::email_verification::unanswered(tx, case.id).await? {
        if !case.still_asks(&mail) {
            lost.insert(mail.purpose);
            events.push(mail.supersede(now)?.into());
            store::email_verification::save(tx, database::Scope::Peer, &mut mail).await?;
        }
    }
    let asked = case.asks().filter(|purpose| lost.contains(purpose) || touched.contains(&purpose.check()));
    if asked.is_some() {
        events.extend(issue(app, change, case, deadlines).await?);
    }
    Ok(events)
}
