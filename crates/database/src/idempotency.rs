//! Answers already given, kept in the transaction that made them true.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::time::micros;
use crate::{Database, Error, Step, Tx};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub caller: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub method: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_id: String,
        pub payload_mac: String,
        pub answer: Vec<u8>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which request of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Who calls.
    pub caller: String,
    /// The full method name.
    pub method: String,
    /// The caller's id of the request.
    pub request_id: String,
}

/// An answer given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Tells the same request from another under the same id.
    pub payload_mac: String,
    /// The encoded answer.
    pub answer: Vec<u8>,
}

/// The answer this request got before, if it did.
pub async fn find(tx: &impl ConnectionTrait, key: &Key) -> Result<Option<Stored>, Error> {
    let id = (key.caller.clone(), key.method.clone(), key.request_id.clone());
    let found = row::Entity::find_by_id(id).one(tx).await?;
    Ok(found.map(|row| Stored { payload_mac: row.payload_mac, answer: row.answer }))
}

/// Keeps the answer. Contended when a twin of this request was first: running again finds the twin's answer.
pub async fn keep(tx: &Tx, key: &Key, payload_mac: &str, answer: Vec<u8>, now: DateTime<Utc>) -> Result<(), Error> {
    let row = row::ActiveModel {
        caller: Set(key.caller.clone()),
        method: Set(key.method.clone()),
        request_id: Set(key.request_id.clone()),
        payload_mac: Set(payload_mac.to_owned()),
        answer: Set(answer),
        created_at: Set(micros(now)),
    };
    match row::Entity::insert(row).exec_without_returning(tx).await.map_err(Error::from) {
        Ok(_) => Ok(()),
        Err(Error::Duplicate { .. }) => Err(Error::Contended),
        Err(error) => Err(error),
    }
}

/// Forgets answers given before this time; says how many.
pub async fn purge(db: &Database, before: DateTime<Utc>) -> Result<u64, Error> {
    db.transact(async |tx: Tx| {
        let tx = &tx;
        let old = row::Entity::delete_many().filter(row::Column::CreatedAt.lt(micros(before)));
        Ok::<_, Error>(Step::Commit(old.exec(tx).await?.rows_affected))
    })
    .await
}
