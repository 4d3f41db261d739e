//! Invitations.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{InvitationId, OrganizationId, PartnerLocationId, PartnershipId, ResellerRelationshipId};
use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel, QueryOrder, QuerySelect, Select, entity::prelude::*};

use super::read::{Place, Sample, list, sample};
use crate::domain::delivery::Delivery;
use crate::domain::invitation::{Born, Invitation, Kind, Stage, State};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invitation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub kind: String,
        pub sender: Uuid,
        pub provider: Option<Uuid>,
        pub reseller: Option<Uuid>,
        pub location: Option<Uuid>,
        pub partnership: Option<Uuid>,
        pub recipient: Option<Uuid>,
        pub recipient_email: String,
        pub open_key: String,
        pub message: String,
        pub language: String,
        pub admin_requests: Json,
        pub expire_time: DateTime<Utc>,
        pub external_id: String,
        pub generation: i64,
        pub nonce: String,
        pub state: String,
        pub result_partnership: Option<Uuid>,
        pub result_relationships: Json,
        pub create_time: DateTime<Utc>,
        pub update_time: DateTime<Utc>,
        pub delivery: Option<Json>,
        pub delivery_version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Which invitations are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) sent: bool,
    pub(crate) stage: Option<Stage>,
    pub(crate) external_id: Option<String>,
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
    let side = if filter.sent { Column::Sender } else { Column::Recipient };
    let mut select = Entity::find().filter(side.eq(organization.uuid()));
    if let Some(external_id) = &filter.external_id {
        select = select.filter(Column::ExternalId.eq(external_id));
    }
    let pending = || Condition::all().add(Column::State.eq(Stage::Pending.as_str()));
    select = match filter.stage {
        None => select,
        Some(Stage::Pending) => select.filter(pending().add(Column::ExpireTime.gt(now))),
        Some(Stage::Expired) => select.filter(
            Condition::any()
                .add(Column::State.eq(Stage::Expired.as_str()))
                .add(pending().add(Column::ExpireTime.lte(now))),
        ),
        Some(stage) => select.filter(Column::State.eq(stage.as_str())),
    };
    let rows = page::after(select, (Column::CreateTime, Column::Id), after, size).all(connection).await?;
    let invitations = rows.into_iter().map(Invitation::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(invitations, size, |row| Cursor { time: row.create_time, id: row.id.uuid() }))
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
    let select = Entity::find()
        .filter(Column::State.eq(Stage::Pending.as_str()))
        .filter(Column::ExpireTime.lte(now))
        .order_by_asc(Column::ExpireTime)
        .limit(most);
    Ok(select.all(connection).await?.into_iter().map(|row| InvitationId::from_uuid(row.id)).collect())
}

/// Adds an invitation; the key of the open one may be taken.
pub(crate) async fn insert(tx: &Tx, invitation: &Invitation) -> Result<(), Error> {
    Entity::insert(row(invitation).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes it if nobody else did since it was read.
pub(crate) async fn save(tx: &Tx, invitation: &mut Invitation) -> Result<(), Error> {
    let read = invitation.version;
    invitation.version += 1;
    let row = row(invitation);
    let update = Entity::update_many().set(row::ActiveModel {
        version: Set(row.version),
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

/// One open invitation per sender and this.
fn open_key(invitation: &Invitation) -> String {
    let recipient = match (invitation.kind, invitation.recipient) {
        (Kind::Partnership, Some(recipient)) => recipient.name(),
        _ => invitation.recipient_email.as_str().to_owned(),
    };
    let partnership = invitation.partnership.map(PartnershipId::name).unwrap_or_default();
    format!("{} {recipient} {partnership}", invitation.kind.as_str())
}

fn row(invitation: &Invitation) -> row::Model {
    let (result_partnership, relationships) = match &invitation.state {
        State::Accepted(Born::Partnership(partnership)) => (Some(partnership.uuid()), &[][..]),
        State::Accepted(Born::Relationships(relationships)) => (None, relationships.as_slice()),
        _ => (None, &[][..]),
    };
    row::Model {
        id: invitation.id.uuid(),
        version: invitation.version,
        kind: invitation.kind.as_str().to_owned(),
        sender: invitation.sender.uuid(),
        provider: invitation.provider.map(OrganizationId::uuid),
        reseller: invitation.reseller.map(OrganizationId::uuid),
        location: invitation.location.map(PartnerLocationId::uuid),
        partnership: invitation.partnership.map(PartnershipId::uuid),
        recipient: invitation.recipient.map(OrganizationId::uuid),
        recipient_email: invitation.recipient_email.clone().into(),
        open_key: open_key(invitation),
        message: invitation.message.clone(),
        language: invitation.language.to_string(),
        admin_requests: list(&invitation.admin_requests),
        expire_time: invitation.expire_time,
        external_id: invitation.external_id.clone(),
        generation: invitation.generation,
        nonce: invitation.nonce.clone(),
        state: invitation.state.stage().as_str().to_owned(),
        result_partnership,
        result_relationships: list(&relationships.iter().map(|id| id.uuid()).collect::<Vec<_>>()),
        create_time: invitation.create_time,
        update_time: invitation.update_time,
        // Told by notification alone, see `record_delivery`.
        delivery: None,
        delivery_version: 0,
    }
}

impl TryFrom<row::Model> for Invitation {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Invitation, Error> {
        let place = Place { table: "invitation", row: row.id };
        let relationships: Vec<Uuid> = place.json("result_relationships", row.result_relationships)?;
        let relationships = relationships.into_iter().map(ResellerRelationshipId::from_uuid).collect();
        let state = match place.parse("state", &row.state)? {
            Stage::Pending => State::Pending,
            Stage::Accepted => State::Accepted(match row.result_partnership {
                Some(partnership) => Born::Partnership(PartnershipId::from_uuid(partnership)),
                None => Born::Relationships(relationships),
            }),
            Stage::Declined => State::Declined,
            Stage::Revoked => State::Revoked,
            Stage::Expired => State::Expired,
        };
        Ok(Invitation {
            id: InvitationId::from_uuid(row.id),
            version: row.version,
            kind: place.parse("kind", &row.kind)?,
            sender: OrganizationId::from_uuid(row.sender),
            provider: row.provider.map(OrganizationId::from_uuid),
            reseller: row.reseller.map(OrganizationId::from_uuid),
            location: row.location.map(PartnerLocationId::from_uuid),
            partnership: row.partnership.map(PartnershipId::from_uuid),
            recipient: row.recipient.map(OrganizationId::from_uuid),
            recipient_email: place.parse("recipient_email", &row.recipient_email)?,
            message: row.message,
            language: place.parse("language", &row.language)?,
            admin_requests: place.json("admin_requests", row.admin_requests)?,
            expire_time: row.expire_time,
            external_id: row.external_id,
            generation: row.generation,
            nonce: row.nonce,
            state,
            create_time: row.create_time,
            update_time: row.update_time,
            delivery: row.delivery.map(|json| place.json("delivery", json)).transpose()?,
        })
    }
}
