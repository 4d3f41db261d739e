//! Reviewers' notes as rows.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx};
use ids::{OrganizationId, ReviewNoteId, UserId, VettingCaseId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::domain::{ReviewNote, Reviewer};
use model::{ActiveModel, Column, Entity, Model};

mod model {
    use super::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "review_note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
        pub case_id: Uuid,
        pub author_organization_id: Uuid,
        pub author_id: Uuid,
        pub text: String,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The notes of a case, in the order of their writing.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    (organization, case): (OrganizationId, VettingCaseId),
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<ReviewNote>, Error> {
    if scope != Scope::Operator {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let select =
        Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).filter(Column::CaseId.eq(case.uuid()));
    let rows = database::page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let notes = rows.into_iter().map(ReviewNote::from).collect();
    Ok(Page::of(notes, size, |note: &ReviewNote| Cursor { time: note.created, id: note.id.uuid() }))
}

/// Keeps a new one.
pub(crate) async fn insert(tx: &Tx, note: &ReviewNote) -> Result<(), Error> {
    let row = ActiveModel {
        id: Set(note.id.uuid()),
        organization_id: Set(note.organization.uuid()),
        case_id: Set(note.case.uuid()),
        author_organization_id: Set(note.by.organization.uuid()),
        author_id: Set(note.by.user.uuid()),
        text: Set(note.text.clone()),
        created_at: Set(note.created),
    };
    row.insert(tx).await?;
    Ok(())
}

impl From<Model> for ReviewNote {
    fn from(row: Model) -> ReviewNote {
        ReviewNote {
            id: ReviewNoteId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization_id),
            case: VettingCaseId::from_uuid(row.case_id),
            by: Reviewer {
                organization: OrganizationId::from_uuid(row.author_organization_id),
                user: UserId::from_uuid(row.author_id),
            },
            text: row.text,
            created: row.created_at,
        }
    }
}
