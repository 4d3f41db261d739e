//! Consents as they were given, with hash and version of the text shown.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::{Id, InvitationId, OrganizationId, UserId};
use sea_orm::{ActiveValue::Set, QueryOrder, entity::prelude::*};

use super::read::Place;
use crate::domain::consent::{Asked, Kept};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "consent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub invitation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub partner: String,
        pub organization: Uuid,
        pub given_by: Uuid,
        pub text_version: String,
        pub text_sha256: String,
        pub time: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps what was consented to, by whom and when.
pub(crate) async fn insert(
    tx: &Tx,
    invitation: InvitationId,
    consents: &[&Asked],
    (organization, by): (OrganizationId, UserId),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let rows = consents.iter().map(|consent| row::ActiveModel {
        invitation: Set(invitation.uuid()),
        kind: Set(consent.kind.as_str().to_owned()),
        partner: Set(consent.partner.map(OrganizationId::name).unwrap_or_default()),
        organization: Set(organization.uuid()),
        given_by: Set(by.uuid()),
        text_version: Set(consent.text_version.to_owned()),
        text_sha256: Set(consent.text_sha256.clone()),
        time: Set(now),
    });
    row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// What was consented to by accepting this invitation.
pub(crate) async fn given(connection: &impl ConnectionTrait, invitation: InvitationId) -> Result<Vec<Kept>, Error> {
    let of_it = row::Entity::find().filter(row::Column::Invitation.eq(invitation.uuid()));
    let rows = of_it.order_by_asc(row::Column::Kind).order_by_asc(row::Column::Partner).all(connection).await?;
    rows.into_iter().map(Kept::try_from).collect()
}

impl TryFrom<row::Model> for Kept {
    type Error = Error;

    fn try_from(row: row::Model) -> Result<Kept, Error> {
        let place = Place { table: "consent", row: row.invitation };
        Ok(Kept {
            kind: place.parse("kind", &row.kind)?,
            partner: row.partner,
            organization: Id::from_uuid(row.organization),
            given_by: Id::from_uuid(row.given_by),
            text_version: row.text_version,
            text_sha256: row.text_sha256,
            time: row.time,
        })
    }
}
