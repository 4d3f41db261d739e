//! By which indexes the statements are answered that others wait for, at 100,000 rows of each table.

use chrono::{DateTime, TimeDelta, Utc};
use database::migrate::migrate;
use database::{Cursor, Database, Error, Step, Tx};
use ids::{Id, OrganizationId};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryTrait, Select, Statement};
use uuid::Uuid;

use super::*;
use crate::domain::admin_grant::State as GrantState;
use crate::domain::invitation::Stage as InvitationStage;
use crate::domain::state::Stage;
use crate::store::partnership::Side;

const ROWS: u32 = 100_000;
const PAGE: u64 = 50;

/// Half of all rows are of organization 1, the others of as many others as there are rows.
fn seeds(backend: DbBackend) -> Vec<String> {
    let sqlite = backend == DbBackend::Sqlite;
    let id = |n: &str| match sqlite {
        true => format!("unhex(printf('%032x', {n}))"),
        false => format!("lpad(to_hex({n}), 32, '0')::uuid"),
    };
    let time = |n: &str| match sqlite {
        true => format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', '2025-01-01', '+' || ({n}) || ' seconds')"),
        false => format!("timestamptz '2025-01-01 00:00:00Z' + ({n}) * interval '1 second'"),
    };
    let series = match sqlite {
        true => format!(
            "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {ROWS}) SELECT i FROM s) s"
        ),
        false => format!("generate_series(0, {ROWS}::bigint - 1) AS s(i)"),
    };
    let (row, one, other, third) =
        (id("i + 1000000"), id("CASE WHEN i % 2 = 0 THEN 1 ELSE i END"), id("i + 2000000"), id("i + 3000000"));
    let (made, late) = (time("i"), time("i + 100000000"));
    let state = |open: &str, shut: &str| format!("CASE WHEN i % 10 = 0 THEN '{open}' ELSE '{shut}' END");
    let (open, active) = (state("PENDING", "ACCEPTED"), state("ENDED", "ACTIVE"));
    let due = format!("CASE WHEN i % 10 = 0 THEN {late} ELSE NULL END");
    vec![
        format!(
            "INSERT INTO organization SELECT {one2}, 'x', 'SE', 'en', 'a@b.example', '[]', 1, NULL FROM {series}",
            one2 = id("i")
        ),
        format!(
            "INSERT INTO standing SELECT {row}, {own}, 'INDIRECT_PROVIDER', 'ACTIVE', {third}, 'SE', 1, {made}, 1, NULL FROM {series}",
            own = id("i")
        ),
        format!(
            "INSERT INTO partnership SELECT {row}, 1, {one}, {other}, TRUE, {active}, NULL, {made}, {made}, NULL, NULL FROM {series}"
        ),
        format!(
            "INSERT INTO reseller_relationship SELECT {row}, 1, {one}, {other}, 'RESELLER', {through}, {third}, {active}, {made}, {made}, NULL, NULL, NULL FROM {series}",
            through = id("CASE WHEN i % 2 = 0 THEN 2 ELSE i END")
        ),
        format!(
            "INSERT INTO admin_grant SELECT {row}, 1, {other}, {one}, '[]', {third}, NULL, {granted}, {late}, {made}, {made}, {due} FROM {series}",
            granted = state("ACTIVE", "REVOKED")
        ),
        format!(
            "INSERT INTO invitation SELECT {row}, 1, 'CUSTOMER', {one}, NULL, {one}, NULL, NULL, {other}, 'c@d.example', 'CUSTOMER ' || i, '', 'en', '[]', {late}, 'x' || i, 1, 'n', {open}, NULL, '[]', {made}, {made}, NULL, 0, {made}, {due}, NULL, NULL FROM {series}"
        ),
        format!("INSERT INTO customer_agreement SELECT {other}, '2025-01-01', 'x', {row}, {made} FROM {series}"),
        format!("INSERT INTO watermark VALUES ('enrollment', 1, {now}, '[]')", now = time("0")),
        format!("INSERT INTO agreement VALUES ('INDIRECT_PROVIDER', 'EUROPE', 1, {now}, NULL)", now = time("0")),
    ]
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(365 * 56)
}

fn org(n: u128) -> OrganizationId {
    Id::from_uuid(Uuid::from_u128(n))
}

fn built<E: EntityTrait>(select: &Select<E>, backend: DbBackend) -> Statement {
    select.build(backend)
}

/// Every statement that is asked for, by its name.
fn statements(backend: DbBackend) -> Vec<(&'static str, Statement)> {
    let mut all = alone(backend);
    all.extend(lists(backend));
    all
}

/// Those that are one statement each.
fn alone(backend: DbBackend) -> Vec<(&'static str, Statement)> {
    let three = || [org(1).uuid().into(), org(2).uuid().into(), org(3).uuid().into()];
    let facts = three().into_iter().chain([now().into()]).collect::<Vec<sea_orm::Value>>();
    let after = (Some(Cursor { time: now(), id: Uuid::from_u128(1) }), PAGE);
    let sent = invitation::Filter {
        sent: true,
        stage: Some(InvitationStage::Pending),
        external_id: None,
        created: (None, None),
    };
    let old = invitation::Filter { created: (None, Some(now())), ..sent.clone() };
    let found = invitation::Filter { external_id: Some("x".to_owned()), stage: None, ..sent.clone() };
    let received = invitation::Filter { sent: false, stage: None, ..sent.clone() };
    let page = |filter: &invitation::Filter| built(&invitation::page_of(org(1), filter, after, now()), backend);
    vec![
        ("order check", Statement::from_sql_and_values(backend, facts::statement(backend), facts)),
        ("order check, acquainted", Statement::from_sql_and_values(backend, facts::ACQUAINTED, three())),
        ("delegated access", built(&admin_grant::select_live(&[(org(1), org(2))], now()), backend)),
        ("invitations sent, open", page(&sent)),
        ("invitations sent, open for long", page(&old)),
        ("invitations by the sender's own id", page(&found)),
        ("invitations received", page(&received)),
        ("sweep: invitations that are over", built(&invitation::select_due(now(), PAGE), backend)),
        ("sweep: recipients to remind", built(&invitation::select_unreminded(now(), PAGE), backend)),
        ("sweep: administration that is over", built(&admin_grant::select_due(now(), PAGE), backend)),
        ("sweep: administration about to end", built(&admin_grant::select_unreminded(now(), PAGE), backend)),
    ]
}

