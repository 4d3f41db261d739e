//! Twenty kills at random moments leave nothing lost and nothing doubled, on either database.

use secrecy::ExposeSecret;

use crate::kills;
use crate::program::{Place, SERVICES};

const KILLS: usize = 20;

#[expect(clippy::print_stdout, reason = "a run that failed is repeated by its seed")]
fn same_trail(of: &str, mut place: impl FnMut() -> Place) {
    let seed = kills::seed();
    println!("{of}: LINKAGE_TEST_SEED={seed}");
    let simulated = ["--simulation"];
    let places = [place(), place()];
    let differences = kills::differences([&places[0], &places[1]], &simulated, &kills::moments(seed, KILLS));
    assert!(differences.is_empty(), "{of}, seed {seed}:\n{}\n", differences.join("\n"));
    println!("{of}: {KILLS} kills, the same trail");
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn on_sqlite() {
    same_trail("SQLite", Place::new);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: belongs to the long tests"]
async fn on_postgres() {
    let mut databases = Vec::new();
    for _ in 0..2 * SERVICES.len() {
        let Some(database) = testkit::postgres().await else { return };
        databases.push(database);
    }
    let mut left = databases.iter();
    tokio::task::block_in_place(|| {
        same_trail("PostgreSQL", || {
            let mut place = Place::new();
            for (service, database) in SERVICES.into_iter().zip(left.by_ref()) {
                let name = format!("LINKAGE_{}__DATABASE", service.to_uppercase());
                place.set(&name, database.settings.url.expose_secret());
            }
            for command in ["migrate", "bootstrap"] {
                let ended = place.run(&[command]);
                assert_eq!(ended.code, Some(0), "{command}: {}{}", ended.out, ended.err);
            }
            place
        });
    });
}
