//! GetUser.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(app: &App, caller: &Caller, request: pb::GetUserRequest) -> Result<pb::User, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::User>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let user = store::user::get(&app.reader(caller), scope, organization, id).await?;
    Ok(convert::user(&user.ok_or_else(Fault::missing)?))
}
