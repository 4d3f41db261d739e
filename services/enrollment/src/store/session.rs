//! Sessions of people. The token is derived from the row, never kept.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::PersonId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person: Uuid,
        pub generation: i64,
        pub nonce: String,
        pub expires_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// What a session token is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) person: PersonId,
    pub(crate) generation: i64,
    pub(crate) nonce: String,
    pub(crate) expires: DateTime<Utc>,
}

pub(crate) async fn insert(tx: &Tx, session: &Session) -> Result<(), Error> {
    let row = row::ActiveModel {
        id: Set(session.id),
        person: Set(session.person.uuid()),
        generation: Set(session.generation),
        nonce: Set(session.nonce.clone()),
        expires_at: Set(session.expires),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn get(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Session>, Error> {
    let row = Entity::find_by_id(id).one(connection).await?;
    Ok(row.map(|row| Session {
        id: row.id,
        person: PersonId::from_uuid(row.person),
        generation: row.generation,
        nonce: row.nonce,
        expires: row.expires_at,
    }))
}

/// Uses a session: its next token is of the next generation.
pub(crate) async fn raise(tx: &Tx, session: &mut Session) -> Result<(), Error> {
    let result = Entity::update_many()
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .filter(Column::Id.eq(session.id))
        .filter(Column::Generation.eq(session.generation))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    session.generation += 1;
    Ok(())
}

pub(crate) async fn delete(tx: &Tx, id: Uuid) -> Result<(), Error> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Ends all sessions, of which a copy of the past can't say how often they were renewed; says how many.
pub(crate) async fn end_all(tx: &Tx) -> Result<u64, Error> {
    Ok(Entity::delete_many().exec(tx).await?.rows_affected)
}

/// Whether any session has expired before this time.
pub(crate) async fn any_expired(connection: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<bool, Error> {
    Ok(Entity::find().filter(Column::ExpiresAt.lt(before)).one(connection).await?.is_some())
}

/// Forgets sessions that expired before this time; says how many.
pub(crate) async fn purge(tx: &Tx, before: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lt(before)).exec(tx).await?.rows_affected)
}
