//! A release only adds to the schema of the one before, whose programs go on beside it and after a rollback: held against that release's schema, as it
//! was kept in `tests/kept` (one file for each service and database: columns, unique indexes, walls, rights, checks, migrations; of SQLite each table as it is made).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;

use crate::program::{Place, SERVICES};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/kept");

const SQLITE: &[&str] = &[
    "SELECT 'made ' || sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || iif(c.\"notnull\", '', ' null') || \
        iif(c.dflt_value IS NULL, '', ' default') \
        FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'",
    "SELECT 'unique ' || replace(sql, '\"', '') FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%'",
];
const POSTGRES: &[&str] = &[
    "SELECT 'wall ' || tablename || ' ' || relforcerowsecurity || ' ' || regexp_replace(qual, '[[:space:]]+', ' ', 'g') \
        FROM pg_policies JOIN pg_class ON relname = tablename AND relrowsecurity WHERE schemaname = current_schema()",
    "SELECT 'right ' || relname || ' ' || what FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) what \
        WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace) AND has_table_privilege(pg_class.oid, what)",
    "SELECT 'check ' || CAST(conrelid AS regclass) || ' ' || replace(pg_get_constraintdef(oid), chr(10), ' ') FROM pg_constraint \
        WHERE contype = 'c' AND connamespace = CAST(current_schema() AS regnamespace)",
    "SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || \
        CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END || \
        CASE WHEN column_default IS NULL THEN '' ELSE ' default' END \
        FROM information_schema.columns WHERE table_schema = current_schema()",
    "SELECT 'unique ' || replace(indexdef, 'public.', '') FROM pg_indexes \
        WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE UNIQUE%'",
];

/// What a schema is, a line for each thing of it.
type Schema = BTreeSet<String>;

fn schema(url: &str, service: &str) -> Schema {
    let queries = if url.starts_with("postgres") { POSTGRES } else { SQLITE };
    let applied = format!("SELECT 'migration ' || version FROM {service}_migrations");
    queries.iter().copied().chain([applied.as_str()]).flat_map(|query| testkit::ask(url, query)).collect()
}

/// The schemas that this program makes: the database, the service, its schema.
fn made() -> Vec<(&'static str, &'static str, Schema)> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut made = Vec::new();
    for service in SERVICES {
        for postgres in [false, true] {
            let mut place = Place::new();
            let database = if postgres { runtime.block_on(testkit::postgres()) } else { None };
            if postgres && database.is_none() {
                continue;
            }
            let url = match &database {
                Some(database) => database.settings.url.expose_secret().to_owned(),
                None => format!("sqlite://{}", place.folder().join(format!("data/{service}.db")).display()),
            };
            if postgres {
                place.set(&format!("LINKAGE_{}__DATABASE", service.to_uppercase()), &url);
            }
            let ended = place.run(&["migrate", service]);
            assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
            made.push((if postgres { "postgres" } else { "sqlite" }, service, schema(&url, service)));
        }
    }
    made
}

fn file(database: &str, service: &str) -> PathBuf {
    Path::new(KEPT).join(format!("{service}.{database}.txt"))
}

/// The table and the column of a line, what it is, and whether it may be left out of an insert.
fn column(line: &str) -> Option<(&str, &str, &str, bool)> {
    let (name, kind) = line.strip_prefix("column ")?.split_once(' ')?;
    let (table, _) = name.split_once('.')?;
    let bare = kind.strip_suffix(" default").unwrap_or(kind);
    let bare = bare.strip_suffix(" null").unwrap_or(bare);
    Some((table, name, bare, bare.len() < kind.len()))
}

/// What the program before would be refused or shown less by: the table of a wall or a check.
fn held_by(line: &str) -> Option<&str> {
    line.strip_prefix("wall ").or_else(|| line.strip_prefix("check "))?.split(' ').next()
}

/// The table of a unique index.
fn index_of(line: &str) -> Option<&str> {
    line.strip_prefix("unique ")?.split_once(" ON ")?.1.split([' ', '(']).next()
}

