//! AppealVettingCase.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::applied;
use crate::domain::Refusal;
use crate::{App, Change, deadlines, store};

/// The longest appeal.
const TEXT: usize = 2_000;

pub(crate) async fn appeal(
    app: &App,
    caller: &Caller,
    request: pb::AppealVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    let text = v.text("text", &request.text, 1..=TEXT);
    let (name, text) = v.all((name, text))?;
    let (scope, etag, text) = (caller.scope()?, request.etag.as_str(), &text);
    app.change(caller, &request, move |change: Change| async move {
        let deadlines = deadlines::at(change.now())?;
        let open = store::vetting_case::open_one(&change.tx, scope, name.0).await?;
        if open.is_some_and(|open| open.id != name.1) {
            return Err(Refusal::AnotherOpen.into());
        }
        let text = text.clone();
        applied(&change, (caller, scope), name, etag, |case| case.appeal(text, change.now(), &deadlines)).await
    })
    .await
}
