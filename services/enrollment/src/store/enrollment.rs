//! Enrollments.

use addresses::{Delivery, Mailing};
use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{EnrollmentId, OrganizationId, UserId};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::{from_json, from_name, to_json, within};
use crate::domain::Refusal;
use crate::domain::enrollment::{Enrollment, EnrollmentType, Submission};
use crate::domain::lifecycle::State;
use crate::domain::reminder;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "enrollment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub kind: String,
        pub state: String,
        pub reason: Option<String>,
        pub reason_text: Option<String>,
        pub state_at: DateTime<Utc>,
        pub signed_version: i32,
        pub submitter: Option<Uuid>,
        pub submitted_at: Option<DateTime<Utc>>,
        pub external_id: Option<String>,
        pub mailing: Option<Json>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Writes a new one; refused when there is a live one of its type. That its own id is free was seen under the organization's lock.
pub(crate) async fn insert(tx: &Tx, enrollment: &Enrollment) -> Result<Result<(), Refusal>, Error> {
    match Entity::insert(active(enrollment, enrollment.version)).exec_without_returning(tx).await.map_err(Error::from) {
        Ok(_) => Ok(Ok(())),
        Err(Error::Duplicate { .. }) => Ok(Err(Refusal::EnrollmentExists)),
        Err(error) => Err(error),
    }
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: EnrollmentId,
) -> Result<Option<Enrollment>, Error> {
    let row = Entity::find_by_id(id.uuid())
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(within(scope, Column::Organization))
        .one(connection)
        .await?;
    row.map(read).transpose()
}

/// All enrollments of an organization, oldest first.
pub(crate) async fn all(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Enrollment>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    (organization, external_id): (OrganizationId, Option<&str>),
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Enrollment>, Error> {
    let mut select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    if let Some(external_id) = external_id {
        select = select.filter(Column::ExternalId.eq(external_id));
    }
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

pub(crate) async fn save(tx: &Tx, enrollment: &mut Enrollment) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(enrollment, enrollment.version + 1))
        .filter(Column::Id.eq(enrollment.id.uuid()))
        .filter(Column::Version.eq(enrollment.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    enrollment.version += 1;
    // Here, so that no change of standing leaves the directory behind.
    if enrollment.kind == EnrollmentType::IndirectProvider {
        super::listing::refresh(tx, enrollment.organization, enrollment.updated).await?;
    }
    Ok(())
}

/// Enrollments of a type in these countries that can be signed for, and signed a version before this one; in order of their ids.
pub(crate) async fn behind(
    connection: &impl ConnectionTrait,
    (kind, countries, version): (EnrollmentType, Vec<String>, i32),
    after: Option<EnrollmentId>,
    size: u64,
) -> Result<Vec<(OrganizationId, EnrollmentId)>, Error> {
    let mut select = Entity::find()
        .select_only()
        .column(Column::Organization)
        .column(Column::Id)
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::State.is_in(reminder::signing().map(State::as_str)))
        .filter(Column::SignedVersion.gt(0))
        .filter(Column::SignedVersion.lt(version))
        .filter(Expr::exists(super::organization::is_in(countries, (Entity, Column::Organization))));
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after.uuid()));
    }
    let rows: Vec<(Uuid, Uuid)> = select.order_by_asc(Column::Id).limit(size).into_tuple().all(connection).await?;
    let ids = |(organization, id)| (OrganizationId::from_uuid(organization), EnrollmentId::from_uuid(id));
    Ok(rows.into_iter().map(ids).collect())
}

/// Notes what became of a mail about it, whatever else is done to it meanwhile: its version stays.
pub(crate) async fn record_delivery(
    tx: &Tx,
    (organization, id): (OrganizationId, EnrollmentId),
    version: i64,
    (mail, delivery): (&str, &Delivery),
) -> Result<(), Error> {
    let of_it = Entity::find_by_id(id.uuid()).filter(Column::Organization.eq(organization.uuid()));
    let Some(found) = of_it.lock_exclusive().one(tx).await? else { return Ok(()) };
    let mut mailing = mailing(found.id, found.mailing)?;
    if mailing.note(version, mail, delivery) {
        let json = to_json("enrollment", "mailing", &mailing)?;
        let update =
            Entity::update_many().col_expr(Column::Mailing, Expr::value(json)).filter(Column::Id.eq(id.uuid()));
        database::affected(update.exec(tx).await?.rows_affected)?;
    }
    Ok(())
}

fn mailing(row: Uuid, json: Option<Json>) -> Result<Mailing, Error> {
    json.map(|json| from_json("enrollment", "mailing", row, json)).transpose().map(Option::unwrap_or_default)
}

fn active(enrollment: &Enrollment, version: i64) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(enrollment.id.uuid()),
        organization: Set(enrollment.organization.uuid()),
        kind: Set(enrollment.kind.as_str().to_owned()),
        state: Set(enrollment.state.as_str().to_owned()),
        reason: Set(enrollment.reason.clone()),
        reason_text: Set(enrollment.reason_text.clone()),
        state_at: Set(enrollment.since),
        signed_version: Set(enrollment.signed_version),
        submitter: Set(enrollment.submission.map(|submission| submission.by.uuid())),
        submitted_at: Set(enrollment.submission.map(|submission| submission.at)),
        external_id: Set(enrollment.external_id.clone()),
        version: Set(version),
        created_at: Set(enrollment.created),
        updated_at: Set(enrollment.updated),
        // Told by notification alone, see `record_delivery`.
        mailing: NotSet,
    }
}

fn read(row: row::Model) -> Result<Enrollment, Error> {
    let submission = match (row.submitter, row.submitted_at) {
        (Some(by), Some(at)) => Some(Submission { by: UserId::from_uuid(by), at }),
        (None, None) => None,
        _ => return Err(Error::unreadable("enrollment", "submitter", row.id, "half a submission")),
    };
    Ok(Enrollment {
        id: EnrollmentId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        kind: from_name("enrollment", "kind", row.id, &row.kind, EnrollmentType::parse)?,
        state: from_name("enrollment", "state", row.id, &row.state, State::parse)?,
        reason: row.reason,
        reason_text: row.reason_text,
        since: row.state_at,
        signed_version: row.signed_version,
        submission,
        external_id: row.external_id,
        mailing: mailing(row.id, row.mailing)?,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}
