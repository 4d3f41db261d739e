//! CloseCase: an enrollment waits for the outcome no more.

use ids::kind;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::verification as pb;

use crate::{App, Change, store};

pub(crate) async fn close_case(
    app: &App,
    caller: &Caller,
    request: pb::CloseCaseRequest,
) -> Result<pb::CloseCaseResponse, Fault> {
    let mut v = Violations::of(&request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let enrollment = v.child::<kind::Organization, kind::Enrollment>("enrollment", &request.enrollment);
    if let (Some(organization), Some((parent, _))) = (organization, enrollment)
        && organization != parent
    {
        v.add("enrollment", "must be of the organization");
    }
    let (organization, (_, enrollment)) = v.all((organization, enrollment))?;
    let scope = caller.scope()?;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let tx = &change.tx;
        let mut events = Vec::new();
        for mut case in store::vetting_case::undecided(tx, scope, organization).await? {
            if let Some(event) = case.leave(enrollment, change.now()) {
                store::vetting_case::save(tx, scope, &mut case).await?;
                events.push(event.into());
            }
        }
        Ok(Outcome::Done(pb::CloseCaseResponse {}, events))
    })
    .await
}
