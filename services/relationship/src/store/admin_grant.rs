//! Grants of administration.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{AdminGrantId, OrganizationId, PartnershipId, ResellerRelationshipId};
use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, Select, entity::prelude::*};

use super::read::{Place, Sample, list, sample};
use crate::domain::admin_grant::{AdminGrant, Parent, State};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "admin_grant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub grantor: Uuid,
        pub grantee: Uuid,
        pub roles: Json,
        pub partnership: Option<Uuid>,
        pub relationship: Option<Uuid>,
        pub state: String,
        pub expire_time: DateTime<Utc>,
        pub create_time: DateTime<Utc>,
        pub update_time: DateTime<Utc>,
        pub remind_time: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Which grants are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) grantor: Option<OrganizationId>,
    pub(crate) grantee: Option<OrganizationId>,
    pub(crate) state: Option<State>,
    /// Ending at the first of these times or later, and before the second.
    pub(crate) ending: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

/// The sides on which an organization sees a grant.
const SIDES: [Column; 2] = [Column::Grantor, Column::Grantee];

fn seen_by(scope: Scope) -> Condition {
    match scope {
        Scope::Organization(own) => SIDES.into_iter().fold(Condition::any(), |any, side| any.add(side.eq(own.uuid()))),
        Scope::Operator | Scope::Peer | Scope::Link => Condition::all(),
    }
}

/// The grant, if this scope sees it.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: AdminGrantId,
) -> Result<Option<AdminGrant>, Error> {
    let row = Entity::find().filter(seen_by(scope)).filter(Column::Id.eq(id.uuid())).one(connection).await?;
    row.map(AdminGrant::try_from).transpose()
}

/// A page of what this organization gave or was given.
pub(crate) async fn list_of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
    now: DateTime<Utc>,
) -> Result<Page<AdminGrant>, Error> {
    let mut rows = Vec::new();
    for select in pages_of(organization, filter, (after, size), now) {
        rows.extend(select.all(connection).await?);
    }
    let grants = rows.into_iter().map(AdminGrant::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::merged(grants, size, |row| Cursor { time: row.create_time, id: row.id.uuid() }))
}

/// The page, or one for each side that the organization may be on, to be merged: no index has both in order.
pub(super) fn pages_of(
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
    now: DateTime<Utc>,
) -> Vec<Select<Entity>> {
    let sides = match (filter.grantor, filter.grantee) {
        (None, None) => SIDES.iter().map(|side| Condition::all().add(side.eq(organization.uuid()))).collect(),
        // Whoever asks for its own side needs no other condition, and the index of that side alone answers.
        (grantor, grantee) if [grantor, grantee].contains(&Some(organization)) => vec![Condition::all()],
        _ => vec![seen_by(Scope::Organization(organization))],
    };
    sides.into_iter().map(|side| page_of(side, filter, (after, size), now)).collect()
}

fn page_of(
    side: Condition,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
    now: DateTime<Utc>,
) -> Select<Entity> {
    let mut select = Entity::find().filter(side);
    if let Some(grantor) = filter.grantor {
        select = select.filter(Column::Grantor.eq(grantor.uuid()));
    }
    if let Some(grantee) = filter.grantee {
        select = select.filter(Column::Grantee.eq(grantee.uuid()));
    }
    if let Some(from) = filter.ending.0 {
        select = select.filter(Column::ExpireTime.gte(from));
    }
    if let Some(before) = filter.ending.1 {
        select = select.filter(Column::ExpireTime.lt(before));
    }
    let active = || Condition::all().add(Column::State.eq(State::Active.as_str()));
    select = match filter.state {
        None => select,
        Some(State::Active) => select.filter(active().add(Column::ExpireTime.gt(now))),
        Some(State::Expired) => select.filter(
            Condition::any()
                .add(Column::State.eq(State::Expired.as_str()))
                .add(active().add(Column::ExpireTime.lte(now))),
        ),
        Some(State::Revoked) => select.filter(Column::State.eq(State::Revoked.as_str())),
    };
    page::after(select, (Column::CreateTime, Column::Id), after, size)
}

/// Those of one organization to another that are in force.
pub(crate) async fn live(
    connection: &impl ConnectionTrait,
    (grantor, grantee): (OrganizationId, OrganizationId),
    now: DateTime<Utc>,
) -> Result<Vec<AdminGrant>, Error> {
    select_live(&[(grantor, grantee)], now).all(connection).await?.into_iter().map(AdminGrant::try_from).collect()
}

/// Those of each of these pairs, grantor and grantee, that are in force.
pub(crate) async fn live_of(
    connection: &impl ConnectionTrait,
    pairs: &[(OrganizationId, OrganizationId)],
    now: DateTime<Utc>,
) -> Result<Vec<AdminGrant>, Error> {
    select_live(pairs, now).all(connection).await?.into_iter().map(AdminGrant::try_from).collect()
}

pub(super) fn select_live(pairs: &[(OrganizationId, OrganizationId)], now: DateTime<Utc>) -> Select<Entity> {
    let pair = |(grantor, grantee): &(OrganizationId, OrganizationId)| {
        Condition::all().add(Column::Grantor.eq(grantor.uuid())).add(Column::Grantee.eq(grantee.uuid()))
    };
    let any = pairs.iter().map(pair).fold(Condition::any(), Condition::add);
    Entity::find().filter(any).filter(active()).filter(Column::ExpireTime.gt(now))
}

