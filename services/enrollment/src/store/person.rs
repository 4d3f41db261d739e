//! Persons: who signs in, by the issuer's own name for them.

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
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub issuer: String,
        pub subject: String,
        pub email: String,
        pub display_name: String,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// A human being as an issuer knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) issuer: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
}

/// The person that an issuer calls so; made when new (under `id`), brought up to date when known.
pub(crate) async fn sign_in(
    tx: &Tx,
    id: PersonId,
    (issuer, subject): (&str, &str),
    (email, display_name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Person, Error> {
    let called =
        |id| Person { id, issuer: issuer.to_owned(), email: email.to_owned(), display_name: display_name.to_owned() };
    let known = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject)).one(tx).await?;
    let Some(known) = known else {
        let row = row::ActiveModel {
            id: Set(id.uuid()),
            issuer: Set(issuer.to_owned()),
            subject: Set(subject.to_owned()),
            email: Set(email.to_owned()),
            display_name: Set(display_name.to_owned()),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        return match Entity::insert(row).exec_without_returning(tx).await.map_err(Error::from) {
            Ok(_) => Ok(called(id)),
            // A twin signed in at this moment: look again.
            Err(Error::Duplicate { .. }) => Err(Error::Contended),
            Err(error) => Err(error),
        };
    };
    if known.email != email || known.display_name != display_name {
        let change = row::ActiveModel {
            email: Set(email.to_owned()),
            display_name: Set(display_name.to_owned()),
            version: Set(known.version + 1),
            updated_at: Set(now),
            ..Default::default()
        };
        let result = Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(known.id))
            .filter(Column::Version.eq(known.version))
            .exec(tx)
            .await?;
        database::affected(result.rows_affected)?;
    }
    Ok(called(PersonId::from_uuid(known.id)))
}

pub(crate) async fn get(connection: &impl ConnectionTrait, id: PersonId) -> Result<Option<Person>, Error> {
    let row = Entity::find_by_id(id.uuid()).one(connection).await?;
    Ok(row.map(read))
}

/// The person that an issuer calls so, if they have signed in.
pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    (issuer, subject): (&str, &str),
) -> Result<Option<Person>, Error> {
    let called = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject));
    Ok(called.one(connection).await?.map(read))
}

fn read(row: row::Model) -> Person {
    Person { id: PersonId::from_uuid(row.id), issuer: row.issuer, email: row.email, display_name: row.display_name }
}

/// Makes other changes of this person wait until this one is done.
pub(crate) async fn lock(tx: &Tx, id: PersonId) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}
