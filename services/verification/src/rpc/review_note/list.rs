//! ListReviewNotes.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::shown;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListReviewNotesRequest,
) -> Result<pb::ListReviewNotesResponse, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.child::<kind::Organization, kind::VettingCase>("parent", &request.parent);
    let (parent,) = v.all((parent,))?;
    let page = app.page(caller, &request)?;
    let (reader, scope) = (&app.reader(caller), caller.scope()?);
    store::vetting_case::get(reader, scope, parent.0, parent.1).await?.ok_or_else(Fault::missing)?;
    let found = store::review_note::list(reader, scope, parent, page.after, page.size).await?;
    Ok(pb::ListReviewNotesResponse {
        review_notes: found.items.iter().map(shown).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
