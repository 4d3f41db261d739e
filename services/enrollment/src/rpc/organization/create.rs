//! CreateOrganization: who creates it becomes its first global administrator.

use ids::PersonId;
use markets::CountryCode;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::organization::region;
use crate::domain::user::Role;
use crate::domain::{Event, Refusal};
use crate::founding::{Founding, found};
use crate::{App, Change, convert, store};

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateOrganizationRequest,
) -> Result<pb::Organization, Fault> {
    let mut v = Violations::of(&request);
    let given = request.organization.clone().unwrap_or_default();
    let display_name = v.text("organization.display_name", &given.display_name, 2..=120);
    let country = v.check("organization.region_code", given.region_code.parse::<CountryCode>());
    let language = v.language("organization.language_code", &given.language_code);
    let (display_name, country, language) = v.all((display_name, country, language))?;
    // As nobody's user, so that the same person's request id counts with the token from before and with the one for the new organization.
    let (caller, founder) = caller.as_person()?;
    let person = founder.person;
    let founding = &Founding {
        display_name: &display_name,
        country,
        language: language.as_str(),
        operator: false,
        person: Some(person),
        email: &founder.email,
        user_name: &founder.display_name,
        roles: &[Role::GlobalAdmin],
    };
    // Of an organization that nobody is of yet.
    app.change(&caller.beyond_its_wall(), &request, |change| create_in(change, person, founding)).await
}

async fn create_in(
    change: Change,
    person: PersonId,
    founding: &Founding<'_>,
) -> Result<Outcome<pb::Organization, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    if region(founding.country, now).is_none() {
        let mut v = Violations::default();
        let message = "the programme has no market there";
        v.add_for(pb::Reason::CountryUnsupported, "organization.region_code", message);
        v.done()?;
    }
    store::person::lock(tx, person).await?;
    let (name, country) = (founding.display_name, founding.country.as_str());
    if store::organization::belongs_to_namesake(tx, person, name, country).await? {
        return Err(Refusal::OrganizationDuplicate.into());
    }
    let (organization, _, events) = found(&change, founding).await?;
    let scope = database::Scope::Organization(organization.id);
    let picture = store::picture::load(tx, scope, organization.id, now).await?.ok_or_else(Fault::missing)?;
    Ok(Outcome::Done(convert::organization(&picture, &[], now), events))
}
