use chrono::Duration;
use database::access::{self, Access};
use database::setting;
use testkit::on_every_database;

use crate::{at, commit, id, open};

fn access(user: u128, received: i64) -> Access {
    Access {
        holder: id(user),
        organization: id(100),
        roles: vec!["admin".into(), "viewer".into()],
        lowest_version: 3,
        disabled: false,
        received_at: at(received),
    }
}

#[tokio::test]
async fn what_was_told_last_counts() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| access::record(tx, access(1, 0)).await).await;
        assert_eq!(access::get(db.reader(), id(1)).await.unwrap(), Some(access(1, 0)));
        let changed = Access { roles: vec![], lowest_version: 4, disabled: true, ..access(1, 5) };
        commit(&db, async |tx| access::record(tx, changed.clone()).await).await;
        assert_eq!(access::get(db.reader(), id(1)).await.unwrap(), Some(changed));
        assert_eq!(access::get(db.reader(), id(2)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn since_includes_its_own_instant() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| {
            for (user, received) in [(1, 30), (2, 10), (3, 20)] {
                access::record(tx, access(user, received)).await?;
            }
            Ok(())
        })
        .await;
        let heard = access::voiding_since(db.reader(), at(20)).await.unwrap();
        assert_eq!(heard, vec![access(3, 20), access(1, 30)]);
    })
    .await;
}

#[tokio::test]
async fn what_voids_no_token_is_not_read_again_and_again() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let new = |user| Access { lowest_version: 1, ..access(user, 0) };
        let (second, disabled) = (Access { lowest_version: 2, ..new(2) }, Access { disabled: true, ..new(3) });
        commit(&db, async |tx| {
            for access in [new(1), second.clone(), disabled.clone()] {
                access::record(tx, access).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(access::voiding_since(db.reader(), at(0)).await.unwrap(), [second, disabled]);
        assert_eq!(access::get(db.reader(), id(1)).await.unwrap(), Some(new(1)), "it is known all the same");
    })
    .await;
}

#[tokio::test]
async fn times_come_back_to_the_microsecond() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let sent = Access { received_at: at(123_456) + Duration::nanoseconds(789), ..access(1, 0) };
        commit(&db, async |tx| access::record(tx, sent.clone()).await).await;
        let read = access::get(db.reader(), id(1)).await.unwrap().unwrap();
        assert_eq!(read.received_at, at(123_456));
        assert_eq!(read.received_at, database::time::micros(sent.received_at));
    })
    .await;
}

#[tokio::test]
async fn times_sort_whatever_their_fraction() {
    on_every_database(async |test| {
        let db = open(&test).await;
        // No fraction, milliseconds, microseconds: texts of three lengths on SQLite.
        let times = [0, 1, 10, 999, 1_000, 1_001, 500_000, 500_001, 999_999, 1_000_000, 1_000_001];
        commit(&db, async |tx| {
            for (user, time) in times.iter().rev().enumerate() {
                access::record(tx, access(user as u128, *time)).await?;
            }
            Ok(())
        })
        .await;
        let read = access::voiding_since(db.reader(), at(0)).await.unwrap();
        let read: Vec<_> = read.into_iter().map(|row| row.received_at).collect();
        assert_eq!(read, times.map(at));
        assert_eq!(access::voiding_since(db.reader(), at(500_001)).await.unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn settings_are_replaced() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert_eq!(setting::get(db.reader(), "offset").await.unwrap(), None);
        for value in ["1", "2"] {
            commit(&db, async |tx| setting::put(tx, "offset", value).await).await;
            assert_eq!(setting::get(db.reader(), "offset").await.unwrap().as_deref(), Some(value));
        }
    })
    .await;
}
