//! Named values that belong to the data rather than to the configuration: clock offset, source epoch, bootstrap marker.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{Error, Tx};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The value under this name.
pub async fn get(connection: &impl ConnectionTrait, name: &str) -> Result<Option<String>, Error> {
    Ok(row::Entity::find_by_id(name).one(connection).await?.map(|row| row.value))
}

/// Writes the value under this name.
pub async fn put(tx: &Tx, name: &str, value: &str) -> Result<(), Error> {
    let row = row::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(row::Column::Name).update_column(row::Column::Value).to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
