//! How far what enrollment had to tell has arrived.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::read::{Place, list};
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

/// The last watermark of enrollment.
pub(crate) async fn get(connection: &impl ConnectionTrait) -> Result<Option<Watermark>, Error> {
    let row = row::Entity::find_by_id(ENROLLMENT).one(connection).await?;
    let read = row.map(|row| {
        let parked = Place { table: "watermark", row: &row.source }.json("parked", row.parked)?;
        Ok(Watermark { epoch: row.epoch, as_of: row.as_of, parked })
    });
    read.transpose()
}

/// Replaces the watermark of enrollment.
pub(crate) async fn put(tx: &Tx, watermark: &Watermark) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        source: Set(ENROLLMENT.to_owned()),
        epoch: Set(watermark.epoch),
        as_of: Set(watermark.as_of),
        parked: Set(list(&watermark.parked)),
    };
    let replace =
        OnConflict::column(Column::Source).update_columns([Column::Epoch, Column::AsOf, Column::Parked]).to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
