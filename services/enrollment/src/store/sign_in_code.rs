//! Codes that were mailed for sign-in, and how many. Neither an address nor a code stands here.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::SignInCodeId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};

use crate::domain::sign_in_code::{Count, SignInCode};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub address: String,
        pub nonce: String,
        pub tries: i32,
        pub expires_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod count {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_count")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub begins_at: DateTime<Utc>,
        pub mails: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// Voids all codes; says how many.
pub(crate) async fn void_all(tx: &Tx) -> Result<u64, Error> {
    Ok(Entity::delete_many().exec(tx).await?.rows_affected)
}

/// The code with this id.
pub(crate) async fn get(connection: &impl ConnectionTrait, id: SignInCodeId) -> Result<Option<SignInCode>, Error> {
    Ok(Entity::find_by_id(id.uuid()).one(connection).await?.map(read))
}

pub(crate) async fn insert(tx: &Tx, code: &SignInCode) -> Result<(), Error> {
    Entity::insert(active(code)).exec_without_returning(tx).await?;
    Ok(())
}

/// Puts a code of which a try was spent in the place of what was read.
pub(crate) async fn save(tx: &Tx, known: &SignInCode, shown: &SignInCode) -> Result<(), Error> {
    let result = Entity::update_many().set(active(shown)).filter(as_read(known)).exec(tx).await?;
    database::affected(result.rows_affected)
}

/// Uses a code up.
pub(crate) async fn delete(tx: &Tx, known: &SignInCode) -> Result<(), Error> {
    database::affected(Entity::delete_many().filter(as_read(known)).exec(tx).await?.rows_affected)
}

/// Counts one more mail under each; false where one of them is full.
pub(crate) async fn take(tx: &Tx, counts: &[Count]) -> Result<bool, Error> {
    for wanted in counts {
        let row = count::ActiveModel { key: Set(wanted.key.clone()), begins_at: Set(wanted.begins), mails: Set(1) };
        let mails = || Expr::col((count::Entity, count::Column::Mails));
        let one_more = OnConflict::columns([count::Column::Key, count::Column::BeginsAt])
            .value(count::Column::Mails, mails().add(1))
            .action_and_where(mails().lt(wanted.most))
            .to_owned();
        if count::Entity::insert(row).on_conflict(one_more).exec_without_returning(tx).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether any code has expired, or any window has begun, before these times.
pub(crate) async fn any_past(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
    begun: DateTime<Utc>,
) -> Result<bool, Error> {
    let code = Entity::find().filter(Column::ExpiresAt.lte(now)).one(connection).await?;
    let counted = count::Entity::find().filter(count::Column::BeginsAt.lt(begun)).one(connection).await?;
    Ok(code.is_some() || counted.is_some())
}

/// Forgets them.
pub(crate) async fn purge(tx: &Tx, now: DateTime<Utc>, begun: DateTime<Utc>) -> Result<(), Error> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await?;
    count::Entity::delete_many().filter(count::Column::BeginsAt.lt(begun)).exec(tx).await?;
    Ok(())
}

/// The row, while it is as it was read.
fn as_read(code: &SignInCode) -> sea_orm::Condition {
    sea_orm::Condition::all().add(Column::Id.eq(code.id.uuid())).add(Column::Tries.eq(code.tries))
}

fn active(code: &SignInCode) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(code.id.uuid()),
        address: Set(code.address.clone()),
        nonce: Set(code.nonce.clone()),
        tries: Set(code.tries),
        expires_at: Set(code.expires),
    }
}

fn read(row: row::Model) -> SignInCode {
    SignInCode {
        id: SignInCodeId::from_uuid(row.id),
        address: row.address,
        nonce: row.nonce,
        tries: row.tries,
        expires: row.expires_at,
    }
}
