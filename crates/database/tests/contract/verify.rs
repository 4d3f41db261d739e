//! A journal that is not as it was written is found, whatever was done to it, and what was done is told.

use std::time::{Duration, Instant};

use database::journal::Tampering::{Cut, Dropped, Edited, Moved, Rewritten};
use database::journal::{self, ListFilter, Mark, Tampering};
use database::{Backend, Database, Error, Step, Tx};
use sea_orm::{ConnectionTrait, DbBackend};
use testkit::{TestDatabase, on_every_database};

use crate::journal::{append, numbering};
use crate::open;

/// A mark at each place that a multiple of this has.
async fn marks(db: &Database, each: i64) -> Vec<Mark> {
    let entries = journal::list(db.reader(), &ListFilter { limit: 10_000_000, ..Default::default() }).await.unwrap();
    let mark = |entry: journal::Entry| Some(Mark { sequence: entry.sequence?, hash: entry.hash? });
    entries.into_iter().filter_map(mark).filter(|mark| mark.sequence % each == 0).collect()
}

async fn found(tx: &impl ConnectionTrait, marks: &[Mark]) -> Vec<Tampering> {
    journal::verify(tx, marks, |_, _| {}).await.unwrap().findings
}

/// Lets this transaction do what the journal's own rights don't: who owns a table can always take them back.
async fn entitle(tx: &Tx) -> Result<(), Error> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("GRANT ALL ON journal, journal_party TO CURRENT_USER").await?;
    }
    Ok(())
}

/// What is found after these statements, which are undone then.
async fn after(db: &Database, marks: &[Mark], statements: &[String]) -> Vec<Tampering> {
    let found = db.transact(async |tx: Tx| {
        entitle(&tx).await?;
        for statement in statements {
            tx.execute_unprepared(statement).await.map_err(Error::from)?;
        }
        Ok::<_, Error>(Step::Rollback(found(&tx, marks).await))
    });
    found.await.unwrap()
}

/// Exchanges the places of two entries.
fn swap(one: i64, other: i64) -> Vec<String> {
    [(one, -1), (other, one), (-1, other)]
        .map(|(from, to)| format!("UPDATE journal SET sequence = {to} WHERE sequence = {from}"))
        .into()
}

fn sql(statements: &[&str]) -> Vec<String> {
    statements.iter().map(|statement| (*statement).to_owned()).collect()
}

