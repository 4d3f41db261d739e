//! The domains that organizations have proven.

use std::collections::BTreeSet;

use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use model::{ActiveModel, Column, Entity};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod model {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "proven_domain")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub domain: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Whether this organization has proven this domain.
pub(crate) async fn has(tx: &Tx, organization: OrganizationId, domain: &str) -> Result<bool, Error> {
    Ok(Entity::find_by_id((organization.uuid(), domain.to_owned())).one(tx).await?.is_some())
}

/// Keeps all that an organization has proven, in the place of what it had.
pub(crate) async fn replace(tx: &Tx, organization: OrganizationId, domains: &BTreeSet<String>) -> Result<(), Error> {
    Entity::delete_many().filter(Column::OrganizationId.eq(organization.uuid())).exec(tx).await?;
    let row = |domain: &String| ActiveModel { organization_id: Set(organization.uuid()), domain: Set(domain.clone()) };
    if !domains.is_empty() {
        Entity::insert_many(domains.iter().map(row)).exec_without_returning(tx).await?;
    }
    Ok(())
}
