//! One row, and what it means.

use addresses::Delivery;
use chrono::{DateTime, Utc};
use database::Error;
use ids::{EmailVerificationId, OrganizationId, VettingCaseId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::domain::{Answers, Contact, EmailState, EmailVerification, Purpose};

pub(super) use model::{ActiveModel, Column, Entity};

const TABLE: &str = "email_verification";

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod model {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "email_verification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
        pub case_id: Uuid,
        pub purpose: String,
        pub recipient_name: String,
        pub email: String,
        pub state: String,
        pub tries_left: i32,
        pub generation: i64,
        pub next_mail_at: DateTime<Utc>,
        pub reminded: i64,
        pub nonce: String,
        pub expires_at: DateTime<Utc>,
        pub answered_at: Option<DateTime<Utc>>,
        pub claim_answer: Option<bool>,
        pub address_answer: Option<bool>,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub version: i64,
        pub delivery: Option<Json>,
        pub delivery_version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn active(verification: &EmailVerification) -> ActiveModel {
    let answers = match verification.state {
        EmailState::Verified { .. } => Some(Answers { claim: true, address: true }),
        EmailState::Denied { answers, .. } => Some(answers),
        _ => None,
    };
    ActiveModel {
        id: Set(verification.id.uuid()),
        organization_id: Set(verification.organization.uuid()),
        case_id: Set(verification.case.uuid()),
        purpose: Set(verification.purpose.as_str().to_owned()),
        recipient_name: Set(verification.recipient.name.clone()),
        email: Set(verification.recipient.email.clone().into()),
        state: Set(verification.state.as_str().to_owned()),
        tries_left: Set(i32::try_from(verification.state.tries_left()).unwrap_or(i32::MAX)),
        generation: Set(verification.generation),
        next_mail_at: Set(verification.next_mail),
        reminded: Set(verification.reminded),
        nonce: Set(verification.nonce.clone()),
        expires_at: Set(verification.expires),
        answered_at: Set(verification.state.answered()),
        claim_answer: Set(answers.map(|answers| answers.claim)),
        address_answer: Set(answers.map(|answers| answers.address)),
        created_at: Set(verification.created),
        updated_at: Set(verification.updated),
        version: Set(verification.version),
        // Told by notification alone.
        ..Default::default()
    }
}

impl TryFrom<model::Model> for EmailVerification {
    type Error = Error;

    fn try_from(row: model::Model) -> Result<EmailVerification, Error> {
        let email = row.email.parse().map_err(|error| Error::unreadable(TABLE, "email", row.id, error))?;
        Ok(EmailVerification {
            id: EmailVerificationId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization_id),
            case: VettingCaseId::from_uuid(row.case_id),
            purpose: purpose(&row)?,
            state: state(&row)?,
            recipient: Contact { name: row.recipient_name, email },
            generation: row.generation,
            next_mail: row.next_mail_at,
            reminded: row.reminded,
            nonce: row.nonce,
            expires: row.expires_at,
            created: row.created_at,
            updated: row.updated_at,
            version: row.version,
            delivery: row.delivery.map(|json| delivery(row.id, json)).transpose()?,
        })
    }
}

fn delivery(row: Uuid, json: Json) -> Result<Delivery, Error> {
    serde_json::from_value(json).map_err(|error| Error::unreadable(TABLE, "delivery", row, error))
}

fn purpose(row: &model::Model) -> Result<Purpose, Error> {
    [Purpose::Contact, Purpose::Approver]
        .into_iter()
        .find(|purpose| purpose.as_str() == row.purpose)
        .ok_or_else(|| Error::unreadable(TABLE, "purpose", row.id, &row.purpose))
}

fn state(row: &model::Model) -> Result<EmailState, Error> {
    let unreadable = || Error::unreadable(TABLE, "state", row.id, &row.state);
    Ok(match row.state.as_str() {
        "PENDING" => EmailState::Pending { tries_left: u32::try_from(row.tries_left).map_err(|_| unreadable())? },
        "VERIFIED" => EmailState::Verified { at: row.answered_at.ok_or_else(unreadable)? },
        "DENIED" => EmailState::Denied {
            at: row.answered_at.ok_or_else(unreadable)?,
            answers: Answers {
                claim: row.claim_answer.ok_or_else(unreadable)?,
                address: row.address_answer.ok_or_else(unreadable)?,
            },
        },
        "SUPERSEDED" => EmailState::Superseded,
        "EXPIRED" => EmailState::Expired,
        "LOCKED" => EmailState::Locked,
        _ => return Err(unreadable()),
    })
}
