//! Organizations as enrollment last told of them.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::read::{Place, list};
use crate::domain::organization::{Organization, Parties};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub country: String,
        pub language: String,
        pub mail_address: String,
        pub proven_domains: Json,
        pub version: i64,
        pub confirmed_at: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is known of this organization.
pub(crate) async fn get(connection: &impl ConnectionTrait, id: OrganizationId) -> Result<Option<Organization>, Error> {
    row::Entity::find_by_id(id.uuid()).one(connection).await?.map(Organization::try_from).transpose()
}

/// What is known of these organizations.
pub(crate) async fn many(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OrganizationId>,
) -> Result<Parties, Error> {
    let ids: Vec<_> = ids.into_iter().map(OrganizationId::uuid).collect();
    let rows = row::Entity::find().filter(row::Column::Id.is_in(ids)).all(connection).await?;
    rows.into_iter().map(Organization::try_from).collect()
}

/// Replaces what is known of an organization, but for the time of direct reading, which [`confirm`] alone writes.
pub(crate) async fn put(tx: &Tx, organization: &Organization) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        id: Set(organization.id.uuid()),
        name: Set(organization.name.clone()),
        country: Set(organization.country.to_string()),
        language: Set(organization.language.to_string()),
        mail_address: Set(organization.mail_address.clone().into()),
        proven_domains: Set(list(&organization.proven_domains)),
        version: Set(organization.version),
        confirmed_at: Set(None),
    };
    let columns =
        [Column::Name, Column::Country, Column::Language, Column::MailAddress, Column::ProvenDomains, Column::Version];
    let replace = OnConflict::column(Column::Id).update_columns(columns).to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes that what is held was found to be so at this time.
pub(crate) async fn confirm(tx: &Tx, id: OrganizationId, read_at: DateTime<Utc>) -> Result<(), Error> {
    let update = row::Entity::update_many().col_expr(row::Column::ConfirmedAt, Expr::value(read_at));
    update.filter(row::Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}

impl TryFrom<row::Model> for Organization {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Organization, Error> {
        let place = Place { table: "organization", row: row.id };
        Ok(Organization {
            id: OrganizationId::from_uuid(row.id),
            country: place.parse("country", &row.country)?,
            proven_domains: place.json("proven_domains", row.proven_domains)?,
            language: place.parse("language", &row.language)?,
            mail_address: place.parse("mail_address", &row.mail_address)?,
            name: row.name,
            version: row.version,
        })
    }
}
