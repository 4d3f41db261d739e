//! Assertions of applications that were used, until they count no longer.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::ApplicationId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "assertion")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub application: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub jti: String,
        pub expires_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Notes that an assertion was used; a duplicate when it was before.
pub(crate) async fn insert(
    tx: &Tx,
    application: ApplicationId,
    jti: &str,
    expires: DateTime<Utc>,
) -> Result<(), Error> {
    let row =
        row::ActiveModel { application: Set(application.uuid()), jti: Set(jti.to_owned()), expires_at: Set(expires) };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether any counts no longer at this time.
pub(crate) async fn any_expired(connection: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<bool, Error> {
    Ok(Entity::find().filter(Column::ExpiresAt.lt(before)).one(connection).await?.is_some())
}

/// Forgets those that count no longer at this time; says how many.
pub(crate) async fn purge(tx: &Tx, before: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lt(before)).exec(tx).await?.rows_affected)
}
