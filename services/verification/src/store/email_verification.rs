//! E-mail verifications as rows.

mod row;

use addresses::Delivery;
use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected};
use ids::{EmailVerificationId, OrganizationId, VettingCaseId};
use sea_orm::sea_query::{BinOper, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::EmailVerification;
use row::{Column, Entity};

/// The verification of this name; none when it is not the scope's to see.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: EmailVerificationId,
) -> Result<Option<EmailVerification>, Error> {
    let found = find(connection, scope, id).await?;
    Ok(found.filter(|found| found.organization == organization))
}

/// The verification of this id, for links and for time, which name no organization.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: EmailVerificationId,
) -> Result<Option<EmailVerification>, Error> {
    let found = Entity::find_by_id(id.uuid()).one(connection).await?.map(EmailVerification::try_from).transpose()?;
    Ok(found.filter(|found| scope.permits(found.organization)))
}

/// The verifications of an organization, in the order of their creation.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<EmailVerification>, Error> {
    if !scope.permits(organization) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let select = Entity::find().filter(Column::OrganizationId.eq(organization.uuid()));
    let rows = database::page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let verifications = rows.into_iter().map(EmailVerification::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(verifications, size, |verification| Cursor { time: verification.created, id: verification.id.uuid() }))
}

/// Those whose time is over though they are still pending.
pub(crate) async fn overdue(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<EmailVerificationId>, Error> {
    let ids: Vec<sea_orm::prelude::Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq("PENDING"))
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(EmailVerificationId::from_uuid).collect())
}

/// Those whose recipient was not reminded of the newest mail, though its time is over by then.
pub(crate) async fn near(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<EmailVerificationId>, Error> {
    let ids: Vec<sea_orm::prelude::Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq("PENDING"))
        .filter(Column::ExpiresAt.gt(now))
        .filter(Column::ExpiresAt.lte(then))
        .filter(Expr::col(Column::Reminded).lt(Expr::col(Column::Generation)))
        .order_by_asc(Column::ExpiresAt)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(EmailVerificationId::from_uuid).collect())
}

/// Whether the reader of this mailbox has told, for this organization, that it concerns them not.
pub(crate) async fn is_refused(tx: &Tx, organization: OrganizationId, mailbox: &str) -> Result<bool, Error> {
    let denied = Entity::find()
        .filter(Column::OrganizationId.eq(organization.uuid()))
        .filter(Column::State.eq("DENIED"))
        .all(tx)
        .await?;
    let denied = denied.into_iter().map(EmailVerification::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(denied.iter().any(|denied| denied.recipient.email.mailbox() == mailbox))
}

/// Those of a case that are not answered, and so keep others of their purpose from being sent.
pub(crate) async fn unanswered(tx: &Tx, case: VettingCaseId) -> Result<Vec<EmailVerification>, Error> {
    let rows = Entity::find().filter(Column::CaseId.eq(case.uuid())).filter(Column::State.eq("PENDING"));
    rows.all(tx).await?.into_iter().map(EmailVerification::try_from).collect()
}

/// Keeps a new one.
pub(crate) async fn insert(tx: &Tx, verification: &EmailVerification) -> Result<(), Error> {
    row::active(verification).insert(tx).await?;
    Ok(())
}

/// Saves it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, scope: Scope, verification: &mut EmailVerification) -> Result<(), Error> {
    if !scope.permits(verification.organization) {
        return Err(Error::Contended);
    }
    let read = verification.version;
    verification.version = read + 1;
    let update = Entity::update_many()
        .set(row::active(verification))
        .filter(Column::Id.eq(verification.id.uuid()))
        .filter(Column::Version.eq(read));
    affected(update.exec(tx).await?.rows_affected)
}

/// Makes every link that was mailed of any of these verifications unknown, until it is sent again; says of how many.
pub(crate) async fn void_links(tx: &Tx, epoch: i64) -> Result<u64, Error> {
    let another = Expr::col(Column::Nonce).binary(BinOper::Custom("||"), Expr::val(format!(".{epoch}")));
    Ok(Entity::update_many().col_expr(Column::Nonce, another).exec(tx).await?.rows_affected)
}

/// Notes what became of its mail, unless a later one's fate is known: an older link opens nothing any more. Says whether it was noted.
pub(crate) async fn record_delivery(
    tx: &Tx,
    id: EmailVerificationId,
    version: i64,
    delivery: &Delivery,
) -> Result<bool, Error> {
    let unwritable = |error| Error::unreadable("email_verification", "delivery", id, error);
    let update = Entity::update_many()
        .col_expr(Column::Delivery, Expr::value(serde_json::to_value(delivery).map_err(unwritable)?))
        .col_expr(Column::DeliveryVersion, Expr::value(version))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::DeliveryVersion.lte(version));
    Ok(update.exec(tx).await?.rows_affected > 0)
}