#[tokio::test]
async fn r66_the_journal_can_only_be_added_to() {
    let Some(test) = testkit::postgres().await else { return };
    let db = open(&test).await;
    append(&db, 1, 0, "1").await;
    journal::number(&db, &numbering(&db).await).await.unwrap();
    for statement in [
        "UPDATE journal SET actor = 'users/2'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE journal_party SET organization = 'organizations/2'",
        "DELETE FROM journal_party",
        "TRUNCATE journal_party",
    ] {
        let done = db.transact(async |tx: Tx| {
            tx.execute_unprepared(statement).await?;
            Ok::<_, Error>(Step::Commit(()))
        });
        let refused = done.await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
    assert_eq!(found(db.reader(), &[]).await, []);
}

#[tokio::test]
async fn r66_whatever_is_done_to_the_journal_is_found_and_told() {
    let tamper = [
        (sql(&["UPDATE journal SET actor = 'users/2' WHERE sequence = 2"]), vec![Edited { sequence: 2 }]),
        (sql(&["UPDATE journal SET reason = '' WHERE sequence = 3"]), vec![Edited { sequence: 3 }]),
        (sql(&["UPDATE journal SET changed = '[]' WHERE sequence = 4"]), vec![Edited { sequence: 4 }]),
        (
            sql(&["UPDATE journal SET hash = 'ab' WHERE sequence = 4"]),
            vec![Edited { sequence: 4 }, Edited { sequence: 5 }],
        ),
        (sql(&["DELETE FROM journal WHERE sequence = 2"]), vec![Dropped { from: 2, to: 2 }]),
        (
            sql(&["DELETE FROM journal WHERE sequence IN (1, 4, 5)"]),
            vec![Dropped { from: 1, to: 1 }, Dropped { from: 4, to: 5 }],
        ),
        (
            sql(&[
                "DELETE FROM journal WHERE sequence = 3",
                "UPDATE journal SET sequence = -sequence WHERE sequence > 3",
                "UPDATE journal SET sequence = -sequence - 1 WHERE sequence < 0",
            ]),
            vec![Dropped { from: 3, to: 3 }],
        ),
        (sql(&["UPDATE journal SET sequence = 19 WHERE sequence = 8"]), vec![Moved { sequence: 19, from: 8 }]),
        (swap(3, 4), vec![Moved { sequence: 3, from: 4 }, Moved { sequence: 4, from: 3 }]),
        (swap(3, 6), vec![Moved { sequence: 3, from: 6 }, Moved { sequence: 6, from: 3 }]),
        (
            sql(&["DELETE FROM journal_party WHERE entry = (SELECT id FROM journal WHERE sequence = 2)"]),
            vec![Edited { sequence: 2 }],
        ),
        (
            sql(&["INSERT INTO journal_party (organization, entry) SELECT 'b', id FROM journal WHERE sequence = 4"]),
            vec![Edited { sequence: 4 }],
        ),
        (sql(&["DELETE FROM journal WHERE sequence > 5"]), vec![Cut { after: 5, end: 8 }]),
        (sql(&["DELETE FROM journal"]), vec![Cut { after: 0, end: 8 }]),
    ];
    on_every_database(async |test| {
        let db = open(&test).await;
        for number in 1..=8 {
            append(&db, number, 0, &number.to_string()).await;
        }
        journal::number(&db, &numbering(&db).await).await.unwrap();
        assert_eq!(found(db.reader(), &[]).await, []);
        for (statements, expected) in &tamper {
            assert_eq!(after(&db, &[], statements).await, *expected, "{statements:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn r66_only_marks_kept_elsewhere_tell_of_a_journal_that_was_written_anew_or_cut_without_a_trace() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for number in 1..=8 {
            append(&db, number, 0, &number.to_string()).await;
        }
        let lease = numbering(&db).await;
        journal::number(&db, &lease).await.unwrap();
        let marks = marks(&db, 2).await;
        assert_eq!(found(db.reader(), &marks).await, []);
        let cut = sql(&["DELETE FROM journal WHERE sequence > 5", "DELETE FROM setting WHERE name = 'journal_end'"]);
        assert_eq!(after(&db, &[], &cut).await, []);
        assert_eq!(after(&db, &marks, &cut).await, [Cut { after: 5, end: 8 }]);
        // All from the third on, with right hashes.
        let forged = db.transact(async |tx: Tx| {
            entitle(&tx).await?;
            for statement in [
                "UPDATE journal SET actor = 'users/2' WHERE sequence = 3",
                "UPDATE journal SET sequence = NULL, hash = NULL WHERE sequence > 2",
            ] {
                tx.execute_unprepared(statement).await.map_err(Error::from)?;
            }
            Ok::<_, Error>(Step::Commit(()))
        });
        forged.await.unwrap();
        journal::number(&db, &lease).await.unwrap();
        assert_eq!(found(db.reader(), &[]).await, []);
        assert_eq!(found(db.reader(), &marks).await, [Rewritten { after: 2, until: 4 }]);
    })
    .await;
}

/// Fills a journal by the database's own means.
async fn fill(test: &TestDatabase, count: i64) -> Database {
    let db = open(test).await;
    let (id, changed, numbers) = match db.backend() {
        Backend::Sqlite => (
            "randomblob(16)",
            "'[]'",
            format!(
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)"
            ),
        ),
        Backend::Postgres => ("gen_random_uuid()", "'[]'::jsonb", format!("generate_series(1, {count}) AS n(i)")),
    };
    let journal = format!(
        "INSERT INTO journal (id, time, actor, subject, subject_version, kind, changed) \
        SELECT {id}, '2026-01-01T00:00:00+00:00', 'sweep', 'things/' || i, 1, 'Happened', {changed} FROM {numbers}"
    );
    let parties = "INSERT INTO journal_party (organization, entry) SELECT 'organizations/1', id FROM journal";
    let filled = db.transact(async |tx: Tx| {
        tx.execute_unprepared(&journal).await.map_err(Error::from)?;
        tx.execute_unprepared(parties).await.map_err(Error::from)?;
        Ok::<_, Error>(Step::Commit(()))
    });
    filled.await.unwrap();
    assert_eq!(journal::number(&db, &numbering(&db).await).await.unwrap(), usize::try_from(count).unwrap());
    db
}

/// One entry edited, one dropped, two exchanged, and the end cut off, all found in one walk along so many.
#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
async fn found_among(test: TestDatabase, count: i64) {
    let began = Instant::now();
    let db = fill(&test, count).await;
    let (filled, marks) = (began.elapsed(), marks(&db, 1_000).await);
    let (mut told, began) = (Vec::new(), Instant::now());
    let verdict = journal::verify(db.reader(), &marks, |entries, of| told.push((entries, of))).await.unwrap();
    let walked = began.elapsed();
    assert_eq!((verdict.entries, verdict.findings), (count, vec![]));
    assert!(told.is_sorted() && told.len() > 10 && told.last() == Some(&(count, count)), "it tells how far it is");
    let [edited, dropped, one, other] = [1, 2, 3, 4].map(|part| count / 5 * part + 1);
    let mut statements = vec![
        format!("UPDATE journal SET kind = 'Other' WHERE sequence = {edited}"),
        format!("DELETE FROM journal WHERE sequence IN ({dropped}, {count})"),
    ];
    statements.extend(swap(one, other));
    let expected = [
        Edited { sequence: edited },
        Dropped { from: dropped, to: dropped },
        Moved { sequence: one, from: other },
        Moved { sequence: other, from: one },
        Cut { after: count - 1, end: count },
    ];
    assert_eq!(after(&db, &marks, &statements).await, expected);
    println!("{}: {count} entries filled in {filled:?}, verified in {walked:?}", test.name);
}

#[tokio::test]
async fn r66_one_entry_edited_dropped_moved_or_cut_is_found_among_twenty_thousand() {
    // Filling takes longer than walking; the long form does it on every database.
    found_among(testkit::sqlite(), 20_000).await;
}

#[tokio::test]
#[ignore = "minutes: belongs to the long tests"]
async fn r66_one_entry_edited_dropped_moved_or_cut_is_found_among_a_million() {
    on_every_database(async |mut test| {
        test.settings.statement_timeout = Duration::from_secs(600);
        found_among(test, 1_000_000).await;
    })
    .await;
}
