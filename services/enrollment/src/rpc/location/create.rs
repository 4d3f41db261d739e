//! CreatePartnerLocation: the answer alone has the claim code, derived each time it is rendered.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::code::claim_code;
use crate::domain::Event;
use crate::domain::claim::{Location, LocationState};
use crate::domain::organization::region;
use crate::rpc::parse::address;
use crate::{App, convert, store};

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreatePartnerLocationRequest,
) -> Result<pb::PartnerLocation, Fault> {
    let mut v = Violations::of(&request);
    let given = request.partner_location.clone().unwrap_or_default();
    let organization = v.name::<kind::Organization>("partner_location.organization", &given.organization);
    let display_name = v.text("partner_location.display_name", &given.display_name, 2..=120);
    let address = address(&mut v, "partner_location.address", given.address.as_ref());
    let (organization, display_name) = v.all((organization, display_name))?;
    let (display_name, address) = (&display_name, &address);
    let mut answer: pb::PartnerLocation = app
        .change(caller, &request, |change| async move {
            let (tx, now) = (&change.tx, change.now());
            let owner =
                store::organization::get(tx, Scope::Operator, organization).await?.ok_or_else(Fault::missing)?;
            let mut v = Violations::default();
            if address.country.parse().is_ok_and(|country| region(country, now).is_none()) {
                let field = "partner_location.address.region_code";
                v.add_for(pb::Reason::CountryUnsupported, field, "the programme has no market there");
            }
            for (field, said) in address.flaws(&address.country, now) {
                v.add(format!("partner_location.{field}"), said);
            }
            v.done()?;
            let location = Location {
                id: change.id(),
                organization,
                display_name: display_name.clone(),
                address: address.clone(),
                state: LocationState::Available { tries: 0 },
                nonce: change.nonce(),
                version: 1,
                created: now,
                updated: now,
            };
            store::location::insert(tx, &location).await?;
            let event = Event::LocationCreated { organization, location: location.id };
            let has_another = store::location::associated(tx, organization).await?.is_some();
            Ok(Outcome::Done(convert::location(&location, owner.country.as_str(), has_another), vec![event]))
        })
        .await?;
    answer.claim_code = claim_code(app, &answer.name).await?;
    Ok(answer)
}
