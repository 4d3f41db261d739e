use database::{Database, inbox};
use testkit::on_every_database;

use crate::{commit, open};

async fn admit(db: &Database, subject: &str, epoch: i64, version: i64) -> bool {
    commit(db, async |tx| inbox::admit(tx, "enrollment", subject, epoch, version).await).await
}

#[tokio::test]
async fn only_what_is_newer_is_admitted() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert!(admit(&db, "x", 1, 2).await);
        assert!(!admit(&db, "x", 1, 2).await);
        assert!(!admit(&db, "x", 1, 1).await);
        assert!(admit(&db, "x", 1, 5).await);
        assert!(!admit(&db, "x", 1, 4).await);
        assert!(admit(&db, "y", 1, 1).await);
        assert!(commit(&db, async |tx| inbox::admit(tx, "relationship", "x", 1, 1).await).await);
    })
    .await;
}

#[tokio::test]
async fn a_newer_epoch_wins_whatever_the_version() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert!(admit(&db, "x", 1, 9).await);
        assert!(admit(&db, "x", 2, 1).await);
        assert!(!admit(&db, "x", 1, 10).await);
        assert!(!admit(&db, "x", 2, 1).await);
    })
    .await;
}

#[tokio::test]
async fn twins_at_once_are_admitted_once() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for version in 1..6 {
            let (a, b) = tokio::join!(admit(&db, "x", 1, version), admit(&db, "x", 1, version));
            assert!(a != b);
        }
    })
    .await;
}
