//! Vetting cases as rows.

mod row;

use addresses::Delivery;
use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected};
use ids::{OrganizationId, VettingCaseId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::{VettingCase, skeleton};
use row::{Column, Entity};

/// The states that run out when the applicant's side lets the deadline pass.
const RUN_OUT: [&str; 2] = ["AWAITING_EMAIL", "ACTION_REQUIRED"];
const EXPIRED: &str = "EXPIRED";
/// The states in which an outcome is promised by us.
const PROMISED: [&str; 2] = [QUEUED, IN_REVIEW];
const QUEUED: &str = "QUEUED";
const IN_REVIEW: &str = "IN_REVIEW";
/// The states in which something is due, so that a list of them begins with what is due first.
const DUE: [&str; 4] = ["AWAITING_EMAIL", QUEUED, IN_REVIEW, "ACTION_REQUIRED"];

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

/// Those of an organization whose last word is not spoken: open, or rejected and still to be appealed.
pub(crate) async fn undecided(tx: &Tx, scope: Scope, organization: OrganizationId) -> Result<Vec<VettingCase>, Error> {
    if !scope.permits(organization) {
        return Ok(Vec::new());
    }
    let undecided = Condition::any().add(Column::ClosedAt.is_null()).add(Column::AppealBy.is_not_null());
    let found = Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).filter(undecided);
    let rows = found.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(tx).await?;
    rows.into_iter().map(VettingCase::try_from).collect()
}

/// Those rejected whose applicant let the time for an appeal pass.
pub(crate) async fn forgone(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    ids(connection, Condition::all().add(Column::AppealBy.lte(now)), Column::AppealBy, most).await
}

/// Cases in the order of their creation; those of a state in which something is due, by when it is.
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
    let by_due = filter.state.is_some_and(|state| DUE.contains(&state));
    let order = if by_due { Column::DueAt } else { Column::CreatedAt };
    let rows = database::page::after(select, (order, Column::Id), after, size).all(connection).await?;
    let cases = rows.into_iter().map(VettingCase::try_from).collect::<Result<Vec<_>, _>>()?;
    let time = |case: &VettingCase| case.state.due().filter(|_| by_due).unwrap_or(case.created);
    Ok(Page::of(cases, size, |case| Cursor { time: time(case), id: case.id.uuid() }))
}

/// Those that ran out though they are still open.
pub(crate) async fn overdue(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    ids(connection, run_out(now).add(Column::ClosedAt.is_null()), Column::DueAt, most).await
}

/// Those whose reviewer's time is over.
pub(crate) async fn lapsed(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    ids(connection, in_lapse(now), Column::LeaseUntil, most).await
}

/// Those whose promise is late, of which nobody was told.
pub(crate) async fn late(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    let untold = Column::AlarmedDue.is_null().or(Expr::col(Column::AlarmedDue).ne(Expr::col(Column::DueAt)));
    let late = Condition::all()
        .add(Column::ClosedAt.is_null())
        .add(Column::State.is_in(PROMISED))
        .add(Column::DueAt.lte(now))
        .add(untold);
    ids(connection, late, Column::DueAt, most).await
}

/// Those whose applicant was not reminded of the deadline, though it passes by then.
pub(crate) async fn near(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    let untold = Column::RemindedDue.is_null().or(Expr::col(Column::RemindedDue).ne(Expr::col(Column::DueAt)));
    let near = Condition::all()
        .add(Column::State.eq("ACTION_REQUIRED"))
        .add(Column::DueAt.gt(now))
        .add(Column::DueAt.lte(then))
        .add(untold);
    ids(connection, near, Column::DueAt, most).await
}

/// Whether another organization's approved contact has a domain that looks like this one and is another.
pub(crate) async fn has_lookalike(tx: &Tx, organization: OrganizationId, domain: &str) -> Result<bool, Error> {
    let found = Entity::find()
        .filter(Column::DomainSkeleton.eq(skeleton(domain)))
        .filter(Column::State.eq("APPROVED"))
        .filter(Column::OrganizationId.ne(organization.uuid()))
        .filter(Column::Domain.ne(domain))
        .one(tx)
        .await?;
    Ok(found.is_some())
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

/// Notes what became of a mail about it, whatever else is done to it meanwhile: its version stays.
pub(crate) async fn record_delivery(
    tx: &Tx,
    id: VettingCaseId,
    version: i64,
    (mail, delivery): (&str, &Delivery),
) -> Result<(), Error> {
    let Some(found) = Entity::find_by_id(id.uuid()).lock_exclusive().one(tx).await? else { return Ok(()) };
    let mut mailing = row::mailing(&found)?;
    if mailing.note(version, mail, delivery) {
        let json =
            serde_json::to_value(mailing).map_err(|error| Error::unreadable("vetting_case", "mailing", id, error))?;
        let update =
            Entity::update_many().col_expr(Column::Mailing, Expr::value(json)).filter(Column::Id.eq(id.uuid()));
        affected(update.exec(tx).await?.rows_affected)?;
    }
    Ok(())
}

async fn ids(
    connection: &impl ConnectionTrait,
    of: Condition,
    order: Column,
    most: u64,
) -> Result<Vec<VettingCaseId>, Error> {
    let ids: Vec<sea_orm::prelude::Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(of)
        .order_by_asc(order)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(VettingCaseId::from_uuid).collect())
}

fn in_lapse(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::State.eq(IN_REVIEW)).add(Column::LeaseUntil.lte(now))
}

fn run_out(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::State.is_in(RUN_OUT)).add(Column::DueAt.lte(now))
}

/// In this state at that time, be it written down yet or not.
fn in_state(state: &'static str, now: DateTime<Utc>) -> Condition {
    let written = Condition::all().add(Column::State.eq(state));
    match state {
        EXPIRED => Condition::any().add(written).add(run_out(now)),
        QUEUED => Condition::any().add(written).add(in_lapse(now)),
        IN_REVIEW => written.add(Column::LeaseUntil.gt(now)),
        _ if RUN_OUT.contains(&state) => written.add(Column::DueAt.gt(now)),
        _ => written,
    }
}
