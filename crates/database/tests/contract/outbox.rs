use std::time::Duration;

use database::Database;
use database::lease::{self, Lease};
use database::outbox::{self, NewRow, Next, Pending, Place, Reach, Row};
use testkit::on_every_database;

use crate::{at, commit, id, open};

const ALL: [i16; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

fn row(event: u128, subject: &str, version: i64) -> NewRow {
    NewRow {
        event: id(event),
        destination: "verification".into(),
        subject: subject.into(),
        ordered: true,
        subject_version: version,
        source_epoch: 1,
        method: "OpenCase".into(),
        payload: vec![0, 1, 255],
        trace: Some("trace".into()),
        available_at: at(0),
        created_at: at(0),
    }
}

async fn insert(db: &Database, rows: impl IntoIterator<Item = NewRow>) {
    let rows: Vec<_> = rows.into_iter().collect();
    commit(db, async |tx| outbox::insert(tx, rows.clone()).await).await;
}

fn lanes(lanes: &[i16]) -> Reach {
    Reach { lanes: lanes.to_vec(), busy: Vec::new() }
}

async fn due(db: &Database, now: i64) -> Vec<Row> {
    outbox::due(db.reader(), &lanes(&ALL), at(now), 100).await.unwrap()
}

async fn events(db: &Database, now: i64) -> Vec<u128> {
    due(db, now).await.into_iter().map(|row| row.event.as_u128()).collect()
}

async fn relay(db: &Database) -> Lease {
    lease::acquire(db, "relay/0", "a", Duration::from_secs(600)).await.unwrap().unwrap()
}

#[tokio::test]
async fn one_subjects_messages_go_in_order_and_no_subject_waits_for_another() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let other = NewRow { destination: "notification".into(), ..row(5, "x", 3) };
        insert(&db, [row(1, "x", 2), row(2, "x", 1), row(3, "y", 7), row(4, "y", 8), other]).await;
        assert_eq!(events(&db, 0).await, [2, 3, 5]);
        let lease = relay(&db).await;
        for row in due(&db, 0).await {
            assert!(outbox::done(&db, &row, &lease).await.unwrap());
        }
        assert_eq!(events(&db, 0).await, [1, 4]);
    })
    .await;
}

#[tokio::test]
async fn one_change_writes_more_messages_than_a_statement_takes_values() {
    on_every_database(async |test| {
        let db = open(&test).await;
        insert(&db, (0..5_000).map(|event| row(event, &event.to_string(), 1))).await;
        assert_eq!(outbox::backlog(db.reader()).await.unwrap().waiting, 5_000);
    })
    .await;
}

#[tokio::test]
async fn order_is_by_epoch_then_version_then_event() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        insert(&db, [NewRow { source_epoch: 2, ..row(1, "x", 1) }, row(4, "x", 9), row(3, "x", 5), row(2, "x", 5)])
            .await;
        let mut seen = Vec::new();
        while let Some(row) = due(&db, 0).await.pop() {
            seen.push(row.event.as_u128());
            assert!(outbox::done(&db, &row, &lease).await.unwrap());
        }
        assert_eq!(seen, [2, 3, 4, 1]);
    })
    .await;
}

