//! A parked message is tried anew.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn retry(app: &App, caller: &Caller, request: pb::RetryMessageRequest) -> Result<pb::Message, Fault> {
    let mut violations = Violations::of(&request);
    let id = violations.name::<kind::Message>("name", &request.name);
    let (id,) = violations.all((id,))?;
    let scope = caller.scope()?;
    app.change(caller, &request, move |change: Change| async move {
        let mut message = store::message::load(&change.tx, scope, id).await?.ok_or_else(Fault::missing)?;
        let event = message.retry(change.now()).map_err(|_| convert::not_parked(&message))?;
        store::message::save(&change.tx, scope, &message).await?;
        Ok(Outcome::Done(convert::message(&message), vec![event]))
    })
    .await
}
