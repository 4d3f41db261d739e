//! Reads a message.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::notification as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(app: &App, caller: &Caller, request: pb::GetMessageRequest) -> Result<pb::Message, Fault> {
    let mut violations = Violations::of(&request);
    let id = violations.name::<kind::Message>("name", &request.name);
    let (id,) = violations.all((id,))?;
    let message = store::message::load(app.database().reader(), caller.scope()?, id).await?;
    message.as_ref().map(convert::message).ok_or_else(Fault::missing)
}
