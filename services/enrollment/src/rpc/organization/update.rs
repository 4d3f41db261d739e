//! UpdateOrganization: name, language, and the country while nothing is built on it.

use database::Scope;
use ids::{OrganizationId, kind};
use markets::CountryCode;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::amendment::Amendment;
use crate::domain::organization::region;
use crate::rpc::mask::Paths;
use crate::{App, Change, convert, store};

const PATHS: Paths<'static> = Paths {
    leaves: &["display_name", "region_code", "language_code"],
    ignored: &["name", "uid", "etag", "proven_domains", "requirements", "capabilities", "create_time", "update_time"],
    immutable: &[],
};

/// What is to change.
struct Asked<'a> {
    scope: Scope,
    id: OrganizationId,
    etag: &'a str,
    amendment: Amendment,
}

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateOrganizationRequest,
) -> Result<pb::Organization, Fault> {
    let mut v = Violations::of(&request);
    let given = request.organization.clone().unwrap_or_default();
    let name = v.name::<kind::Organization>("organization.name", &given.name);
    let _ = v.optional_text("organization.etag", &given.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| match leaf {
        "display_name" => !given.display_name.is_empty(),
        "region_code" => !given.region_code.is_empty(),
        _ => !given.language_code.is_empty(),
    })?;
    let mut amendment = Amendment::default();
    for leaf in leaves {
        match leaf {
            "display_name" => {
                amendment.display_name = v.text("organization.display_name", &given.display_name, 2..=120);
            }
            "region_code" => {
                let country = given.region_code.parse::<CountryCode>();
                amendment.country = v.check("organization.region_code", country);
            }
            _ => {
                let language = v.language("organization.language_code", &given.language_code);
                amendment.language = language.map(|language| language.as_str().to_owned());
            }
        }
    }
    let (id,) = v.all((name,))?;
    let asked = &Asked { scope: caller.scope_of(id)?, id, etag: &given.etag, amendment };
    app.change(caller, &request, |change| update_in(change, asked)).await
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::Organization, Event>, Fault> {
    let (tx, now, id) = (&change.tx, change.now(), asked.id);
    if !store::organization::lock(tx, asked.scope, id).await? {
        return Err(Fault::missing());
    }
    let mut picture = store::picture::load(tx, asked.scope, id, now).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(tx, id).await?;
    // The lock has raised it.
    Fault::unless_fresh(asked.etag, picture.organization.version - 1)?;
    let before = picture.organization.country;
    let country = asked.amendment.country.filter(|country| *country != before);
    if country.is_some_and(|country| region(country, now).is_none()) {
        let mut v = Violations::default();
        let message = "the programme has no market there";
        v.add_for(pb::Reason::CountryUnsupported, "organization.region_code", message);
        v.done()?;
    }
    let located = picture.location.is_some();
    let changed = picture.organization.amend(asked.amendment.clone(), &enrollments, located, now)?;
    if changed.is_empty() {
        return Ok(Outcome::Done(convert::organization(&picture, &enrollments, now), Vec::new()));
    }
    store::organization::save(tx, &picture.organization).await?;
    let mut events = vec![Event::OrganizationUpdated(Box::new(picture.facts()), changed)];
    if let Some(event) = picture.follow_country(now) {
        store::profile::save_legal(tx, id, &mut picture.legal).await?;
        events.push(event);
    }
    Ok(Outcome::Done(convert::organization(&picture, &enrollments, now), events))
}
