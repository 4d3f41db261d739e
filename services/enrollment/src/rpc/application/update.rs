//! UpdateApplication: name, roles and state; a change of rights voids the tokens issued before.

use database::Scope;
use ids::{ApplicationId, OrganizationId, kind};
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::roles;
use crate::domain::Event;
use crate::domain::application::ApplicationChange;
use crate::domain::event::{ApplicationDeed, ApplicationFacts};
use crate::rpc::mask::Paths;
use crate::{App, Change, convert, store};

const PATHS: Paths<'static> = Paths {
    leaves: &["roles", "state", "display_name"],
    ignored: &["name", "uid", "etag", "create_time", "update_time"],
    immutable: &["credentials"],
};

/// What is to change.
struct Asked<'a> {
    scope: Scope,
    organization: OrganizationId,
    id: ApplicationId,
    etag: &'a str,
    change: ApplicationChange,
}

pub(crate) async fn update(
    app: &App,
    caller: &Caller,
    request: pb::UpdateApplicationRequest,
) -> Result<pb::Application, Fault> {
    let mut v = Violations::of(&request);
    let given = request.application.clone().unwrap_or_default();
    let name = v.child::<kind::Organization, kind::Application>("application.name", &given.name);
    let _ = v.optional_text("application.etag", &given.etag, 64);
    let leaves = PATHS.chosen(request.update_mask.as_ref(), |leaf| match leaf {
        "roles" => !given.roles.is_empty(),
        "state" => given.state != 0,
        _ => !given.display_name.is_empty(),
    })?;
    let mut wanted = ApplicationChange::default();
    for leaf in leaves {
        match leaf {
            "roles" => wanted.roles = roles::parse(&mut v, "application.roles", &given.roles),
            "state" => {
                let state = v.choice::<pb::application::State>("application.state", given.state);
                wanted.state = state.and_then(convert::application_state_of);
            }
            _ => wanted.display_name = v.text("application.display_name", &given.display_name, 1..=120),
        }
    }
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let asked = &Asked { scope, organization, id, etag: &given.etag, change: wanted };
    let answer = app.change(caller, &request, |change| update_in(change, asked)).await?;
    // This replica refuses the old tokens at once, the others within a second.
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}

async fn update_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::Application, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let application = store::application::get(tx, asked.scope, asked.organization, asked.id).await?;
    let mut application = application.ok_or_else(Fault::missing)?;
    Fault::unless_fresh(asked.etag, application.version)?;
    let changed = application.update(asked.change.clone(), now);
    if changed.is_empty() {
        return Ok(Outcome::Done(convert::application(&application, now), Vec::new()));
    }
    store::application::save(tx, &mut application).await?;
    store::application::record_access(tx, &application, clock::system_time()).await?;
    let event = Event::Application(ApplicationFacts::of(&application), ApplicationDeed::Updated(changed));
    Ok(Outcome::Done(convert::application(&application, now), vec![event]))
}
