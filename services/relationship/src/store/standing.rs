//! How enrollments stand, as enrollment last told.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::{EnrollmentId, OrganizationId, PartnerLocationId};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::read::Place;
use crate::domain::standing::{Location, Standing};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
pub(super) mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub capacity: String,
        pub state: String,
        pub location: Option<Uuid>,
        pub location_country: Option<String>,
        pub signed_version: i32,
        pub state_time: DateTime<Utc>,
        pub version: i64,
        pub confirmed_at: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How this organization's enrollments stand.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Standing>, Error> {
    let select = row::Entity::find().filter(row::Column::Organization.eq(organization.uuid()));
    select.all(connection).await?.into_iter().map(Standing::try_from).collect()
}

/// Whose location this is, as far as any enrollment not over says, and how all enrollments of that organization stand.
pub(crate) async fn of_owner(
    connection: &impl ConnectionTrait,
    location: PartnerLocationId,
) -> Result<Option<(OrganizationId, Vec<Standing>)>, Error> {
    use row::{Column, Entity};
    let named = Query::select()
        .column(Column::Organization)
        .from(Entity)
        .and_where(Column::Location.eq(location.uuid()))
        .to_owned();
    let rows = Entity::find().filter(Column::Organization.in_subquery(named)).all(connection).await?;
    let mut standings = rows.into_iter().map(Standing::try_from).collect::<Result<Vec<_>, _>>()?;
    let names = |standing: &Standing| standing.location.is_some_and(|named| named.id == location);
    let owner = standings.iter().find(|standing| names(standing) && !standing.state.is_over());
    let Some(owner) = owner.map(|standing| standing.organization) else { return Ok(None) };
    standings.retain(|standing| standing.organization == owner);
    Ok(Some((owner, standings)))
}

/// Replaces what is known of an enrollment, but for the time of direct reading, which [`confirm`] alone writes.
pub(crate) async fn put(tx: &Tx, standing: &Standing) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        id: Set(standing.enrollment.uuid()),
        organization: Set(standing.organization.uuid()),
        capacity: Set(standing.capacity.as_str().to_owned()),
        state: Set(standing.state.as_str().to_owned()),
        location: Set(standing.location.map(|location| location.id.uuid())),
        location_country: Set(standing.location.map(|location| location.country.to_string())),
        signed_version: Set(standing.signed_version),
        state_time: Set(standing.state_time),
        version: Set(standing.version),
        confirmed_at: Set(None),
    };
    let columns = [
        Column::Organization,
        Column::Capacity,
        Column::State,
        Column::Location,
        Column::LocationCountry,
        Column::SignedVersion,
        Column::StateTime,
        Column::Version,
    ];
    let replace = OnConflict::column(Column::Id).update_columns(columns).to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes that what is held of an organization's enrollments was found to be so at this time.
pub(crate) async fn confirm(tx: &Tx, organization: OrganizationId, read_at: DateTime<Utc>) -> Result<(), Error> {
    let update = row::Entity::update_many().col_expr(row::Column::ConfirmedAt, Expr::value(read_at));
    update.filter(row::Column::Organization.eq(organization.uuid())).exec(tx).await?;
    Ok(())
}

impl TryFrom<row::Model> for Standing {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Standing, Error> {
        let place = Place { table: "standing", row: row.id };
        let location = match (row.location, &row.location_country) {
            (Some(id), Some(country)) => Some(Location {
                id: PartnerLocationId::from_uuid(id),
                country: place.parse("location_country", country)?,
            }),
            _ => None,
        };
        Ok(Standing {
            enrollment: EnrollmentId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization),
            capacity: place.parse("capacity", &row.capacity)?,
            state: place.parse("state", &row.state)?,
            location,
            signed_version: row.signed_version,
            state_time: row.state_time,
            version: row.version,
            confirmed_at: row.confirmed_at,
        })
    }
}
