//! The wall: what PostgreSQL shows and takes when a statement says nothing of whose rows it means.

use std::sync::Arc;

use database::migrate::{Migrations, migrate};
use database::{Database, Error, Reader, Scope, Settings, Step, Tx, wall};
use futures::{FutureExt, future::join_all};
use ids::OrganizationId;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use secrecy::ExposeSecret;
use uuid::Uuid;

/// Rows of two parties, without a statement that asks for either.
struct Deals;

impl MigrationName for Deals {
    fn name(&self) -> &str {
        "deals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Deals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "CREATE TABLE deal (seller UUID NOT NULL, buyer UUID)";
        manager.get_connection().execute_unprepared(table).await?;
        wall::raise(manager, "deal", &["seller", "buyer"]).await
    }
}

fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

fn for_one(number: u128) -> Scope {
    Scope::Organization(organization(number))
}

async fn open(settings: &Settings) -> Database {
    let db = Database::connect(settings).await.unwrap();
    migrate(&db, "contract", Migrations(vec![Box::new(Deals)])).await.unwrap();
    db
}

/// Writes what it is told to, on behalf of this scope; how many rows that met.
async fn write(db: &Database, scope: Scope, sql: &str) -> Result<u64, Error> {
    db.transact_for(scope, async |tx: Tx| Ok(Step::Commit(tx.execute_unprepared(sql).await?.rows_affected()))).await
}

async fn sellers(reader: &impl ConnectionTrait) -> Result<Vec<u128>, DbErr> {
    let all = Statement::from_string(reader.get_database_backend(), "SELECT seller FROM deal ORDER BY seller");
    let rows = reader.query_all_raw(all).await?;
    rows.iter().map(|row| row.try_get_by_index::<Uuid>(0).map(|id| id.as_u128())).collect()
}

/// One deal between 1 and 2, one that 3 offers to nobody yet.
const SEED: &str = "INSERT INTO deal VALUES ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'), \
    ('00000000-0000-0000-0000-000000000003', NULL)";

#[tokio::test]
async fn r66_the_database_shows_a_party_its_rows_where_the_statement_forgot_to_ask() {
    let Some(test) = testkit::postgres().await else { return };
    let db = open(&test.settings).await;
    assert_eq!(write(&db, Scope::Peer, SEED).await.unwrap(), 2);
    for (party, seen) in [(1, vec![1]), (2, vec![1]), (3, vec![3]), (4, vec![])] {
        assert_eq!(sellers(&db.reader_for(for_one(party))).await.unwrap(), seen, "read by {party}");
        let inside = db.transact_for(for_one(party), async |tx: Tx| Ok::<_, Error>(Step::Commit(sellers(&tx).await?)));
        assert_eq!(inside.await.unwrap(), seen, "in a change of {party}");
    }
    for all in [Scope::Operator, Scope::Peer, Scope::Link] {
        assert_eq!(sellers(&db.reader_for(all)).await.unwrap(), [1, 3], "{all:?}");
    }
    assert_eq!(sellers(db.reserve()).await.unwrap(), [1, 3]);
    // Who does not say whom it is for sees nothing: what is forgotten is missed, and shown to nobody.
    assert_eq!(sellers(db.reader()).await.unwrap(), []);
    let forgotten = db.transact(async |tx: Tx| Ok::<_, Error>(Step::Commit(sellers(&tx).await?)));
    assert_eq!(forgotten.await.unwrap(), []);
}

#[tokio::test]
async fn r66_the_database_takes_no_row_that_a_stranger_writes() {
    let Some(test) = testkit::postgres().await else { return };
    let db = open(&test.settings).await;
    write(&db, Scope::Peer, SEED).await.unwrap();
    assert_eq!(write(&db, for_one(4), "UPDATE deal SET buyer = seller").await.unwrap(), 0);
    assert_eq!(write(&db, for_one(4), "DELETE FROM deal").await.unwrap(), 0);
    for sql in [
        // Neither a row of others, nor one of its own given away.
        SEED,
        "UPDATE deal SET seller = '00000000-0000-0000-0000-000000000009'",
    ] {
        let refused = write(&db, for_one(3), sql).await.unwrap_err();
        assert!(refused.to_string().contains("row-level security policy"), "{refused}");
    }
    assert_eq!(sellers(&db.reader_for(Scope::Operator)).await.unwrap(), [1, 3]);
}

