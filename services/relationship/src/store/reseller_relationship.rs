//! Reseller relationships.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};
use sea_orm::{ActiveValue::Set, Condition, ExprTrait, IntoActiveModel, QueryOrder, Select, entity::prelude::*};

use super::read::{Place, Sample, sample};
use super::state::Columns;
use crate::domain::reseller_relationship::{Capacity, ResellerRelationship};
use crate::domain::standing::EnrollmentType;
use crate::domain::state::Stage;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reseller_relationship")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub partner: Uuid,
        pub customer: Uuid,
        pub capacity: String,
        pub partnership: Option<Uuid>,
        pub other_partner: Option<Uuid>,
        pub state: String,
        pub create_time: DateTime<Utc>,
        pub update_time: DateTime<Utc>,
        pub suspended_by: Option<Uuid>,
        pub suspend_time: Option<DateTime<Utc>>,
        pub end_time: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Which relationships are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) partner: Option<OrganizationId>,
    pub(crate) customer: Option<OrganizationId>,
    pub(crate) partnership: Option<PartnershipId>,
    pub(crate) stage: Option<Stage>,
}

/// The sides on which an organization sees a relationship.
const SIDES: [Column; 3] = [Column::Partner, Column::Customer, Column::OtherPartner];

fn seen_by(scope: Scope) -> Condition {
    match scope {
        Scope::Organization(own) => SIDES.into_iter().fold(Condition::any(), |any, side| any.add(side.eq(own.uuid()))),
        Scope::Operator | Scope::Peer | Scope::Link => Condition::all(),
    }
}

/// The relationship, if this scope sees it.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: ResellerRelationshipId,
) -> Result<Option<ResellerRelationship>, Error> {
    let row = Entity::find().filter(seen_by(scope)).filter(Column::Id.eq(id.uuid())).one(connection).await?;
    row.map(ResellerRelationship::try_from).transpose()
}

/// A page of what this organization is a party to.
pub(crate) async fn list_of(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
) -> Result<Page<ResellerRelationship>, Error> {
    let mut rows = Vec::new();
    for select in pages_of(organization, filter, (after, size)) {
        rows.extend(select.all(connection).await?);
    }
    let relationships = rows.into_iter().map(ResellerRelationship::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::merged(relationships, size, |row| Cursor { time: row.create_time, id: row.id.uuid() }))
}

/// The page, or one for each side that the organization may be on, to be merged: no index has them all in order.
pub(super) fn pages_of(
    organization: OrganizationId,
    filter: &Filter,
    (after, size): (Option<Cursor>, u64),
) -> Vec<Select<Entity>> {
    let sides = match filter {
        // Whoever asks for its own side needs no other condition, and the index of that side alone answers.
        Filter { partner, customer, .. } if [*partner, *customer].contains(&Some(organization)) => {
            vec![Condition::all()]
        }
        Filter { partner: None, customer: None, partnership: None, .. } => {
            SIDES.iter().map(|side| Condition::all().add(side.eq(organization.uuid()))).collect()
        }
        _ => vec![seen_by(Scope::Organization(organization))],
    };
    sides.into_iter().map(|side| page_of(side, filter, (after, size))).collect()
}

fn page_of(side: Condition, filter: &Filter, (after, size): (Option<Cursor>, u64)) -> Select<Entity> {
    let mut select = Entity::find().filter(side);
    if let Some(partner) = filter.partner {
        select = select.filter(Column::Partner.eq(partner.uuid()));
    }
    if let Some(customer) = filter.customer {
        select = select.filter(Column::Customer.eq(customer.uuid()));
    }
    if let Some(partnership) = filter.partnership {
        select = select.filter(Column::Partnership.eq(partnership.uuid()));
    }
    if let Some(stage) = filter.stage {
        select = select.filter(Column::State.eq(stage.as_str()));
    }
    page::after(select, (Column::CreateTime, Column::Id), after, size)
}

fn live() -> Select<Entity> {
    Entity::find().filter(Column::State.ne(Stage::Ended.as_str()))
}

/// The live ones in which it is the partner in this capacity.
pub(crate) async fn some_of(
    connection: &impl ConnectionTrait,
    partner: OrganizationId,
    capacity: EnrollmentType,
) -> Result<Sample, Error> {
    let capacity = match capacity {
        EnrollmentType::IndirectProvider => Capacity::Provider,
        EnrollmentType::IndirectReseller | EnrollmentType::DirectBill => Capacity::Reseller,
    };
    let rows = live().filter(Column::Partner.eq(partner.uuid())).filter(Column::Capacity.eq(capacity.as_str()));
    sample(connection, rows, (Column::CreateTime, Column::Id)).await
}

