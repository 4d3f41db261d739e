//! UpdateLegalProfile: a draft may be incomplete, but what is given must be right.

use addresses::Email;
use chrono::{DateTime, Utc};
use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::fields::{self, PATHS, Value};
use crate::domain::enrollment::Enrollment;
use crate::domain::event::OrganizationFacts;
use crate::domain::lifecycle::State;
use crate::domain::organization::{Mailbox, Organization, region};
use crate::domain::profile::LegalProfile;
use crate::domain::{Event, Refusal, rules};
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
    let old = store::profile::legal(tx, id).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(tx, id).await?;
    Fault::unless_fresh(asked.etag, old.version)?;
    let mut new = old.clone();
    for (leaf, value) in &asked.values {
        fields::put(&mut new, leaf, value);
    }
    judge(&old, &new, &organization, &enrollments, now)?;
    if !new.vets_like(&old) {
        unvetted(&enrollments)?;
        new.revision += 1;
    }
    new.updated = now;
    store::profile::save_legal(tx, id, &mut new).await?;
    let changed = asked.values.iter().map(|(leaf, _)| (*leaf).to_owned()).collect();
    let mut events = vec![Event::LegalProfileUpdated { organization: id, changed }];
    // Mail follows the contact's language once it goes to the contact.
    let mail = Mailbox { address: organization.mail.address.clone(), language: new.language.clone() };
    let enrolls = enrollments.iter().any(|enrollment| enrollment.submission.is_some());
    if enrolls && !new.language.is_empty() && organization.redirect(mail, now) {
        store::organization::save(tx, &organization).await?;
        let proven_domains = store::domain_name::proven(tx, id).await?;
        let facts = OrganizationFacts { organization, proven_domains };
        events.push(Event::OrganizationUpdated(Box::new(facts), vec!["language_code"]));
    }
    Ok(Outcome::Done(convert::legal_profile(id, &new), events))
}

/// What depends on the day, the rules and the organization; all of it at once.
fn judge(
    old: &LegalProfile,
    new: &LegalProfile,
    organization: &Organization,
    enrollments: &[Enrollment],
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let mut v = Violations::default();
    let country = &new.address.country;
    let foreign = !country.is_empty() && country != organization.country.as_str();
    if foreign && country != &old.address.country {
        if enrollments.iter().any(|enrollment| enrollment.submission.is_some()) {
            return Err(Refusal::CountryFrozen.into());
        }
        let field = "legal_profile.address.region_code";
        if country.parse().is_ok_and(|country| region(country, now).is_none()) {
            v.add_for(pb::Reason::CountryUnsupported, field, "the programme has no market there");
        } else {
            v.add(field, format!("must be the organization's country, {}", organization.country));
        }
    }
    if new.primary_contact.email != old.primary_contact.email
        && let Ok(email) = Email::parse(&new.primary_contact.email)
    {
        let field = "legal_profile.primary_contact.email";
        if let Some(provider) = rules::webmail(email.registrable_domain(), now) {
            let message = format!("is at the web-mail provider {provider}; a company address is needed");
            v.add_for(pb::Reason::WebmailDomain, field, message);
        }
        if rules::is_role(email.local(), now) {
            v.add_for(pb::Reason::RoleAddress, field, "is a role's address; a person's is needed");
        }
    }
    v.done()
}

/// What was handed in to be vetted stays as it is.
fn unvetted(enrollments: &[Enrollment]) -> Result<(), Refusal> {
    match enrollments.iter().map(|enrollment| enrollment.state).find(|state| state.holds_profile()) {
        None => Ok(()),
        Some(state) => {
            let allowed = State::ALL.into_iter().filter(|state| !state.holds_profile()).collect();
            Err(Refusal::State { state, allowed })
        }
    }
}
