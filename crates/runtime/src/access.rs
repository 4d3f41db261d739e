//! Rights that were taken away: each replica keeps the changes of the last ten minutes in memory, so the guard asks no database.

mod keys;
mod rpc;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::Database;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use uuid::Uuid;
use wire::access::access_peer_service_server::AccessPeerServiceServer;
use wire::access::key_service_server::KeyServiceServer;

pub(crate) use keys::AccessKeys;

use crate::serve::{DECODE_LIMIT, ENCODE_LIMIT};
use crate::{AccessClaims, App, Fault, Role, Service, ServiceName, clock};

/// How far back changes are kept in memory: twice the life of an access token. Real time, which tokens follow too.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);

const REFRESH: Duration = Duration::from_secs(1);

/// How long a withdrawn key may still verify access tokens.
const RELOAD_KEYS: Duration = Duration::from_secs(60);

const ROLE_PREFIX: &str = "ROLE_";

/// The changes of rights that still matter to a token. Cheap to clone.
#[derive(Clone, Default)]
pub struct Rights(Arc<RwLock<HashMap<Uuid, Right>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Right {
    lowest_version: i64,
    disabled: bool,
}

impl Rights {
    /// Reads the recent changes anew; when that fails, what was known stays.
    pub async fn refresh(&self, database: &Database) -> Result<(), database::Error> {
        let recent = database::access::voiding_since(database.reader(), clock::system_time() - REMEMBERED).await?;
        self.replace(recent);
        Ok(())
    }

    /// Whether a token of this user or application, of this version of its rights, is void.
    pub(crate) fn void(&self, holder: Uuid, version: i64) -> bool {
        let rights = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rights.get(&holder).is_some_and(|right| right.disabled || version < right.lowest_version)
    }

    pub(crate) fn replace(&self, recent: Vec<database::access::Access>) {
        let rights = recent
            .into_iter()
            .map(|access| (access.holder, Right { lowest_version: access.lowest_version, disabled: access.disabled }));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rights.collect();
    }
}

impl<S: Service> App<S> {
    /// Signs an access token and says when it expires; only enrollment can.
    pub fn sign_access(&self, claims: &AccessClaims) -> Result<(String, DateTime<Utc>), Fault> {
        let signer = self.floor().keys.access.as_ref();
        signer.ok_or_else(|| Fault::internal("this service has no key for access tokens"))?.sign(claims)
    }

    /// Reads anew which rights were taken away.
    pub async fn refresh_access(&self) -> Result<(), Fault> {
        Ok(self.floor().rights.refresh(self.database()).await?)
    }
}

/// Keeps the view of rights and of keys fresh until `stop`.
pub(crate) async fn keep_fresh<S: Service>(app: App<S>, stop: CancellationToken) {
    // Side by side: a sibling that doesn't answer must not keep rights from being read.
    tokio::join!(stop.run_until_cancelled(reload_keys(&app)), refresh_rights(&app, &stop));
}

async fn reload_keys<S: Service>(app: &App<S>) {
    loop {
        tokio::time::sleep(RELOAD_KEYS).await;
        if let Err(fault) = app.floor().access.reload().await {
            tracing::warn!(%fault, "signing keys not read anew");
        }
    }
}

async fn refresh_rights<S: Service>(app: &App<S>, stop: &CancellationToken) {
    let mut tick = tokio::time::interval(REFRESH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(fault) = app.refresh_access().await {
            tracing::warn!(%fault, "rights not refreshed");
        }
    }
}

/// Adds what this service serves of access: enrollment gives its keys, the others are told of changes.
pub(crate) fn serve<S: Service>(routes: Routes, app: &App<S>) -> Routes {
    if S::NAME == ServiceName::Enrollment {
        let server = KeyServiceServer::new(rpc::Rpc(app.clone()));
        routes.add_service(server.max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT))
    } else {
        let server = AccessPeerServiceServer::new(rpc::Rpc(app.clone()));
        routes.add_service(server.max_decoding_message_size(DECODE_LIMIT).max_encoding_message_size(ENCODE_LIMIT))
    }
}

/// The name of what [`serve`] adds.
pub(crate) fn served(name: ServiceName) -> &'static str {
    match name {
        ServiceName::Enrollment => wire::access::key_service_server::SERVICE_NAME,
        _ => wire::access::access_peer_service_server::SERVICE_NAME,
    }
}

/// A role as tokens, tables and messages for people spell it, such as `GLOBAL_ADMIN`.
pub fn role_name(role: Role) -> &'static str {
    role.as_str_name().trim_start_matches(ROLE_PREFIX)
}

/// The role of this name.
pub fn role_named(name: &str) -> Option<Role> {
    Role::from_str_name(&format!("{ROLE_PREFIX}{name}")).filter(|role| *role != Role::Unspecified)
}
