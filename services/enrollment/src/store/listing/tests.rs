use std::time::{Duration, Instant};

use chrono::TimeDelta;
use database::migrate::migrate;
use database::{Database, Step};
use testkit::{TestDatabase, on_every_database};

use super::*;
use crate::domain::business::{BusinessProfile, Offer};
use crate::domain::claim::Location;
use crate::domain::enrollment::{Enrollment, EnrollmentType};
use crate::domain::lifecycle::State;
use crate::domain::organization::Organization;
use crate::domain::samples::{self, day, now};
use crate::store::{location, migration, organization, profile};

async fn open(test: &TestDatabase) -> Database {
    let db = Database::connect(&test.settings).await.unwrap();
    migrate(&db, "enrollment", migration::migrations()).await.unwrap();
    db
}

async fn commit<T>(db: &Database, work: impl AsyncFn(&Tx) -> Result<T, Error>) -> T {
    db.transact_for(Scope::Peer, async |tx: Tx| work(&tx).await.map(Step::Commit)).await.unwrap()
}

fn provider(state: State) -> Enrollment {
    Enrollment { signed_version: 1, ..samples::enrollment(EnrollmentType::IndirectProvider, state) }
}

fn published() -> BusinessProfile {
    BusinessProfile {
        publication: Publication::Published,
        offer: Offer { summary: "Everything.".to_owned(), ..Offer::default() },
        countries: vec!["SE".to_owned(), "DE".to_owned()],
        languages: vec!["sv".to_owned()],
        ..BusinessProfile::empty(now())
    }
}

/// What a search finds now.
async fn found(db: &Database, search: Search) -> Vec<OrganizationId> {
    let page = list(&db.reader_for(Scope::Peer), &search, &[], None, 50).await.unwrap();
    page.items.into_iter().map(|entry| entry.organization).collect()
}

fn named(name: &str) -> Search {
    Search { name: Some(name.to_owned()), ..Search::default() }
}

#[tokio::test]
async fn r15_every_change_of_standing_moves_a_provider_in_or_out_at_once() {
    on_every_database(async |test| {
        let db = open(&test).await;
        let own = samples::organization();
        let id = own.id;
        let mut enrollment = provider(State::Qualified);
        commit(&db, async |tx| {
            organization::insert(tx, &own).await?;
            profile::insert(tx, id, now()).await?;
            location::insert(tx, &Location { organization: id, ..samples::location() }).await?;
            let mut profile = BusinessProfile { version: 1, ..published() };
            business_profile::save(tx, id, &mut profile).await
        })
        .await;
        commit(&db, async |tx| {
            enrollment::insert(tx, &provider(State::Qualified)).await?.map_err(|_| Error::Contended)
        })
        .await;
        for state in State::ALL {
            let before = Enrollment { state, updated: day(1), ..enrollment.clone() };
            enrollment = commit(&db, async |tx| {
                let mut changed = before.clone();
                enrollment::save(tx, &mut changed).await?;
                Ok(changed)
            })
            .await;
            let listed = if state == State::Active { vec![id] } else { Vec::new() };
            assert_eq!(found(&db, Search::default()).await, listed, "{state:?}");
            let rows = Entity::find().all(&db.reader_for(Scope::Peer)).await.unwrap().len();
            assert_eq!(rows, if state == State::Active { 5 } else { 0 }, "every term goes with it: {state:?}");
        }
        let back = Enrollment { state: State::Active, ..enrollment };
        commit(&db, async |tx| enrollment::save(tx, &mut back.clone()).await).await;
        let renamed = Organization { display_name: "Fjord Sky".to_owned(), updated: day(9), ..own };
        commit(&db, async |tx| organization::save(tx, &renamed).await).await;
        assert_eq!(found(&db, named("sky")).await, [id]);
        assert_eq!(found(&db, named("nordwind")).await, []);
        let page = list(&db.reader_for(Scope::Peer), &Search::default(), &[], None, 50).await.unwrap();
        assert_eq!(page.items[0].listed, day(1), "its place stays its own");
        let overdue = Overdue { countries: vec!["NO".to_owned(), "SE".to_owned()], least: 2 };
        assert!(
            shows(&db.reader_for(Scope::Peer), id, &[]).await.unwrap()
                && !shows(&db.reader_for(Scope::Peer), id, std::slice::from_ref(&overdue)).await.unwrap()
        );
        let elsewhere = Overdue { countries: vec!["NO".to_owned()], ..overdue };
        assert!(shows(&db.reader_for(Scope::Peer), id, &[elsewhere]).await.unwrap());
    })
    .await;
}

