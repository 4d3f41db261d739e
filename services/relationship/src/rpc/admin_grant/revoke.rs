//! The grantor takes administration away, at once. Nothing else ends with it.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use tonic::Code;
use wire::relationship as pb;

use crate::domain::Event;
use crate::domain::admin_grant::State;
use crate::domain::event::AdminGrantEnded;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    request: pb::RevokeAdminGrantRequest,
) -> Result<pb::AdminGrant, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::AdminGrant>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let found = store::admin_grant::get(tx, Scope::Organization(own), id).await?;
        let mut grant = found.ok_or_else(Fault::missing)?;
        if grant.grantor != own {
            let message = "only a global administrator of the grantor takes it away";
            let fault = Fault::new(Code::PermissionDenied, pb::Reason::GrantorOnly, message);
            return Err(fault.with("grantor", grant.grantor.name()));
        }
        Fault::unless_fresh(&asked.etag, grant.version)?;
        grant.revoke(now)?;
        store::admin_grant::save(tx, &mut grant).await?;
        let parties = store::organization::many(tx, [grant.grantor, grant.grantee]).await?;
        let ended = Event::AdminGrantEnded(AdminGrantEnded::of(&grant, State::Revoked, None, &parties));
        Ok(Outcome::Done(convert::admin_grant(&grant, now), vec![ended]))
    })
    .await
}
