//! What siblings tell this service.

pub(super) mod open_case;

use runtime::Fault;

use crate::domain::{Deadlines, EmailVerification, Event, NewVerification, VettingCase};
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
