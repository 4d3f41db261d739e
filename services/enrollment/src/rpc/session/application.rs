//! What an application is given that has proven itself.

use chrono::{DateTime, TimeDelta, Utc};
use database::Scope;
use ids::{ApplicationId, OrganizationId};
use runtime::token::ApplicationClaims;
use runtime::{Caller, Fault, Outcome, convert::timestamp};
use tonic::Code;
use wire::enrollment as pb;

use super::invalid;
use crate::domain::Event;
use crate::domain::application::{Application, ApplicationState, Proof};
use crate::{App, Change, convert, store};

/// What a proof is called that is good for one use, and until when that must be remembered, in real time.
pub(super) struct Once {
    pub(super) jti: String,
    pub(super) until: DateTime<Utc>,
}

/// The application of this name; one that there is not proves nothing, and nobody learns which there are.
pub(super) async fn known(app: &App, owner: OrganizationId, id: ApplicationId) -> Result<Application, Fault> {
    let scope = Scope::Organization(owner);
    let found = store::application::get(&app.database().reader_for(scope), scope, owner, id).await?;
    found.ok_or_else(invalid)
}

/// Lets in an application that has proven itself by this, which counts only if it still does so when that is noted.
pub(super) async fn enter(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    (owner, id): (OrganizationId, ApplicationId),
    organization: Option<OrganizationId>,
    proof: &Proof,
    once: Option<&Once>,
) -> Result<pb::Session, Fault> {
    if organization.is_some_and(|named| named != owner) {
        return Err(Fault::missing());
    }
    let admit = |change: Change| async move {
        let application = store::application::get(&change.tx, Scope::Organization(owner), owner, id).await?;
        let application = application.ok_or_else(invalid)?;
        let ends_in = remaining(&application, proof, change.now()).ok_or_else(invalid)?;
        if application.state == ApplicationState::Disabled {
            return Err(disabled());
        }
        if let Some(once) = once {
            match store::assertion::insert(&change.tx, id, &once.jti, once.until).await {
                Err(database::Error::Duplicate { .. }) => return Err(invalid()),
                noted => noted?,
            }
        }
        Ok(Outcome::<_, Event>::Done(answer(app, &application, ends_in)?, Vec::new()))
    };
    // Who signs in may send a token along, of whatever organization.
    app.change(&caller.beyond_its_wall(), request, admit).await
}

/// How long a proof still counts, where it has an end; `None` when it counts no more.
fn remaining(application: &Application, proof: &Proof, now: DateTime<Utc>) -> Option<Option<TimeDelta>> {
    let credential = application.live(now).find(|credential| credential.proof == *proof)?;
    Some(credential.ends.map(|ends| ends - now))
}

fn answer(app: &App, application: &Application, ends_in: Option<TimeDelta>) -> Result<pb::Session, Fault> {
    let claims = ApplicationClaims {
        application: application.id,
        organization: application.organization,
        roles: application.roles.iter().map(|role| convert::application_role(*role)).collect(),
        version: application.access_version,
    };
    let (access_token, expires) = app.service().signer.sign_application(&claims, ends_in)?;
    Ok(pb::Session {
        access_token,
        access_expire_time: Some(timestamp(expires)),
        application: application.organization.child(application.id),
        ..Default::default()
    })
}

fn disabled() -> Fault {
    let message = "the application is disabled: a global administrator of its organization enables it";
    Fault::new(Code::Unauthenticated, pb::Reason::ApplicationDisabled, message)
}
