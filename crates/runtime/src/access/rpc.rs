//! KeyService and AccessPeerService: a table of contents and its two handlers.

use database::access::Access;
use ids::{OrganizationId, RawId, kind};
use tonic::{Request, Response, Status};
use wire::access as pb;
use wire::access::access_peer_service_server::AccessPeerService;
use wire::access::key_service_server::KeyService;

use super::role_name;
use crate::{AccessSigner, App, Caller, Fault, Inbox, Outcome, Role, Service, Violations, clock, handle};

/// As many roles as there are.
const MOST_ROLES: usize = 8;

pub(super) struct Rpc<S: Service>(pub(super) App<S>);

#[tonic::async_trait]
impl<S: Service> KeyService for Rpc<S> {
    async fn get_signing_keys(
        &self,
        request: Request<pb::GetSigningKeysRequest>,
    ) -> Result<Response<pb::GetSigningKeysResponse>, Status> {
        handle!(self, request, get_signing_keys)
    }
}

#[tonic::async_trait]
impl<S: Service> AccessPeerService for Rpc<S> {
    async fn record_access_change(
        &self,
        request: Request<pb::RecordAccessChangeRequest>,
    ) -> Result<Response<pb::RecordAccessChangeResponse>, Status> {
        handle!(self, request, record_access_change)
    }
}

async fn get_signing_keys<S: Service>(
    app: &App<S>,
    _caller: &Caller,
    _request: pb::GetSigningKeysRequest,
) -> Result<pb::GetSigningKeysResponse, Fault> {
    let keys = app.floor().keys.access.iter().flat_map(AccessSigner::publics);
    let keys = keys.map(|key| pb::SigningKey { kid: key.kid().to_owned(), public_key: key.bytes().to_vec() });
    Ok(pb::GetSigningKeysResponse { keys: keys.collect() })
}

async fn record_access_change<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::RecordAccessChangeRequest,
) -> Result<pb::RecordAccessChangeResponse, Fault> {
    let mut v = Violations::of(&request);
    let holder = holder(&mut v, &request);
    let roles = v.list("roles", &request.roles, MOST_ROLES);
    let roles: Vec<_> = roles.iter().filter_map(|role| v.choice::<Role>("roles", *role)).collect();
    let _ = v.optional_time("change_time", request.change_time.as_ref());
    if request.lowest_version < 1 {
        v.add("lowest_version", "must be at least 1");
    }
    let ((organization, holder),) = v.all((holder,))?;
    let access = Access {
        holder,
        organization: organization.uuid(),
        roles: roles.into_iter().map(|role| role_name(role).to_owned()).collect(),
        lowest_version: request.lowest_version,
        disabled: request.disabled,
        // The guard looks ten minutes back in real time, whatever a simulation does to business time.
        received_at: clock::system_time(),
    };
    let access = &access;
    let answer = app
        .receive(caller, &request, Inbox::Newest, |change| async move {
            database::access::record(&change.tx, access.clone()).await?;
            Ok(Outcome::Done(pb::RecordAccessChangeResponse {}, Vec::new()))
        })
        .await?;
    if let Err(fault) = app.refresh_access().await {
        tracing::warn!(%fault, "rights not refreshed");
    }
    Ok(answer)
}

/// Whose rights they are: a user's or an application's.
fn holder(v: &mut Violations, request: &pb::RecordAccessChangeRequest) -> Option<(OrganizationId, RawId)> {
    match (request.user.as_str(), request.application.as_str()) {
        (user, "") => v.child::<kind::Organization, kind::User>("user", user).map(|(of, id)| (of, id.uuid())),
        ("", application) => {
            let name = v.child::<kind::Organization, kind::Application>("application", application);
            name.map(|(of, id)| (of, id.uuid()))
        }
        _ => {
            v.add("application", "only one of user and application");
            None
        }
    }
}
