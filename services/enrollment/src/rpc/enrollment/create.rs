//! CreateEnrollment: a draft.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::enrollment::Enrollment;
use crate::{App, convert, store};

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let mut v = Violations::of(&request);
    let given = request.enrollment.clone().unwrap_or_default();
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let kind = v.choice::<pb::EnrollmentType>("enrollment.type", given.r#type).and_then(convert::type_of);
    let external_id = v.optional_text("enrollment.external_id", &given.external_id, 64);
    let (organization, kind, external_id) = v.all((parent, kind, external_id))?;
    let (scope, external_id) = (caller.scope_of(organization)?, &external_id);
    app.change(caller, &request, |change| async move {
        let (tx, now) = (&change.tx, change.now());
        if !store::organization::lock(tx, scope, organization).await? {
            return Err(Fault::missing());
        }
        let mut enrollment = Enrollment::draft(change.id(), organization, kind, now);
        enrollment.call_it(external_id.clone(), &store::enrollment::all(tx, organization).await?, now)?;
        store::enrollment::insert(tx, &enrollment).await??;
        let picture = store::picture::load(tx, scope, organization, now).await?.ok_or_else(Fault::missing)?;
        let event = Event::EnrollmentCreated(Box::new(picture.standing(&enrollment)));
        Ok(Outcome::Done(convert::enrollment(&picture, &enrollment, caller, now), vec![event]))
    })
    .await
}
