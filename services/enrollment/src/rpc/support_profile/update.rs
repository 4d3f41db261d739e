//! UpdateSupportProfile.

use addresses::Email;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::contact::{phone, website};
use crate::domain::finding::Weight;
use crate::rpc::mask::Paths;
use crate::rpc::parse::given;
use crate::{App, convert, store};

const PATHS: Paths<'static> =
    Paths { leaves: &["email", "phone", "website"], ignored: &["name", "etag", "update_time"], immutable: &[] };

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateSupportProfileRequest,
) -> Result<pb::SupportProfile, Fault> {
    let mut v = Violations::of(&request);
    let profile = request.support_profile.clone().unwrap_or_default();
    let name = v.singleton::<kind::Organization>("support_profile.name", &profile.name, "supportProfile");
    let _ = v.optional_text("support_profile.etag", &profile.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| !raw(&profile, leaf).is_empty())?;
    let values: Vec<(&str, String)> = leaves.into_iter().map(|leaf| (leaf, parsed(&mut v, leaf, &profile))).collect();
    let (id,) = v.all((name,))?;
    let scope = caller.scope_of(id)?;
    let (etag, values) = (&profile.etag, &values);
    app.change(caller, &request, |change| async move {
        let (tx, now) = (&change.tx, change.now());
        if !store::organization::lock(tx, scope, id).await? {
            return Err(Fault::missing());
        }
        let mut profile = store::profile::support(tx, id).await?.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(etag, profile.version)?;
        for (leaf, value) in values {
            match *leaf {
                "email" => profile.email.clone_from(value),
                "phone" => profile.phone.clone_from(value),
                _ => profile.website.clone_from(value),
            }
        }
        let organization = store::organization::get(tx, scope, id).await?.ok_or_else(Fault::missing)?;
        let country = organization.country.as_str();
        profile.dial(country);
        let mut v = Violations::default();
        for finding in profile.findings(country).into_iter().filter(|finding| finding.weight != Weight::Advice) {
            v.add(format!("support_profile.{}", finding.field), finding.said);
        }
        v.done()?;
        profile.updated = now;
        store::profile::save_support(tx, id, &mut profile).await?;
        let changed = values.iter().map(|(leaf, _)| (*leaf).to_owned()).collect();
        let event = Event::SupportProfileUpdated { organization: id, changed };
        Ok(Outcome::Done(convert::support_profile(id, &profile), vec![event]))
    })
    .await
}

fn raw<'p>(profile: &'p pb::SupportProfile, leaf: &str) -> &'p str {
    match leaf {
        "email" => &profile.email,
        "phone" => &profile.phone,
        _ => &profile.website,
    }
}

fn parsed(v: &mut Violations, leaf: &str, profile: &pb::SupportProfile) -> String {
    let (field, value) = (format!("support_profile.{leaf}"), raw(profile, leaf));
    match leaf {
        "email" => given(v, &field, value, |text| Email::parse(text).map(String::from)),
        "phone" => given(v, &field, value, phone),
        _ if value.chars().count() > 500 => {
            v.add(field, "must have at most 500 characters");
            String::new()
        }
        _ => given(v, &field, value, website),
    }
}
