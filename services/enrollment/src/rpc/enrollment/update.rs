//! UpdateEnrollment: the id of the organization's own.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::Loaded;
use crate::domain::Event;
use crate::rpc::mask::Paths;
use crate::{App, convert, store};

const PATHS: Paths<'static> = Paths {
    leaves: &["external_id"],
    ignored: &[
        "name",
        "uid",
        "etag",
        "state",
        "state_reason",
        "state_reason_text",
        "state_time",
        "requirements",
        "capabilities",
        "location",
        "signed_version",
        "submitter",
        "submit_time",
        "create_time",
        "update_time",
        "next_actions",
        "mail_delivery",
    ],
    immutable: &["type"],
};

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let mut v = Violations::of(&request);
    let given = request.enrollment.clone().unwrap_or_default();
    let name = v.child::<kind::Organization, kind::Enrollment>("enrollment.name", &given.name);
    let _ = v.optional_text("enrollment.etag", &given.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |_| !given.external_id.is_empty())?;
    let external_id = v.optional_text("enrollment.external_id", &given.external_id, 64);
    let (name, external_id) = v.all((name, external_id))?;
    let (scope, etag) = (caller.scope_of(name.0)?, given.etag.as_str());
    let (external_id, leaves) = (&external_id, &leaves);
    app.change(caller, &request, |change| async move {
        let now = change.now();
        let mut loaded = Loaded::new(&change, scope, name, etag).await?;
        let mut events = Vec::new();
        if !leaves.is_empty() && loaded.enrollment.call_it(external_id.clone(), &loaded.others, now)? {
            store::enrollment::save(&change.tx, &mut loaded.enrollment).await?;
            let (organization, enrollment) = name;
            events.push(Event::EnrollmentUpdated { organization, enrollment, changed: leaves.clone() });
        }
        Ok(Outcome::Done(convert::enrollment(&loaded.picture, &loaded.enrollment, caller, now), events))
    })
    .await
}
