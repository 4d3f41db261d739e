//! May this user of a partner administer that organization?

use chrono::{DateTime, Utc};
use ids::{OrganizationId, UserId, kind};
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::domain::access::{Access, Agent, judge};
use crate::{App, store};

pub(crate) async fn check(
    app: &App,
    caller: &Caller,
    request: pb::CheckDelegatedAccessRequest,
) -> Result<pb::CheckDelegatedAccessResponse, Fault> {
    let (user, organization) = parse(&request)?;
    let own = caller.user()?;
    let (grantee, user) = user.unwrap_or((own.organization, own.user));
    let scope = caller.scope()?;
    if !scope.permits(grantee) && !scope.permits(organization) {
        return Err(Fault::not_a_party());
    }
    let now = app.now();
    let access = find(app, (grantee, user), organization, now).await?;
    Ok(pb::CheckDelegatedAccessResponse {
        allowed: !access.roles.is_empty(),
        directory_roles: access.roles,
        expire_time: access.until.map(timestamp),
        explanation: access.explanation.to_owned(),
        evaluate_time: Some(timestamp(now)),
    })
}

type Named = (OrganizationId, UserId);

fn parse(request: &pb::CheckDelegatedAccessRequest) -> Result<(Option<Named>, OrganizationId), Fault> {
    let mut v = Violations::of(request);
    let user = if request.user.is_empty() {
        Some(None)
    } else {
        v.child::<kind::Organization, kind::User>("user", &request.user).map(Some)
    };
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    v.all((user, organization))
}

async fn find(
    app: &App,
    (grantee, user): Named,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Access, Fault> {
    let reader = app.database().reserve();
    let known = database::access::get(reader, user.uuid()).await?;
    let Some(known) = known.filter(|known| known.organization == grantee.uuid() && !known.disabled) else {
        return Ok(Access::none("The user is not known, or may not act for the partner any more."));
    };
    let grants = store::admin_grant::live(reader, (organization, grantee), now).await?;
    Ok(judge(Agent::of(&known.roles), &grants, now))
}
