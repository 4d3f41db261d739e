//! UpdateBusinessProfile: changed in parts, published, withdrawn.

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::fields::{PATHS, Value, is_set, parsed};
use super::visibility::visibility;
use crate::domain::Event;
use crate::{App, Change, convert, store};

/// What is to change.
struct Asked<'a> {
    scope: Scope,
    organization: OrganizationId,
    etag: &'a str,
    values: &'a [(&'static str, Value)],
}

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateBusinessProfileRequest,
) -> Result<pb::BusinessProfile, Fault> {
    let mut v = Violations::of(&request);
    let profile = request.business_profile.clone().unwrap_or_default();
    let name = v.singleton::<kind::Organization>("business_profile.name", &profile.name, "businessProfile");
    let _ = v.optional_text("business_profile.etag", &profile.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| is_set(&profile, leaf))?;
    let values: Vec<(&str, Value)> =
        leaves.into_iter().filter_map(|leaf| Some((leaf, parsed(&mut v, leaf, &profile)?))).collect();
    let (organization,) = v.all((name,))?;
    let asked = &Asked { scope: caller.scope_of(organization)?, organization, etag: &profile.etag, values: &values };
    app.change(caller, &request, |change| update_in(change, asked)).await
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::BusinessProfile, Event>, Fault> {
    let (tx, now, id) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, asked.scope, id).await? {
        return Err(Fault::missing());
    }
    let picture = store::picture::load(tx, asked.scope, id, now).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(tx, id).await?;
    let mut profile = store::business_profile::get(tx, id).await?.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, profile.version)?;
    for (leaf, value) in asked.values {
        value.put(&mut profile, leaf);
    }
    profile.publishable(&enrollments)?;
    let mut v = Violations::default();
    for flaw in profile.flaws(picture.organization.country, now) {
        v.add(format!("business_profile.{}", flaw.field), flaw.description);
    }
    v.done()?;
    profile.updated = now;
    store::business_profile::save(tx, id, &mut profile).await?;
    let changed = asked.values.iter().map(|(leaf, _)| (*leaf).to_owned()).collect();
    let answer = convert::business_profile(id, &profile, visibility(&picture, &enrollments, &profile, now));
    Ok(Outcome::Done(answer, vec![Event::BusinessProfileUpdated { organization: id, changed }]))
}
