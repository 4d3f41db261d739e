//! `linkage audit`: the trail of the four services, merged by time, never an effect before its cause.

mod follow;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use runtime::ServiceName;
use serde_json::{Value, json};

pub use verify::chains;

use crate::cli::{Audit, AuditCommand, Format};
use crate::client::Client;
use crate::people::People;
use crate::serve::print;
use crate::settings::Settings;
use crate::token::people;

/// Prints the trail, as it is or as it grows, or verifies it.
pub async fn run(settings: &Settings, arguments: &Audit) -> anyhow::Result<ExitCode> {
    if let Some(AuditCommand::Verify(arguments)) = &arguments.command {
        return verify::run(settings, arguments).await;
    }
    let client = Client::configured(settings)?;
    let email = arguments.email.as_deref().unwrap_or(&settings.operator.email);
    let (mut people, organization) = (people(settings)?, arguments.organization.as_deref());
    if arguments.follow {
        let tell = |entry: &Value| match arguments.format {
            Format::Json => print(&entry.to_string()),
            Format::Plain => print(&row(entry).join("  ")),
        };
        follow::follow(&client, &mut people, email, organization, tell).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let entries = trail(&client, &mut people, email, organization).await?;
    match arguments.format {
        Format::Json => entries.iter().for_each(|entry| print(&entry.to_string())),
        Format::Plain => print(&table(&entries)),
    }
    Ok(ExitCode::SUCCESS)
}

/// The entries of all services that this person may read, in order.
pub async fn trail(
    client: &Client,
    people: &mut People,
    email: &str,
    organization: Option<&str>,
) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    for service in ServiceName::ALL {
        let mut page = String::new();
        loop {
            let token = people.token(client, email, organization).await?;
            let token = token
                .map_err(|refused| anyhow::anyhow!("sign-in was refused: {} {}", refused.reason, refused.message))?;
            let method = client.method("event.EventService/ListEvents")?;
            let request = json!({ "page_size": 200, "page_token": page });
            let answer = client.call(service, &method, &request, Some(&token)).await?;
            if answer.code != tonic::Code::Ok {
                anyhow::bail!("{service} refused: {} {}", answer.reason, answer.message);
            }
            all.extend(answer.body["events"].as_array().cloned().unwrap_or_default());
            page = text(&answer.body, "next_page_token");
            if page.is_empty() {
                break;
            }
        }
    }
    Ok(merge(all))
}

/// By time, then service and sequence; what was caused by another entry waits for it.
fn merge(mut entries: Vec<Value>) -> Vec<Value> {
    entries.sort_by_key(|entry| {
        (text(entry, "create_time"), text(entry, "service"), text(entry, "sequence").parse::<i64>().unwrap_or(0))
    });
    let known: BTreeSet<String> = entries.iter().map(|entry| text(entry, "name")).collect();
    let mut waiting: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let (mut told, mut out) = (BTreeSet::new(), Vec::with_capacity(entries.len()));
    for entry in entries {
        let cause = text(&entry, "cause");
        if known.contains(&cause) && !told.contains(&cause) {
            waiting.entry(cause).or_default().push(entry);
            continue;
        }
        let mut next = vec![entry];
        while let Some(entry) = next.pop() {
            let name = text(&entry, "name");
            out.push(entry);
            next.extend(waiting.remove(&name).unwrap_or_default().into_iter().rev());
            told.insert(name);
        }
    }
    // A circle of causes can't be; were it there, hiding its entries would be worse than their order.
    out.extend(waiting.into_values().flatten());
    out
}

fn table(entries: &[Value]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["time", "service", "what", "subject", "state", "actor"]);
    for entry in entries {
        table.add_row(row(entry));
    }
    table.to_string()
}

fn row(entry: &Value) -> [String; 6] {
    let (from, to) = (text(entry, "from_state"), text(entry, "to_state"));
    let state = match (from.as_str(), to.as_str()) {
        ("", "") => text(entry, "reason"),
        ("", to) => to.to_owned(),
        (from, to) => format!("{from} -> {to}"),
    };
    let actor = entry.get("actor").map(|actor| text(actor, "name")).unwrap_or_default();
    let time = text(entry, "create_time");
    [time, text(entry, "service"), text(entry, "kind"), text(entry, "subject"), state, actor]
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_never_stands_before_its_cause() {
        let entry = |name: &str, time: &str, cause: &str| json!({ "name": name, "create_time": time, "cause": cause, "service": "s", "sequence": "1" });
        let merged = merge(vec![
            entry("e2", "1", "e1"),
            entry("e1", "2", ""),
            entry("e3", "3", "e2"),
            entry("e0", "0", "elsewhere"),
        ]);
        let names: Vec<_> = merged.iter().map(|entry| text(entry, "name")).collect();
        assert_eq!(names, ["e0", "e1", "e2", "e3"]);
    }
}
