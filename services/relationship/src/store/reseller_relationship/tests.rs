//! A page reads a page, however many there are.

use database::migrate::migrate;
use database::{Database, Error, Scope, Step, Tx};
use ids::Id;
use sea_orm::{QueryTrait, Statement};
use serde_json::Value;

use super::*;
use crate::store::migrations;

/// One partner's customers through one partnership, and so many of others with fifty each, as which PostgreSQL sees the one too.
const CUSTOMERS: i64 = 10_000;
const PAGE: u64 = 50;

/// The large partner is 1, its partnership 2; the customers of the others are through partnerships of their own.
const SEED: &str = "\
INSERT INTO reseller_relationship \
SELECT uuid(lpad(to_hex(i + 1000000), 32, '0')), 1, \
CASE WHEN i % 2 = 0 THEN uuid(lpad('1', 32, '0')) ELSE uuid(lpad(to_hex(i / 100 + 2000000), 32, '0')) END, \
uuid(lpad(to_hex(i + 3000000), 32, '0')), 'RESELLER', \
CASE WHEN i % 2 = 0 THEN uuid(lpad('2', 32, '0')) ELSE uuid(lpad(to_hex(i / 100 + 4000000), 32, '0')) END, \
uuid(lpad('3', 32, '0')), 'ACTIVE', now() + i * interval '1 second', now(), NULL, NULL, NULL FROM generate_series(1, 2 * $1) AS series(i)";

/// The most rows that any step of any of the page's statements handled, planned without its values as it is from its sixth run on.
async fn most_rows(tx: &Tx, filter: &Filter) -> f64 {
    let mut found = 0_f64;
    for page in pages_of(Id::from_uuid(Uuid::from_u128(1)), filter, (None, PAGE)) {
        found = found.max(rows_of(tx, page.build(tx.get_database_backend())).await);
    }
    found
}

async fn rows_of(tx: &Tx, statement: Statement) -> f64 {
    let values: Vec<_> = statement.values.into_iter().flatten().map(|value| value.to_string()).collect();
    let prepare = format!("PREPARE page AS {}", statement.sql);
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page ({})", values.join(", "));
    for sql in ["SET LOCAL plan_cache_mode = force_generic_plan", prepare.as_str()] {
        tx.execute_unprepared(sql).await.unwrap();
    }
    let row = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), explain)).await.unwrap().unwrap();
    tx.execute_unprepared("DEALLOCATE page").await.unwrap();
    most(&row.try_get_by_index::<Value>(0).unwrap()[0]["Plan"])
}

fn most(node: &Value) -> f64 {
    let rows = |what: &str| node[what].as_f64().unwrap_or_default();
    let below = node["Plans"].as_array().into_iter().flatten().map(most);
    below.fold(rows("Actual Rows") + rows("Rows Removed by Filter"), f64::max)
}

#[tokio::test]
async fn a_page_of_many_customers_reads_no_more_than_a_page() {
    let Some(test) = testkit::postgres().await else { return };
    let db = Database::connect(&test.settings).await.unwrap();
    migrate(&db, "relationship", migrations::all()).await.unwrap();
    let seed = Statement::from_sql_and_values(db.reader().get_database_backend(), SEED, [CUSTOMERS.into()]);
    let seeded = db.transact_for(Scope::Peer, async |tx: Tx| {
        tx.execute_raw(seed.clone()).await?;
        Ok::<_, Error>(Step::Commit(()))
    });
    seeded.await.unwrap();
    db.reader().execute_unprepared("VACUUM ANALYZE reseller_relationship").await.unwrap();

    let partner =
        Filter { partner: Some(Id::from_uuid(Uuid::from_u128(1))), customer: None, partnership: None, stage: None };
    let shared = Filter { partnership: Some(Id::from_uuid(Uuid::from_u128(2))), ..partner.clone() };
    let active = Filter { stage: Some(Stage::Active), ..shared.clone() };
    let only = Filter { partner: None, ..shared.clone() };
    let all = Filter { partner: None, ..partner.clone() };
    let read = db.transact_for(Scope::Peer, async |tx: Tx| {
        for filter in [&partner, &shared, &active, &only, &all] {
            let rows = most_rows(&tx, filter).await;
            assert!(rows <= (PAGE + 1) as f64, "{filter:?}: {rows} rows");
        }
        // Without its index the page is sorted out of all: the seed is large enough to tell.
        tx.execute_unprepared("DROP INDEX relationship_shared").await.unwrap();
        let rows = most_rows(&tx, &shared).await;
        assert!(rows >= CUSTOMERS as f64, "{rows} rows");
        Ok::<_, Error>(Step::Rollback(()))
    });
    read.await.unwrap();
}
