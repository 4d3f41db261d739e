//! `linkage mail`: the simulated mailboxes in the terminal.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use futures::StreamExt as _;
use runtime::ServiceName;
use serde_json::{Value, json};

use crate::cli::{Body, Format, Mail, MailCommand, MailFilter};
use crate::client::Client;
use crate::people::People;
use crate::serve::print;
use crate::settings::Settings;
use crate::token::people;

/// Lists, reads or follows mail, as the operator.
pub async fn run(settings: &Settings, arguments: &Mail) -> anyhow::Result<ExitCode> {
    let client = Client::configured(settings)?;
    let mut reader = Reader { client, people: people(settings)?, operator: settings.operator.email.clone() };
    match &arguments.command {
        Some(MailCommand::Read { name, body }) => reader.read(name, *body).await?,
        Some(MailCommand::Follow(filter)) => reader.follow(filter).await?,
        Some(MailCommand::List(filter)) => reader.list(filter).await?,
        None => reader.list(&MailFilter::default()).await?,
    }
    Ok(ExitCode::SUCCESS)
}

struct Reader {
    client: Client,
    people: People,
    operator: String,
}

impl Reader {
    async fn token(&mut self) -> anyhow::Result<String> {
        let token = self.people.token(&self.client, &self.operator, None).await?;
        token.map_err(|refused| anyhow::anyhow!("sign-in was refused: {} {}", refused.reason, refused.message))
    }

    async fn call(&mut self, rpc: &str, request: &Value) -> anyhow::Result<Value> {
        let token = self.token().await?;
        let method = self.client.method(&format!("notification.MailboxService/{rpc}"))?;
        let answer = self.client.call(ServiceName::Notification, &method, request, Some(&token)).await?;
        if answer.code != tonic::Code::Ok {
            anyhow::bail!("refused: {} {} {}", answer.reason, answer.message, answer.body["violations"]);
        }
        Ok(answer.body)
    }

    async fn list(&mut self, filter: &MailFilter) -> anyhow::Result<()> {
        let mut request = filter.request();
        request["page_size"] = json!(200);
        let mut mails = Vec::new();
        loop {
            let mut page = self.call("ListMailboxMessages", &request).await?;
            mails.extend(page["mailbox_messages"].as_array_mut().map(std::mem::take).unwrap_or_default());
            request["page_token"] = page["next_page_token"].take();
            if request["page_token"].as_str().is_none_or(str::is_empty) {
                break;
            }
        }
        match filter.format {
            Format::Json => mails.iter().for_each(|mail| print(&mail.to_string())),
            Format::Plain => print(&table(&mails)),
        }
        Ok(())
    }

    async fn read(&mut self, name: &str, body: Body) -> anyhow::Result<()> {
        let mail = self.call("GetMailboxMessage", &json!({ "name": name })).await?;
        print(&match body {
            Body::Text => format!(
                "From: {}\nTo: {}\nDate: {}\nSubject: {}\n\n{}",
                text(&mail, "from"),
                text(&mail, "to"),
                text(&mail, "create_time"),
                text(&mail, "subject"),
                text(&mail, "text")
            ),
            Body::Html => text(&mail, "html"),
            Body::Source => text(&mail, "source"),
        });
        Ok(())
    }

    /// Until it is interrupted. The service ends a watch after a while; the next one goes on where it ended.
    async fn follow(&mut self, filter: &MailFilter) -> anyhow::Result<()> {
        let method = self.client.method("notification.MailboxService/WatchMailboxMessages")?;
        let mut told = std::collections::HashSet::new();
        loop {
            let token = self.token().await?;
            let mut mails =
                self.client.stream(ServiceName::Notification, &method, &filter.request(), Some(&token)).await?;
            while let Some(mail) = mails.next().await {
                let mail = mail.map_err(|status| anyhow::anyhow!("{}: {}", status.code(), status.message()))?;
                if told.insert(text(&mail, "name")) {
                    print(&match filter.format {
                        Format::Json => mail.to_string(),
                        Format::Plain => line(&mail).join("  "),
                    });
                }
            }
        }
    }
}

impl MailFilter {
    fn request(&self) -> Value {
        let to = self.to.as_deref().unwrap_or("-");
        json!({ "parent": format!("mailboxes/{to}"), "kind": self.kind, "query": self.search })
    }
}

fn line(mail: &Value) -> [String; 4] {
    [text(mail, "create_time"), text(mail, "to"), text(mail, "subject"), text(mail, "name")]
}

fn table(mails: &[Value]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["time", "to", "subject", "name"]);
    for mail in mails {
        table.add_row(line(mail));
    }
    table.to_string()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
