//! ListProviderListings: anybody reads the directory, and members learn with whom they may link.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::OrganizationId;
use runtime::{Caller, Fault, Identity, Violations};
use wire::enrollment as pb;

use crate::domain::directory::{Search, obstacles, overdue};
use crate::domain::enrollment::Enrollment;
use crate::domain::organization::Organization;
use crate::domain::picture::Picture;
use crate::rpc::parse::country;
use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListProviderListingsRequest,
) -> Result<pb::ListProviderListingsResponse, Fault> {
    let mut v = Violations::of(&request);
    let served = match request.served_region_code.as_str() {
        "" => Some(None),
        code => v.check("served_region_code", country(code)).map(Some),
    };
    let language = match request.language_code.as_str() {
        "" => Some(None),
        code => v.language("language_code", code).map(|language| Some(language.to_string())),
    };
    let name = v.optional_text("name_words", &request.name_words, 120);
    let (country, language, name) = v.all((served, language, name))?;
    let search = Search { country, language, name };
    let page = app.page(caller, &request)?;
    let (reader, now) = (&app.reader(&caller.beyond_its_wall()), app.now());
    let overdue = overdue(&store::agreement::with_deadline(reader, now).await?, now);
    let found = store::listing::list(reader, &search, &overdue, page.after, page.size).await?;
    let ids: Vec<OrganizationId> = found.items.iter().map(|entry| entry.organization).collect();
    let organizations = store::organization::many(reader, &ids).await?;
    let profiles = store::business_profile::many(reader, &ids).await?;
    let own = own(app, caller, now).await?;
    let listings = found.items.iter().filter_map(|entry| {
        let organization = organizations.iter().find(|one| one.id == entry.organization)?;
        let (_, profile) = profiles.iter().find(|(id, _)| *id == entry.organization)?;
        let obstacles = own.as_ref().map(|own| obstacles_to(own, organization, now));
        Some(convert::listing(entry, organization, profile, obstacles.as_deref()))
    });
    Ok(pb::ListProviderListingsResponse {
        provider_listings: listings.collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}

/// The organization that is acted for; none for who is not signed in for one.
async fn own(app: &App, caller: &Caller, now: DateTime<Utc>) -> Result<Option<(Picture, Vec<Enrollment>)>, Fault> {
    let Identity::User(user) = &caller.identity else { return Ok(None) };
    let (reader, id) = (&app.reader(caller), user.organization);
    let picture = store::picture::load(reader, Scope::Organization(id), id, now).await?;
    let enrollments = store::enrollment::all(reader, id).await?;
    Ok(picture.map(|picture| (picture, enrollments)))
}

fn obstacles_to(
    (picture, enrollments): &(Picture, Vec<Enrollment>),
    provider: &Organization,
    now: DateTime<Utc>,
) -> Vec<crate::domain::directory::Obstacle> {
    obstacles(picture, enrollments, (provider.id, provider.country), now)
}
