use std::time::Duration;

use chrono::{DateTime, Utc};
use database::Database;
use database::journal::{self, ListFilter, NewEntry, Tampering};
use database::lease::{self, Lease};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use testkit::on_every_database;

use crate::{at, commit, id, open};

pub(crate) fn event(number: u128, time: DateTime<Utc>, subject: &str) -> NewEntry {
    NewEntry {
        id: id(number),
        time,
        actor: "users/1".into(),
        on_behalf_of: None,
        request_id: Some("request".into()),
        trace: None,
        cause: None,
        subject: subject.into(),
        kind: "EnrollmentSubmitted".into(),
        from_state: Some("DRAFT".into()),
        to_state: Some("VERIFYING".into()),
        reason: None,
        changed: vec!["state".into(), "\"quoted\" ü".into()],
        parties: vec!["organizations/1".into(), "organizations/1".into()],
    }
}

pub(crate) async fn append(db: &Database, number: u128, time: i64, subject: &str) -> i64 {
    let entries = || vec![event(number, at(time), subject)];
    commit(db, async |tx| Ok(journal::append(tx, entries()).await?.remove(0))).await
}

pub(crate) async fn numbering(db: &Database) -> Lease {
    lease::acquire(db, "numbering", "a", Duration::from_secs(600)).await.unwrap().unwrap()
}

/// What a walk along the chain finds.
async fn findings(db: &Database) -> Vec<Tampering> {
    journal::verify(db.reader(), &[], |_, _| {}).await.unwrap().findings
}

async fn all(db: &Database) -> Vec<journal::Entry> {
    journal::list(db.reader(), &ListFilter { limit: 10_000, ..Default::default() }).await.unwrap()
}

async fn order(db: &Database) -> Vec<u128> {
    all(db).await.into_iter().map(|entry| entry.event.id.as_u128()).collect()
}

/// Numbering a long backlog takes as long for each entry as a short one: SQLite finds entries by what is asked for, and not among all that have no
/// place yet.
#[tokio::test]
async fn no_entry_is_looked_for_among_all_that_have_no_place() {
    let test = testkit::sqlite();
    let db = open(&test).await;
    for (statement, found_by) in [
        ("SELECT * FROM journal WHERE sequence IS NULL ORDER BY time, id LIMIT 9", "USING INDEX journal_unnumbered"),
        ("UPDATE journal SET sequence = 1 WHERE id IN (1, 2) AND sequence IS NULL", "(id=?)"),
        (
            "SELECT * FROM journal WHERE sequence IS NULL AND subject_version < 9 AND subject IN (1, 2) AND id NOT IN (1, 2)",
            "USING INDEX journal_subject_version",
        ),
        ("SELECT * FROM journal WHERE sequence > 9 ORDER BY sequence", "USING INDEX journal_sequence"),
        ("SELECT MAX(sequence) FROM journal WHERE sequence IS NOT NULL", "USING COVERING INDEX journal_sequence"),
    ] {
        let plan = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = db.reader().query_all_raw(plan).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        assert!(steps.len() == 1 && steps[0].contains(found_by), "{statement}: {steps:?}");
    }
}

