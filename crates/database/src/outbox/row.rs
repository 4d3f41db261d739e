//! The outbox's table.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A message that waits for its delivery.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// The event this tells of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: Uuid,
    /// The peer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub destination: String,
    /// What it is about.
    pub subject: String,
    /// Whether it waits for those before it.
    pub ordered: bool,
    /// Where it stands among its subject's messages.
    pub subject_version: i64,
    /// Raised when this service's data were restored.
    pub source_epoch: i64,
    /// The method to call.
    pub method: String,
    /// The encoded request.
    pub payload: Vec<u8>,
    /// The trace context to go on with.
    pub trace: Option<String>,
    /// Who delivers it: the holder of this lane's lease.
    pub lane: i16,
    /// Not to be delivered before this time.
    pub available_at: DateTime<Utc>,
    /// How often delivery began.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Since when it waits for an operator.
    pub parked_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// It has none.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
