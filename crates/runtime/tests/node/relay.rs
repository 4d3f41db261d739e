//! Delivery: in order per subject, again after failures, parked in the end, by one replica at a time.

use std::time::{Duration, Instant};

use database::outbox::lane;
use testkit::on_every_database;

use crate::pair::{BASE_URL, HANGS, Pair};

#[tokio::test]
async fn messages_of_one_subject_arrive_in_order_and_links_are_made_on_the_way() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        for text in ["one", "two", "three"] {
            pair.happen("a", text).await;
        }
        pair.happen("b", "other").await;
        assert_eq!(pair.source.relay_once().await.unwrap(), 4);
        assert_eq!(pair.told("a"), ["one", "two", "three"]);
        assert_eq!(pair.told("b"), ["other"]);
        let (_, _, link) = pair.board.told.lock().unwrap()[0].clone();
        assert!(link.starts_with(&format!("{BASE_URL}/test#1.")), "{link}");
        assert!(pair.source.outbox_rows().await.unwrap().is_empty());
        assert_eq!(pair.source.relay_once().await.unwrap(), 0);
    })
    .await;
}

/// More than go one after the other before others have their turn, and a failure amid them.
#[tokio::test]
async fn long_row_of_one_subjects_messages_keeps_its_order_and_stops_at_a_failure() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        let texts: Vec<_> = (0..150).map(|number| number.to_string()).collect();
        for text in &texts {
            pair.happen("a", text).await;
        }
        pair.refuse("100");
        assert_eq!(pair.source.relay_once().await.unwrap(), 101);
        assert_eq!(pair.told("a"), texts[..100]);
        pair.refuse_nothing();
        pair.set_offset(2).await.unwrap();
        assert_eq!(pair.source.relay_once().await.unwrap(), 50);
        assert_eq!(pair.told("a"), texts);
    })
    .await;
}

#[tokio::test]
async fn failed_message_holds_up_its_subject_alone_and_is_sent_again() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        pair.refuse("one");
        for (subject, text) in [("a", "one"), ("a", "two"), ("b", "other")] {
            pair.happen(subject, text).await;
        }
        assert_eq!(pair.source.relay_once().await.unwrap(), 2);
        assert!(pair.told("a").is_empty());
        assert_eq!(pair.told("b"), ["other"]);
        let rows = pair.source.outbox_rows().await.unwrap();
        assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(rows[0].last_error.as_deref(), Some("InvalidArgument: not today"));
        pair.refuse_nothing();
        pair.set_offset(2).await.unwrap();
        assert_eq!(pair.source.relay_once().await.unwrap(), 2);
        assert_eq!(pair.told("a"), ["one", "two"]);
    })
    .await;
}

