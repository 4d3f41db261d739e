//! DeleteUser: name and address go; the rights are void from now on, here and at the siblings.

use database::Scope;
use ids::{OrganizationId, UserId, kind};
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::roles::by;
use crate::domain::Event;
use crate::domain::event::UserFacts;
use crate::{App, Change, store};

/// Who is to go, and by whom.
struct Asked<'a> {
    caller: &'a Caller,
    scope: Scope,
    organization: OrganizationId,
    id: UserId,
    etag: &'a str,
}

pub(crate) async fn delete(
    app: &App,
    caller: &Caller,
    request: pb::DeleteUserRequest,
) -> Result<pb::DeleteUserResponse, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::User>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let asked = &Asked { caller, scope: caller.scope_of(organization)?, organization, id, etag: &request.etag };
    let answer = app.change(caller, &request, |change| delete_in(change, asked)).await?;
    // This replica refuses the old tokens at once, the others within a second.
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}

async fn delete_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::DeleteUserResponse, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    // Two administrators who delete each other at once must not both succeed.
    if !store::organization::lock(tx, asked.scope, asked.organization).await? {
        return Err(Fault::missing());
    }
    let users = store::user::all(tx, asked.organization).await?;
    let others = users.iter().any(|user| user.id != asked.id && user.governs());
    let mut user = users.into_iter().find(|user| user.id == asked.id).ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, user.version)?;
    let before = user.delete(&by(asked.caller), others, now)?;
    store::user::delete(tx, &user).await?;
    store::user::record_access(tx, &user, clock::system_time()).await?;
    let event = Event::UserDeleted(UserFacts::of(&user), before);
    Ok(Outcome::Done(pb::DeleteUserResponse {}, vec![event]))
}
