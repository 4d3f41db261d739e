//! GetSelf: the caller's own user.

use runtime::{Caller, Fault};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get_self(app: &App, caller: &Caller, _request: pb::GetSelfRequest) -> Result<pb::User, Fault> {
    let me = caller.user()?;
    let user = store::user::get(&app.reader(caller), caller.scope()?, me.organization, me.user).await?;
    Ok(convert::user(&user.ok_or_else(Fault::missing)?))
}
