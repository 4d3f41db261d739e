//! A parked row is given up.

use database::Error;
use database::outbox;
use tonic::Code;
use wire::event as pb;

use super::{Handled, row};
use crate::{App, Caller, Fault, Outcome, Service, Violations};

/// The longest reason.
const REASON: usize = 200;

pub(super) async fn drop<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::DropOutboxRowRequest,
) -> Result<pb::DropOutboxRowResponse, Fault> {
    let mut violations = Violations::of(&request);
    let key = row::Key::read(&mut violations, &request.name);
    let reason = violations.text("reason", &request.reason, 1..=REASON);
    let (key, reason) = violations.all((key, reason))?;
    let reason = &reason;
    app.change_causing(caller, &request, Handled::effects, |change| async move {
        let (tx, event, destination) = (&change.tx, key.event, key.destination.as_str());
        key.parked(tx).await?;
        // While it is parked the sibling knows that it lacks something. Without it, it would trust what it has.
        if !outbox::dispensable(tx, event, destination).await? {
            return Err(newest());
        }
        if !outbox::drop_row(tx, event, destination).await? {
            return Err(Error::Contended.into());
        }
        let dropped = Handled::Dropped { row: key.name(), reason: reason.clone() };
        Ok(Outcome::Done(pb::DropOutboxRowResponse {}, vec![dropped]))
    })
    .await
}

fn newest() -> Fault {
    Fault::new(
        Code::FailedPrecondition,
        pb::Reason::RowNewest,
        "nothing newer of its subject waits, so that the sibling would take what it knows for the present: retry it, or drop \
         it once a change of the subject has brought a newer row",
    )
}
