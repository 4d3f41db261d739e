//! Invitations.

use addresses::Delivery;
use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{InvitationId, OrganizationId};
use sea_orm::sea_query::{BinOper, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, Select, TryInsertResult, entity::prelude::*,
};

use super::read::{Sample, sample};
use crate::domain::invitation::{Invitation, Stage};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row;

use row::{Column, Entity, open_key, row};

/// Which invitations are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) sent: bool,
    pub(crate) stage: Option<Stage>,
    pub(crate) external_id: Option<String>,
    /// Created at this time or later, and before that one.
    pub(crate) created: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

fn seen_by(scope: Scope) -> Select<Entity> {
    match scope {
        Scope::Organization(own) => {
            let sides = [Column::Sender, Column::Provider, Column::Reseller, Column::Recipient];
            let any = sides.into_iter().fold(Condition::any(), |any, side| any.add(side.eq(own.uuid())));
            Entity::find().filter(any)
        }
        Scope::Operator | Scope::Peer | Scope::Link => Entity::find(),
    }
}

/// The invitation, if this scope sees it.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: InvitationId,
) -> Result<Option<Invitation>, Error> {
    let row = seen_by(scope).filter(Column::Id.eq(id.uuid())).one(connection).await?;
    row.map(Invitation::try_from).transpose()
}

/// The one still written down as open under this key, whose time may be over.
pub(crate) async fn open(tx: &Tx, invitation: &Invitation) -> Result<Option<Invitation>, Error> {
    let select = Entity::find()
        .filter(Column::Sender.eq(invitation.sender.uuid()))
        .filter(Column::OpenKey.eq(open_key(invitation)))
        .filter(Column::State.eq(Stage::Pending.as_str()));
    select.one(tx).await?.map(Invitation::try_from).transpose()
}

/// A page of what this organization sent or received.
pub(crate) async fn list_of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
    now: DateTime<Utc>,
) -> Result<Page<Invitation>, Error> {
    let rows = page_of(organization, filter, (after, size), now).all(connection).await?;
    let invitations = rows.into_iter().map(Invitation::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(invitations, size, |row| Cursor { time: row.create_time, id: row.id.uuid() }))
}

pub(super) fn page_of(
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
    now: DateTime<Utc>,
) -> Select<Entity> {
    let side = if filter.sent { Column::Sender } else { Column::Recipient };
    let mut select = Entity::find().filter(side.eq(organization.uuid()));
    if let Some(external_id) = &filter.external_id {
        // The second names the rows that the index holds, which a value given later doesn't.
        select = select.filter(Column::ExternalId.eq(external_id)).filter(Expr::cust("external_id <> ''"));
    }
    let (from, before) = filter.created;
    if let Some(from) = from {
        select = select.filter(Column::CreateTime.gte(from));
    }
    if let Some(before) = before {
        select = select.filter(Column::CreateTime.lt(before));
    }
    let open = || Condition::all().add(Column::State.eq(Stage::Pending.as_str()));
    select = match filter.stage {
        None => select,
        Some(Stage::Pending) => select.filter(open().add(Column::ExpireTime.gt(now))),
        Some(Stage::Expired) => select.filter(
            Condition::any()
                .add(Column::State.eq(Stage::Expired.as_str()))
                .add(open().add(Column::ExpireTime.lte(now))),
        ),
        Some(stage) => select.filter(Column::State.eq(stage.as_str())),
    };
    page::after(select, (Column::CreateTime, Column::Id), after, size)
}

/// The open ones that it sent or may accept.
pub(crate) async fn some_open(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Sample, Error> {
    let own = organization.uuid();
    let rows = Entity::find()
        .filter(Condition::any().add(Column::Sender.eq(own)).add(Column::Recipient.eq(own)))
        .filter(Column::State.eq(Stage::Pending.as_str()))
        .filter(Column::ExpireTime.gt(now));
    sample(connection, rows, (Column::CreateTime, Column::Id)).await
}

/// Some whose time is over though they are written down as open.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<InvitationId>, Error> {
    ids(connection, select_due(now, most)).await
}

