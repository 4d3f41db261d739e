//! ListApplications.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListApplicationsRequest,
) -> Result<pb::ListApplicationsResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let (organization,) = v.all((parent,))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let (reader, now) = (&app.reader(caller), app.now());
    store::organization::get(reader, scope, organization).await?.ok_or_else(Fault::missing)?;
    let applications = store::application::list(reader, scope, organization, page.after, page.size).await?;
    Ok(pb::ListApplicationsResponse {
        applications: applications.items.iter().map(|one| convert::application(one, now)).collect(),
        next_page_token: app.next_page(caller, &request, applications.next),
    })
}
