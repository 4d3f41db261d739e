//! GetDomain.

use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::record;
use crate::{App, store};

pub(crate) async fn get(app: &App, caller: &Caller, request: pb::GetDomainRequest) -> Result<pb::Domain, Fault> {
    let mut v = Violations::of(&request);
    let name = record::name(&mut v, "name", &request.name);
    let ((organization, domain),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let found = store::domain_name::get(&app.reader(caller), scope, organization, &domain).await?;
    Ok(record::shown(app, &found.ok_or_else(Fault::missing)?))
}
