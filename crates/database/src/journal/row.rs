//! The journal's two tables.

use sea_orm::ActiveValue::{NotSet, Set};

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

pub(super) fn active(event: NewEntry, subject_version: i64) -> entry::ActiveModel {
    entry::ActiveModel {
        time: Set(stored_time(&event)),
        id: Set(event.id),
        sequence: NotSet,
        hash: NotSet,
        actor: Set(event.actor),
        on_behalf_of: Set(event.on_behalf_of),
        request_id: Set(event.request_id),
        trace: Set(event.trace),
        cause: Set(event.cause),
        subject: Set(event.subject),
        subject_version: Set(subject_version),
        kind: Set(event.kind),
        from_state: Set(event.from_state),
        to_state: Set(event.to_state),
        reason: Set(event.reason),
        changed: Set(event.changed.into()),
    }
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