#[tokio::test]
async fn message_that_hangs_holds_up_none_that_comes_later() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        pair.happen("a", HANGS).await;
        let later = async {
            let _begun = pair.board.begun.acquire().await.unwrap();
            pair.happen("b", "later").await;
            // Well before the delivery that hangs is given up.
            let arrives = async {
                while pair.told("b").is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(5), arrives).await.expect("it arrives while the first hangs");
            pair.board.may_end.add_permits(1);
        };
        let (relayed, ()) = tokio::join!(pair.source.relay_once(), later);
        assert_eq!(relayed.unwrap(), 2);
        assert_eq!((pair.told("a").len(), pair.told("b").len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn message_that_always_fails_is_parked_after_sixteen_attempts() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        pair.refuse("poison");
        pair.happen("a", "poison").await;
        pair.happen("a", "behind").await;
        for attempt in 1..=16 {
            assert_eq!(pair.source.relay_once().await.unwrap(), 1, "attempt {attempt}");
            pair.set_offset(attempt * 601).await.unwrap();
        }
        assert_eq!(pair.source.relay_once().await.unwrap(), 0);
        let rows = pair.source.outbox_rows().await.unwrap();
        assert_eq!(rows.iter().map(|row| row.attempts).collect::<Vec<_>>(), [16, 0]);
        assert!(rows[0].parked_at.is_some() && rows[1].parked_at.is_none());
        pair.happen("b", "other").await;
        assert_eq!(pair.source.relay_once().await.unwrap(), 1);
        assert_eq!((pair.told("a").len(), pair.told("b").len()), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn more_messages_than_fit_at_once_all_arrive() {
    on_every_database(async |database| {
        let pair = Pair::start(database).await;
        for subject in 0..40 {
            pair.happen(&format!("subject {subject}"), "text").await;
        }
        assert_eq!(pair.source.relay_once().await.unwrap(), 40);
        assert_eq!(pair.board.told.lock().unwrap().len(), 40);
    })
    .await;
}

/// A pass that read again for each delivery what it had delivered before would take many times as long for one of a long backlog.
#[tokio::test]
async fn message_of_a_long_backlog_costs_no_more_than_one_of_a_short_one() {
    let pair = Pair::start(testkit::sqlite()).await;
    let mut each = Vec::new();
    for (text, count) in [("warm", 20), ("short", 100), ("long", 1_500)] {
        let subjects: Vec<_> = (0..count).map(|number| format!("{text} {number}")).collect();
        pair.happen_at_once(&subjects.iter().map(String::as_str).collect::<Vec<_>>(), text).await;
        let began = Instant::now();
        assert_eq!(pair.source.relay_once().await.unwrap(), count);
        each.push(began.elapsed() / u32::try_from(count).unwrap());
    }
    assert!(each[2] < each[1] * 3, "{each:?}");
}

#[tokio::test]
async fn replicas_share_the_work_and_take_over_from_one_that_stopped() {
    let Some(database) = testkit::postgres().await else { return };
    let pair = Pair::start(database).await;
    let replica = pair.place.replica().await;
    pair.happen("a", "one").await;
    assert_eq!(pair.source.relay_once().await.unwrap(), 1);
    pair.happen("a", "two").await;
    assert_eq!(replica.relay_once().await.unwrap(), 0, "the lane is the other's");
    pair.set_offset(3_600).await.unwrap();
    replica.refresh_access().await.unwrap();
    assert!(replica.app().now() - pair.source.app().now() < chrono::TimeDelta::minutes(1));
    let Pair { source, sink: _sink, board, place } = pair;
    source.stop().await;
    let third = place.replica().await;
    assert_eq!(third.relay_once().await.unwrap(), 1, "a lease given back is free at once");
    let told: Vec<_> = board.told.lock().unwrap().iter().map(|(_, text, _)| text.clone()).collect();
    assert_eq!(told, ["one", "two"]);
}

#[tokio::test]
async fn rows_of_anothers_lanes_hide_none_of_ones_own() {
    let Some(database) = testkit::postgres().await else { return };
    let pair = Pair::start(database).await;
    let replica = pair.place.replica().await;
    pair.happen("a", "one").await;
    assert_eq!(pair.source.relay_once().await.unwrap(), 1);
    let subjects: Vec<_> = (0..2_000).map(|number| format!("subject {number}")).collect();
    let (theirs, own): (Vec<&str>, Vec<&str>) =
        subjects.iter().map(String::as_str).partition(|subject| lane(subject) == lane("a"));
    pair.happen_at_once(&theirs[..150], "theirs").await;
    pair.happen(own[0], "own").await;
    assert_eq!(replica.relay_once().await.unwrap(), 1);
    assert_eq!(pair.told(own[0]), ["own"]);
}

#[tokio::test]
async fn unreachable_sibling_is_a_failure_like_any_other() {
    let pair = Pair::start(testkit::sqlite()).await;
    pair.happen("a", "one").await;
    let Pair { source, sink, place: _place, .. } = pair;
    sink.stop().await;
    assert_eq!(source.relay_once().await.unwrap(), 1);
    let rows = source.outbox_rows().await.unwrap();
    assert_eq!(rows[0].attempts, 1);
    assert!(rows[0].last_error.as_deref().is_some_and(|error| error.starts_with("Unavailable")), "{rows:?}");
}
