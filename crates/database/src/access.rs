//! What this service was told of each user and application: roles, and from which version of their tokens on they count.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, QueryOrder, entity::prelude::*};

use crate::time::micros;
use crate::{Error, Tx};

mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "access")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub holder: Uuid,
        pub organization: Uuid,
        pub roles: Json,
        pub lowest_version: i64,
        pub disabled: bool,
        pub received_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The standing of one user or application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The user or application.
    pub holder: Uuid,
    /// Its organization.
    pub organization: Uuid,
    /// What it may be, by name.
    pub roles: Vec<String>,
    /// Tokens of an older version no longer count.
    pub lowest_version: i64,
    /// Whether it may do nothing at all.
    pub disabled: bool,
    /// When this service heard of it.
    pub received_at: DateTime<Utc>,
}

/// What is known of these.
pub async fn many(connection: &impl ConnectionTrait, holders: &[Uuid]) -> Result<Vec<Access>, Error> {
    let rows = row::Entity::find().filter(row::Column::Holder.is_in(holders.iter().copied())).all(connection).await?;
    rows.into_iter().map(Access::try_from).collect()
}

/// Replaces what is known of one.
pub async fn record(tx: &Tx, access: Access) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        holder: Set(access.holder),
        organization: Set(access.organization),
        roles: Set(access.roles.into()),
        lowest_version: Set(access.lowest_version),
        disabled: Set(access.disabled),
        received_at: Set(micros(access.received_at)),
    };
    let replace = OnConflict::column(Column::Holder)
        .update_columns([
            Column::Organization,
            Column::Roles,
            Column::LowestVersion,
            Column::Disabled,
            Column::ReceivedAt,
        ])
        .to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// All that was heard at or after this time and voids a token. What is of the first version and let in voids none, as tokens begin with that.
pub async fn voiding_since(connection: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<Vec<Access>, Error> {
    let rows = row::Entity::find()
        .filter(row::Column::ReceivedAt.gte(micros(time)))
        .filter(row::Column::LowestVersion.gt(1).or(row::Column::Disabled.eq(true)))
        .order_by_asc(row::Column::ReceivedAt)
        .order_by_asc(row::Column::Holder)
        .all(connection)
        .await?;
    rows.into_iter().map(Access::try_from).collect()
}

/// What is known of this one.
pub async fn get(connection: &impl ConnectionTrait, holder: Uuid) -> Result<Option<Access>, Error> {
    row::Entity::find_by_id(holder).one(connection).await?.map(Access::try_from).transpose()
}

impl TryFrom<row::Model> for Access {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Access, Error> {
        let roles = serde_json::from_value(row.roles)
            .map_err(|error| Error::unreadable("access", "roles", row.holder, error))?;
        Ok(Access {
            holder: row.holder,
            organization: row.organization,
            roles,
            lowest_version: row.lowest_version,
            disabled: row.disabled,
            received_at: row.received_at,
        })
    }
}
