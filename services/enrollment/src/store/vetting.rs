//! Enrollment's copy of verification's cases.

use database::{Error, Tx};
use ids::{OrganizationId, VettingCaseId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, entity::prelude::*};

use super::{from_json, from_name, to_json};
use crate::domain::vetting::{CaseState, Vetting};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "vetting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub organization: Uuid,
        pub state: String,
        pub reason: Option<String>,
        pub explanation: Option<String>,
        pub appeal_by: Option<DateTime<Utc>>,
        pub due_at: Option<DateTime<Utc>>,
        pub revision: i64,
        pub checks: Json,
        pub appeal_spent: bool,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Replaces what is known of a case.
pub(crate) async fn record(tx: &Tx, vetting: &Vetting) -> Result<(), Error> {
    let row = row::ActiveModel {
        case_id: Set(vetting.case.uuid()),
        organization: Set(vetting.organization.uuid()),
        state: Set(vetting.state.as_str().to_owned()),
        reason: Set(vetting.reason.clone()),
        explanation: Set(vetting.explanation.clone()),
        appeal_by: Set(vetting.appeal_by),
        due_at: Set(vetting.due),
        revision: Set(vetting.revision),
        checks: Set(to_json("vetting", "checks", &vetting.checks)?),
        appeal_spent: Set(vetting.appeal_spent),
        updated_at: Set(vetting.updated),
    };
    let replace = OnConflict::column(Column::CaseId)
        .update_columns([
            Column::State,
            Column::Reason,
            Column::Explanation,
            Column::AppealBy,
            Column::DueAt,
            Column::Revision,
            Column::Checks,
            Column::AppealSpent,
            Column::UpdatedAt,
        ])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// The cases of an organization; the one heard of last comes last.
pub(crate) async fn all(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<Vetting>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .order_by_asc(Column::UpdatedAt)
        .order_by_asc(Column::CaseId)
        .all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

fn read(row: row::Model) -> Result<Vetting, Error> {
    Ok(Vetting {
        case: VettingCaseId::from_uuid(row.case_id),
        organization: OrganizationId::from_uuid(row.organization),
        state: from_name("vetting", "state", row.case_id, &row.state, CaseState::parse)?,
        reason: row.reason,
        explanation: row.explanation,
        appeal_by: row.appeal_by,
        due: row.due_at,
        revision: row.revision,
        checks: from_json("vetting", "checks", row.case_id, row.checks)?,
        appeal_spent: row.appeal_spent,
        updated: row.updated_at,
    })
}
