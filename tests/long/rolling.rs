//! F18: two replicas of every service on PostgreSQL, a process each, replaced in turn under load. No call fails, though nobody tries twice.
//!
//! Callers know the replicas as a cluster's end-points: one is taken from their list, and told to stop once everybody has looked. Siblings know them by
//! a name, as in a cluster: it stands for the replicas that serve, and nobody waits until they have looked it up again.

mod callers;
mod names;
mod stopped;

use std::path::Path;
use std::time::Instant;

use linkage::ServiceName;

use self::callers::{Counted, EndPoints, under_load};
use self::names::Names;
use crate::pair::{BREATH, Pair, variable};
use crate::program::{BINARY, LIMIT};
use crate::signals::Serving;

/// So many rounds of calls of each caller reach a new replica before the next one is replaced.
const ENOUGH: usize = 3;
/// A column more in every table, as a later release's migration would add.
const EXPAND: &str = "SELECT format('ALTER TABLE %I ADD COLUMN of_a_later_release text', tablename) FROM pg_tables WHERE schemaname = current_schema()";
/// What was not delivered yet, or never will be.
const WAITING: &str = "SELECT count(*)::text FROM outbox";

#[test]
fn f18_replicas_are_replaced_in_turn_and_no_call_fails() {
    replaced(BINARY, &[BINARY]);
}

#[test]
#[ignore = "minutes: belongs to the long tests"]
fn f18_ten_releases_fail_no_call() {
    replaced(BINARY, &[BINARY; 10]);
}

/// The release before runs on this one's schema and is replaced by it, is rolled back to, and replaced again. `tests/long/previous` builds it.
#[test]
#[ignore = "needs the binary of the release before: run tests/long/previous"]
fn f16_the_release_before_goes_on_with_this_schema_and_beside_this_release() {
    let previous = std::env::var_os("LINKAGE_PREVIOUS").and_then(|binary| binary.into_string().ok());
    let previous = previous.expect("LINKAGE_PREVIOUS is the binary: tests/long/previous builds it");
    replaced(&previous, &[BINARY, &previous, BINARY]);
}

/// The eight processes.
struct Replicas<'a> {
    pair: &'a Pair,
    names: &'a Names,
    serving: Vec<[Serving; 2]>,
}

impl<'a> Replicas<'a> {
    fn start(pair: &'a Pair, names: &'a Names, binary: &str) -> Replicas<'a> {
        let both = |service| [0, 1].map(|replica| start(pair, names, binary, service, replica));
        Replicas { pair, names, serving: ServiceName::ALL.into_iter().map(both).collect() }
    }

    fn of(&mut self, service: ServiceName) -> &mut [Serving; 2] {
        &mut self.serving[service as usize]
    }

    /// Each of both relationships comes to know the second enrollment, though the first one answers.
    fn until_siblings_have_found_the_second(&mut self) {
        let enrollment = self.names.address(ServiceName::Enrollment, 1);
        let began = Instant::now();
        while !self.of(ServiceName::Relationship).iter().all(|one| one.is_connected_to(enrollment)) {
            assert!(began.elapsed() < LIMIT, "siblings don't find who came later");
            self.of(ServiceName::Notification)[0].process.line(BREATH);
        }
    }

    /// What was acknowledged was done once, and every sibling was told. Ends all processes.
    fn hold(mut self, counted: &[Counted]) {
        let (pair, began) = (self.pair, Instant::now());
        let breathing = &mut self.of(ServiceName::Notification)[0].process;
        while ServiceName::ALL.into_iter().any(|service| pair.ask(service, WAITING) != ["0"]) {
            assert!(began.elapsed() < LIMIT, "messages stay in an outbox");
            breathing.line(BREATH);
        }
        for Counted { user, changes, .. } in counted {
            let told = format!("SELECT count(*)::text FROM journal WHERE subject = '{user}'");
            // Its creation is an entry too.
            assert_eq!(pair.ask(ServiceName::Enrollment, &told), [(changes + 1).to_string()], "{user}");
        }
        pair.until_numbered(breathing);
        for serving in self.serving.iter_mut().flatten() {
            let ended = serving.process.stop();
            assert_eq!(ended.code, Some(0), "{}", ended.err);
        }
        pair.assert_chained();
    }

    /// Takes a replica from the lists, stops it as a cluster does, starts its successor and lets callers come to it.
    fn replace(&mut self, points: &EndPoints, binary: &str, service: ServiceName, replica: usize) {
        let (pair, names) = (self.pair, self.names);
        let serving = self.of(service);
        points.set(service, replica, false);
        names.set(service, replica, false);
        // Who has looked again has had its answers.
        points.until_more(|seen| &seen.looked, 1, &mut serving[1 - replica]);
        let ended = serving[replica].process.stop();
        assert_eq!(ended.code, Some(0), "{service}: {}", ended.err);
        serving[replica] = start(pair, names, binary, service, replica);
        names.set(service, replica, true);
        points.set(service, replica, true);
        points.until_more(|seen| &seen.answered[replica], ENOUGH, &mut serving[1 - replica]);
    }
}

fn start(pair: &Pair, names: &Names, binary: &str, service: ServiceName, replica: usize) -> Serving {
    let mut command = pair.command_of(binary, &["serve", service.as_str()]);
    // As pods are configured, whichever release they are of, but for what the variables below and the pair's own say.
    command
        .arg("--config")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/kubernetes/base/linkage.toml"));
    command.env(variable(service, "LISTEN"), names.address(service, replica).to_string());
    for sibling in ServiceName::ALL {
        command.env(variable(sibling, "ADDRESS"), names.of(sibling));
    }
    names.start(&command)
}

/// What a release to come does to the schema first, while those here go on, and are started again as after a rollback.
fn expand(pair: &Pair) {
    for service in ServiceName::ALL {
        for statement in pair.ask(service, EXPAND) {
            pair.ask(service, &statement);
        }
        let done = "VALUES ('of_a_later_release', now()) RETURNING version";
        pair.ask(service, &format!("INSERT INTO {service}_migrations (version, applied_at) {done}"));
    }
}

#[expect(clippy::print_stdout, reason = "a run tells what it has counted")]
fn replaced(first: &str, releases: &[&str]) {
    let Some(pair) = Pair::new() else { return };
    let Some(names) = Names::new(&pair.addresses(false)) else { return };
    // 0.1.0 has one connection to a sibling, which may close under a call.
    let fresh = first == BINARY;
    let mut replicas = Replicas::start(&pair, &names, first);
    let counted = under_load(&pair, &names, fresh, |points| {
        ServiceName::ALL.into_iter().for_each(|service| names.set(service, 1, true));
        if fresh {
            replicas.until_siblings_have_found_the_second();
        }
        expand(&pair);
        for binary in releases {
            for (replica, service) in [0, 1].into_iter().flat_map(|replica| ServiceName::ALL.map(|one| (replica, one)))
            {
                replicas.replace(points, binary, service, replica);
            }
        }
    });
    let failed: Vec<_> = counted.iter().flat_map(|counted| &counted.failed).collect();
    assert!(failed.is_empty(), "{} calls failed: {failed:#?}", failed.len());

    replicas.hold(&counted);
    let [changes, reads] = totals(&counted);
    println!("F18: {} processes replaced, {changes} commands and {reads} reads, none failed", releases.len() * 8);
}

/// How many commands were acknowledged, and reads made.
fn totals(counted: &[Counted]) -> [usize; 2] {
    let of = |count: fn(&Counted) -> usize| counted.iter().map(count).sum();
    [of(|one| one.changes), of(|one| one.reads)]
}
