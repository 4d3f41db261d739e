//! AssociatePartnerLocation: an organization shows by the claim code that a location is its own.

use ids::{OrganizationId, PartnerLocationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::code::bond;
use crate::domain::claim::Claim;
use crate::domain::lifecycle::Command;
use crate::domain::{Event, Refusal};
use crate::error::claim_code_wrong;
use crate::{App, Change, convert, store};

/// Which location, with what proof.
struct Asked<'a> {
    app: &'a App,
    organization: OrganizationId,
    id: PartnerLocationId,
    code: String,
    etag: &'a str,
}

pub(crate) async fn associate(
    app: &App,
    caller: &Caller,
    request: pb::AssociatePartnerLocationRequest,
) -> Result<pb::PartnerLocation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::PartnerLocation>("name", &request.name);
    let code = v.text("claim_code", &request.claim_code, 1..=32);
    let (id, code) = v.all((name, code))?;
    let asked = &Asked { app, organization: caller.organization()?, id, code, etag: &request.etag };
    let scope = caller.scope()?;
    app.change(caller, &request, |change| associate_in(change, scope, asked)).await
}

async fn associate_in(
    change: Change,
    scope: database::Scope,
    asked: &Asked<'_>,
) -> Result<Outcome<pb::PartnerLocation, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), asked.organization);
    if !store::organization::lock(tx, scope, organization).await? {
        return Err(Fault::missing());
    }
    let mut location = store::location::get(tx, scope, asked.id).await?.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, location.version)?;
    let enrollments = store::enrollment::all(tx, organization).await?;
    let mut picture = store::picture::load(tx, scope, organization, now).await?.ok_or_else(Fault::missing)?;
    let country = picture.organization.country;
    location.claimable(country.as_str(), picture.location.is_some())?;
    let served = enrollments.into_iter().filter(|one| one.state.after(Command::Associate).is_some());
    let mut served: Vec<_> = served.collect();
    if served.is_empty() {
        return Err(Refusal::NothingToServe.into());
    }
    let claim = location.claim(asked.app.links().proves_code(&asked.code, bond(&location)), now);
    store::location::save(tx, &mut location).await??;
    if let Claim::Wrong { left } = claim {
        let event = Event::LocationClaimFailed { organization, location: location.id, state: location.state };
        return Ok(Outcome::Refused(claim_code_wrong(left), vec![event]));
    }
    picture.location = Some(location.clone());
    let mut events = vec![Event::LocationAssociated { organization, location: location.id }];
    for enrollment in &mut served {
        events.push(Event::EnrollmentLocated(Box::new(picture.standing(enrollment))));
        if let Some(event) = picture.settle(enrollment, now) {
            store::enrollment::save(tx, enrollment).await?;
            events.push(event);
        }
    }
    Ok(Outcome::Done(convert::location(&location, country.as_str(), true), events))
}
