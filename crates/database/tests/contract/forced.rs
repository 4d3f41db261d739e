//! F22: conflicts that a database reports by its own codes run everything again. How two transactions come to a deadlock by
//! themselves is shown beside `transact`'s other tests.

use std::sync::atomic::{AtomicU32, Ordering};

use database::{Error, Step, Tx, setting};
use sea_orm::{ConnectionTrait, TransactionTrait};
use secrecy::ExposeSecret;

use crate::{commit, open};

#[tokio::test]
async fn f22_serialization_failure_and_deadlock_run_everything_again() {
    let Some(test) = testkit::postgres().await else { return };
    let db = open(&test).await;
    for code in ["40001", "40P01"] {
        let tries = AtomicU32::new(0);
        let answer = commit(&db, async |tx| {
            let attempt = tries.fetch_add(1, Ordering::SeqCst) + 1;
            setting::put(tx, &format!("{code} attempt {attempt}"), "1").await?;
            if attempt < 3 {
                let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = '{code}'; END $$");
                tx.execute_unprepared(&raise).await.map_err(Error::from)?;
            }
            Ok(attempt)
        })
        .await;
        assert_eq!(answer, 3, "{code}");
        let kept = async |attempt: u32| setting::get(db.reader(), &format!("{code} attempt {attempt}")).await.unwrap();
        assert_eq!((kept(1).await, kept(2).await, kept(3).await), (None, None, Some("1".to_owned())), "{code}");
    }
}

#[tokio::test]
async fn f22_busy_sqlite_file_is_tried_again_until_it_is_free() {
    let test = testkit::sqlite();
    let db = open(&test).await;
    // Only what the tests wait for grows shorter: the one writing connection keeps this.
    let short = db.transact(async |tx: Tx| {
        tx.execute_unprepared("PRAGMA busy_timeout = 1").await.map_err(Error::from)?;
        Ok::<_, Error>(Step::Commit(()))
    });
    short.await.unwrap();
    let other = sea_orm::Database::connect(test.settings.url.expose_secret()).await.unwrap();
    let holder = other.begin().await.unwrap();
    holder.execute_unprepared("INSERT INTO setting (name, value) VALUES ('held', '1')").await.unwrap();

    let runs = AtomicU32::new(0);
    let write = async |name: &str| {
        let write = db.transact(async |tx: Tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            setting::put(&tx, name, "1").await?;
            Ok::<_, Error>(Step::Commit(()))
        });
        write.await
    };
    assert!(matches!(write("early").await, Err(Error::Contended)), "five tries are too few while it is held");
    assert_eq!(runs.load(Ordering::SeqCst), 0, "nothing runs without the write lock");
    let freed = async { holder.commit().await.unwrap() };
    let ((), written) = tokio::join!(freed, write("late"));
    written.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(setting::get(db.reader(), "early").await.unwrap(), None);
    assert_eq!(setting::get(db.reader(), "held").await.unwrap().as_deref(), Some("1"));
    assert_eq!(setting::get(db.reader(), "late").await.unwrap().as_deref(), Some("1"));
}
