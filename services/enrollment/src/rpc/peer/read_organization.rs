//! ReadOrganization: an organization and its standing as they are now.

use database::{Scope, journal};
use ids::kind;
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::domain::enrollment::Enrollment;
use crate::domain::picture::Picture;
use crate::{App, convert, store};

pub(crate) async fn read_organization(
    app: &App,
    caller: &Caller,
    request: pb::ReadOrganizationRequest,
) -> Result<pb::OrganizationRecord, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Organization>("name", &request.name);
    let (id,) = v.all((name,))?;
    let reader = &app.reader(caller);
    // Versions first: what is read after them is at least as new as they say.
    let version = journal::subject_version(reader, &id.name()).await?;
    let mut versions = Vec::new();
    for enrollment in store::enrollment::all(reader, id).await? {
        versions.push((enrollment.id, journal::subject_version(reader, &id.child(enrollment.id)).await?));
    }
    let picture = store::picture::load(reader, Scope::Peer, id, app.now()).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(reader, id).await?;
    let standings = enrollments.iter().filter_map(|enrollment| {
        let (_, version) = versions.iter().find(|(id, _)| *id == enrollment.id)?;
        Some(standing(&picture, enrollment, *version))
    });
    Ok(pb::OrganizationRecord {
        organization: id.name(),
        display_name: picture.organization.display_name.clone(),
        region_code: picture.organization.country.to_string(),
        language_code: picture.organization.mail.language.clone(),
        mail_address: picture.organization.mail.address.clone(),
        proven_domains: picture.proven_domains.clone(),
        epoch: app.epoch(),
        version,
        standings: standings.collect(),
    })
}

fn standing(picture: &Picture, enrollment: &Enrollment, version: i64) -> pb::StandingRecord {
    let standing = picture.standing(enrollment);
    let (location, location_region_code) = convert::located(standing.location.as_ref());
    pb::StandingRecord {
        enrollment: standing.organization.child(standing.enrollment),
        r#type: convert::kind(standing.kind).into(),
        state: convert::state(standing.state).into(),
        location,
        location_region_code,
        signed_version: standing.signed_version,
        state_time: Some(timestamp(standing.since)),
        version,
    }
}