/// Those given to an organization that are in force.
pub(crate) async fn some_live(
    connection: &impl ConnectionTrait,
    grantee: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Sample, Error> {
    let rows = Entity::find()
        .filter(Column::Grantee.eq(grantee.uuid()))
        .filter(Column::State.eq(State::Active.as_str()))
        .filter(Column::ExpireTime.gt(now));
    sample(connection, rows, (Column::CreateTime, Column::Id)).await
}

/// Those in force under a partnership, and under these relationships.
pub(crate) async fn under(
    tx: &Tx,
    partnership: Option<PartnershipId>,
    relationships: &[ResellerRelationshipId],
    now: DateTime<Utc>,
) -> Result<Vec<AdminGrant>, Error> {
    let mut rows = Vec::new();
    let in_force =
        || Entity::find().filter(Column::State.eq(State::Active.as_str())).filter(Column::ExpireTime.gt(now));
    if let Some(partnership) = partnership {
        rows.extend(in_force().filter(Column::Partnership.eq(partnership.uuid())).all(tx).await?);
    }
    // In pieces, since a statement takes only so many values.
    for some in relationships.chunks(500) {
        let some = some.iter().map(|id| id.uuid());
        rows.extend(in_force().filter(Column::Relationship.is_in(some)).all(tx).await?);
    }
    rows.into_iter().map(AdminGrant::try_from).collect()
}

/// Some whose time is over though they are written down as in force.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<AdminGrantId>, Error> {
    ids(connection, select_due(now, most)).await
}

pub(super) fn select_due(now: DateTime<Utc>, most: u64) -> Select<Entity> {
    Entity::find().filter(active()).filter(Column::ExpireTime.lte(now)).order_by_asc(Column::ExpireTime).limit(most)
}

/// Some in force of whose end both sides are to be reminded.
pub(crate) async fn unreminded(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<AdminGrantId>, Error> {
    ids(connection, select_unreminded(now, most)).await
}

pub(super) fn select_unreminded(now: DateTime<Utc>, most: u64) -> Select<Entity> {
    let due = Entity::find().filter(active()).filter(Column::RemindTime.lte(now)).filter(Column::ExpireTime.gt(now));
    due.order_by_asc(Column::RemindTime).limit(most)
}

/// In the words of the indexes, which a value given later doesn't fit.
fn active() -> Expr {
    Expr::cust("state = 'ACTIVE'")
}

async fn ids(connection: &impl ConnectionTrait, select: Select<Entity>) -> Result<Vec<AdminGrantId>, Error> {
    let found: Vec<Uuid> = select.select_only().column(Column::Id).into_tuple().all(connection).await?;
    Ok(found.into_iter().map(AdminGrantId::from_uuid).collect())
}

/// Adds a grant.
pub(crate) async fn insert(tx: &Tx, grant: &AdminGrant) -> Result<(), Error> {
    let (partnership, relationship) = match grant.parent {
        Parent::Partnership(partnership) => (Some(partnership.uuid()), None),
        Parent::Relationship(relationship) => (None, Some(relationship.uuid())),
    };
    let row = row::Model {
        id: grant.id.uuid(),
        version: grant.version,
        grantor: grant.grantor.uuid(),
        grantee: grant.grantee.uuid(),
        roles: list(&grant.roles),
        partnership,
        relationship,
        state: grant.state.as_str().to_owned(),
        expire_time: grant.expire_time,
        create_time: grant.create_time,
        update_time: grant.update_time,
        remind_time: grant.remind_time,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, grant: &mut AdminGrant) -> Result<(), Error> {
    let read = grant.version;
    grant.version += 1;
    let update = Entity::update_many().set(row::ActiveModel {
        version: Set(grant.version),
        state: Set(grant.state.as_str().to_owned()),
        update_time: Set(grant.update_time),
        remind_time: Set(grant.remind_time),
        ..Default::default()
    });
    let guarded = update.filter(Column::Id.eq(grant.id.uuid())).filter(Column::Version.eq(read));
    affected(guarded.exec(tx).await?.rows_affected)
}

impl TryFrom<row::Model> for AdminGrant {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<AdminGrant, Error> {
        let place = Place { table: "admin_grant", row: row.id };
        let parent = match (row.partnership, row.relationship) {
            (Some(partnership), _) => Parent::Partnership(PartnershipId::from_uuid(partnership)),
            (None, relationship) => {
                Parent::Relationship(ResellerRelationshipId::from_uuid(place.there("relationship", relationship)?))
            }
        };
        Ok(AdminGrant {
            id: AdminGrantId::from_uuid(row.id),
            version: row.version,
            grantor: OrganizationId::from_uuid(row.grantor),
            grantee: OrganizationId::from_uuid(row.grantee),
            roles: place.json("roles", row.roles)?,
            parent,
            state: place.parse("state", &row.state)?,
            expire_time: row.expire_time,
            remind_time: row.remind_time,
            create_time: row.create_time,
            update_time: row.update_time,
        })
    }
}
