//! How far what enrollment had to tell has arrived.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::read::list;
use crate::domain::watermark::Watermark;

const ENROLLMENT: &str = "enrollment";

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "watermark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        pub epoch: i64,
        pub as_of: DateTime<Utc>,
        pub parked: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The instant as of which everything that enrollment told has arrived.
pub(crate) async fn as_of(connection: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, Error> {
    let row = row::Entity::find_by_id(ENROLLMENT).one(connection).await?;
    Ok(row.map(|row| row.as_of))
}

/// Replaces the watermark of enrollment, unless this one is older: of a sender since restored, or as of an earlier time.
///
/// One statement, so that of two at once the newer stays. What is as of the same time replaces: it may tell of more that is parked.
pub(crate) async fn put(tx: &Tx, watermark: &Watermark) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        source: Set(ENROLLMENT.to_owned()),
        epoch: Set(watermark.epoch),
        as_of: Set(watermark.as_of),
        parked: Set(list(&watermark.parked)),
    };
    let kept = |column: Column| Expr::col((row::Entity, column));
    let newer = kept(Column::Epoch).lt(watermark.epoch);
    let as_late = kept(Column::Epoch).eq(watermark.epoch).and(kept(Column::AsOf).lte(watermark.as_of));
    let replace = OnConflict::column(Column::Source)
        .update_columns([Column::Epoch, Column::AsOf, Column::Parked])
        .action_and_where(newer.or(as_late))
        .to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
