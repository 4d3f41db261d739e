//! RotateCredential: a new credential beside the former ones for a time, or at once instead of them.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::{ApplicationId, OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::credential;
use crate::domain::application::{Proof, overlap};
use crate::domain::event::{ApplicationDeed, ApplicationFacts};
use crate::domain::{Event, Refusal};
use crate::{App, Change, convert, store};

/// What takes whose place, and when.
struct Asked<'a> {
    scope: Scope,
    organization: OrganizationId,
    id: ApplicationId,
    etag: &'a str,
    proof: Proof,
    former_end: Option<DateTime<Utc>>,
}

pub(crate) async fn rotate_credential(
    app: &App,
    caller: &Caller,
    request: pb::RotateCredentialRequest,
) -> Result<pb::Application, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Application>("name", &request.name);
    let proof = credential::parse(app, &mut v, request.credential.as_ref());
    let former_end = v.optional_time("former_expire_time", request.former_expire_time.as_ref());
    let ((organization, id), proof, former_end) = v.all((name, proof, former_end))?;
    let scope = caller.scope_of(organization)?;
    let asked = &Asked { scope, organization, id, etag: &request.etag, proof, former_end };
    let answer = app.change(caller, &request, |change| rotate_in(change, asked)).await?;
    // This replica refuses the old tokens at once, the others within a second.
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}

async fn rotate_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::Application, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let application = store::application::get(tx, asked.scope, asked.organization, asked.id).await?;
    let mut application = application.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, application.version)?;
    let mut v = Violations::default();
    let former_end = asked.former_end.and_then(|end| v.check("former_expire_time", overlap(end, now)));
    v.done()?;
    application.rotate(asked.proof.clone(), former_end, now).map_err(Refusal::from)?;
    store::application::save(tx, &mut application).await?;
    store::application::record_access(tx, &application, clock::system_time()).await?;
    let event = Event::Application(ApplicationFacts::of(&application), ApplicationDeed::CredentialRotated);
    Ok(Outcome::Done(convert::application(&application, now), vec![event]))
}
