//! What was told of agreements that wait to be signed, and how far the rounds through the enrollments have come.

use database::{Error, Tx};
use ids::EnrollmentId;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod told {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_reminder")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub enrollment: Uuid,
        pub told: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod round {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_round")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub stages: String,
        pub after: Option<Uuid>,
        pub done: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A round through the enrollments of one type and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Round {
    /// Which one: type and region.
    pub(crate) name: String,
    /// Of what is told in it: another text begins another round.
    pub(crate) stages: String,
    /// The last enrollment that was looked at.
    pub(crate) after: Option<EnrollmentId>,
    /// Whether all were.
    pub(crate) done: bool,
}

/// The rank of what was told last.
pub(crate) async fn told(connection: &impl ConnectionTrait, enrollment: EnrollmentId) -> Result<Option<i64>, Error> {
    Ok(told::Entity::find_by_id(enrollment.uuid()).one(connection).await?.map(|row| row.told))
}

/// Notes what is told; contended where somebody else told something meanwhile.
pub(crate) async fn tell(tx: &Tx, enrollment: EnrollmentId, before: Option<i64>, rank: i64) -> Result<(), Error> {
    let row = told::ActiveModel { enrollment: Set(enrollment.uuid()), told: Set(rank) };
    let Some(before) = before else {
        return match told::Entity::insert(row).exec_without_returning(tx).await.map_err(Error::from) {
            Ok(_) => Ok(()),
            Err(Error::Duplicate { .. }) => Err(Error::Contended),
            Err(error) => Err(error),
        };
    };
    let result = told::Entity::update_many()
        .set(row)
        .filter(told::Column::Enrollment.eq(enrollment.uuid()))
        .filter(told::Column::Told.eq(before))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)
}

/// How far the round of this name has come; none before the first.
pub(crate) async fn round(connection: &impl ConnectionTrait, name: &str) -> Result<Option<Round>, Error> {
    let row = round::Entity::find_by_id(name).one(connection).await?;
    Ok(row.map(|row| Round {
        name: row.name,
        stages: row.stages,
        after: row.after.map(EnrollmentId::from_uuid),
        done: row.done,
    }))
}

pub(crate) async fn save_round(tx: &Tx, round: &Round) -> Result<(), Error> {
    use round::Column::{After, Done, Name, Stages};
    let row = self::round::ActiveModel {
        name: Set(round.name.clone()),
        stages: Set(round.stages.clone()),
        after: Set(round.after.map(EnrollmentId::uuid)),
        done: Set(round.done),
    };
    let replace = OnConflict::column(Name).update_columns([Stages, After, Done]).to_owned();
    self::round::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
