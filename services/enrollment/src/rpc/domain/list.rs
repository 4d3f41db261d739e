//! ListDomains.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::record::shown;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListDomainsRequest,
) -> Result<pb::ListDomainsResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let (organization,) = v.all((parent,))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    store::organization::get(reader, scope, organization).await?.ok_or_else(Fault::missing)?;
    let found = store::domain_name::list(reader, scope, organization, page.after, page.size).await?;
    Ok(pb::ListDomainsResponse {
        domains: found.items.iter().map(|domain| shown(app, domain)).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
