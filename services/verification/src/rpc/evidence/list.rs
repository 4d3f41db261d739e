//! ListEvidence.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::receipt;
use crate::{App, store};

pub(super) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListEvidenceRequest,
) -> Result<pb::ListEvidenceResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.child::<kind::Organization, kind::VettingCase>("parent", &request.parent);
    let (parent,) = v.all((parent,))?;
    let page = app.page(caller, &request)?;
    let (reader, scope) = (&app.reader(caller), caller.scope()?);
    store::vetting_case::get(reader, scope, parent.0, parent.1).await?.ok_or_else(Fault::missing)?;
    let found = store::evidence::list(reader, scope, parent, page.after, page.size).await?;
    Ok(pb::ListEvidenceResponse {
        evidence: found.items.iter().map(receipt).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
