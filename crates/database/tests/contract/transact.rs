use std::sync::atomic::{AtomicU32, Ordering};

use database::{AsDatabaseError, Database, Error, Step, Tx, setting};
use testkit::on_every_database;

use crate::{commit, open};

#[tokio::test]
async fn commits_or_rolls_back_as_told() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| setting::put(tx, "kept", "1").await).await;
        let answer = db.transact(async |tx: Tx| {
            setting::put(&tx, "dropped", "1").await?;
            Ok::<_, Error>(Step::Rollback(7))
        });
        assert_eq!(answer.await.unwrap(), 7);
        let failed = db.transact(async |tx: Tx| {
            setting::put(&tx, "failed", "1").await?;
            Err::<Step<()>, _>(Error::Full)
        });
        assert!(matches!(failed.await, Err(Error::Full)));
        assert_eq!(setting::get(db.reader(), "kept").await.unwrap().as_deref(), Some("1"));
        assert_eq!(setting::get(db.reader(), "dropped").await.unwrap(), None);
        assert_eq!(setting::get(db.reader(), "failed").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn contention_runs_everything_again_at_most_five_times() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let tries = AtomicU32::new(0);
        let answer = commit(&db, async |tx| {
            let attempt = tries.fetch_add(1, Ordering::SeqCst) + 1;
            setting::put(tx, &format!("attempt {attempt}"), "1").await?;
            if attempt < 3 { Err(Error::Contended) } else { Ok(attempt) }
        })
        .await;
        assert_eq!(answer, 3);
        assert_eq!(setting::get(db.reader(), "attempt 1").await.unwrap(), None);
        assert_eq!(setting::get(db.reader(), "attempt 3").await.unwrap().as_deref(), Some("1"));

        tries.store(0, Ordering::SeqCst);
        let hopeless = db.transact(async |_: Tx| {
            tries.fetch_add(1, Ordering::SeqCst);
            Err::<Step<()>, _>(Error::Contended)
        });
        assert!(matches!(hopeless.await, Err(Error::Contended)));
        assert_eq!(tries.load(Ordering::SeqCst), 5);
    })
    .await;
}

#[tokio::test]
async fn writers_at_once_lose_no_update() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| setting::put(tx, "count", "0").await).await;
        let one = async || {
            commit(&db, async |tx| {
                // The row is locked by writing it before it is read, as callers raise a parent's version first.
                setting::put(tx, "lock", "1").await?;
                let count: u32 = setting::get(tx, "count").await?.unwrap().parse().unwrap();
                setting::put(tx, "count", &(count + 1).to_string()).await
            })
            .await;
        };
        tokio::join!(one(), one(), one(), one(), one(), one());
        assert_eq!(setting::get(db.reader(), "count").await.unwrap().as_deref(), Some("6"));
    })
    .await;
}

#[tokio::test]
async fn deadlocked_transactions_both_succeed_in_the_end() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| {
            setting::put(tx, "a", "0").await?;
            setting::put(tx, "b", "0").await
        })
        .await;
        let meet = tokio::sync::Barrier::new(2);
        let cross = async |first: &str, second: &str, tries: &AtomicU32| {
            commit(&db, async |tx| {
                setting::put(tx, first, "1").await?;
                // Only PostgreSQL lets two write at once, and only their first attempts are made to meet.
                if tries.fetch_add(1, Ordering::SeqCst) == 0 && db.backend() == database::Backend::Postgres {
                    meet.wait().await;
                }
                setting::put(tx, second, "1").await
            })
            .await;
        };
        let (left, right) = (AtomicU32::new(0), AtomicU32::new(0));
        tokio::join!(cross("a", "b", &left), cross("b", "a", &right));
        let attempts = left.into_inner() + right.into_inner();
        assert_eq!(attempts, if db.backend() == database::Backend::Postgres { 3 } else { 2 });
    })
    .await;
}

#[tokio::test]
async fn unique_keys_are_told_from_other_failures() {
    on_every_database(async |test| {
        use sea_orm::ConnectionTrait;
        let db = open(&test).await;
        let twice = db.transact(async |tx: Tx| {
            for _ in 0..2 {
                let insert = "INSERT INTO setting (name, value) VALUES ('x', 'y')";
                tx.execute_unprepared(insert).await.map_err(Error::from)?;
            }
            Ok::<_, Error>(Step::Commit(()))
        });
        assert!(matches!(twice.await, Err(Error::Duplicate { .. })));
        let wrong = db.transact(async |tx: Tx| {
            tx.execute_unprepared("INSERT INTO nowhere VALUES (1)").await.map_err(Error::from)?;
            Ok::<_, Error>(Step::Commit(()))
        });
        assert!(matches!(wrong.await, Err(Error::Other(_))));
    })
    .await;
}

#[tokio::test]
async fn answers_pings_until_closed_and_is_unavailable_then() {
    on_every_database(async |test| {
        let db = open(&test).await;
        db.ping().await.unwrap();
        let clone = db.clone();
        db.close().await;
        assert!(matches!(clone.ping().await, Err(Error::Unavailable(_))));
    })
    .await;
}