/// What of this schema the release that left the kept one could not live with.
fn broken(kept: &Schema, now: &Schema) -> Vec<String> {
    let mut broken = Vec::new();
    let is_migration = |line: &&String| line.starts_with("migration ");
    let gone = |line: &&String| line.starts_with("migration ") && !now.contains(line.as_str());
    broken.extend(kept.iter().filter(gone).map(|line| format!("{line} is gone")));
    if now.iter().filter(is_migration).eq(kept.iter().filter(is_migration)) {
        let differ = kept.symmetric_difference(now);
        broken.extend(differ.map(|line| format!("{line}: differs without a migration, so a released one was edited")));
        return broken;
    }
    let tables: BTreeSet<_> = kept.iter().filter_map(|line| Some(column(line)?.0)).collect();
    for (_, name, kind, optional) in kept.iter().filter_map(|line| column(line)) {
        match now.iter().filter_map(|line| column(line)).find(|(_, now, ..)| *now == name) {
            None => broken.push(format!("{name} is gone")),
            Some((_, _, now, _)) if now != kind => broken.push(format!("{name} was {kind} and is {now}")),
            Some((.., now)) if optional && !now => broken.push(format!("{name} must be given now")),
            Some(_) => {}
        }
    }
    for line in now.difference(kept) {
        if let Some((table, name, _, false)) = column(line)
            && tables.contains(table)
            && kept.iter().filter_map(|line| column(line)).all(|(_, kept, ..)| kept != name)
        {
            broken.push(format!("{name} is new and must be given"));
        }
        if held_by(line).or_else(|| index_of(line)).is_some_and(|table| tables.contains(table)) {
            broken.push(format!("{line}: new on a table that was there"));
        }
    }
    let relied_on = ["unique ", "wall ", "right "];
    let lost = kept.difference(now).filter(|line| relied_on.iter().any(|what| line.starts_with(what)));
    broken.extend(lost.map(|line| format!("{line}: gone, and what relied on it is not")));
    broken
}

#[test]
fn r65_a_release_only_adds_to_the_schema_of_the_one_before() {
    for (database, service, now) in made() {
        let path = file(database, service);
        let kept = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let kept = kept.lines().map(str::to_owned).collect();
        let broken = broken(&kept, &now);
        assert!(broken.is_empty(), "{service} on {database}:\n{}", broken.join("\n"));
    }
}

/// With a release, and as part of it: `cargo test --workspace --test processes -- --ignored keep_the_schema`.
#[test]
#[ignore = "writes tests/kept, for a release"]
fn keep_the_schema_of_this_release() {
    for (database, service, now) in made() {
        let lines: String = now.iter().map(|line| format!("{line}\n")).collect();
        fs::write(file(database, service), lines).expect("it can be written");
    }
}

#[test]
fn what_a_release_before_could_not_live_with_is_found() {
    let schema = |lines: &[&str]| -> Schema { lines.iter().map(|line| (*line).to_owned()).collect() };
    let kept = schema(&[
        "column a.id uuid",
        "column a.name text null",
        "migration 1",
        "unique CREATE UNIQUE INDEX u ON a (id)",
    ]);
    let with = |without: &[&str], more: &[&str]| {
        let mut now = kept.clone();
        now.retain(|line| !without.contains(&line.as_str()));
        now.extend(schema(more));
        broken(&kept, &now)
    };
    assert_eq!(with(&[], &[]), Vec::<String>::new());
    for fine in [
        &["migration 2", "column a.more text null", "column a.much text default"][..],
        &["migration 2", "column b.id uuid", "unique CREATE UNIQUE INDEX v ON b (id)"],
    ] {
        assert_eq!(with(&[], fine), Vec::<String>::new(), "{fine:?}");
    }
    assert_eq!(with(&["column a.id uuid"], &["migration 2", "column a.id uuid null"]), Vec::<String>::new());
    for (without, more, told) in [
        (&["column a.name text null"][..], &["migration 2"][..], "a.name is gone"),
        (&["column a.id uuid"], &["migration 2", "column a.id text"], "a.id was uuid and is text"),
        (&["column a.name text null"], &["migration 2", "column a.name text"], "a.name must be given now"),
        (&[], &["migration 2", "column a.more text"], "a.more is new and must be given"),
        (&[], &["migration 2", "unique CREATE UNIQUE INDEX v ON a (name)"], "new on a table that was there"),
        (&["unique CREATE UNIQUE INDEX u ON a (id)"], &["migration 2"], "what relied on it is not"),
        (&[], &["migration 2", "wall a true (x)"], "new on a table that was there"),
        (&[], &["migration 2", "check a CHECK (x)"], "new on a table that was there"),
        (&["migration 1"], &["migration 2"], "migration 1 is gone"),
        (&[], &["column a.more text null"], "a released one was edited"),
    ] {
        let found = with(without, more);
        assert!(found.len() == 1 && found[0].contains(told), "{more:?}: {found:?}");
    }
}

#[test]
fn the_release_that_is_kept_has_a_version_and_a_commit() {
    let release = fs::read_to_string(Path::new(KEPT).join("RELEASE")).expect("tests/kept/RELEASE");
    let (version, commit) = release.trim().split_once(' ').expect("a version and a commit");
    assert_eq!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count(), 3, "{version}");
    assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{commit}");
}
