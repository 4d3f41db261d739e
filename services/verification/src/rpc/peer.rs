//! What siblings tell this service.

pub(super) mod close_case;
pub(super) mod open_case;
pub(super) mod update_case;

use runtime::Fault;

use crate::domain::{Deadlines, EmailVerification, Event, NewCase, NewVerification, VettingCase};
use crate::{App, Change, store};

/// Writes to whoever the case must ask now.
pub(super) async fn issue(
    app: &App,
    change: &Change,
    case: &VettingCase,
    deadlines: &Deadlines,
) -> Result<Option<Event>, Fault> {
    let Some(purpose) = case.asks() else { return Ok(None) };
    let new = NewVerification { id: change.id(), nonce: change.nonce(), tries: app.service().config.code_tries.max(1) };
    let (verification, event) = EmailVerification::issue(new, case, purpose, change.now(), deadlines);
    store::email_verification::insert(&change.tx, &verification).await?;
    Ok(Some(event.into()))
}

/// Opens a case, and writes to whom it must ask first.
async fn open(app: &App, change: &Change, new: &NewCase, deadlines: &Deadlines) -> Result<Vec<Event>, Fault> {
    let (case, opened) = VettingCase::open(change.id(), new.clone(), change.now(), deadlines);
    store::vetting_case::insert(&change.tx, &case).await?;
    let mut events = vec![Event::from(opened)];
    events.extend(issue(app, change, &case, deadlines).await?);
    Ok(events)
}
