//! ListSignatures: those of every type, with what each covers.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::covering::shown;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListSignaturesRequest,
) -> Result<pb::ListSignaturesResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let (organization,) = v.all((parent,))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    store::organization::get(reader, scope, organization).await?.ok_or_else(Fault::missing)?;
    let found = store::signature::list(reader, scope, organization, page.after, page.size).await?;
    Ok(pb::ListSignaturesResponse {
        signatures: shown(app, organization, &found.items, app.now()).await?,
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
