//! What operators look at and are called for names metrics that there are, and each call has a page that says what to do.

use std::collections::{BTreeMap, BTreeSet};

use linkage::metrics;
use runtime::telemetry::Kind;
use serde_json::Value;

use crate::{none, sources};

const ALERTS: &str = "deploy/observe/alerts.yaml";
const DASHBOARD: &str = "deploy/observe/dashboard.json";

/// What begins like a name of ours in Prometheus.
const OURS: [&str; 4] = ["linkage_", "rpc_", "db_", "otel_"];

/// Every name that may stand in a query: series, and the labels by which they are told apart.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for (_, metric) in metrics::all() {
        let name = metric.prometheus();
        let parts: &[&str] = if metric.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
        known.extend(parts.iter().map(|part| format!("{name}{part}")));
        known.extend(metric.attributes.iter().map(|key| key.replace('.', "_")));
    }
    known
}

fn unknown(query: &str, known: &BTreeSet<String>) -> Vec<String> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| OURS.iter().any(|prefix| word.starts_with(prefix)));
    ours.filter(|word| !known.contains(*word)).map(|word| format!("{word} in {query}")).collect()
}

fn read(path: &str) -> Value {
    serde_saphyr::from_str(&sources::find(path).unwrap_or_else(|| panic!("no {path}")).text).expect("YAML or JSON")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn dashboards_and_alerts_name_metrics_that_there_are() {
    let (alerts, dashboard) = (read(ALERTS), read(DASHBOARD));
    let rules = list(&alerts["groups"]).flat_map(|group| list(&group["rules"]));
    let panels = list(&dashboard["panels"]).flat_map(|panel| list(&panel["targets"]));
    let queries: Vec<_> = rules.chain(panels).map(|one| text(one, "/expr")).collect();
    assert!(queries.len() > 20 && queries.iter().all(|query| !query.is_empty()));
    let known = known();
    none(&queries.iter().flat_map(|query| unknown(query, &known)).collect::<Vec<_>>());
    // What is measured and seen by nobody need not be measured.
    let all = queries.concat();
    let unseen = metrics::all().filter(|(_, metric)| !all.contains(&metric.prometheus()));
    none(&unseen.map(|(_, metric)| format!("{} is on no dashboard", metric.name)).collect::<Vec<_>>());
}

/// What series are told apart by beside attributes: their histogram's limits, and who told, as the collector keeps it of the resource.
const LABELS: [&str; 5] = ["le", "service_name", "service_instance_id", "service_version", "k8s_pod_name"];

/// The labels by which a query puts series together.
fn grouped(query: &str) -> Vec<&str> {
    let after = query.split("by (").skip(1);
    after.filter_map(|rest| rest.split(')').next()).flat_map(|list| list.split(',').map(str::trim)).collect()
}

#[test]
fn series_are_told_apart_by_labels_that_they_have() {
    let known: BTreeSet<_> =
        metrics::all().flat_map(|(_, metric)| metric.attributes).map(|key| key.replace('.', "_")).collect();
    let (alerts, dashboard) = (read(ALERTS), read(DASHBOARD));
    let rules = list(&alerts["groups"]).flat_map(|group| list(&group["rules"]));
    let panels = list(&dashboard["panels"]).flat_map(|panel| list(&panel["targets"]));
    let labels: Vec<_> = rules.chain(panels).flat_map(|one| grouped(text(one, "/expr"))).collect();
    assert!(labels.len() > 20);
    let odd = labels.iter().filter(|label| !known.contains(**label) && !LABELS.contains(label));
    none(&odd.map(|label| (*label).to_owned()).collect::<Vec<_>>());
}

/// A duration such as `90s` or `2m`, in seconds.
fn seconds(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.len() - 1);
    number.parse::<u64>().expect(text) * if unit == "m" { 60 } else { 1 }
}

