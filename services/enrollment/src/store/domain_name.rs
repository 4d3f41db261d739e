//! Domains that organizations have proven to be their own: the domain is the key, so it has one owner.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, QuerySelect, TryInsertResult, entity::prelude::*};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization_domain")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub domain: String,
        pub organization: Uuid,
        pub proven_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

const MOST: u64 = 100;

/// Whether an organization has proven this domain. Which one is nobody's to know.
pub(crate) async fn is_known(connection: &impl ConnectionTrait, domain: &str) -> Result<bool, Error> {
    Ok(Entity::find_by_id(domain).one(connection).await?.is_some())
}

/// The domains of an organization, in order; no more than siblings take.
pub(crate) async fn proven(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<String>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .order_by_asc(Column::Domain)
        .limit(MOST)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.domain).collect())
}

/// Notes a proven domain; false when it has an owner already.
pub(crate) async fn prove(
    tx: &Tx,
    organization: OrganizationId,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let row = row::ActiveModel {
        domain: Set(domain.to_owned()),
        organization: Set(organization.uuid()),
        proven_at: Set(now),
    };
    let keep = OnConflict::column(Column::Domain).do_nothing().to_owned();
    let result = Entity::insert(row).on_conflict(keep).try_insert().exec_without_returning(tx).await?;
    Ok(matches!(result, TryInsertResult::Inserted(1..)))
}
