//! That enquiries were sent, and when; what they asked is nowhere.

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::{EnquiryId, OrganizationId};
use sea_orm::ActiveValue::Set;
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "enquiry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sender: Uuid,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// When an organization sent those since a time, the oldest first; older ones are forgotten.
pub(crate) async fn since(tx: &Tx, sender: OrganizationId, time: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, Error> {
    let own = || Column::Sender.eq(sender.uuid());
    Entity::delete_many().filter(own()).filter(Column::CreatedAt.lte(time)).exec(tx).await?;
    let times = Entity::find().select_only().column(Column::CreatedAt).filter(own()).order_by_asc(Column::CreatedAt);
    Ok(times.into_tuple().all(tx).await?)
}

pub(crate) async fn insert(tx: &Tx, id: EnquiryId, sender: OrganizationId, now: DateTime<Utc>) -> Result<(), Error> {
    let row = row::ActiveModel { id: Set(id.uuid()), sender: Set(sender.uuid()), created_at: Set(now) };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