/// What a connection is said to be for when it comes out of the pool.
async fn left_over(db: &Database) -> Option<String> {
    let query = "SELECT nullif(current_setting('linkage.organization', true), '')";
    let statement = Statement::from_string(db.reader().get_database_backend(), query);
    db.reader().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn r66_ten_thousand_tenants_on_two_connections_see_their_own() {
    const TENANTS: u128 = 10_000;
    const AT_ONCE: u128 = 16;
    let Some(test) = testkit::postgres().await else { return };
    let db = Arc::new(open(&Settings { max_connections: 2, ..test.settings.clone() }).await);
    let seed = format!(
        "INSERT INTO deal SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid), NULL FROM generate_series(1, {TENANTS}) AS n"
    );
    assert_eq!(u128::from(write(&db, Scope::Peer, &seed).await.unwrap()), TENANTS);
    let turn = async |first: u128| {
        for tenant in (first..=TENANTS).step_by(usize::try_from(AT_ONCE).unwrap()) {
            let reader: Reader = db.reader_for(for_one(tenant));
            // Some give up on the way: after a moment, or when the statement is under way.
            if tenant % 11 == 0 {
                let mut given_up = Box::pin(sellers(&reader));
                for _ in 0..tenant % 3 {
                    let _ = given_up.as_mut().now_or_never();
                    tokio::task::yield_now().await;
                }
            }
            match tenant % 5 {
                // A change that fails leaves no more behind than one that works.
                0 => {
                    let failed = write(&db, for_one(tenant), "SELECT 1 / 0").await;
                    failed.unwrap_err();
                }
                1 => assert_eq!(left_over(&db).await, None, "before {tenant}"),
                _ => {}
            }
            assert_eq!(sellers(&reader).await.unwrap(), [tenant]);
        }
    };
    join_all((1..=AT_ONCE).map(turn)).await;
    // Both connections, at once.
    assert_eq!(tokio::join!(left_over(&db), left_over(&db)), (None, None));
}

#[tokio::test]
async fn r66_a_read_that_is_given_up_at_any_moment_leaves_its_tenant_to_nobody() {
    let Some(test) = testkit::postgres().await else { return };
    let db = open(&Settings { max_connections: 1, ..test.settings.clone() }).await;
    write(&db, Scope::Peer, SEED).await.unwrap();
    let (mut given_up, mut tries) = (0, 0);
    // A database that answers at once leaves few moments to give up in.
    while given_up < 8 {
        tries += 1;
        assert!(tries < 20_000, "{given_up} of {tries} were given up");
        let looks = tries % 3 + 1;
        // Else it is waited for, and the first looks see no more than that.
        while db.pool().idle == 0 {
            tokio::task::yield_now().await;
        }
        let reader = db.reader_for(for_one(1));
        let mut read = Box::pin(sellers(&reader));
        let mut done = false;
        for _ in 0..looks {
            done = done || read.as_mut().now_or_never().is_some();
            if done {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(read);
        given_up += usize::from(!done);
        assert_eq!(left_over(&db).await, None, "after {looks} looks");
        assert_eq!(sellers(&db.reader_for(for_one(3))).await.unwrap(), [3]);
    }
}

#[tokio::test]
async fn r66_a_role_that_walks_past_the_wall_is_refused() {
    let Some(test) = testkit::postgres().await else { return };
    open(&test.settings).await.close().await;
    let url = test.settings.url.expose_secret();
    let superuser = url.replacen("//linkage@", "//postgres@", 1);
    if superuser == url {
        // Somebody else's server, whose superuser is not ours to be.
        return;
    }
    let refused = Database::connect(&Settings { url: superuser.into(), ..test.settings.clone() }).await;
    let told = refused.unwrap_err();
    assert!(matches!(&told, Error::Bypassing(role) if role == "postgres"), "{told}");
    assert!(told.to_string().contains("NOSUPERUSER NOBYPASSRLS"), "{told}");
}
