//! Counts of mails in windows of time.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::quota::Count;
use model::{ActiveModel, Column, Entity};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod model {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_count")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub begins_at: DateTime<Utc>,
        pub ends_at: DateTime<Utc>,
        pub mails: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Counts one more mail under each, or tells until when the first of them that is full stays so. What was counted before that stays
/// counted, so a mail that is held back costs the others nothing more than one.
pub(crate) async fn take(tx: &Tx, counts: &[Count]) -> Result<Option<DateTime<Utc>>, Error> {
    for count in counts {
        let row = ActiveModel {
            scope: Set(count.scope.to_owned()),
            key: Set(count.key.clone()),
            begins_at: Set(count.begins),
            ends_at: Set(count.ends),
            mails: Set(1),
        };
        let one_more = OnConflict::columns([Column::Scope, Column::Key, Column::BeginsAt])
            .value(Column::Mails, Expr::col((Entity, Column::Mails)).add(1))
            .action_and_where(Expr::col((Entity, Column::Mails)).lt(count.most))
            .to_owned();
        if Entity::insert(row).on_conflict(one_more).exec_without_returning(tx).await? == 0 {
            return Ok(Some(count.ends));
        }
    }
    Ok(None)
}

/// Whether there are windows to forget.
pub(crate) async fn has_past(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, Error> {
    Ok(Entity::find().filter(Column::EndsAt.lte(now)).one(connection).await?.is_some())
}

/// Forgets the windows that are over, and with them whose they were.
pub(crate) async fn forget(tx: &Tx, now: DateTime<Utc>) -> Result<(), Error> {
    Entity::delete_many().filter(Column::EndsAt.lte(now)).exec(tx).await?;
    Ok(())
}
