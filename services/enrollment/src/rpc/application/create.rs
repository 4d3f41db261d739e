//! CreateApplication: a machine caller with its first credential.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::{credential, roles};
use crate::domain::application::{Application, ApplicationState, Credential, may_have_another};
use crate::domain::event::{ApplicationDeed, ApplicationFacts};
use crate::domain::{Event, Refusal};
use crate::{App, convert, store};

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateApplicationRequest,
) -> Result<pb::Application, Fault> {
    let mut v = Violations::of(&request);
    let given = request.application.clone().unwrap_or_default();
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let display_name = v.text("application.display_name", &given.display_name, 1..=120);
    let roles = roles::parse(&mut v, "application.roles", &given.roles);
    let proof = credential::parse(app, &mut v, request.credential.as_ref());
    let (organization, display_name, roles, proof) = v.all((parent, display_name, roles, proof))?;
    let scope = caller.scope_of(organization)?;
    let (display_name, roles, proof) = (&display_name, &roles, &proof);
    app.change(caller, &request, |change| async move {
        let (tx, now) = (&change.tx, change.now());
        // Those of one organization follow each other, so that they are counted.
        if !store::organization::lock(tx, scope, organization).await? {
            return Err(Fault::missing());
        }
        may_have_another(store::application::count(tx, organization).await?).map_err(Refusal::from)?;
        let application = Application {
            id: change.id(),
            organization,
            display_name: display_name.clone(),
            roles: roles.clone(),
            state: ApplicationState::Active,
            credentials: vec![Credential::new(proof.clone(), now)],
            access_version: 1,
            version: 1,
            created: now,
            updated: now,
        };
        store::application::insert(tx, &application).await?;
        store::application::record_access(tx, &application, clock::system_time()).await?;
        let event = Event::Application(ApplicationFacts::of(&application), ApplicationDeed::Created);
        Ok(Outcome::Done(convert::application(&application, now), vec![event]))
    })
    .await
}
