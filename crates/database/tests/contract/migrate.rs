use database::migrate::{Migrations, migrate, pending, refuse_pending};
use database::{Backend, Database, Error, Settings, setting};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};
use testkit::on_every_database;

use crate::commit;

struct Sql(&'static str, &'static str);

impl MigrationName for Sql {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Sql {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.1).await.map(|_| ())
    }
}

fn migrations(list: &[(&'static str, &'static str)]) -> Migrations {
    Migrations(list.iter().map(|(name, sql)| Box::new(Sql(name, sql)) as Box<dyn MigrationTrait>).collect())
}

const FIRST: (&str, &str) = ("0001_thing", "CREATE TABLE thing (name text)");
const SECOND: (&str, &str) = ("0002_row", "INSERT INTO thing VALUES ('x')");

#[tokio::test]
async fn each_migration_is_applied_once_and_in_order() {
    on_every_database(async |test| {
        let db = Database::connect(&test.settings).await.unwrap();
        let names = migrate(&db, "thing", migrations(&[FIRST])).await.unwrap();
        assert_eq!(names, ["shared_0001_tables", "0001_thing"]);
        assert_eq!(migrate(&db, "thing", migrations(&[FIRST])).await.unwrap(), Vec::<String>::new());
        assert_eq!(migrate(&db, "thing", migrations(&[FIRST, SECOND])).await.unwrap(), ["0002_row"]);
    })
    .await;
}

#[tokio::test]
async fn pending_migrations_are_refused_and_nothing_is_changed_by_asking() {
    on_every_database(async |test| {
        let db = Database::connect(&test.settings).await.unwrap();
        let all = ["shared_0001_tables", "0001_thing"];
        for _ in 0..2 {
            assert_eq!(pending(&db, "thing", migrations(&[FIRST])).await.unwrap(), all);
        }
        migrate(&db, "thing", migrations(&[FIRST])).await.unwrap();
        refuse_pending(&db, "thing", migrations(&[FIRST])).await.unwrap();
        let refused = refuse_pending(&db, "thing", migrations(&[FIRST, SECOND])).await;
        assert!(matches!(refused, Err(Error::MigrationsPending(names)) if names == ["0002_row"]));
    })
    .await;
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing_and_frees_the_lock() {
    on_every_database(async |test| {
        let db = Database::connect(&test.settings).await.unwrap();
        let broken = ("0002_broken", "CREATE TABLE half (name text); INSERT INTO nowhere VALUES (1)");
        migrate(&db, "thing", migrations(&[FIRST, broken])).await.unwrap_err();
        let fixed = ("0002_broken", "CREATE TABLE half (name text)");
        assert_eq!(migrate(&db, "thing", migrations(&[FIRST, fixed])).await.unwrap(), ["0002_broken"]);
    })
    .await;
}

#[tokio::test]
async fn migrators_at_once_share_the_work() {
    on_every_database(async |test| {
        let db = Database::connect(&test.settings).await.unwrap();
        let one = || async { migrate(&db, "thing", migrations(&[FIRST, SECOND])).await.unwrap() };
        let (a, b, c) = tokio::join!(one(), one(), one());
        let mut names = [a, b, c].concat();
        names.sort();
        assert_eq!(names, ["0001_thing", "0002_row", "shared_0001_tables"]);
    })
    .await;
}

#[tokio::test]
async fn services_in_schemas_of_one_server_do_not_meet() {
    on_every_database(async |test| {
        let open = async |schema: &str| {
            let settings = Settings { schema: Some(schema.into()), ..test.settings.clone() };
            let db = Database::connect(&settings).await.unwrap();
            migrate(&db, schema, migrations(&[FIRST])).await.unwrap();
            db
        };
        let first = open("first").await;
        if first.backend() == Backend::Sqlite {
            // One file is one service there: a schema changes nothing.
            return;
        }
        let second = open("second").await;
        commit(&first, async |tx| setting::put(tx, "name", "first").await).await;
        assert_eq!(setting::get(second.reader(), "name").await.unwrap(), None);
    })
    .await;
}