/// The live ones of a customer, through this partnership or through none.
pub(crate) async fn live_of(
    tx: &Tx,
    customer: OrganizationId,
    partnership: Option<PartnershipId>,
) -> Result<Vec<ResellerRelationship>, Error> {
    let through = match partnership {
        Some(partnership) => Column::Partnership.eq(partnership.uuid()),
        None => Column::Partnership.is_null(),
    };
    let rows = live().filter(Column::Customer.eq(customer.uuid())).filter(through).all(tx).await?;
    rows.into_iter().map(ResellerRelationship::try_from).collect()
}

/// The live ones that are joint through a partnership.
pub(crate) async fn joint(tx: &Tx, partnership: PartnershipId) -> Result<Vec<ResellerRelationship>, Error> {
    let select = live().filter(Column::Partnership.eq(partnership.uuid()));
    let rows = select.order_by_asc(Column::CreateTime).order_by_asc(Column::Id).all(tx).await?;
    rows.into_iter().map(ResellerRelationship::try_from).collect()
}

/// The live ones of a customer that are joint through the same partnership as this one, but this one.
pub(crate) async fn paired(tx: &Tx, relationship: &ResellerRelationship) -> Result<Vec<ResellerRelationship>, Error> {
    let Some(partnership) = relationship.partnership else { return Ok(Vec::new()) };
    let of_both = live_of(tx, relationship.customer, Some(partnership)).await?;
    Ok(of_both.into_iter().filter(|other| other.id != relationship.id).collect())
}

/// Ends all that are joint through a partnership, and no others than these.
pub(crate) async fn end_joint(
    tx: &Tx,
    partnership: PartnershipId,
    ended: usize,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let update = Entity::update_many()
        .set(row::ActiveModel {
            state: Set(Stage::Ended.as_str().to_owned()),
            suspended_by: Set(None),
            suspend_time: Set(None),
            end_time: Set(Some(now)),
            update_time: Set(now),
            ..Default::default()
        })
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let guarded =
        update.filter(Column::Partnership.eq(partnership.uuid())).filter(Column::State.ne(Stage::Ended.as_str()));
    let rows = guarded.exec(tx).await?.rows_affected;
    if usize::try_from(rows) == Ok(ended) { Ok(()) } else { Err(Error::Contended) }
}

/// Writes it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, relationship: &mut ResellerRelationship) -> Result<(), Error> {
    let read = relationship.version;
    relationship.version += 1;
    let Columns { state, suspended_by, suspend_time, end_time } = relationship.state.into();
    let update = Entity::update_many().set(row::ActiveModel {
        version: Set(relationship.version),
        state: Set(state),
        update_time: Set(relationship.update_time),
        suspended_by: Set(suspended_by),
        suspend_time: Set(suspend_time),
        end_time: Set(end_time),
        ..Default::default()
    });
    let guarded = update.filter(Column::Id.eq(relationship.id.uuid())).filter(Column::Version.eq(read));
    affected(guarded.exec(tx).await?.rows_affected)
}

/// Adds a relationship; there may be a live one of the same kind.
pub(crate) async fn insert(tx: &Tx, relationship: &ResellerRelationship) -> Result<(), Error> {
    let Columns { state, suspended_by, suspend_time, end_time } = relationship.state.into();
    let row = row::Model {
        id: relationship.id.uuid(),
        version: relationship.version,
        partner: relationship.partner.uuid(),
        customer: relationship.customer.uuid(),
        capacity: relationship.capacity.as_str().to_owned(),
        partnership: relationship.partnership.map(PartnershipId::uuid),
        other_partner: relationship.other_partner.map(OrganizationId::uuid),
        state,
        create_time: relationship.create_time,
        update_time: relationship.update_time,
        suspended_by,
        suspend_time,
        end_time,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

impl TryFrom<row::Model> for ResellerRelationship {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<ResellerRelationship, Error> {
        let place = Place { table: "reseller_relationship", row: row.id };
        Ok(ResellerRelationship {
            id: ResellerRelationshipId::from_uuid(row.id),
            version: row.version,
            partner: OrganizationId::from_uuid(row.partner),
            customer: OrganizationId::from_uuid(row.customer),
            capacity: place.parse("capacity", &row.capacity)?,
            partnership: row.partnership.map(PartnershipId::from_uuid),
            other_partner: row.other_partner.map(OrganizationId::from_uuid),
            state: Columns {
                state: row.state,
                suspended_by: row.suspended_by,
                suspend_time: row.suspend_time,
                end_time: row.end_time,
            }
            .read(place)?,
            create_time: row.create_time,
            update_time: row.update_time,
        })
    }
}

#[cfg(test)]
mod tests;
