//! UpdateUser: roles and state; a change of rights voids the tokens issued before.

use database::Scope;
use ids::{OrganizationId, UserId, kind};
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::roles::{by, operators_only, parse};
use crate::domain::Event;
use crate::domain::event::UserFacts;
use crate::domain::user::UserChange;
use crate::rpc::mask::Paths;
use crate::{App, Change, convert, store};

const PATHS: Paths<'static> = Paths {
    leaves: &["roles", "state", "display_name"],
    ignored: &["name", "uid", "etag", "create_time", "update_time"],
    immutable: &["email"],
};

/// What is to change, and by whom.
struct Asked<'a> {
    caller: &'a Caller,
    scope: Scope,
    organization: OrganizationId,
    id: UserId,
    etag: &'a str,
    change: UserChange,
}

pub(crate) async fn update(app: &App, caller: &Caller, request: pb::UpdateUserRequest) -> Result<pb::User, Fault> {
    let mut v = Violations::of(&request);
    let given = request.user.clone().unwrap_or_default();
    let name = v.child::<kind::Organization, kind::User>("user.name", &given.name);
    let _ = v.optional_text("user.etag", &given.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| match leaf {
        "roles" => !given.roles.is_empty(),
        "state" => given.state != 0,
        _ => !given.display_name.is_empty(),
    })?;
    let mut wanted = UserChange::default();
    for leaf in leaves {
        match leaf {
            "roles" => wanted.roles = parse(&mut v, "user.roles", &given.roles),
            "state" => {
                let state = v.choice::<pb::user::State>("user.state", given.state);
                wanted.state = state.and_then(convert::user_state_of);
            }
            _ => {
                let name = v.optional_text("user.display_name", &given.display_name, 120);
                wanted.display_name = name.map(Option::unwrap_or_default);
            }
        }
    }
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    if let Some(roles) = &wanted.roles {
        operators_only(caller, "user.roles", roles)?;
    }
    let asked = &Asked { caller, scope, organization, id, etag: &given.etag, change: wanted };
    let answer = app.change(caller, &request, |change| update_in(change, asked)).await?;
    // This replica refuses the old tokens at once, the others within a second.
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::User, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    // Two administrators who take the role from each other at once must not both succeed.
    if !store::organization::lock(tx, asked.scope, asked.organization).await? {
        return Err(Fault::missing());
    }
    let users = store::user::all(tx, asked.organization).await?;
    let others = users.iter().any(|user| user.id != asked.id && user.governs());
    let mut user = users.into_iter().find(|user| user.id == asked.id).ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, user.version)?;
    let changed = user.update(asked.change.clone(), &by(asked.caller), others, now)?;
    if changed.is_empty() {
        return Ok(Outcome::Done(convert::user(&user), Vec::new()));
    }
    store::user::save(tx, &mut user).await?;
    // It voids the access tokens; the person's session stays, as it is good for other organizations too, and gives new ones here only
    // for what is left.
    store::user::record_access(tx, &user, clock::system_time()).await?;
    let event = Event::UserUpdated(UserFacts::of(&user), changed);
    Ok(Outcome::Done(convert::user(&user), vec![event]))
}
