//! The operator's leave for a domain to enroll in a type.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::PreapprovalId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::domain::enrollment::EnrollmentType;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "preapproval")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub domain: String,
        pub kind: String,
        pub expires_at: DateTime<Utc>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// The operator's leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preapproval {
    pub(crate) id: PreapprovalId,
    pub(crate) domain: String,
    pub(crate) kind: EnrollmentType,
    pub(crate) expires: DateTime<Utc>,
    pub(crate) created: DateTime<Utc>,
}

pub(crate) async fn insert(tx: &Tx, preapproval: &Preapproval) -> Result<(), Error> {
    let row = row::ActiveModel {
        id: Set(preapproval.id.uuid()),
        domain: Set(preapproval.domain.clone()),
        kind: Set(preapproval.kind.as_str().to_owned()),
        expires_at: Set(preapproval.expires),
        created_at: Set(preapproval.created),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether this domain may enroll in this type now.
pub(crate) async fn is_given(
    connection: &impl ConnectionTrait,
    domain: &str,
    kind: EnrollmentType,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let found = Entity::find()
        .filter(Column::Domain.eq(domain))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::ExpiresAt.gt(now))
        .one(connection)
        .await?;
    Ok(found.is_some())
}
