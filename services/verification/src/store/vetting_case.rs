//! Vetting cases as rows.

mod row;

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected};
use ids::{OrganizationId, VettingCaseId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::VettingCase;
use row::{Column, Entity};

/// The states that run out when the applicant's side lets the deadline pass.
const RUN_OUT: [&str; 2] = ["AWAITING_EMAIL", "ACTION_REQUIRED"];
const EXPIRED: &str = "EXPIRED";

/// Which cases a list holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter {
    /// Of this organization; all that the scope permits when absent.
    pub(crate) organization: Option<OrganizationId>,
    /// In this state at that time; in any when absent.
    pub(crate) state: Option<&'static str>,
    pub(crate) now: DateTime<Utc>,
}

/// The case of this name; none when it is not the scope's to see.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: VettingCaseId,
) -> Result<Option<VettingCase>, Error> {
    let found = find(connection, scope, id).await?;
    Ok(found.filter(|found| found.organization == organization))
}

/// The case of this id, for the verification that names it and for time.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: VettingCaseId,
) -> Result<Option<VettingCase>, Error> {
    let found = Entity::find_by_id(id.uuid()).one(connection).await?.map(VettingCase::try_from).transpose()?;
    Ok(found.filter(|found| scope.permits(found.organization)))
}

/// The one open case of an organization.
pub(crate) async fn open_one(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
) -> Result<Option<VettingCase>, Error> {
    if !scope.permits(organization) {
        return Ok(None);
    }
    Entity::find()
        .filter(Column::OrganizationId.eq(organization.uuid()))
        .filter(Column::ClosedAt.is_null())
        .one(connection)
        .await?
        .map(VettingCase::try_from)
        .transpose()
}

/// Cases in the order of their creation.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    filter: Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<VettingCase>, Error> {
    let mut select = Entity::find();
    if let Some(organization) = filter.organization {
        select = select.filter(Column::OrganizationId.eq(organization.uuid()));
    }
    if let Scope::Organization(own) = scope {
        select = select.filter(Column::OrganizationId.eq(own.uuid()));
    }
    if let Some(state) = filter.state {
        select = select.filter(in_state(state, filter.now));
    }
    let rows = database::page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let cases = rows.into_iter().map(VettingCase::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(cases, size, |case| Cursor { time: case.created, id: case.id.uuid() }))
}

/// Those that ran out though they are still open.
pub(crate) async fn overdue(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    let ids: Vec<sea_orm::prelude::Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ClosedAt.is_null())
        .filter(run_out(now))
        .order_by_asc(Column::DueAt)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(VettingCaseId::from_uuid).collect())
}

/// Keeps a new one. Contended when the organization has an open case by now, which the change then meets as it runs again.
pub(crate) async fn insert(tx: &Tx, case: &VettingCase) -> Result<(), Error> {
    match row::active(case).insert(tx).await.map_err(Error::from) {
        Ok(_) => Ok(()),
        Err(Error::Duplicate { .. }) => Err(Error::Contended),
        Err(error) => Err(error),
    }
}

/// Saves it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, scope: Scope, case: &mut VettingCase) -> Result<(), Error> {
    if !scope.permits(case.organization) {
        return Err(Error::Contended);
    }
    let read = case.version;
    case.version = read + 1;
    let update = Entity::update_many()
        .set(row::active(case))
        .filter(Column::Id.eq(case.id.uuid()))
        .filter(Column::Version.eq(read));
    affected(update.exec(tx).await?.rows_affected)
}

fn run_out(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::State.is_in(RUN_OUT)).add(Column::DueAt.lte(now))
}

/// In this state at that time, be it written down yet or not.
fn in_state(state: &'static str, now: DateTime<Utc>) -> Condition {
    let written = Condition::all().add(Column::State.eq(state));
    match state {
        EXPIRED => Condition::any().add(written).add(run_out(now)),
        _ if RUN_OUT.contains(&state) => written.add(Column::DueAt.gt(now)),
        _ => written,
    }
}
