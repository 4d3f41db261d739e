//! UpdateLegalProfile: a draft may be incomplete, but what is given must be right.

use chrono::{DateTime, Utc};
use database::{Scope, Tx};
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, User, Violations, clock};
use wire::enrollment as pb;

use super::fields::{self, PATHS, Value};
use crate::domain::enrollment::hold_registration;
use crate::domain::profile::LegalProfile;
use crate::domain::revision::Flaw;
use crate::domain::submission::Applicant;
use crate::domain::{Event, Refusal};
use crate::{App, Change, convert, store};

/// What is to change.
struct Asked<'a> {
    scope: Scope,
    id: OrganizationId,
    etag: &'a str,
    user: &'a User,
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
    let asked = &Asked { scope: caller.scope_of(id)?, id, etag: &profile.etag, user: caller.user()?, values };
    // Whether another has the name.
    app.change(&caller.beyond_its_wall(), &request, |change| update_in(change, asked)).await
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::LegalProfile, Event>, Fault> {
    let (tx, now, id) = (&change.tx, change.now(), asked.id);
    if !store::organization::lock(tx, asked.scope, id).await? {
        return Err(Fault::missing());
    }
    let mut picture = store::picture::load(tx, asked.scope, id, now).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(tx, id).await?;
    Fault::unless_fresh(asked.etag, picture.legal.version)?;
    let before = picture.clone();
    let mut new = before.legal.latest().clone();
    for (leaf, value) in &asked.values {
        fields::put(&mut new, leaf, value);
    }
    new.dial(before.organization.country.as_str());
    told(&before.legal.latest().judge(&new, &before.organization, &enrollments, now)?)?;
    let country = before.organization.country;
    let applicant = Applicant {
        user: asked.user.user,
        name: asked.user.display_name.clone(),
        email: asked.user.email.clone(),
        namesake: store::profile::name_is_anothers(tx, id, country.as_str(), &new).await?,
    };
    let changed = asked.values.iter().map(|(leaf, _)| (*leaf).to_owned()).collect();
    let (again, events) = picture.change_legal(new, changed, &enrollments, &applicant, now)?;
    store::picture::save(tx, &before, &mut picture, clock::system_time()).await?;
    if hold_registration(&enrollments) {
        hold(tx, id, (country.as_str(), &picture.legal), now).await?;
    }
    let mut answer = convert::legal_profile(id, &picture.legal, &picture.vettings);
    answer.verified_again = again.into_iter().map(|kind| kind.as_str().to_owned()).collect();
    Ok(Outcome::Done(answer, events))
}

/// Who is enrolled holds its registration number, and takes no other one's.
async fn hold(
    tx: &Tx,
    id: OrganizationId,
    (country, legal): (&str, &LegalProfile),
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    if store::profile::number_is_anothers(tx, id, country, legal.latest(), now).await? {
        return Err(Refusal::OrganizationDuplicate.into());
    }
    match store::profile::enroll_registration(tx, id, Some((country, legal)), now).await {
        Err(database::Error::Duplicate { .. }) => Err(Refusal::OrganizationDuplicate.into()),
        result => Ok(result?),
    }
}

/// Everything that is wrong at once.
fn told(flaws: &[Flaw]) -> Result<(), Fault> {
    let mut v = Violations::default();
    for flaw in flaws {
        let (field, message) = (format!("legal_profile.{}", flaw.field()), flaw.to_string());
        match flaw {
            Flaw::NoMarket => v.add_for(pb::Reason::CountryUnsupported, field, message),
            Flaw::ForeignCountry(_) | Flaw::Unexpected(..) => v.add(field, message),
            Flaw::Number(..) => v.add_for(pb::Reason::RegistrationNumberInvalid, field, message),
            Flaw::Webmail(_) | Flaw::Disposable(_) => v.add_for(pb::Reason::WebmailDomain, field, message),
            Flaw::RoleAddress => v.add_for(pb::Reason::RoleAddress, field, message),
        }
    }
    v.done()
}
