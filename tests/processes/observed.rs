//! What a collector is told, by an official receiver of OTLP: one trace over four processes, metrics, logs; and what none of it does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{LIMIT, Place, Process, SERVICES};

/// Stopping takes no longer, whatever the collector does.
const STOPPED: Duration = Duration::from_secs(20);

/// The receiver, in a process of its own.
struct Receiver {
    process: Process,
    port: u64,
}

impl Receiver {
    /// Unless the packages that it is made of are not installed.
    #[expect(
        clippy::disallowed_methods,
        reason = "where they are, and whether they must be there, is told by the environment"
    )]
    fn start() -> Option<Receiver> {
        let python = std::env::var("LINKAGE_OTLP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let there = Command::new(&python).args(["-c", "import grpc, opentelemetry.proto.trace.v1.trace_pb2"]).output();
        if !there.as_ref().is_ok_and(|output| output.status.success()) {
            let required = std::env::var("LINKAGE_REQUIRE_OTLP").is_ok_and(|value| value == "1");
            assert!(!required, "a receiver of OTLP is required, but {python} says: {there:?}");
            let _ = writeln!(std::io::stderr(), "telemetry left out: {python} has no opentelemetry-proto and grpcio");
            return None;
        }
        let mut command = Command::new(python);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/processes/observed/receiver.py"));
        let mut process = Process::start(command);
        let listening = process.line(LIMIT).expect("it listens");
        let port = read(&listening)["port"].as_u64().expect("a port");
        Some(Receiver { process, port })
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits for something that it is told.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        while let Some(left) = LIMIT.checked_sub(began.elapsed()) {
            match self.process.line(left).map(|line| read(&line)) {
                Some(told) if wanted(&told) => return told,
                Some(_) => {}
                None => break,
            }
        }
        panic!("the receiver was never told of it");
    }
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn service(told: &Value) -> &str {
    text(told, "/resource/service.name")
}

/// What is part of one trace, by the id of each span.
fn trace<'v>(told: &'v [Value], id: &str) -> BTreeMap<&'v str, &'v Value> {
    let spans = told.iter().filter(|told| told["event"] == "span" && told["trace"] == id);
    spans.map(|span| (text(span, "/span"), span)).collect()
}

/// From a span up to where its trace began, as (service, name).
fn ancestors<'v>(trace: &BTreeMap<&str, &'v Value>, span: &'v Value) -> Vec<(&'v str, &'v str)> {
    let next = |span: &&Value| trace.get(text(span, "/parent")).copied();
    std::iter::successors(Some(span), next).map(|span| (service(span), text(span, "/name"))).collect()
}

fn connected(told: &[Value], id: &str) {
    let trace = trace(told, id);
    let services: BTreeSet<_> = trace.values().map(|span| service(span)).collect();
    assert_eq!(services, BTreeSet::from(SERVICES), "one trace goes through all four");
    let beyond: BTreeSet<_> =
        trace.values().map(|span| text(span, "/parent")).filter(|parent| !trace.contains_key(parent)).collect();
    assert_eq!(beyond, BTreeSet::from(["00f067aa0ba902b7"]), "each span hangs on another, or on the caller's");
    // A mail, and everything that led to it: the call, the outbox, the sibling, its outbox, the queue of mail.
    let whole =
        ["SubmitEnrollment", "deliver OpenCase", "/OpenCase", "deliver SendMessage", "/SendMessage", "send mail"];
    let mails = trace.values().filter(|span| text(span, "/name") == "send mail");
    let led = mails.map(|mail| ancestors(&trace, mail)).find(|led| {
        let mut rest = led.iter().rev();
        whole.iter().all(|step| rest.any(|(_, name)| name.ends_with(step)))
    });
    let led = led.expect("a mail that goes back to the enrollment that was submitted");
    let through: Vec<_> = SERVICES.into_iter().filter(|name| led.iter().any(|(service, _)| service == name)).collect();
    assert_eq!(through, ["enrollment", "verification", "notification"]);
    for queue in ["deliver SendMessage", "send mail"] {
        let waited: Vec<_> = trace.values().filter(|span| text(span, "/name") == queue).collect();
        let linked = |span: &Value| span["links"].as_array().is_some_and(|links| links.contains(&Value::from(id)));
        assert!(!waited.is_empty() && waited.iter().all(|span| linked(span)), "{queue} is linked to what left it");
    }
    let has = |kind: &str, key: &str, value: &str| {
        trace.values().any(|span| span["kind"] == kind && span["attributes"][key] == value)
    };
    assert!(has("SERVER", "rpc.method", "linkage.relationship.v1.OrderEligibilityService/CheckOrderEligibility"));
    assert!(has("SERVER", "rpc.response.status_code", "OK") && has("CLIENT", "server.address", "notification"));
    let checks = trace.iter().filter(|(_, span)| text(span, "/name").ends_with("/CheckOrderEligibility"));
    let checks: Vec<_> = checks.map(|(id, _)| *id).collect();
    let reads = trace.values().filter(|span| checks.contains(&text(span, "/parent")));
    assert!(reads.into_iter().any(|span| span["attributes"]["db.operation.name"] == "SELECT"), "a check reads");
    assert!(has("CLIENT", "db.system.name", "sqlite") && has("CLIENT", "db.operation.name", "INSERT"));
}

