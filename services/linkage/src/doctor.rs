//! `linkage doctor`: what would keep a service from starting, from being believed or from being reached. Changes nothing.

mod keys;
mod reach;
mod store;
mod tls;

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use owo_colors::{OwoColorize as _, Stream};
use runtime::ServiceName;
use serde::Serialize;

use crate::calls::callers;
use crate::cli::{Doctor, Format};
use crate::serve::print;
use crate::settings::Settings;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    service: &'static str,
    what: &'static str,
    verdict: Verdict,
    told: String,
}

/// What is thought of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// As it should be.
    Well,
    /// It may be meant so.
    Odd,
    /// Something will not work.
    Wrong,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Well => "well",
            Verdict::Odd => "odd",
            Verdict::Wrong => "wrong",
        }
    }
}

impl Finding {
    fn new(service: ServiceName, what: &'static str, verdict: Verdict, told: impl Into<String>) -> Finding {
        Finding { service: service.as_str(), what, verdict, told: told.into() }
    }
}

/// Looks at one service or all, and fails when something is wrong. That the configuration can be read is known already.
pub async fn run(settings: &Settings, arguments: &Doctor) -> anyhow::Result<ExitCode> {
    let services = arguments.service.map_or_else(|| ServiceName::ALL.to_vec(), |name| vec![name.into()]);
    let mut findings = Vec::new();
    for service in services {
        findings.extend(people(settings, service).await);
        findings.extend(keys::look(&settings.keys(), service));
        findings.extend(tls::look(settings, service));
        findings.extend(store::look(settings, service).await);
    }
    // One service need reach only those that it calls, and by the network's policies often does.
    let caller = arguments.service.map(ServiceName::from);
    let called = |service: &ServiceName| caller.is_none_or(|caller| callers(*service).contains(&caller));
    for service in ServiceName::ALL.into_iter().filter(called) {
        findings.push(reach::look(settings, service).await);
    }
    match arguments.format {
        Format::Plain => print(&table(&findings)),
        Format::Json => {
            for finding in &findings {
                print(&serde_json::to_string(finding)?);
            }
        }
    }
    let wrong = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// By whom people sign in, and whether those tell their keys.
async fn people(settings: &Settings, service: ServiceName) -> Vec<Finding> {
    if service != ServiceName::Enrollment {
        return Vec::new();
    }
    let issuers = settings.enrollment.service.issuers.len();
    let (verdict, told) = match issuers {
        // Also where the embedded suite has an issuer of its own.
        0 => (Verdict::Odd, "no issuer is configured: people sign in by mailed codes alone".to_owned()),
        _ => (Verdict::Well, format!("{issuers} configured")),
    };
    let mut findings = vec![Finding::new(service, "issuers", verdict, told)];
    for (issuer, keys) in enrollment::look(&settings.enrollment.service).await {
        let (verdict, told) = match keys {
            Ok(0) => (Verdict::Wrong, "it has no key that signs RS256, ES256 or EdDSA".to_owned()),
            Ok(keys) => (Verdict::Well, format!("{keys} keys")),
            Err(why) => (Verdict::Wrong, why),
        };
        findings.push(Finding::new(service, "issuer", verdict, format!("{issuer}: {told}")));
    }
    findings
}

fn table(findings: &[Finding]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for finding in findings {
        table.add_row([finding.verdict.word(), finding.service, finding.what, finding.told.as_str()]);
    }
    // Coloured line by line, as cells are measured with all that is in them.
    table.to_string().lines().map(coloured).collect::<Vec<_>>().join("\n")
}

fn coloured(line: &str) -> String {
    match line.split_whitespace().next() {
        Some("wrong") => line.if_supports_color(Stream::Stdout, |line| line.red()).to_string(),
        Some("odd") => line.if_supports_color(Stream::Stdout, |line| line.yellow()).to_string(),
        _ => line.to_owned(),
    }
}
