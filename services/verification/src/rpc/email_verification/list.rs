//! ListEmailVerifications.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListEmailVerificationsRequest,
) -> Result<pb::ListEmailVerificationsResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let (organization,) = v.all((parent,))?;
    let page = app.page(caller, &request)?;
    let scope = caller.scope()?;
    if !scope.permits(organization) {
        return Err(Fault::missing());
    }
    let (reader, now) = (&app.reader(caller), app.now());
    let found = store::email_verification::list(reader, scope, organization, page.after, page.size).await?;
    Ok(pb::ListEmailVerificationsResponse {
        email_verifications: found.items.iter().map(|item| convert::email_verification(item, now)).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
