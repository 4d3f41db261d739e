//! Location ids.

use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{OrganizationId, PartnerLocationId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use super::{from_json, from_name, to_json, within};
use crate::domain::Refusal;
use crate::domain::claim::{Location, LocationState};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "partner_location")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub display_name: String,
        pub address: Json,
        pub state: String,
        pub tries: i32,
        pub nonce: String,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

pub(crate) async fn insert(tx: &Tx, location: &Location) -> Result<(), Error> {
    Entity::insert(active(location, location.version)?).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: PartnerLocationId,
) -> Result<Option<Location>, Error> {
    let row = Entity::find_by_id(id.uuid()).filter(within(scope, Column::Organization)).one(connection).await?;
    row.map(read).transpose()
}

/// The associated location of an organization.
pub(crate) async fn associated(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<Location>, Error> {
    let row = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(Column::State.eq(LocationState::Associated.as_str()))
        .one(connection)
        .await?;
    row.map(read).transpose()
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Location>, Error> {
    let select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

/// Writes a location; refused when its organization has another associated one.
pub(crate) async fn save(tx: &Tx, location: &mut Location) -> Result<Result<(), Refusal>, Error> {
    let result = Entity::update_many()
        .set(active(location, location.version + 1)?)
        .filter(Column::Id.eq(location.id.uuid()))
        .filter(Column::Version.eq(location.version))
        .exec(tx)
        .await
        .map_err(Error::from);
    match result {
        Ok(result) => database::affected(result.rows_affected)?,
        Err(Error::Duplicate { .. }) => return Ok(Err(Refusal::LocationTaken)),
        Err(error) => return Err(error),
    }
    location.version += 1;
    Ok(Ok(()))
}

fn active(location: &Location, version: i64) -> Result<row::ActiveModel, Error> {
    Ok(row::ActiveModel {
        id: Set(location.id.uuid()),
        organization: Set(location.organization.uuid()),
        display_name: Set(location.display_name.clone()),
        address: Set(to_json("partner_location", "address", &location.address)?),
        state: Set(location.state.as_str().to_owned()),
        tries: Set(location.state.tries()),
        nonce: Set(location.nonce.clone()),
        version: Set(version),
        created_at: Set(location.created),
        updated_at: Set(location.updated),
    })
}

fn read(row: row::Model) -> Result<Location, Error> {
    Ok(Location {
        id: PartnerLocationId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        display_name: row.display_name,
        address: from_json("partner_location", "address", row.id, row.address)?,
        state: from_name("partner_location", "state", row.id, &row.state, |name| {
            LocationState::parse(name, row.tries)
        })?,
        nonce: row.nonce,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}
