//! The row of an invitation.

use chrono::{DateTime, Utc};
use database::Error;
use ids::{InvitationId, OrganizationId, PartnerLocationId, PartnershipId, ResellerRelationshipId};
use sea_orm::entity::prelude::*;

use crate::domain::invitation::{Born, Invitation, Kind, Stage, State};
use crate::store::read::{Place, list};

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
    pub send_time: DateTime<Utc>,
    pub remind_time: Option<DateTime<Utc>>,
    pub decline_reason: Option<String>,
    pub decline_text: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// One open invitation per sender and this.
pub(crate) fn open_key(invitation: &Invitation) -> String {
    let recipient = match (invitation.kind, invitation.recipient) {
        (Kind::Partnership, Some(recipient)) => recipient.name(),
        _ => invitation.recipient_email.as_str().to_owned(),
    };
    let partnership = invitation.partnership.map(PartnershipId::name).unwrap_or_default();
    format!("{} {recipient} {partnership}", invitation.kind.as_str())
}

pub(crate) fn row(invitation: &Invitation) -> Model {
    let (result_partnership, relationships) = match &invitation.state {
        State::Accepted(Born::Partnership(partnership)) => (Some(partnership.uuid()), &[][..]),
        State::Accepted(Born::Relationships(relationships)) => (None, relationships.as_slice()),
        _ => (None, &[][..]),
    };
    let (decline_reason, decline_text) = match &invitation.state {
        State::Declined { reason, text } => (Some(reason.as_str().to_owned()), Some(text.clone())),
        _ => (None, None),
    };
    Model {
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
        send_time: invitation.send_time,
        remind_time: invitation.remind_time,
        decline_reason,
        decline_text,
    }
}

impl TryFrom<Model> for Invitation {
    type Error = Error;

    fn try_from(row: Model) -> Result<Invitation, Error> {
        let place = Place { table: "invitation", row: row.id };
        let relationships: Vec<Uuid> = place.json("result_relationships", row.result_relationships)?;
        let relationships = relationships.into_iter().map(ResellerRelationshipId::from_uuid).collect();
        let state = match place.parse("state", &row.state)? {
            Stage::Pending => State::Pending,
            Stage::Accepted => State::Accepted(match row.result_partnership {
                Some(partnership) => Born::Partnership(PartnershipId::from_uuid(partnership)),
                None => Born::Relationships(relationships),
            }),
            Stage::Declined => State::Declined {
                reason: place.parse("decline_reason", &place.there("decline_reason", row.decline_reason)?)?,
                text: row.decline_text.unwrap_or_default(),
            },
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
            send_time: row.send_time,
            remind_time: row.remind_time,
            state,
            create_time: row.create_time,
            update_time: row.update_time,
            delivery: row.delivery.map(|json| place.json("delivery", json)).transpose()?,
        })
    }
}