fn measured(told: &[Value]) {
    let told: Vec<_> = told.iter().filter(|told| told["event"] == "metric").collect();
    let units: BTreeMap<_, _> = told.iter().map(|told| (text(told, "/name"), text(told, "/unit"))).collect();
    let table: BTreeMap<_, _> = linkage::metrics::all().map(|(_, metric)| (metric.name, metric)).collect();
    for (name, metric) in &table {
        assert_eq!(units.get(name), Some(&metric.unit), "{name} was not told, or in another unit");
    }
    for name in units.keys().filter(|name| !name.starts_with("otel.sdk.")) {
        assert!(table.contains_key(name), "{name} is in no table");
    }
    let keys = |told: &Value| told["attributes"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    for told in told.iter().filter(|told| table.contains_key(text(told, "/name"))) {
        let known = table[text(told, "/name")].attributes;
        let odd = keys(told).unwrap_or_default().into_iter().find(|key| !known.contains(&key.as_str()));
        assert_eq!(odd, None, "{} has an attribute that no table names", text(told, "/name"));
    }
    let some = |name: &str, key: &str, value: &str| {
        told.iter().any(|told| told["name"] == name && told["attributes"][key] == value && told["value"] != 0.0)
    };
    assert!(some("linkage.order.decisions", "linkage.eligible", "true"));
    assert!(some("linkage.relay.deliveries", "linkage.outcome", "delivered"));
    assert!(some("linkage.mail.tries", "linkage.outcome", "accepted"));
}

fn logged(told: &[Value], id: &str) {
    let told: Vec<_> = told.iter().filter(|told| told["event"] == "log").collect();
    let within: BTreeSet<_> = told.iter().filter(|told| told["trace"] == id).map(|told| service(told)).collect();
    assert_eq!(within, BTreeSet::from(SERVICES), "log records carry the trace");
    let scopes: BTreeSet<_> = told.iter().map(|told| text(told, "/scope")).collect();
    let beneath = scopes
        .iter()
        .find(|scope| ["h2", "hyper", "tonic", "tower", "opentelem"].iter().any(|name| scope.starts_with(name)));
    assert_eq!(beneath, None, "what the exporters are made of is told to nobody");
}

/// The trace of the journey, as its client names it to every call.
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn r64_one_trace_follows_the_journey_through_four_processes() {
    let Some(mut receiver) = Receiver::start() else { return };
    let mut place = Place::new();
    place.set("LINKAGE_LOG__FILTER", "info,runtime=debug,tower=debug,hyper_util=debug");
    place.set("OTEL_METRIC_EXPORT_INTERVAL", "2000");
    for command in ["migrate", "bootstrap"] {
        let ended = place.run(&[command]);
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.err);
    }
    place.set("LINKAGE_TELEMETRY__ENDPOINT", receiver.endpoint());
    let mut serving = SERVICES.map(|service| place.serve(&[service, "--simulation"]));
    let ended = place.run(&["demo", "--against", "--trace", CALLER]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let second = place.run(&["bootstrap"]);
    assert_eq!(second.code, Some(1), "a second operator while the first one's service runs: {}", second.out);
    // It is known from the first watermark on, which a journey on a quick machine does not wait for.
    receiver.until(|told| told["name"] == "linkage.standing.age");
    for process in &mut serving {
        let ended = process.stop();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let all = receiver.process.stop();
    assert_eq!(all.code, Some(0), "{}", all.err);
    let told: Vec<_> = all.out.lines().map(read).collect();
    let id = CALLER.split('-').nth(1).expect("its trace");
    connected(&told, id);
    measured(&told);
    logged(&told, id);
    let found = ["@", "Bearer", "eyJ"].into_iter().find(|word| all.out.contains(word));
    let line = found.and_then(|word| all.out.lines().find(|line| line.contains(word)));
    assert_eq!(line, None, "no address and no token is told to a collector");
}

#[test]
fn r64_a_collector_that_is_frozen_holds_up_nobody_and_what_is_dropped_is_counted() {
    let Some(mut receiver) = Receiver::start() else { return };
    let mut place = Place::new();
    for (name, value) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint().as_str()),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16"),
        // How much is dropped depends on how much is told, which must not depend on whether logs are searched.
        ("LINKAGE_LOG__FILTER", "warn"),
    ] {
        place.set(name, value);
    }
    receiver.process.signal("STOP");
    let mut serving = place.serve(&[]);
    for number in 0..10 {
        let ended = place.run(&["token", "--email", &format!("ada{number}@fjord-cloud.example")]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    receiver.process.signal("CONT");
    let dropped = |told: &Value| {
        told["name"] == "otel.sdk.processor.span.processed"
            && told["attributes"]["error.type"] == "queue_full"
            && told["value"].as_f64().is_some_and(|dropped| dropped > 0.0)
    };
    receiver.until(dropped);
    receiver.process.signal("STOP");
    let asked = Instant::now();
    let ended = serving.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(asked.elapsed() < STOPPED, "it stopped only after {:?}", asked.elapsed());
}
