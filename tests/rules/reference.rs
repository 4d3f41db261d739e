//! `docs/reference` is printed from protos, configuration and code, and holds all of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use linkage::metrics;
use prost::Message;
use prost_types::{EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use runtime::telemetry::Kind;

use crate::sources;

const FOLDER: &str = "docs/reference";

/// A file of the protos with its comments, by the place of what they stand before.
struct File {
    file: FileDescriptorProto,
    comments: BTreeMap<Vec<i32>, String>,
}

fn files() -> Vec<File> {
    let set = FileDescriptorSet::decode(wire::DESCRIPTOR_SET).expect("the descriptor set");
    let ours = set.file.into_iter().filter(|file| file.package().starts_with("linkage."));
    let read = |file: FileDescriptorProto| {
        let places = file.source_code_info.iter().flat_map(|info| &info.location);
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let comments = places.map(|place| (place.path.clone(), line(place.leading_comments())));
        File { comments: comments.collect(), file }
    };
    let mut all: Vec<_> = ours.map(read).collect();
    all.sort_by(|a, b| a.file.name().cmp(b.file.name()));
    all
}

impl File {
    fn comment(&self, path: &[i32]) -> &str {
        self.comments.get(path).map(String::as_str).unwrap_or_default()
    }

    /// Every enum with its place, and the message that it lies in.
    fn enums(&self) -> Vec<(Vec<i32>, String, &EnumDescriptorProto)> {
        let number = |index: usize| i32::try_from(index).expect("a small number");
        let package = self.file.package();
        let outer = self.file.enum_type.iter().enumerate();
        let mut all: Vec<_> =
            outer.map(|(at, one)| (vec![5, number(at)], format!("{package}.{}", one.name()), one)).collect();
        for (message, of) in self.file.message_type.iter().enumerate() {
            let inner = of.enum_type.iter().enumerate();
            all.extend(inner.map(|(at, one)| {
                let name = format!("{package}.{}.{}", of.name(), one.name());
                (vec![4, number(message), 4, number(at)], name, one)
            }));
        }
        all
    }
}

fn rpcs(files: &[File]) -> String {
    let mut page =
        "# RPCs\n\nPrinted from the protos; a test keeps it so. Which roles these are: `docs/roles.md`.\n".to_owned();
    for file in files {
        for (at, service) in file.file.service.iter().enumerate() {
            let place = |rest: &[i32]| [&[6, i32::try_from(at).expect("a small number")], rest].concat();
            let (name, about) = (service.name(), file.comment(&place(&[])));
            write!(page, "\n## {}.{name}\n\n{about}\n\n", file.file.package()).expect("text grows");
            page.push_str("| RPC | what it does | caller | reasons |\n|---|---|---|---|\n");
            for (at, method) in service.method.iter().enumerate() {
                let told = file.comment(&place(&[2, i32::try_from(at).expect("a small number")]));
                let (what, rest) = told.split_once("Caller:").unwrap_or((told, ""));
                let (caller, reasons) = rest.split_once("Reasons:").unwrap_or((rest, ""));
                let cells = [what, caller, reasons].map(|cell| cell.trim().trim_end_matches('.')).join(" | ");
                let streams = if method.server_streaming() || method.client_streaming() { " (stream)" } else { "" };
                writeln!(page, "| {}{streams} | {cells} |", method.name()).expect("text grows");
            }
        }
    }
    page
}

/// Every value of the enums that are called so, but the one that is never sent.
fn values(files: &[File], title: &str, called: impl Fn(&str) -> bool) -> String {
    let mut page = format!("# {title}\n\nPrinted from the protos; a test keeps it so.\n");
    for file in files {
        for (place, name, one) in file.enums().into_iter().filter(|(_, _, one)| called(one.name())) {
            write!(page, "\n## {name}\n\n{}\n\n| value | meaning |\n|---|---|\n", file.comment(&place))
                .expect("text grows");
            let prefix = one.value.first().map(|zero| zero.name().trim_end_matches("UNSPECIFIED")).unwrap_or_default();
            for (at, value) in one.value.iter().enumerate().skip(1) {
                let place = [&place[..], &[2, i32::try_from(at).expect("a small number")]].concat();
                let short = value.name().strip_prefix(prefix).unwrap_or(value.name());
                writeln!(page, "| {short} | {} |", file.comment(&place)).expect("text grows");
            }
        }
    }
    page
}

/// The states of the protos, and the grids that the domains' tests keep: what each command makes of each state.
fn states(files: &[File]) -> String {
    let mut page = values(files, "States", |name| name.ends_with("State") || name.ends_with("Status"));
    let is_grid = |path: &str| path.contains("/src/domain/") && path.ends_with(".snap");
    for grid in sources::ALL.iter().filter(|source| is_grid(&source.path)) {
        let name = grid.path.rsplit("__").next().unwrap_or_default().trim_end_matches(".snap");
        let service = grid.path.split('/').nth(1).unwrap_or_default();
        let text = grid.text.splitn(3, "---\n").nth(2).unwrap_or_default().trim_end();
        write!(page, "\n## What becomes of it: {service}, {name}\n\n```text\n{text}\n```\n").expect("text grows");
    }
    page
}

/// The annotated file that is the default, key by key.
fn configuration() -> String {
    let shipped = sources::find("services/linkage/linkage.default.toml").expect("the defaults");
    let mut page = "# Configuration\n\nPrinted from `services/linkage/linkage.default.toml`; a test keeps it so. Built-in defaults < TOML \
files (`--config`, the later ones win) <\nenvironment < flags.\n\n| key | default | environment | what it says |\n|---|---|---|---|\n"
        .to_owned();
    let (mut section, mut told) = (String::new(), String::new());
    for line in shipped.text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            let told_before = !told.is_empty();
            write!(told, "{}{}", if told_before { " " } else { "" }, comment.trim()).expect("text grows");
        } else if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            told.clear();
        } else if let Some((key, value)) = line.split_once(" = ") {
            let key = format!("{section}.{key}");
            let variable = format!("LINKAGE_{}", key.to_uppercase().replace('.', "__"));
            let about = told.replace('|', "\\|").replace('<', "\\<");
            writeln!(page, "| `{key}` | `{value}` | `{variable}` | {about} |").expect("text grows");
            told.clear();
        } else {
            told.clear();
        }
    }
    page
}

