use std::sync::atomic::{AtomicU32, Ordering};

use database::idempotency::{self, Key, Stored};
use database::{Database, setting};
use testkit::on_every_database;

use crate::{at, commit, open};

fn key(request_id: &str) -> Key {
    Key { caller: "users/1".into(), method: "/x.Y/Submit".into(), request_id: request_id.into() }
}

#[tokio::test]
async fn an_answer_is_found_again_for_its_own_key_only() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| idempotency::keep(tx, &key("a"), "mac", vec![0, 255], at(0)).await).await;
        let stored = Stored { payload_mac: "mac".into(), answer: vec![0, 255] };
        assert_eq!(idempotency::find(db.reader(), &key("a")).await.unwrap(), Some(stored));
        for other in
            [key("b"), Key { caller: "users/2".into(), ..key("a") }, Key { method: "/x.Y/Withdraw".into(), ..key("a") }]
        {
            assert_eq!(idempotency::find(db.reader(), &other).await.unwrap(), None);
        }
    })
    .await;
}

/// Does the work of a request once: the answer is the number of the attempt that did it.
async fn request(db: &Database, attempts: &AtomicU32) -> Vec<u8> {
    commit(db, async |tx| {
        if let Some(stored) = idempotency::find(tx, &key("a")).await? {
            return Ok(stored.answer);
        }
        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
        setting::put(tx, &format!("effect {attempt}"), "1").await?;
        let answer = attempt.to_string().into_bytes();
        idempotency::keep(tx, &key("a"), "mac", answer.clone(), at(0)).await?;
        Ok(answer)
    })
    .await
}

#[tokio::test]
async fn twins_at_once_have_one_effect_and_one_answer() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let attempts = AtomicU32::new(0);
        let one = || request(&db, &attempts);
        let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
        assert!([&b, &c, &d].into_iter().all(|other| *other == a));
        let mut effects = 0;
        for attempt in 0..attempts.into_inner() {
            let found = setting::get(db.reader(), &format!("effect {attempt}")).await.unwrap();
            effects += usize::from(found.is_some());
        }
        assert_eq!(effects, 1);
    })
    .await;
}

#[tokio::test]
async fn purge_forgets_what_is_older() {
    on_every_database(async |test| {
        let db = open(&test).await;
        commit(&db, async |tx| {
            idempotency::keep(tx, &key("old"), "m", vec![], at(0)).await?;
            idempotency::keep(tx, &key("new"), "m", vec![], at(1)).await
        })
        .await;
        assert_eq!(idempotency::purge(&db, at(1)).await.unwrap(), 1);
        assert_eq!(idempotency::find(db.reader(), &key("old")).await.unwrap(), None);
        assert!(idempotency::find(db.reader(), &key("new")).await.unwrap().is_some());
    })
    .await;
}