/// Pages of what an organization has: a statement for each side on which it may be.
fn lists(backend: DbBackend) -> Vec<(&'static str, Statement)> {
    let after = (Some(Cursor { time: now(), id: Uuid::from_u128(1) }), PAGE);
    let bond = reseller_relationship::Filter { partner: Some(org(1)), customer: None, partnership: None, stage: None };
    let shared = reseller_relationship::Filter {
        partnership: Some(Id::from_uuid(Uuid::from_u128(2))),
        stage: Some(Stage::Active),
        ..bond.clone()
    };
    let grant = admin_grant::Filter {
        grantor: None,
        grantee: Some(org(1)),
        state: Some(GrantState::Active),
        ending: (None, None),
    };
    let all = |name: &'static str, statements: Vec<Statement>| statements.into_iter().map(move |one| (name, one));
    let partnerships =
        |side| partnership::pages_of(org(1), (side, None), after).iter().map(|one| built(one, backend)).collect();
    let bonds = |filter| {
        let pages = reseller_relationship::pages_of(org(1), filter, after);
        pages.iter().map(|one| built(one, backend)).collect()
    };
    let grants =
        |filter| admin_grant::pages_of(org(1), filter, after, now()).iter().map(|one| built(one, backend)).collect();
    let unsided = reseller_relationship::Filter { partner: None, ..bond.clone() };
    let either = admin_grant::Filter { grantee: None, ..grant.clone() };
    let lists = [
        all("resellers of a provider", partnerships(Side::Provider)),
        all("partnerships on either side", partnerships(Side::Either)),
        all("customers of a partner", bonds(&bond)),
        all("shared customers", bonds(&shared)),
        all("relationships on any side", bonds(&unsided)),
        all("administration given to a partner", grants(&grant)),
        all("administration given or got", grants(&either)),
    ];
    lists.into_iter().flatten().collect()
}

/// The plan as it is without the values, since a statement is planned so from its sixth run on.
async fn plan(tx: &Tx, statement: Statement) -> String {
    if tx.get_database_backend() == DbBackend::Sqlite {
        let values = statement.values.into_iter().flatten();
        let explain =
            Statement::from_sql_and_values(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {}", statement.sql), values);
        let rows = tx.query_all_raw(explain).await.unwrap();
        return rows.iter().map(|row| row.try_get_by_index::<String>(3).unwrap()).collect::<Vec<_>>().join("\n");
    }
    let values: Vec<_> = statement.values.into_iter().flatten().map(|value| value.to_string()).collect();
    let types =
        if statement.sql == facts::statement(DbBackend::Postgres) { "(uuid, uuid, uuid, timestamptz)" } else { "" };
    let prepare = format!("PREPARE asked {types} AS {}", statement.sql);
    for sql in ["SET LOCAL plan_cache_mode = force_generic_plan", prepare.as_str()] {
        tx.execute_unprepared(sql).await.unwrap();
    }
    let execute = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let explain = Statement::from_string(DbBackend::Postgres, format!("EXPLAIN (COSTS OFF) EXECUTE asked {execute}"));
    let rows = tx.query_all_raw(explain).await.unwrap();
    tx.execute_unprepared("DEALLOCATE asked").await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn hot_statements_are_answered_by_indexes_at_a_hundred_thousand_rows() {
    for test in testkit::databases().await {
        let db = Database::connect(&test.settings).await.unwrap();
        migrate(&db, "relationship", migrations::all()).await.unwrap();
        let backend = db.reader().get_database_backend();
        let seeded = db.transact_for(database::Scope::Peer, async |tx: Tx| {
            for seed in seeds(backend) {
                tx.execute_unprepared(&seed).await.unwrap_or_else(|error| panic!("{seed}: {error}"));
            }
            Ok::<_, Error>(Step::Commit(()))
        });
        seeded.await.unwrap();
        if backend == DbBackend::Postgres {
            db.reader().execute_unprepared("VACUUM ANALYZE").await.unwrap();
        }
        let plans = db.transact_for(database::Scope::Peer, async |tx: Tx| {
            let mut told = Vec::new();
            for (name, statement) in statements(backend) {
                told.push(format!("-- {name}\n{}", plan(&tx, statement).await));
            }
            Ok::<_, Error>(Step::Rollback(told))
        });
        let plans = plans.await.unwrap();
        for plan in &plans {
            let scans =
                plan.lines().filter(|line| line.contains("Seq Scan on") || line.trim_start().starts_with("SCAN "));
            let small = ["agreement", "watermark", "base", "CONSTANT ROW"];
            let large: Vec<_> = scans.filter(|line| !small.iter().any(|table| line.contains(table))).collect();
            assert!(large.is_empty(), "{}: a whole table is read: {plan}", test.name);
        }
        insta::assert_snapshot!(format!("plans_{}", test.name), plans.join("\n\n"));
    }
}