fn metrics_page() -> String {
    let mut page = "# Metrics\n\nPrinted from the tables that the instruments are made from; a test keeps it so. Where no collector is \
configured nothing is measured.\nQueues are measured by every replica alike: take the largest.\n\n| metric | in Prometheus | kind | unit | \
attributes | by | what it counts |\n|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (owner, metric) in metrics::all() {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::UpDown => "up-down counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let attributes: Vec<_> = metric.attributes.iter().map(|key| format!("`{key}`")).collect();
        let cells = [kind, metric.unit, &attributes.join(" "), owner, metric.about].join(" | ");
        writeln!(page, "| `{}` | `{}` | {cells} |", metric.name, metric.prometheus()).expect("text grows");
    }
    page
}

#[test]
fn the_reference_is_what_protos_configuration_and_code_say() {
    let files = files();
    let pages = [
        ("rpcs.md", rpcs(&files)),
        ("reasons.md", values(&files, "Reasons", |name| name.ends_with("Reason"))),
        ("states.md", states(&files)),
        ("configuration.md", configuration()),
        ("metrics.md", metrics_page()),
    ];
    let printed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference");
    fs::create_dir_all(&printed).expect("a folder");
    let mut stale = Vec::new();
    for (name, page) in &pages {
        let kept = sources::find(&format!("{FOLDER}/{name}")).map(|source| source.text.as_str()).unwrap_or_default();
        if kept != page {
            fs::write(printed.join(name), page).expect("the page is written");
            stale.push(*name);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; cp {}/*.md {FOLDER}/", printed.display());
    for rpc in crate::rpcs::ALL.iter() {
        assert!(
            pages[0].1.contains(&format!("\n| {} ", rpc.method.as_str()))
                || pages[0].1.contains(&format!("| {} (stream)", rpc.method))
        );
    }
    let empty = pages[0].1.lines().find(|line| line.contains(" |  | ") || line.ends_with("|  |"));
    assert_eq!(empty, None, "an RPC says neither who may call it nor why not");
}
