//! Signatures: written once, never changed.

use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{AgreementTemplateId, EnrollmentId, OrganizationId, SignatureId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::{QueryOrder, entity::prelude::*};

use super::within;
use crate::domain::Refusal;
use crate::domain::agreement::Signature;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "signature")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub enrollment: Uuid,
        pub template: Uuid,
        pub sha256: String,
        pub number: i32,
        pub signer: Uuid,
        pub source_address: String,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Writes a signature; refused when this version is signed.
pub(crate) async fn insert(tx: &Tx, signature: &Signature) -> Result<Result<(), Refusal>, Error> {
    let row = row::ActiveModel {
        id: Set(signature.id.uuid()),
        organization: Set(signature.organization.uuid()),
        enrollment: Set(signature.enrollment.uuid()),
        template: Set(signature.template.uuid()),
        sha256: Set(signature.sha256.clone()),
        number: Set(signature.version),
        signer: Set(signature.signer.uuid()),
        source_address: Set(signature.source_address.clone()),
        created_at: Set(signature.created),
    };
    match Entity::insert(row).exec_without_returning(tx).await.map_err(Error::from) {
        Ok(_) => Ok(Ok(())),
        Err(Error::Duplicate { .. }) => Ok(Err(Refusal::AlreadySigned)),
        Err(error) => Err(error),
    }
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: SignatureId,
) -> Result<Option<Signature>, Error> {
    let row = Entity::find_by_id(id.uuid())
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(within(scope, Column::Organization))
        .one(connection)
        .await?;
    Ok(row.map(read))
}

/// All signatures of an organization, oldest first: one per version and enrollment.
pub(crate) async fn all(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Signature>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(read).collect())
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Signature>, Error> {
    let select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    Ok(Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id }).map(read))
}

fn read(row: row::Model) -> Signature {
    Signature {
        id: SignatureId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        enrollment: EnrollmentId::from_uuid(row.enrollment),
        template: AgreementTemplateId::from_uuid(row.template),
        sha256: row.sha256,
        version: row.number,
        signer: UserId::from_uuid(row.signer),
        source_address: row.source_address,
        created: row.created_at,
    }
}
