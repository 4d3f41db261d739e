//! SubmitEnrollment: a draft is handed in for verification.

use database::Scope;
use ids::{EnrollmentId, OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, User, Violations, clock};
use wire::enrollment as pb;

use crate::domain::submission::Applicant;
use crate::domain::{Event, Refusal};
use crate::{App, Change, convert, store};

/// Which enrollment, and who hands it in.
struct Asked<'a> {
    scope: Scope,
    organization: OrganizationId,
    id: EnrollmentId,
    etag: &'a str,
    caller: &'a Caller,
    user: &'a User,
}

pub(crate) async fn submit(
    app: &App,
    caller: &Caller,
    request: pb::SubmitEnrollmentRequest,
) -> Result<pb::SubmitEnrollmentResponse, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Enrollment>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let asked = &Asked { scope, organization, id, etag: &request.etag, caller, user: caller.user()? };
    // Whether another has the name.
    app.change(&caller.beyond_its_wall(), &request, |change| submit_in(change, asked)).await
}

async fn submit_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::SubmitEnrollmentResponse, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, asked.scope, organization).await? {
        return Err(Fault::missing());
    }
    let mut enrollment =
        store::enrollment::get(tx, asked.scope, organization, asked.id).await?.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, enrollment.version)?;
    let mut picture = store::picture::load(tx, asked.scope, organization, now).await?.ok_or_else(Fault::missing)?;
    let country = picture.organization.country;
    let applicant = Applicant {
        user: asked.user.user,
        name: asked.user.display_name.clone(),
        email: asked.user.email.clone(),
        namesake: store::profile::name_is_anothers(tx, organization, country.as_str(), &picture.legal).await?,
    };
    let preapproved = match applicant.domain() {
        Some(domain) => store::preapproval::is_given(tx, &domain, enrollment.kind, now).await?,
        None => false,
    };
    let before = picture.clone();
    let events = picture.submit(&mut enrollment, &applicant, preapproved, now)?;
    match store::profile::enroll_registration(tx, organization, Some((country.as_str(), &picture.legal)), now).await {
        Err(database::Error::Duplicate { .. }) => return Err(Refusal::OrganizationDuplicate.into()),
        result => result?,
    }
    store::picture::save(tx, &before, &mut picture, clock::system_time()).await?;
    store::enrollment::save(tx, &mut enrollment).await?;
    Ok(Outcome::Done(
        pb::SubmitEnrollmentResponse {
            effects: events.iter().filter_map(Event::consequence).collect(),
            enrollment: Some(convert::enrollment(&picture, &enrollment, asked.caller, now)),
        },
        events,
    ))
}
