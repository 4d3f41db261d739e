//! DeleteApplication: the rights are void from now on, here and at the siblings.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::event::{ApplicationDeed, ApplicationFacts};
use crate::{App, store};

pub(crate) async fn delete(
    app: &App,
    caller: &Caller,
    request: pb::DeleteApplicationRequest,
) -> Result<pb::DeleteApplicationResponse, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Application>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let (scope, etag) = (caller.scope_of(organization)?, &request.etag);
    let delete = |change: crate::Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let application = store::application::get(tx, scope, organization, id).await?;
        let mut application = application.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(etag, application.version)?;
        let before = application.delete(now);
        store::application::delete(tx, &application).await?;
        store::application::record_access(tx, &application, clock::system_time()).await?;
        let event = Event::Application(ApplicationFacts::of(&application), ApplicationDeed::Deleted(before));
        Ok(Outcome::Done(pb::DeleteApplicationResponse {}, vec![event]))
    };
    let answer = app.change(caller, &request, delete).await?;
    // This replica refuses the old tokens at once, the others within a second.
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}
