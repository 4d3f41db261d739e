use chrono::{DateTime, Utc};
use database::{Cursor, Database, Page, page};
use sea_orm::entity::prelude::*;
use testkit::on_every_database;

use crate::{at, commit, id, open};

/// A table that is at hand and has a time and an id; the promise is about any.
#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "access")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub holder: Uuid,
        pub received_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

async fn add(db: &Database, user: u128, time: i64) {
    commit(db, async |tx| {
        let access = database::access::Access {
            holder: id(user),
            organization: id(0),
            roles: vec![],
            lowest_version: 0,
            disabled: false,
            received_at: at(time),
        };
        database::access::record(tx, access).await
    })
    .await;
}

async fn fetch(db: &Database, cursor: Option<Cursor>, limit: u64) -> Page<u128> {
    use row::{Column, Entity};
    let select = page::after(Entity::find(), (Column::ReceivedAt, Column::Holder), cursor, limit);
    let rows = select.all(db.reader()).await.unwrap();
    Page::of(rows, limit, |row| Cursor { time: row.received_at, id: row.holder }).map(|row| row.holder.as_u128())
}

#[tokio::test]
async fn pages_have_no_gap_and_no_repeat_among_equal_times() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let big = u128::MAX;
        for (user, time) in [(7, 20), (1, 20), (big, 10), (3, 20), (2, 30), (300, 10), (5, 20)] {
            add(&db, user, time).await;
        }
        let order = vec![300, big, 1, 3, 5, 7, 2];
        for limit in 1..=8 {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = fetch(&db, cursor, limit).await;
                assert!(page.items.len() <= usize::try_from(limit).unwrap());
                seen.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, order, "limit {limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn rows_that_come_and_go_move_no_others() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for user in 1..=4 {
            add(&db, user, 10).await;
        }
        let first = fetch(&db, None, 2).await;
        assert_eq!(first.items, [1, 2]);
        add(&db, 9, 5).await;
        commit(&db, async |tx| {
            row::Entity::delete_by_id(id(2)).exec(tx).await?;
            Ok(())
        })
        .await;
        let second = fetch(&db, first.next, 2).await;
        assert_eq!(second, Page { items: vec![3, 4], next: None });
    })
    .await;
}
