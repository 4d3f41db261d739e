//! A parked message is given up, and what it says forgotten.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::{App, Change, store};

/// The longest reason.
const REASON: usize = 200;

pub(crate) async fn drop(app: &App, caller: &Caller, request: pb::DropMessageRequest) -> Result<pb::Message, Fault> {
    let mut violations = Violations::of(&request);
    let id = violations.name::<kind::Message>("name", &request.name);
    let reason = violations.text("reason", &request.reason, 1..=REASON);
    let (id, reason) = violations.all((id, reason))?;
    let (scope, reason) = (caller.scope()?, &reason);
    app.change(caller, &request, move |change: Change| async move {
        let mut message = store::message::load(&change.tx, scope, id).await?.ok_or_else(Fault::missing)?;
        let event = message.drop(change.now(), reason).map_err(|_| convert::not_parked(&message))?;
        store::message::save(&change.tx, scope, &message).await?;
        Ok(Outcome::Done(convert::message(&message), vec![event]))
    })
    .await
}
