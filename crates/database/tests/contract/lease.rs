use std::time::Duration;

use database::{Database, Step, Tx, lease};
use testkit::on_every_database;

use crate::open;

const LONG: Duration = Duration::from_secs(600);

async fn held(db: &Database, lease: &lease::Lease) -> bool {
    db.transact(async |tx: Tx| lease::held(&tx, lease).await.map(Step::Commit)).await.unwrap()
}

#[tokio::test]
async fn has_one_owner_and_keeps_its_epoch_when_renewed() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let first = lease::acquire(&db, "relay/0", "a", LONG).await.unwrap().unwrap();
        assert_eq!(first.epoch, 1);
        assert_eq!(lease::acquire(&db, "relay/0", "b", LONG).await.unwrap(), None);
        assert_eq!(lease::acquire(&db, "relay/0", "a", LONG).await.unwrap(), Some(first));
        assert!(lease::acquire(&db, "relay/1", "b", LONG).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn passes_on_when_it_ends_and_betrays_its_old_holder() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let old = lease::acquire(&db, "relay/0", "a", Duration::ZERO).await.unwrap().unwrap();
        assert!(held(&db, &old).await);
        let new = lease::acquire(&db, "relay/0", "b", LONG).await.unwrap().unwrap();
        assert_eq!(new.epoch, old.epoch + 1);
        assert!(!held(&db, &old).await);
        assert!(held(&db, &new).await);
        assert_eq!(lease::acquire(&db, "relay/0", "a", LONG).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn release_frees_it_for_the_next_and_does_nothing_to_a_successor() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let first = lease::acquire(&db, "relay/0", "a", LONG).await.unwrap().unwrap();
        lease::release(&db, &first, "a").await.unwrap();
        let second = lease::acquire(&db, "relay/0", "b", LONG).await.unwrap().unwrap();
        assert_eq!(second.epoch, 2);
        lease::release(&db, &first, "a").await.unwrap();
        assert_eq!(lease::acquire(&db, "relay/0", "c", LONG).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_race_has_one_winner() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for round in 0..5 {
            let name = format!("relay/{round}");
            let race = async |owner: &'static str| lease::acquire(&db, &name, owner, LONG).await.unwrap();
            let (a, b, c) = tokio::join!(race("a"), race("b"), race("c"));
            assert_eq!([a, b, c].into_iter().flatten().count(), 1);
        }
    })
    .await;
}