#[tokio::test]
async fn each_subject_counts_its_own_versions() {
    on_every_database(async |test| {
        let db = open(&test).await;
        assert_eq!(append(&db, 1, 0, "x").await, 1);
        assert_eq!(append(&db, 2, 0, "y").await, 1);
        assert_eq!(append(&db, 3, 0, "x").await, 2);
        assert_eq!(journal::subject_version(db.reader(), "x").await.unwrap(), 2);
        assert_eq!(journal::subject_version(db.reader(), "z").await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn appends_at_once_get_different_versions() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let (a, b, c) = tokio::join!(append(&db, 1, 0, "x"), append(&db, 2, 0, "x"), append(&db, 3, 0, "x"));
        let mut versions = [a, b, c];
        versions.sort_unstable();
        assert_eq!(versions, [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn an_entry_comes_back_as_written() {
    on_every_database(async |test| {
        let db = open(&test).await;
        append(&db, 1, 123_456, "x").await;
        let entry = journal::get(db.reader(), id(1)).await.unwrap().unwrap();
        let expected = NewEntry { parties: vec!["organizations/1".into()], ..event(1, at(123_456), "x") };
        assert_eq!(entry.event, expected);
        assert_eq!((entry.subject_version, entry.sequence, entry.hash), (1, None, None));
    })
    .await;
}

#[tokio::test]
async fn only_numbered_entries_are_listed_by_time_then_id() {
    on_every_database(async |test| {
        let db = open(&test).await;
        for (number, time) in [(5, 10), (4, 20), (3, 10), (2, 30)] {
            append(&db, number, time, &number.to_string()).await;
        }
        assert_eq!(order(&db).await, Vec::<u128>::new());
        assert!(journal::last(db.reader()).await.unwrap().is_none());
        let lease = numbering(&db).await;
        assert_eq!(journal::number(&db, &lease).await.unwrap(), 4);
        assert_eq!(journal::number(&db, &lease).await.unwrap(), 0);
        assert_eq!(order(&db).await, [3, 5, 4, 2]);
        // Committed late, with a time long past: it comes after what readers have seen.
        append(&db, 1, 0, "late").await;
        journal::number(&db, &lease).await.unwrap();
        assert_eq!(order(&db).await, [3, 5, 4, 2, 1]);
        let sequences: Vec<_> = all(&db).await.into_iter().map(|entry| entry.sequence.unwrap()).collect();
        assert_eq!(sequences, [1, 2, 3, 4, 5]);
        assert_eq!(journal::last(db.reader()).await.unwrap().unwrap().sequence, Some(5));
        assert_eq!(findings(&db).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_subjects_entries_keep_their_order_whatever_the_clocks_said() {
    on_every_database(async |test| {
        let db = open(&test).await;
        append(&db, 1, 50, "x").await;
        append(&db, 2, 10, "x").await;
        append(&db, 3, 20, "y").await;
        append(&db, 4, 5, "x").await;
        journal::number(&db, &numbering(&db).await).await.unwrap();
        assert_eq!(order(&db).await, [1, 2, 3, 4]);
    })
    .await;
}

#[tokio::test]
async fn several_batches_leave_no_gap() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| {
            // The first version lies beyond the first batch by its time.
            for number in 0..1_100_i64 {
                let time = if number == 0 { 5_000 } else { number };
                let subject = if number % 100 == 0 { "x".to_owned() } else { number.to_string() };
                journal::append(tx, vec![event(number.unsigned_abs().into(), at(time), &subject)]).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(journal::number(&db, &numbering(&db).await).await.unwrap(), 1_100);
        let entries = all(&db).await;
        assert!(entries.iter().zip(1..).all(|(entry, sequence)| entry.sequence == Some(sequence)));
        let versions: Vec<_> =
            entries.iter().filter(|entry| entry.event.subject == "x").map(|entry| entry.subject_version).collect();
        assert_eq!(versions, (1..=11).collect::<Vec<_>>());
        assert_eq!(findings(&db).await, []);
    })
    .await;
}

#[tokio::test]
async fn one_entry_is_seen_by_more_than_a_statement_takes_values() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let parties: Vec<_> = (0..40_000).map(|party| format!("organizations/{party}")).collect();
        let entries = || vec![NewEntry { parties: parties.clone(), ..event(1, at(0), "x") }];
        commit(&db, async |tx| journal::append(tx, entries()).await).await;
        let entry = journal::get(db.reader(), id(1)).await.unwrap().unwrap();
        assert_eq!(entry.event.parties.len(), 40_000);
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_numbers_nothing() {
    on_every_database(async |test| {
        let db = open(&test).await;
        append(&db, 1, 0, "x").await;
        let old = lease::acquire(&db, "numbering", "old", Duration::ZERO).await.unwrap().unwrap();
        let new = numbering(&db).await;
        assert_eq!(journal::number(&db, &old).await.unwrap(), 0);
        assert_eq!(order(&db).await, Vec::<u128>::new());
        assert_eq!(journal::number(&db, &new).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn lists_are_narrowed_by_party_subject_and_place() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| {
            for (number, subject, parties) in
                [(1, "x", vec!["a"]), (2, "y", vec!["a", "b"]), (3, "x", vec!["b"]), (4, "y", vec![])]
            {
                let parties = parties.into_iter().map(str::to_owned).collect();
                journal::append(tx, vec![NewEntry { parties, ..event(number, at(0), subject) }]).await?;
            }
            Ok(())
        })
        .await;
        journal::number(&db, &numbering(&db).await).await.unwrap();
        let list = async |party: Option<&str>, subject: Option<&str>, after: Option<i64>, limit: u64| {
            let filter = ListFilter {
                party: party.map(str::to_owned),
                subject: subject.map(str::to_owned),
                after_sequence: after,
                limit,
            };
            let entries = journal::list(db.reader(), &filter).await.unwrap();
            entries.into_iter().map(|entry| entry.sequence.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(list(None, None, None, 10).await, [1, 2, 3, 4]);
        assert_eq!(list(Some("a"), None, None, 10).await, [1, 2]);
        assert_eq!(list(Some("b"), Some("x"), None, 10).await, [3]);
        assert_eq!(list(Some("c"), None, None, 10).await, Vec::<i64>::new());
        assert_eq!(list(None, None, Some(1), 2).await, [2, 3]);
    })
    .await;
}
