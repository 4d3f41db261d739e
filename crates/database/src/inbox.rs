//! What was last heard of each subject, so that a message delivered twice or late changes nothing.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, entity::prelude::*};

use crate::{Error, Tx};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub epoch: i64,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// True, and remembered, when (epoch, version) is newer than anything this source said of this subject.
pub async fn admit(tx: &Tx, source: &str, subject: &str, epoch: i64, version: i64) -> Result<bool, Error> {
    use row::{Column, Entity};
    let (old_epoch, old_version) = (Expr::col((Entity, Column::Epoch)), Expr::col((Entity, Column::Version)));
    let newer = old_epoch.clone().lt(epoch).or(old_epoch.eq(epoch).and(old_version.lt(version)));
    let insert = Query::insert()
        .into_table(Entity)
        .columns([Column::Source, Column::Subject, Column::Epoch, Column::Version])
        .values_panic([source.into(), subject.into(), epoch.into(), version.into()])
        .on_conflict(
            OnConflict::columns([Column::Source, Column::Subject])
                .update_columns([Column::Epoch, Column::Version])
                .action_and_where(newer)
                .to_owned(),
        )
        .to_owned();
    Ok(tx.execute(&insert).await?.rows_affected() == 1)
}
