//! Partnerships.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{OrganizationId, PartnershipId};
use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, Select, entity::prelude::*};

use super::read::{Place, Sample, sample};
use super::state::Columns;
use crate::domain::partnership::Partnership;
use crate::domain::standing::EnrollmentType;
use crate::domain::state::Stage;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub provider: Uuid,
        pub reseller: Uuid,
        pub orders_allowed: bool,
        pub state: String,
        pub end_time: Option<DateTime<Utc>>,
        pub create_time: DateTime<Utc>,
        pub update_time: DateTime<Utc>,
        pub suspended_by: Option<Uuid>,
        pub suspend_time: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// On which side the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Provider,
    Reseller,
    Either,
}

fn seen_by(scope: Scope) -> Select<Entity> {
    match scope {
        Scope::Organization(own) => Entity::find().filter(either(own)),
        Scope::Operator | Scope::Peer | Scope::Link => Entity::find(),
    }
}

fn either(own: OrganizationId) -> Condition {
    Condition::any().add(Column::Provider.eq(own.uuid())).add(Column::Reseller.eq(own.uuid()))
}

/// The partnership, if this scope sees it.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: PartnershipId,
) -> Result<Option<Partnership>, Error> {
    let row = seen_by(scope).filter(Column::Id.eq(id.uuid())).one(connection).await?;
    row.map(Partnership::try_from).transpose()
}

/// Whether these two have one that has not ended.
pub(crate) async fn live(tx: &Tx, provider: OrganizationId, reseller: OrganizationId) -> Result<bool, Error> {
    let select = Entity::find()
        .filter(Column::Provider.eq(provider.uuid()))
        .filter(Column::Reseller.eq(reseller.uuid()))
        .filter(Column::State.ne(Stage::Ended.as_str()));
    Ok(select.one(tx).await?.is_some())
}

/// A page of an organization's partnerships.
pub(crate) async fn list_of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    (side, stage): (Side, Option<Stage>),
    (after, size): (Option<Cursor>, u64),
) -> Result<Page<Partnership>, Error> {
    let mut rows = Vec::new();
    for select in pages_of(organization, (side, stage), (after, size)) {
        rows.extend(select.all(connection).await?);
    }
    let partnerships = rows.into_iter().map(Partnership::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::merged(partnerships, size, |row| Cursor { time: row.create_time, id: row.id.uuid() }))
}

/// The page, or one for each side that the organization may be on, to be merged: no index has both in order.
pub(super) fn pages_of(
    organization: OrganizationId,
    (side, stage): (Side, Option<Stage>),
    (after, size): (Option<Cursor>, u64),
) -> Vec<Select<Entity>> {
    let sides: &[Column] = match side {
        Side::Provider => &[Column::Provider],
        Side::Reseller => &[Column::Reseller],
        Side::Either => &[Column::Provider, Column::Reseller],
    };
    let page = |side: &Column| {
        let mut select = Entity::find().filter(side.eq(organization.uuid()));
        if let Some(stage) = stage {
            select = select.filter(Column::State.eq(stage.as_str()));
        }
        page::after(select, (Column::CreateTime, Column::Id), after, size)
    };
    sides.iter().map(page).collect()
}

/// Those that have not ended in which it stands in this capacity.
pub(crate) async fn some_of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    capacity: EnrollmentType,
) -> Result<Sample, Error> {
    let own = organization.uuid();
    let side = match capacity {
        EnrollmentType::IndirectProvider => Column::Provider.eq(own),
        EnrollmentType::IndirectReseller => Column::Reseller.eq(own),
        // Who buys directly has no partners.
        EnrollmentType::DirectBill => return Ok(Sample { count: 0, first: Vec::new() }),
    };
    let rows = Entity::find().filter(side).filter(Column::State.ne(Stage::Ended.as_str()));
    sample(connection, rows, (Column::CreateTime, Column::Id)).await
}

/// Adds a partnership; the pair may have a live one.
pub(crate) async fn insert(tx: &Tx, partnership: &Partnership) -> Result<(), Error> {
    Entity::insert(row(partnership).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, partnership: &mut Partnership) -> Result<(), Error> {
    let read = partnership.version;
    partnership.version += 1;
    let row = row(partnership);
    let update = Entity::update_many().set(row::ActiveModel {
        version: Set(row.version),
        orders_allowed: Set(row.orders_allowed),
        state: Set(row.state),
        end_time: Set(row.end_time),
        update_time: Set(row.update_time),
        suspended_by: Set(row.suspended_by),
        suspend_time: Set(row.suspend_time),
        ..Default::default()
    });
    let guarded = update.filter(Column::Id.eq(row.id)).filter(Column::Version.eq(read));
    affected(guarded.exec(tx).await?.rows_affected)
}

/// Keeps it from ending until this change is over, without a new version: who binds a customer through it changes nothing of it.
pub(crate) async fn hold(tx: &Tx, id: PartnershipId) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version));
    let guarded = update.filter(Column::Id.eq(id.uuid())).filter(Column::State.eq(Stage::Active.as_str()));
    affected(guarded.exec(tx).await?.rows_affected)
}

fn row(partnership: &Partnership) -> row::Model {
    let Columns { state, suspended_by, suspend_time, end_time } = partnership.state.into();
    row::Model {
        id: partnership.id.uuid(),
        version: partnership.version,
        provider: partnership.provider.uuid(),
        reseller: partnership.reseller.uuid(),
        orders_allowed: partnership.orders_allowed,
        state,
        end_time,
        create_time: partnership.create_time,
        update_time: partnership.update_time,
        suspended_by,
        suspend_time,
    }
}

impl TryFrom<row::Model> for Partnership {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Partnership, Error> {
        let place = Place { table: "partnership", row: row.id };
        let (suspended_by, suspend_time, end_time) = (row.suspended_by, row.suspend_time, row.end_time);
        let state = Columns { state: row.state, suspended_by, suspend_time, end_time }.read(place)?;
        Ok(Partnership {
            id: PartnershipId::from_uuid(row.id),
            version: row.version,
            provider: OrganizationId::from_uuid(row.provider),
            reseller: OrganizationId::from_uuid(row.reseller),
            orders_allowed: row.orders_allowed,
            state,
            create_time: row.create_time,
            update_time: row.update_time,
        })
    }
}
