//! A parked row is delivered again.

use database::Error;
use database::outbox::{self, Waiting};
use wire::event as pb;

use super::{Handled, row};
use crate::{App, Caller, Fault, Outcome, Service, Violations};

pub(super) async fn retry<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::RetryOutboxRowRequest,
) -> Result<pb::OutboxRow, Fault> {
    let mut violations = Violations::of(&request);
    let key = row::Key::read(&mut violations, &request.name);
    let (key,) = violations.all((key,))?;
    app.change_causing(caller, &request, Handled::effects, |change| async move {
        let (tx, now) = (&change.tx, change.now());
        let parked = key.parked(tx).await?;
        if !outbox::retry(tx, key.event, key.destination.as_str(), now).await? {
            return Err(Error::Contended.into());
        }
        let waiting = Waiting { parked_at: None, attempts: 0, available_at: now, ..parked };
        Ok(Outcome::Done(row::render(waiting), vec![Handled::Retried { row: key.name() }]))
    })
    .await
}