/// F13: SQLite ends the transaction in which it runs out of space, which the pool must not take for one that is still open.
#[tokio::test]
async fn f13_sqlite_keeps_what_is_written_after_space_ran_out() {
    use sea_orm::ConnectionTrait;
    let test = testkit::sqlite();
    let db = open(&test).await;
    let full = db.transact(async |tx: Tx| {
        tx.execute_unprepared("PRAGMA max_page_count = 1").await.map_err(Error::from)?;
        for number in 0..1_000 {
            setting::put(&tx, &format!("refused {number}"), &"x".repeat(1_000)).await?;
        }
        Ok::<_, Error>(Step::Commit(()))
    });
    assert!(matches!(full.await, Err(Error::Full)));
    let dropped = db.transact(async |tx: Tx| {
        setting::put(&tx, "dropped", "1").await?;
        Ok::<_, Error>(Step::Rollback(()))
    });
    dropped.await.unwrap();
    commit(&db, async |tx| setting::put(tx, "kept", "1").await).await;
    assert_eq!(setting::get(db.reader(), "kept").await.unwrap().as_deref(), Some("1"));
    assert_eq!(setting::get(db.reader(), "dropped").await.unwrap(), None);
    assert_eq!(setting::get(db.reader(), "refused 0").await.unwrap(), None);
    db.close().await;
    let again = Database::connect(&test.settings).await.unwrap();
    assert_eq!(setting::get(again.reader(), "kept").await.unwrap().as_deref(), Some("1"));
}

/// F15: what can't be shown by a copy of the files, since no test takes away what the system has not written yet.
#[tokio::test]
async fn f15_sqlite_waits_for_the_disk_at_each_commit() {
    use sea_orm::{ConnectionTrait, Statement};
    let test = testkit::sqlite();
    let db = open(&test).await;
    for (pragma, expected) in [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1")] {
        let query = format!("SELECT CAST({pragma} AS TEXT) FROM pragma_{pragma}");
        let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, query);
        let row = commit(&db, async |tx| Ok(tx.query_one_raw(statement.clone()).await?)).await;
        let found: String = row.expect("a value").try_get_by_index(0).unwrap();
        assert_eq!(found, expected, "{pragma}");
    }
}

#[tokio::test]
async fn sqlite_file_belongs_to_one_opener_at_a_time() {
    let test = testkit::sqlite();
    let db = open(&test).await;
    assert!(matches!(Database::connect(&test.settings).await, Err(Error::InUse)));
    db.close().await;
    Database::connect(&test.settings).await.unwrap();
}

#[tokio::test]
async fn sqlite_readers_can_not_write() {
    use sea_orm::ConnectionTrait;
    let test = testkit::sqlite();
    let db = open(&test).await;
    db.reader().execute_unprepared("DELETE FROM setting").await.unwrap_err();
}

#[tokio::test]
async fn a_damaged_sqlite_file_is_refused() {
    let test = testkit::sqlite();
    let db = open(&test).await;
    for number in 0..200 {
        commit(&db, async |tx| setting::put(tx, &format!("name {number}"), &"x".repeat(200)).await).await;
    }
    db.close().await;
    damage(&test);
    Database::connect(&test.settings).await.unwrap_err();
}

fn damage(test: &testkit::TestDatabase) {
    use secrecy::ExposeSecret;
    let path = test.settings.url.expose_secret().trim_start_matches("sqlite://");
    let mut bytes = std::fs::read(path).unwrap();
    let from = bytes.len() / 2;
    bytes[from..].fill(0xA5);
    std::fs::write(path, bytes).unwrap();
}

/// Handlers are boxed as Send futures; this fails to compile when `transact` can't be called from one.
#[tokio::test]
async fn can_be_awaited_in_a_send_future() {
    struct Refused(Error);
    impl From<Error> for Refused {
        fn from(error: Error) -> Refused {
            Refused(error)
        }
    }
    impl AsDatabaseError for Refused {
        fn as_database_error(&self) -> Option<&Error> {
            Some(&self.0)
        }
    }
    /// A caller of callers: what a change function around `transact` looks like.
    async fn change<T, Work>(db: &Database, name: &str, work: impl Fn(Tx) -> Work) -> Result<T, Refused>
    where
        Work: Future<Output = Result<T, Refused>>,
    {
        db.transact(async |tx: Tx| {
            setting::put(&tx, name, "1").await?;
            Ok(Step::Commit(work(tx).await?))
        })
        .await
    }
    type Boxed<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, Refused>> + Send + 'a>>;
    fn handle<'a>(db: &'a Database, request: &'a str) -> Boxed<'a, String> {
        Box::pin(async move {
            let owned = request.to_owned();
            let read = async |tx: Tx| Ok(setting::get(&tx, &owned).await?.unwrap_or_default() + request);
            change(db, request, read).await
        })
    }
    on_every_database(async |test| {
        let db = open(&test).await;
        let answer = handle(&db, "name").await.map_err(|refused| refused.0);
        assert_eq!(answer.unwrap(), "1name");
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_outlives_its_work_is_not_committed() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let kept = std::sync::Mutex::new(None);
        let leaked = db.transact(async |tx: Tx| {
            setting::put(&tx, "name", "1").await?;
            *kept.lock().unwrap() = Some(tx);
            Ok::<_, Error>(Step::Commit(()))
        });
        assert!(matches!(leaked.await, Err(Error::Other(_))));
        drop(kept);
        assert_eq!(setting::get(db.reader(), "name").await.unwrap(), None);
    })
    .await;
}
