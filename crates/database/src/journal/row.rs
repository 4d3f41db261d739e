//! The journal's two tables.

use sea_orm::DbErr;
use sea_orm::entity::prelude::{ColumnTrait, Json};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, Query};

use super::{Entry, NewEntry, stored_time};
use crate::Error;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
pub(super) mod entry {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sequence: Option<i64>,
        pub hash: Option<String>,
        pub time: DateTime<Utc>,
        pub actor: String,
        pub on_behalf_of: Option<String>,
        pub request_id: Option<String>,
        pub trace: Option<String>,
        pub cause: Option<String>,
        pub subject: String,
        pub subject_version: i64,
        pub kind: String,
        pub from_state: Option<String>,
        pub to_state: Option<String>,
        pub reason: Option<String>,
        pub changed: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::party::Entity")]
        Party,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
pub(super) mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_party")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::entry::Entity", from = "Column::Entry", to = "super::entry::Column::Id")]
        Entry,
    }

    impl Related<super::entry::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Entry.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds an entry, and answers with its version: one more than its subject has.
pub(super) fn insert(event: NewEntry) -> Result<InsertStatement, Error> {
    use entry::Column;
    let versions = Query::select()
        .expr(Expr::col(Column::SubjectVersion).max().if_null(0_i64).add(1_i64))
        .from(entry::Entity)
        .and_where(Column::Subject.eq(event.subject.as_str()))
        .to_owned();
    let (columns, values): (Vec<_>, Vec<_>) = [
        (Column::Time, Expr::value(stored_time(&event))),
        (Column::Id, Expr::value(event.id)),
        (Column::Actor, Expr::value(event.actor)),
        (Column::OnBehalfOf, Expr::value(event.on_behalf_of)),
        (Column::RequestId, Expr::value(event.request_id)),
        (Column::Trace, Expr::value(event.trace)),
        (Column::Cause, Expr::value(event.cause)),
        (Column::Subject, Expr::value(event.subject)),
        (Column::SubjectVersion, Expr::from(versions)),
        (Column::Kind, Expr::value(event.kind)),
        (Column::FromState, Expr::value(event.from_state)),
        (Column::ToState, Expr::value(event.to_state)),
        (Column::Reason, Expr::value(event.reason)),
        (Column::Changed, Expr::value(Json::from(event.changed))),
    ]
    .into_iter()
    .unzip();
    let mut insert = Query::insert();
    insert.into_table(entry::Entity).columns(columns).returning_col(Column::SubjectVersion);
    let built = insert.values(values).map(|insert| insert.to_owned());
    built.map_err(|error| Error::Other(DbErr::Custom(error.to_string())))
}

impl entry::Model {
    pub(super) fn read(self, parties: Vec<String>) -> Result<Entry, Error> {
        let changed = serde_json::from_value(self.changed)
            .map_err(|error| Error::unreadable("journal", "changed", self.id, error))?;
        Ok(Entry {
            event: NewEntry {
                id: self.id,
                time: self.time,
                actor: self.actor,
                on_behalf_of: self.on_behalf_of,
                request_id: self.request_id,
                trace: self.trace,
                cause: self.cause,
                subject: self.subject,
                kind: self.kind,
                from_state: self.from_state,
                to_state: self.to_state,
                reason: self.reason,
                changed,
                parties,
            },
            subject_version: self.subject_version,
            sequence: self.sequence,
            hash: self.hash,
        })
    }
}
