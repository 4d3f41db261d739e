//! The table of mails that arrived.
#![expect(unreachable_pub, reason = "sea-orm's derive makes public items")]

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mailbox_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub message: Uuid,
    pub mailbox: String,
    pub kind: String,
    pub language: String,
    pub display_name: String,
    pub sender: String,
    pub reply_to: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub links: Json,
    pub create_time: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
