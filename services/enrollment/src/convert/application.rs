//! Applications, their roles and credentials, both ways.

use chrono::{DateTime, Utc};
use runtime::Role as WireRole;
use runtime::convert::timestamp;
use wire::enrollment as pb;
use wire::enrollment::application_credential::Proof as WireProof;

use crate::domain::application::{Application, ApplicationRole, ApplicationState, Credential, Proof};

/// An application, with the credentials that count at this time.
pub(crate) fn application(application: &Application, now: DateTime<Utc>) -> pb::Application {
    pb::Application {
        name: application.organization.child(application.id),
        uid: application.id.to_string(),
        etag: application.version.to_string(),
        display_name: application.display_name.clone(),
        roles: application.roles.iter().map(|role| application_role(*role).into()).collect(),
        state: state(application.state).into(),
        credentials: application.live(now).map(credential).collect(),
        create_time: Some(timestamp(application.created)),
        update_time: Some(timestamp(application.updated)),
    }
}

fn credential(credential: &Credential) -> pb::ApplicationCredential {
    let (kid, proof) = match &credential.proof {
        Proof::Key { id, pem } => (id.clone(), WireProof::PublicKey(pem.clone())),
        Proof::Federated { issuer, subject } => {
            let subject = pb::FederatedSubject { issuer: issuer.clone(), subject: subject.clone() };
            (String::new(), WireProof::FederatedSubject(subject))
        }
    };
    pb::ApplicationCredential {
        proof: Some(proof),
        kid,
        create_time: Some(timestamp(credential.created)),
        expire_time: credential.ends.map(timestamp),
    }
}

pub(crate) fn application_role(role: ApplicationRole) -> WireRole {
    match role {
        ApplicationRole::OrderCheck => WireRole::OrderCheck,
        ApplicationRole::AccessCheck => WireRole::AccessCheck,
        ApplicationRole::PartnerRead => WireRole::PartnerRead,
        ApplicationRole::EventRead => WireRole::EventRead,
    }
}

pub(crate) fn application_role_of(role: WireRole) -> Option<ApplicationRole> {
    ApplicationRole::ALL.into_iter().find(|known| application_role(*known) == role)
}

fn state(state: ApplicationState) -> pb::application::State {
    match state {
        ApplicationState::Active => pb::application::State::Active,
        ApplicationState::Disabled => pb::application::State::Disabled,
    }
}

pub(crate) fn application_state_of(given: pb::application::State) -> Option<ApplicationState> {
    ApplicationState::ALL.into_iter().find(|known| state(*known) == given)
}
