//! Published versions of partner agreements, and which customers accepted the customer agreement.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::{OrganizationId, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, TryInsertResult, entity::prelude::*};

use super::read::Place;
use crate::domain::standing::{DueAgreement, EnrollmentType};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub capacity: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub region: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        pub effective_time: DateTime<Utc>,
        pub sign_by_time: Option<DateTime<Utc>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod accepted {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: String,
        pub text_sha256: String,
        pub accepted_by: Uuid,
        pub time: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A published version of a partner agreement.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) capacity: EnrollmentType,
    pub(crate) region: String,
    pub(crate) version: i32,
    pub(crate) effective_time: DateTime<Utc>,
    pub(crate) sign_by_time: Option<DateTime<Utc>>,
}

/// Replaces what is known of a version; each of its languages tells the same.
pub(crate) async fn put(tx: &Tx, published: &Published) -> Result<(), Error> {
    use row::Column;
    let row = row::ActiveModel {
        capacity: Set(published.capacity.as_str().to_owned()),
        region: Set(published.region.clone()),
        version: Set(published.version),
        effective_time: Set(published.effective_time),
        sign_by_time: Set(published.sign_by_time),
    };
    let replace = OnConflict::columns([Column::Capacity, Column::Region, Column::Version])
        .update_columns([Column::EffectiveTime, Column::SignByTime])
        .to_owned();
    row::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

/// The versions in force whose sign-by date is past.
pub(crate) async fn due(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<DueAgreement>, Error> {
    let select =
        row::Entity::find().filter(row::Column::EffectiveTime.lte(now)).filter(row::Column::SignByTime.lte(now));
    let due = select.all(connection).await?.into_iter().map(|row| {
        let place = Place { table: "agreement", row: row.version };
        Ok(DueAgreement { capacity: place.parse("capacity", &row.capacity)?, region: row.region, version: row.version })
    });
    due.collect()
}

/// Keeps that a customer accepted this text; says whether that is new.
pub(crate) async fn accept(
    tx: &Tx,
    customer: OrganizationId,
    (version, text_sha256): (&str, &str),
    by: UserId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let row = accepted::ActiveModel {
        customer: Set(customer.uuid()),
        version: Set(version.to_owned()),
        text_sha256: Set(text_sha256.to_owned()),
        accepted_by: Set(by.uuid()),
        time: Set(now),
    };
    let keep = OnConflict::columns([accepted::Column::Customer, accepted::Column::Version]).do_nothing().to_owned();
    let insert = accepted::Entity::insert(row).on_conflict(keep).try_insert();
    // A row that was there already is told as none inserted, not as a conflict.
    Ok(matches!(insert.exec_without_returning(tx).await?, TryInsertResult::Inserted(rows) if rows > 0))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use database::migrate::migrate;
    use database::{Database, Step};
    use uuid::Uuid;

    use super::*;
    use crate::store::migrations;

    #[tokio::test]
    async fn r37_an_acceptance_is_new_once_per_customer_and_version() {
        let (customer, by) = (OrganizationId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let other = OrganizationId::from_uuid(Uuid::from_u128(3));
        for test in testkit::databases().await {
            let db = Database::connect(&test.settings).await.unwrap();
            migrate(&db, "relationship", migrations::all()).await.unwrap();
            let accept = async |who, text, after| {
                let time = DateTime::UNIX_EPOCH + TimeDelta::days(after);
                db.transact_for(database::Scope::Peer, async |tx: Tx| {
                    accept(&tx, who, text, by, time).await.map(Step::Commit)
                })
                .await
                .unwrap()
            };
            assert!(accept(customer, ("2025-01-01", "a"), 1).await);
            assert!(!accept(customer, ("2025-01-01", "a"), 2).await, "the same again");
            assert!(!accept(customer, ("2025-01-01", "b"), 3).await, "in another language");
            assert!(accept(customer, ("2026-01-01", "c"), 4).await);
            assert!(accept(other, ("2025-01-01", "a"), 5).await);
        }
    }
}
