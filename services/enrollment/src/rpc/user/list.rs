//! ListUsers: all, or those of a role or state.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::roles::of_user;
use crate::store::user::Filter;
use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListUsersRequest,
) -> Result<pb::ListUsersResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let role = match v.optional_choice::<runtime::Role>("role", request.role) {
        Some(Some(role)) => of_user(&mut v, "role", role).map(Some),
        none => none.map(|_| None),
    };
    let state = v.optional_choice::<pb::user::State>("state", request.state);
    let (organization, role, state) = v.all((parent, role, state))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    store::organization::get(reader, scope, organization).await?.ok_or_else(Fault::missing)?;
    let filter = Filter { role, state: state.and_then(convert::user_state_of) };
    let users = store::user::list(reader, scope, organization, filter, page.after, page.size).await?;
    Ok(pb::ListUsersResponse {
        users: users.items.iter().map(convert::user).collect(),
        next_page_token: app.next_page(caller, &request, users.next),
    })
}
