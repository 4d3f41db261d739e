//! ListEnrollments.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListEnrollmentsRequest,
) -> Result<pb::ListEnrollmentsResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let external_id = v.optional_text("external_id", &request.external_id, 64);
    let (organization, external_id) = v.all((parent, external_id))?;
    let scope = caller.scope_of(organization)?;
    let page = app.page(caller, &request)?;
    let (reader, now) = (&app.reader(caller), app.now());
    let picture = store::picture::load(reader, scope, organization, now).await?.ok_or_else(Fault::missing)?;
    let found =
        store::enrollment::list(reader, scope, (organization, external_id.as_deref()), page.after, page.size).await?;
    Ok(pb::ListEnrollmentsResponse {
        enrollments: found.items.iter().map(|one| convert::enrollment(&picture, one, caller, now)).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