#[tokio::test]
async fn what_follows_a_message_is_what_is_due_once_it_is_gone() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        let elsewhere = NewRow { destination: "notification".into(), ..row(8, "x", 1) };
        let loose = NewRow { ordered: false, ..row(9, "x", 1) };
        let later = NewRow { available_at: at(10), ..row(5, "x", 5) };
        let of_old = NewRow { source_epoch: 0, ..row(1, "x", 7) };
        insert(&db, [row(4, "x", 3), row(3, "x", 3), of_old, row(2, "x", 2), later, row(7, "y", 1), elsewhere, loose])
            .await;
        let mut last = due(&db, 0).await.into_iter().find(|row| row.event == id(1)).unwrap();
        let mut seen = Vec::new();
        for now in [0, 0, 0, 0, 10] {
            let _ = outbox::done(&db, &last, &lease).await.unwrap();
            let next = outbox::following(db.reader(), &last, at(now)).await.unwrap();
            let all = due(&db, now).await;
            assert!(next.iter().all(|next| all.contains(next)), "{next:?}");
            seen.push(next.as_ref().map(|row| row.event.as_u128()));
            last = next.unwrap_or(last);
        }
        assert_eq!(seen, [Some(2), Some(3), Some(4), None, Some(5)]);
        assert!(outbox::failed(&db, &last, &lease, "refused", Next::Park(at(10))).await.unwrap());
        assert_eq!(outbox::following(db.reader(), &last, at(10)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_before_its_time_nor_past_one_that_waits() {
    on_every_database(async |test| {
        let db = open(&test).await;
        insert(&db, [NewRow { available_at: at(10), ..row(1, "x", 1) }, row(2, "x", 2), row(3, "y", 1)]).await;
        assert_eq!(events(&db, 9).await, [3]);
        assert_eq!(events(&db, 10).await, [3, 1]);
        assert_eq!(outbox::due(db.reader(), &lanes(&ALL), at(10), 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_in_its_subjects_lane_only_and_comes_back_as_written() {
    on_every_database(async |test| {
        let db = open(&test).await;
        insert(&db, [row(1, "x", 1)]).await;
        let lane = outbox::lane("x");
        let found = outbox::due(db.reader(), &lanes(&[lane]), at(0), 10).await.unwrap().pop().unwrap();
        assert_eq!((found.lane, found.attempts, found.payload.as_slice()), (lane, 0, &[0_u8, 1, 255][..]));
        assert_eq!((found.trace.as_deref(), found.created_at), (Some("trace"), at(0)));
        let others: Vec<i16> = ALL.into_iter().filter(|other| *other != lane).collect();
        assert!(outbox::due(db.reader(), &lanes(&others), at(0), 10).await.unwrap().is_empty());
        assert!(outbox::due(db.reader(), &lanes(&[]), at(0), 10).await.unwrap().is_empty());
    })
    .await;
    // Rows outlive releases, so a subject may never change its lane.
    assert_eq!(["", "x", "enrollments/1"].map(outbox::lane), LANES_OF_OLD);
}

/// First byte of each text's SHA-256, modulo 8.
const LANES_OF_OLD: [i16; 3] = [3, 5, 5];

#[tokio::test]
async fn a_parked_message_holds_up_its_subject_alone_until_an_operator_acts() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        insert(&db, [row(1, "x", 1), row(2, "x", 2), row(3, "y", 1)]).await;
        let first = due(&db, 0).await.remove(0);
        assert!(outbox::failed(&db, &first, &lease, "refused", Next::Park(at(5))).await.unwrap());
        assert_eq!(events(&db, 100).await, [3]);
        assert_eq!(outbox::parked_subjects(db.reader(), "verification").await.unwrap(), ["x"]);
        let parked = outbox::pending(db.reader(), Pending::Parked, at(100), None, 10).await.unwrap().remove(0);
        assert_eq!((parked.last_error.as_deref(), parked.parked_at), (Some("refused"), Some(at(5))));

        let retry = async || commit(&db, async |tx| outbox::retry(tx, id(1), "verification", at(6)).await).await;
        let drop = async || commit(&db, async |tx| outbox::drop_row(tx, id(1), "verification").await).await;
        assert!(retry().await);
        assert_eq!(events(&db, 5).await, [3]);
        assert_eq!(events(&db, 6).await, [3, 1]);
        assert!(outbox::parked_subjects(db.reader(), "verification").await.unwrap().is_empty());
        assert!(!retry().await && !drop().await, "what is not parked is the relay's");
        let again = outbox::find(db.reader(), id(1), "verification").await.unwrap().unwrap();
        assert_eq!((again.attempts, again.parked_at, again.available_at), (0, None, at(6)));
        let again = due(&db, 6).await.remove(1);
        assert!(outbox::failed(&db, &again, &lease, "refused", Next::Park(at(7))).await.unwrap());
        assert!(drop().await);
        assert_eq!(events(&db, 6).await, [2, 3]);
        assert!(!retry().await && !drop().await);
        assert_eq!(outbox::find(db.reader(), id(1), "verification").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_message_without_order_waits_for_none_and_none_waits_for_it() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        let free = |event, version, created| {
            let created_at = at(created);
            NewRow { ordered: false, created_at, ..row(event, "x", version) }
        };
        insert(&db, [free(1, 1, 10), free(2, 2, 20), row(3, "x", 3), free(4, 4, 30), row(5, "x", 5)]).await;
        assert_eq!(events(&db, 0).await, [1, 2, 3, 4]);
        let mut found = due(&db, 0).await;
        let (ordered, first) = (found.remove(2), found.remove(0));
        assert!(outbox::failed(&db, &first, &lease, "refused", Next::Park(at(5))).await.unwrap());
        assert_eq!(events(&db, 100).await, [2, 3, 4]);
        assert_eq!(outbox::oldest_undelivered(db.reader(), "verification").await.unwrap(), Some(at(0)));
        assert!(outbox::failed(&db, &ordered, &lease, "refused", Next::Park(at(5))).await.unwrap());
        assert_eq!(events(&db, 100).await, [2, 4]);
        assert_eq!(outbox::oldest_undelivered(db.reader(), "verification").await.unwrap(), Some(at(20)));
    })
    .await;
}

#[tokio::test]
async fn messages_to_a_busy_peer_take_no_place_from_others() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let other = NewRow { destination: "notification".into(), available_at: at(1), ..row(3, "z", 1) };
        insert(&db, [row(1, "x", 1), row(2, "y", 1), other]).await;
        let reach = Reach { busy: vec!["verification".into()], ..lanes(&ALL) };
        let found = outbox::due(db.reader(), &reach, at(1), 1).await.unwrap();
        assert_eq!(found.iter().map(|row| row.event).collect::<Vec<_>>(), [id(3)]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_waits_for_its_next_attempt() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        insert(&db, [row(1, "x", 1), row(2, "x", 2)]).await;
        let first = due(&db, 0).await.remove(0);
        assert!(outbox::claim(&db, &first, &lease).await.unwrap());
        assert!(!outbox::claim(&db, &first, &lease).await.unwrap(), "claimed from a stale reading");
        assert!(outbox::failed(&db, &first, &lease, "away", Next::At(at(50))).await.unwrap());
        assert_eq!(events(&db, 49).await, Vec::<u128>::new());
        let again = due(&db, 50).await.remove(0);
        assert_eq!((again.event, again.attempts, again.last_error.as_deref()), (id(1), 1, Some("away")));
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_lost_its_lease_changes_nothing() {
    on_every_database(async |test| {
        let db = open(&test).await;
        insert(&db, [row(1, "x", 1)]).await;
        let old = lease::acquire(&db, "relay/0", "old", Duration::ZERO).await.unwrap().unwrap();
        let first = due(&db, 0).await.remove(0);
        let new = relay(&db).await;
        assert!(!outbox::claim(&db, &first, &old).await.unwrap());
        assert!(!outbox::done(&db, &first, &old).await.unwrap());
        assert!(!outbox::failed(&db, &first, &old, "away", Next::Park(at(0))).await.unwrap());
        assert_eq!(due(&db, 0).await, std::slice::from_ref(&first));
        assert!(outbox::done(&db, &first, &new).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn age_is_that_of_the_oldest_message_neither_parked_nor_behind_a_parked_one() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        assert_eq!(outbox::oldest_undelivered(db.reader(), "verification").await.unwrap(), None);
        let aged = |event, subject, created| NewRow { created_at: at(created), ..row(event, subject, 1) };
        let behind = NewRow { created_at: at(15), ..row(4, "x", 2) };
        insert(&db, [aged(1, "x", 10), behind, aged(2, "y", 20), aged(3, "z", 30)]).await;
        assert_eq!(outbox::oldest_undelivered(db.reader(), "verification").await.unwrap(), Some(at(10)));
        assert_eq!(outbox::oldest_undelivered(db.reader(), "notification").await.unwrap(), None);
        let first = due(&db, 0).await.remove(0);
        assert!(outbox::failed(&db, &first, &lease, "refused", Next::Park(at(40))).await.unwrap());
        assert_eq!(outbox::oldest_undelivered(db.reader(), "verification").await.unwrap(), Some(at(20)));
    })
    .await;
}

#[tokio::test]
async fn pending_lists_what_is_due_or_parked() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let lease = relay(&db).await;
        insert(&db, [row(1, "x", 1), row(2, "x", 2), NewRow { available_at: at(100), ..row(3, "y", 1) }]).await;
        let first = due(&db, 0).await.remove(0);
        assert!(outbox::failed(&db, &first, &lease, "refused", Next::Park(at(0))).await.unwrap());
        let listed = async |which, now| {
            let rows = outbox::pending(db.reader(), which, at(now), None, 10).await.unwrap();
            rows.into_iter().map(|row| row.event.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(listed(Pending::All, 0).await, [1, 2]);
        assert_eq!(listed(Pending::All, 100).await, [1, 2, 3]);
        assert_eq!(listed(Pending::Parked, 100).await, [1]);
        assert_eq!(listed(Pending::Due, 0).await, [2]);
        assert_eq!(listed(Pending::Due, 100).await, [2, 3]);
        let all = outbox::all(db.reader(), 10).await.unwrap();
        assert_eq!(all.iter().map(|row| row.event).collect::<Vec<_>>(), [1, 2, 3].map(id));
        assert_eq!(all[2].payload, [0, 1, 255]);
    })
    .await;
}

#[tokio::test]
async fn pending_goes_on_after_a_place_by_age_then_event_then_destination() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let to = |event, destination: &str, created| NewRow {
            destination: destination.into(),
            created_at: at(created),
            ..row(event, "x", 1)
        };
        let old = to(9, "b", 1);
        insert(&db, [to(1, "b", 2), to(1, "a", 2), to(2, "a", 2), old, to(0, "a", 3)]).await;
        let (mut seen, mut after) = (Vec::new(), None);
        while let Some(row) = outbox::pending(db.reader(), Pending::All, at(9), after.as_ref(), 1).await.unwrap().pop()
        {
            seen.push((row.event.as_u128(), row.destination.clone()));
            after = Some(Place { created_at: row.created_at, event: row.event, destination: row.destination });
        }
        let expected = [(9, "b"), (1, "a"), (1, "b"), (2, "a"), (0, "a")];
        assert_eq!(seen, expected.map(|(event, destination)| (event, destination.to_owned())));
    })
    .await;
}

#[tokio::test]
async fn a_message_with_state_is_dispensable_once_a_newer_one_waits() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let to_another = NewRow { destination: "notification".into(), ..row(2, "x", 9) };
        let of_another_kind = NewRow { method: "CloseCase".into(), ..row(3, "x", 9) };
        let without_state = NewRow { ordered: false, ..row(4, "x", 9) };
        insert(&db, [row(1, "x", 5), to_another, of_another_kind, without_state, row(5, "y", 9), row(6, "x", 4)]).await;
        let dispensable = async |event| outbox::dispensable(db.reader(), id(event), "verification").await.unwrap();
        assert!(!dispensable(1).await && dispensable(4).await && dispensable(6).await);
        insert(&db, [NewRow { source_epoch: 2, ..row(7, "x", 1) }]).await;
        assert!(dispensable(1).await && !dispensable(7).await && !dispensable(8).await);
    })
    .await;
}
