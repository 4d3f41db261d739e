//! CreateReviewNote.

use addresses::Email;
use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::verification as pb;

use super::shown;
use crate::domain::{Event, ReviewNote, Reviewer};
use crate::{App, Change, store};

/// The longest note.
const TEXT: usize = 4_000;

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateReviewNoteRequest,
) -> Result<pb::ReviewNote, Fault> {
    let mut v = Violations::of(&request);
    let parent = v.child::<kind::Organization, kind::VettingCase>("parent", &request.parent);
    let text = v.text("text", &request.text, 1..=TEXT);
    let ((organization, id), text) = v.all((parent, text))?;
    let user = caller.user()?;
    let by = Reviewer { organization: user.organization, user: user.user };
    let address = &Email::parse(&user.email).map_err(Fault::internal)?;
    let text = &text;
    app.change(caller, &request, move |change: Change| async move {
        let case = store::vetting_case::get(&change.tx, Scope::Operator, organization, id).await?;
        case.ok_or_else(Fault::missing)?.apart_from(by, address)?;
        let note =
            ReviewNote { id: change.id(), organization, case: id, by, text: text.clone(), created: change.now() };
        store::review_note::insert(&change.tx, &note).await?;
        Ok(Outcome::Done(shown(&note), vec![Event::Noted(note)]))
    })
    .await
}