#[test]
fn what_an_ended_pod_said_is_forgotten_before_it_alarms_anybody() {
    let collector = read("deploy/kubernetes/components/telemetry/config.yaml");
    let kept = seconds(text(&collector, "/exporters/prometheus/metric_expiration"));
    let told =
        sources::find("deploy/kubernetes/components/telemetry/kustomization.yaml").expect("services tell").text.clone();
    let told = told.split("OTEL_METRIC_EXPORT_INTERVAL").nth(1).and_then(|rest| rest.split('"').nth(1));
    let told = told.and_then(|told| told.parse::<u64>().ok()).expect("in milliseconds") / 1000;
    assert!(kept >= 3 * told, "a word lost is no end");
    let alerts = read(ALERTS);
    let early = list(&alerts["groups"])
        .flat_map(|group| list(&group["rules"]))
        .filter(|rule| text(rule, "/expr").contains("linkage_ready") && seconds(text(rule, "/for")) <= kept);
    none(&early.map(|rule| text(rule, "/alert").to_owned()).collect::<Vec<_>>());
}

#[test]
fn pods_are_scaled_by_a_metric_that_is_told_and_found_by_pod() {
    let find = |path: &str| sources::find(path).unwrap_or_else(|| panic!("no {path}")).text.clone();
    let scaled = find("deploy/kubernetes/components/autoscaling-by-calls/kustomization.yaml");
    let name = scaled.split("metric:\n").nth(1).and_then(|rest| rest.trim().strip_prefix("name: ")?.lines().next());
    let name = name.expect("a metric's name");
    assert!(metrics::all().any(|(_, metric)| metric.prometheus() == name && metric.kind == Kind::UpDown), "{name}");
    let rule = &read("deploy/observe/adapter.yaml")["rules"]["custom"][0];
    assert_eq!((text(rule, "/name/matches"), text(rule, "/name/as")), (name, name));
    let told = find("deploy/kubernetes/components/telemetry/kustomization.yaml");
    let labels = rule["resources"]["overrides"].as_object().expect("labels");
    let resources: BTreeMap<_, _> = labels.iter().map(|(label, of)| (text(of, "/resource"), label)).collect();
    for resource in ["namespace", "pod"] {
        let label = resources[resource];
        assert!(
            text(rule, "/seriesQuery").starts_with(&format!("{name}{{"))
                && text(rule, "/seriesQuery").contains(label.as_str())
        );
        assert!(told.contains(&format!("{}=$(", label.replace('_', "."))), "no pod tells {label}");
    }
}

#[test]
fn each_alert_has_a_page_that_says_what_to_do() {
    let alerts = read(ALERTS);
    let mut pages = BTreeSet::new();
    for rule in list(&alerts["groups"]).flat_map(|group| list(&group["rules"])) {
        let (name, page) = (text(rule, "/alert"), text(rule, "/annotations/runbook"));
        let source = sources::find(page).unwrap_or_else(|| panic!("{name}: no {page}"));
        assert!(source.text.starts_with(&format!("# {name}\n")), "{page} is about {name}");
        for part in ["\n## Look\n", "\n## Do\n"] {
            assert!(source.text.contains(part), "{page} has no {part:?}");
        }
        assert!(
            sources::find("deploy/observe/alerts.test.yaml")
                .is_some_and(|tests| tests.text.contains(&format!("alertname: {name}\n"))),
            "{name} is never called for in a test"
        );
        assert!(!text(rule, "/annotations/summary").is_empty() && !text(rule, "/labels/severity").is_empty(), "{name}");
        pages.insert(page.to_owned());
    }
    let there = sources::ALL.iter().filter(|source| source.path.starts_with("docs/runbooks/"));
    assert_eq!(
        there.map(|source| source.path.clone()).collect::<BTreeSet<_>>(),
        pages,
        "a page for each, and no other"
    );
}

#[test]
fn every_metric_of_the_code_is_in_a_table() {
    let made =
        sources::rust().filter(|source| !source.path.starts_with("tests/") && !source.path.ends_with("/metric.rs"));
    let made: usize = made.map(|source| source.code().matches("Metric::new(").count()).sum();
    assert_eq!(metrics::all().count(), made);
    let names: BTreeSet<_> = metrics::all().map(|(_, metric)| metric.name).collect();
    assert_eq!(names.len(), made, "each has a name of its own");
}

#[test]
fn the_judge_of_queries_bites() {
    let known = known();
    assert_eq!(unknown("sum by (linkage_service) (linkage_outbox_rows)", &known), Vec::<String>::new());
    assert_eq!(unknown("rate(linkage_outbox_lines[5m])", &known).len(), 1);
    assert_eq!(unknown("rate(rpc_server_call_duration_seconds[5m])", &known).len(), 1, "a histogram is none by itself");
}
