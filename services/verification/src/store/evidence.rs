//! Evidence as rows; the content is a file of its digest.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx};
use ids::{EvidenceId, OrganizationId, UserId, VettingCaseId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
};

use crate::domain::{CheckKind, Evidence};
use model::{ActiveModel, Column, Entity, Model};

const TABLE: &str = "evidence";

mod model {
    use super::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "evidence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
        pub case_id: Uuid,
        pub number: i64,
        pub check_kind: String,
        pub kind: String,
        pub media_type: String,
        pub size: i64,
        pub digest: String,
        pub uploader_id: Uuid,
        pub received_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How many documents a case has.
pub(crate) async fn count(tx: &Tx, case: VettingCaseId) -> Result<i64, Error> {
    let kept = Entity::find().filter(Column::CaseId.eq(case.uuid())).count(tx).await?;
    Ok(i64::try_from(kept).unwrap_or(i64::MAX))
}

/// The document that came before with this content for this check.
pub(crate) async fn same(
    tx: &Tx,
    case: VettingCaseId,
    check: CheckKind,
    digest: &str,
) -> Result<Option<Evidence>, Error> {
    let same = Entity::find()
        .filter(Column::CaseId.eq(case.uuid()))
        .filter(Column::CheckKind.eq(check.as_str()))
        .filter(Column::Digest.eq(digest));
    same.one(tx).await?.map(Evidence::try_from).transpose()
}

/// The document of this name; none when it is not the scope's to see.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    case: (OrganizationId, VettingCaseId),
    id: EvidenceId,
) -> Result<Option<Evidence>, Error> {
    let found = Entity::find_by_id(id.uuid()).one(connection).await?.map(Evidence::try_from).transpose()?;
    Ok(found.filter(|found| (found.organization, found.case) == case && scope.permits(found.organization)))
}

/// The documents of a case, in the order of their receipt.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    (organization, case): (OrganizationId, VettingCaseId),
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Evidence>, Error> {
    if !scope.permits(organization) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let select =
        Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).filter(Column::CaseId.eq(case.uuid()));
    let rows = database::page::after(select, (Column::ReceivedAt, Column::Id), after, size).all(connection).await?;
    let found = rows.into_iter().map(Evidence::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(found, size, |one| Cursor { time: one.received, id: one.id.uuid() }))
}

/// Keeps a new one. Contended when another took its number or brought the same meanwhile, which the change then meets as it runs again.
pub(crate) async fn insert(tx: &Tx, evidence: &Evidence) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(evidence.id.uuid()),
        organization_id: Set(evidence.organization.uuid()),
        case_id: Set(evidence.case.uuid()),
        number: Set(evidence.number),
        check_kind: Set(evidence.check.as_str().to_owned()),
        kind: Set(evidence.kind.clone()),
        media_type: Set(evidence.media_type.clone()),
        size: Set(evidence.size),
        digest: Set(evidence.digest.clone()),
        uploader_id: Set(evidence.by.uuid()),
        received_at: Set(evidence.received),
    };
    match row.insert(tx).await.map_err(Error::from) {
        Ok(_) => Ok(()),
        Err(Error::Duplicate { .. }) => Err(Error::Contended),
        Err(error) => Err(error),
    }
}

impl TryFrom<Model> for Evidence {
    type Error = Error;

    fn try_from(row: Model) -> Result<Evidence, Error> {
        let check = CheckKind::ALL.into_iter().find(|check| check.as_str() == row.check_kind);
        Ok(Evidence {
            id: EvidenceId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization_id),
            case: VettingCaseId::from_uuid(row.case_id),
            number: row.number,
            check: check.ok_or_else(|| Error::unreadable(TABLE, "check_kind", row.id, &row.check_kind))?,
            kind: row.kind,
            media_type: row.media_type,
            size: row.size,
            digest: row.digest,
            by: UserId::from_uuid(row.uploader_id),
            received: row.received_at,
        })
    }
}
