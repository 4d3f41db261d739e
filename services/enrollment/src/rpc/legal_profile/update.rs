//! UpdateLegalProfile: a draft may be incomplete, but what is given must be right.

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::fields::{self, PATHS, Value};
use crate::domain::Event;
use crate::domain::event::OrganizationFacts;
use crate::domain::revision::Flaw;
use crate::{App, Change, convert, store};

/// What is to change.
struct Asked<'a> {
    scope: Scope,
    id: OrganizationId,
    etag: &'a str,
    values: Vec<(&'static str, Value)>,
}

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateLegalProfileRequest,
) -> Result<pb::LegalProfile, Fault> {
    let mut v = Violations::of(&request);
    let profile = request.legal_profile.clone().unwrap_or_default();
    let name = v.singleton::<kind::Organization>("legal_profile.name", &profile.name, "legalProfile");
    let _ = v.optional_text("legal_profile.etag", &profile.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| fields::is_set(&profile, leaf))?;
    let values = leaves.into_iter().map(|leaf| (leaf, fields::parse(&mut v, &profile, leaf))).collect();
    let (id,) = v.all((name,))?;
    let asked = &Asked { scope: caller.scope_of(id)?, id, etag: &profile.etag, values };
    app.change(caller, &request, |change| update_in(change, asked)).await
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::LegalProfile, Event>, Fault> {
    let (tx, now, id) = (&change.tx, change.now(), asked.id);
    if !store::organization::lock(tx, asked.scope, id).await? {
        return Err(Fault::missing());
    }
    let mut organization = store::organization::get(tx, asked.scope, id).await?.ok_or_else(Fault::missing)?;
    let mut profile = store::profile::legal(tx, id).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(tx, id).await?;
    Fault::unless_fresh(asked.etag, profile.version)?;
    let mut new = profile.clone();
    for (leaf, value) in &asked.values {
        fields::put(&mut new, leaf, value);
    }
    told(&profile.judge(&new, &organization, &enrollments, now)?)?;
    profile.revise(new, &enrollments, now)?;
    store::profile::save_legal(tx, id, &mut profile).await?;
    let changed = asked.values.iter().map(|(leaf, _)| (*leaf).to_owned()).collect();
    let mut events = vec![Event::LegalProfileUpdated { organization: id, changed }];
    if organization.follow_language(&profile, &enrollments, now) {
        store::organization::save(tx, &organization).await?;
        let proven_domains = store::domain_name::proven(tx, id).await?;
        let facts = OrganizationFacts { organization, proven_domains };
        events.push(Event::OrganizationUpdated(Box::new(facts), vec!["language_code"]));
    }
    Ok(Outcome::Done(convert::legal_profile(id, &profile), events))
}

/// Everything that is wrong at once.
fn told(flaws: &[Flaw]) -> Result<(), Fault> {
    let mut v = Violations::default();
    for flaw in flaws {
        let (field, message) = (format!("legal_profile.{}", flaw.field()), flaw.to_string());
        match flaw {
            Flaw::NoMarket => v.add_for(pb::Reason::CountryUnsupported, field, message),
            Flaw::ForeignCountry(_) => v.add(field, message),
            Flaw::Webmail(_) => v.add_for(pb::Reason::WebmailDomain, field, message),
            Flaw::RoleAddress => v.add_for(pb::Reason::RoleAddress, field, message),
        }
    }
    v.done()
}
