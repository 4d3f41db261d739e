//! Business profiles: rows that are made with their organization.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{from_json, from_name, to_json};
use crate::domain::business::{BusinessProfile, Publication};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "business_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization: Uuid,
        pub publication: String,
        pub offer: Json,
        pub countries: Json,
        pub languages: Json,
        pub sales_contact: Json,
        pub website: String,
        pub version: i64,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

const TABLE: &str = "business_profile";

/// The empty profile of a new organization.
pub(super) async fn insert(tx: &Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<(), Error> {
    let row = active(organization, &BusinessProfile::empty(now), 1)?;
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The profile; none when there is no such organization.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<BusinessProfile>, Error> {
    let row = Entity::find_by_id(organization.uuid()).one(connection).await?;
    row.map(|row| read(row).map(|(_, profile)| profile)).transpose()
}

/// The profiles of these organizations, in no order.
pub(crate) async fn many(
    connection: &impl ConnectionTrait,
    organizations: &[OrganizationId],
) -> Result<Vec<(OrganizationId, BusinessProfile)>, Error> {
    let ids = organizations.iter().map(|id| id.uuid());
    let rows = Entity::find().filter(Column::Organization.is_in(ids)).all(connection).await?;
    rows.into_iter().map(read).collect()
}

/// Writes a profile, and brings the directory up to it.
pub(crate) async fn save(tx: &Tx, organization: OrganizationId, profile: &mut BusinessProfile) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(organization, profile, profile.version + 1)?)
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(Column::Version.eq(profile.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    profile.version += 1;
    super::listing::refresh(tx, organization, profile.updated).await
}

fn active(organization: OrganizationId, profile: &BusinessProfile, version: i64) -> Result<row::ActiveModel, Error> {
    Ok(row::ActiveModel {
        organization: Set(organization.uuid()),
        publication: Set(profile.publication.as_str().to_owned()),
        offer: Set(to_json(TABLE, "offer", &profile.offer)?),
        countries: Set(to_json(TABLE, "countries", &profile.countries)?),
        languages: Set(to_json(TABLE, "languages", &profile.languages)?),
        sales_contact: Set(to_json(TABLE, "sales_contact", &profile.sales_contact)?),
        website: Set(profile.website.clone()),
        version: Set(version),
        updated_at: Set(profile.updated),
    })
}

fn read(row: row::Model) -> Result<(OrganizationId, BusinessProfile), Error> {
    let id = row.organization;
    let profile = BusinessProfile {
        publication: from_name(TABLE, "publication", id, &row.publication, Publication::parse)?,
        offer: from_json(TABLE, "offer", id, row.offer)?,
        countries: from_json(TABLE, "countries", id, row.countries)?,
        languages: from_json(TABLE, "languages", id, row.languages)?,
        sales_contact: from_json(TABLE, "sales_contact", id, row.sales_contact)?,
        website: row.website,
        version: row.version,
        updated: row.updated_at,
    };
    Ok((OrganizationId::from_uuid(id), profile))
}
