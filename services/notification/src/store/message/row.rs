//! The table of messages.
#![expect(unreachable_pub, reason = "sea-orm's derive makes public items")]

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source: String,
    pub event: Uuid,
    pub subject: String,
    pub subject_version: i64,
    pub trace: Option<String>,
    pub mailbox: String,
    pub hint: String,
    pub domain: String,
    pub kind: String,
    pub language: String,
    pub state: String,
    pub due_time: Option<DateTime<Utc>>,
    pub end_time: Option<DateTime<Utc>>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub contents: Option<Json>,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub create_time: DateTime<Utc>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