const PAGE: u64 = 50;

/// So many entries; every tenth of them is found by a word, half of them by a country.
async fn seed(db: &Database, count: usize) {
    commit(db, async |tx| {
        let mut rows = Vec::new();
        for number in 0..count {
            let mut terms = vec![Term::Any, Term::Language("en".to_owned())];
            terms.extend((number % 2 == 0).then(|| Term::Country("SE".to_owned())));
            terms.extend((number % 10 == 0).then(|| Term::Word("nordic".to_owned())));
            rows.extend(terms.into_iter().map(|term| row::ActiveModel {
                term: Set(term.key()),
                listed_at: Set(at(number)),
                organization: Set(Uuid::from_u128(number as u128)),
                country: Set("SE".to_owned()),
                signed_version: Set(1 + i32::from(number % 7 == 0)),
            }));
        }
        for rows in rows.chunks(AT_ONCE) {
            Entity::insert_many(rows.to_vec()).exec_without_returning(tx).await?;
        }
        Ok(())
    })
    .await;
    let backend = db.reader().get_database_backend();
    let analyze = sea_orm::Statement::from_string(backend, "ANALYZE");
    commit(db, async |tx| Ok(tx.execute_raw(analyze.clone()).await.map(drop)?)).await;
}

fn at(number: usize) -> DateTime<Utc> {
    now() + TimeDelta::seconds(i64::try_from(number).unwrap())
}

/// The quickest of several reads, since others may have the machine too.
async fn quickest(db: &Database, search: &Search, after: Option<Cursor>) -> Duration {
    let overdue = [Overdue { countries: vec!["DE".to_owned()], least: 2 }];
    let mut best = Duration::MAX;
    for _ in 0..40 {
        let start = Instant::now();
        let page = list(&db.reader_for(Scope::Peer), search, &overdue, after, PAGE).await.unwrap();
        best = best.min(start.elapsed());
        assert_eq!(page.items.len(), PAGE as usize);
    }
    best
}

#[tokio::test]
async fn r15_the_last_page_is_read_as_quickly_as_the_first() {
    flat(10_000).await;
}

/// The same at full size: `cargo test --workspace --lib -- --ignored --nocapture r15_`.
#[tokio::test]
#[ignore = "seeds 260,000 rows on each database"]
async fn r15_the_last_of_a_hundred_thousand_is_read_as_quickly_as_the_first() {
    flat(100_000).await;
}

#[expect(clippy::print_stdout, reason = "the figures are what one runs it for")]
async fn flat(count: usize) {
    on_every_database(async |test| {
        let db = open(&test).await;
        seed(&db, count).await;
        let country = || Some("SE".to_owned());
        let searches = [
            Search::default(),
            Search { country: country(), ..Search::default() },
            Search { country: country(), language: Some("en".to_owned()), name: Some("nordic".to_owned()) },
        ];
        for (search, step) in searches.into_iter().zip([1, 2, 10]) {
            let number = count - PAGE as usize * step - 1;
            let last = Some(Cursor { time: at(number), id: Uuid::from_u128(number as u128) });
            // A page that takes as long as a breath of the machine says nothing: half a millisecond is always allowed.
            let (first, last) = (quickest(&db, &search, None).await, quickest(&db, &search, last).await);
            println!("{} of {count}, {search:?}: first page {first:?}, last {last:?}", test.name);
            let allowed = first.mul_f64(1.5) + Duration::from_micros(500);
            assert!(last <= allowed, "{search:?}: the first page took {first:?}, the last {last:?}");
        }
    })
    .await;
}