pub(super) fn select_due(now: DateTime<Utc>, most: u64) -> Select<Entity> {
    Entity::find().filter(pending()).filter(Column::ExpireTime.lte(now)).order_by_asc(Column::ExpireTime).limit(most)
}

/// Some open ones whose recipient is to be reminded.
pub(crate) async fn unreminded(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<InvitationId>, Error> {
    ids(connection, select_unreminded(now, most)).await
}

pub(super) fn select_unreminded(now: DateTime<Utc>, most: u64) -> Select<Entity> {
    let due = Entity::find().filter(pending()).filter(Column::RemindTime.lte(now)).filter(Column::ExpireTime.gt(now));
    due.order_by_asc(Column::RemindTime).limit(most)
}

/// In the words of the indexes, which a value given later doesn't fit.
fn pending() -> Expr {
    Expr::cust("state = 'PENDING'")
}

async fn ids(connection: &impl ConnectionTrait, select: Select<Entity>) -> Result<Vec<InvitationId>, Error> {
    let found: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(connection).await?;
    Ok(found.into_iter().map(InvitationId::from_uuid).collect())
}

/// Adds an invitation, unless another holds the key of the open one; says whether it did.
pub(crate) async fn insert(tx: &Tx, invitation: &Invitation) -> Result<bool, Error> {
    let skip = OnConflict::new().do_nothing().to_owned();
    let insert = Entity::insert(row(invitation).into_active_model()).on_conflict(skip).try_insert();
    Ok(matches!(insert.exec_without_returning(tx).await?, TryInsertResult::Inserted(1)))
}

/// Writes it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, invitation: &mut Invitation) -> Result<(), Error> {
    let read = invitation.version;
    invitation.version += 1;
    let row = row(invitation);
    let update = Entity::update_many().set(row::ActiveModel {
        version: Set(row.version),
        generation: Set(row.generation),
        send_time: Set(row.send_time),
        remind_time: Set(row.remind_time),
        decline_reason: Set(row.decline_reason),
        decline_text: Set(row.decline_text),
        recipient: Set(row.recipient),
        state: Set(row.state),
        result_partnership: Set(row.result_partnership),
        result_relationships: Set(row.result_relationships),
        update_time: Set(row.update_time),
        ..Default::default()
    });
    let guarded = update.filter(Column::Id.eq(row.id)).filter(Column::Version.eq(read));
    affected(guarded.exec(tx).await?.rows_affected)
}

/// Makes every link that was mailed of any of these invitations unknown, until it is sent again; says of how many.
pub(crate) async fn void_links(tx: &Tx, epoch: i64) -> Result<u64, Error> {
    let another = Expr::col(Column::Nonce).binary(BinOper::Custom("||"), Expr::val(format!(".{epoch}")));
    Ok(Entity::update_many().col_expr(Column::Nonce, another).exec(tx).await?.rows_affected)
}

/// Notes what became of its mail, unless a later one's fate is known: an older link opens nothing any more.
pub(crate) async fn record_delivery(tx: &Tx, id: InvitationId, version: i64, delivery: &Delivery) -> Result<(), Error> {
    let json =
        serde_json::to_value(delivery).map_err(|error| Error::unreadable("invitation", "delivery", id, error))?;
    let update = Entity::update_many()
        .col_expr(Column::Delivery, Expr::value(json))
        .col_expr(Column::DeliveryVersion, Expr::value(version))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::DeliveryVersion.lte(version));
    update.exec(tx).await?;
    Ok(())
}

/// Keeps it as it was read until this change is over: of several answers at once, the others wait here and then find the first.
pub(crate) async fn hold(tx: &Tx, invitation: &Invitation) -> Result<(), Error> {
    let update = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version));
    let guarded = update.filter(Column::Id.eq(invitation.id.uuid())).filter(Column::Version.eq(invitation.version));
    affected(guarded.exec(tx).await?.rows_affected)
}
