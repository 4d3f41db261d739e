//! Plays a journey: calls, compares, waits for what travels between services.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use runtime::ServiceName;
use serde_json::{Value, json};

use crate::audit::trail;
use crate::client::{Answer, Client};
use crate::demo::journey::{ExpectMail, Journey, Step};
pub use crate::demo::judge::code_name;
use crate::demo::judge::{first_missing, judge, needs_organization, wanted};
use crate::demo::matching::at;
use crate::demo::print::{Printer, Told};
use crate::demo::vars::{Vars, span};
use crate::people::People;

/// How long the demo waits for what travels between services.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Plays journeys against services that run.
pub struct Player {
    /// Reaches the services.
    pub client: Client,
    /// Signs people in.
    pub people: People,
    /// The operator's address.
    pub operator: String,
    /// How long a service that is away is waited for.
    pub retry_for: Duration,
    /// How long what travels between services is waited for.
    pub patience: Duration,
    /// Tells what happens.
    pub printer: Printer,
}

/// How a journey ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Steps that held.
    pub held: usize,
    /// Steps of the journey.
    pub of: usize,
    /// The step that did not hold: its number, its name, and why.
    pub failed: Option<(usize, String, Vec<String>)>,
}

impl Player {
    /// Plays to the end, or to the first step that does not hold.
    pub async fn play(&mut self, journey: &Journey, run: &str) -> anyhow::Result<Ending> {
        let mut vars = Vars::default();
        vars.set("run", json!(run));
        vars.set("digits", json!(digits(run)));
        vars.set("operator", json!(self.operator));
        let now = self.now().await;
        for (name, text) in &journey.vars {
            let value = vars.fill(&Value::String(text.clone()), now)?;
            vars.set(name, value);
        }
        self.printer.title(&journey.title, run);
        let mut after_advance = false;
        for (index, step) in journey.steps.iter().enumerate() {
            let number = index + 1;
            if let Some(chapter) = &step.chapter {
                self.printer.chapter(chapter);
            }
            let eventually = step.eventually || after_advance;
            let told = self
                .step(step, &mut vars, eventually)
                .await
                .with_context(|| format!("step {number} ({})", step.name))?;
            self.printer.step(number, step, &told);
            if !told.wrong.is_empty() {
                let failed = Some((number, step.name.clone(), told.wrong));
                return Ok(Ending { held: index, of: journey.steps.len(), failed });
            }
            after_advance = step.advance.is_some() || (after_advance && step.call.is_none());
        }
        Ok(Ending { held: journey.steps.len(), of: journey.steps.len(), failed: None })
    }

    async fn step(&mut self, step: &Step, vars: &mut Vars, eventually: bool) -> anyhow::Result<Told> {
        let now = self.now().await;
        let told = if let Some(call) = &step.call {
            let request = vars.fill(step.request.as_ref().unwrap_or(&json!({})), now)?;
            self.call(step, call, request, vars, now, eventually).await?
        } else if let Some(mail) = &step.expect_mail {
            self.mail(mail, vars, now).await?
        } else if let Some(kinds) = &step.expect_trail {
            let who = vars.text(step.caller.as_deref().unwrap_or("${operator}"), now)?;
            self.trail(kinds, &who).await?
        } else {
            self.advance(step.advance.as_deref().unwrap_or_default()).await?
        };
        if told.wrong.is_empty() {
            for (name, path) in &step.save {
                let path = vars.text(path, now)?;
                let value = at(&told.body, &path)
                    .ok_or_else(|| anyhow::anyhow!("step `{}`: nothing at `{path}` to save as `{name}`", step.name))?;
                vars.set(name, value);
            }
        }
        Ok(told)
    }

    async fn call(
        &mut self,
        step: &Step,
        call: &str,
        mut request: Value,
        vars: &Vars,
        now: DateTime<Utc>,
        eventually: bool,
    ) -> anyhow::Result<Told> {
        let method = self.client.method(call)?;
        let home = Client::home(&method).unwrap_or(ServiceName::Enrollment);
        if method.input().get_field_by_name("request_id").is_some() && request.get("request_id").is_none() {
            request["request_id"] = json!(request_id());
        }
        let caller = step.caller.as_ref().map(|who| vars.text(who, now)).transpose()?;
        let organization = step.organization.as_ref().map(|name| vars.text(name, now)).transpose()?;
        let began = Instant::now();
        loop {
            let answer = match &caller {
                Some(who) => self.as_person(who, organization.as_deref(), home, &method, &request).await?,
                None => self.client.call(home, &method, &request, None).await?,
            };
            if answer.is_transient() && began.elapsed() < self.retry_for {
                pause(200).await;
                continue;
            }
            let wrong = judge(&step.expect, &answer, vars, now)?;
            if !wrong.is_empty() && eventually && began.elapsed() < self.patience.max(self.retry_for) {
                pause(100).await;
                continue;
            }
            return Ok(Told {
                request: Some(request),
                code: code_name(answer.code),
                reason: answer.reason,
                message: answer.message,
                body: answer.body,
                wrong,
            });
        }
    }

    async fn as_person(
        &mut self,
        who: &str,
        organization: Option<&str>,
        home: ServiceName,
        method: &prost_reflect::MethodDescriptor,
        request: &Value,
    ) -> anyhow::Result<Answer> {
        let token = match self.people.token(&self.client, who, organization).await? {
            Ok(token) => token,
            Err(refused) => return Ok(refused),
        };
        let answer = self.client.call(home, method, request, Some(&token)).await?;
        // Rights that changed void the token; a new one tells what they are now.
        if answer.reason == "CREDENTIAL_INVALID" || needs_organization(&answer) {
            self.people.forget(who);
            match self.people.token(&self.client, who, organization).await? {
                Ok(token) => return self.client.call(home, method, request, Some(&token)).await,
                // To be tried again, unlike the refusal before.
                Err(refused) if refused.is_transient() => return Ok(refused),
                Err(_) => {}
            }
        }
        if method.name() == "CreateOrganization" {
            self.people.forget(who);
        }
        Ok(answer)
    }

    async fn mail(&mut self, mail: &ExpectMail, vars: &Vars, now: DateTime<Utc>) -> anyhow::Result<Told> {
        let method = self.client.method("notification.MailboxService/ListMailboxMessages")?;
        let to = vars.text(&mail.to, now)?.to_lowercase();
        let request = json!({ "parent": format!("mailboxes/{to}"), "kind": mail.kind, "page_size": 200 });
        let contains = mail.contains.iter().map(|text| vars.text(text, now)).collect::<Result<Vec<_>, _>>()?;
        let operator = self.operator.clone();
        let began = Instant::now();
        loop {
            let answer = self.as_person(&operator, None, ServiceName::Notification, &method, &request).await?;
            let found = answer.body.get("mailbox_messages").and_then(Value::as_array).cloned().unwrap_or_default();
            let fitting = found.iter().rev().find(|message| wanted(message, mail, &contains)).cloned();
            if let Some(message) = fitting {
                return Ok(Told { code: "MAIL".to_owned(), body: message, ..Told::default() });
            }
            if began.elapsed() > self.patience.max(self.retry_for) {
                let wrong = vec![format!(
                    "no mail of kind `{}` to {to} with {contains:?}{}; {} of this kind are there",
                    mail.kind,
                    mail.language.as_ref().map(|language| format!(" in `{language}`")).unwrap_or_default(),
                    found.len()
                )];
                return Ok(Told { code: "MAIL".to_owned(), body: json!(found), wrong, ..Told::default() });
            }
            pause(100).await;
        }
    }

    async fn trail(&mut self, kinds: &[String], who: &str) -> anyhow::Result<Told> {
        let began = Instant::now();
        loop {
            let entries = match trail(&self.client, &mut self.people, who, None).await {
                Ok(entries) => entries,
                // A service is away, or the token was voided in between.
                Err(_) if began.elapsed() < self.retry_for => {
                    self.people.forget(who);
                    pause(200).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let missing = first_missing(kinds, &entries);
            let wrong: Vec<_> = missing.map(|kind| format!("no `{kind}` where it is expected")).into_iter().collect();
            if wrong.is_empty() || began.elapsed() > self.patience.max(self.retry_for) {
                return Ok(Told {
                    code: "TRAIL".to_owned(),
                    body: json!({ "events": entries }),
                    wrong,
                    ..Told::default()
                });
            }
            pause(100).await;
        }
    }

    /// Sets the same offset on all services once no outbox has a due row.
    async fn advance(&mut self, by: &str) -> anyhow::Result<Told> {
        let by = span(by)?;
        self.settle().await?;
        let read = self.client.method("simulation.ClockService/GetClock")?;
        let set = self.client.method("simulation.ClockService/SetOffset")?;
        let mut furthest = chrono::TimeDelta::zero();
        for service in ServiceName::ALL {
            let answer = self.patiently(service, &read, &json!({})).await?;
            let offset = answer.body.get("offset").and_then(Value::as_str).unwrap_or("0s");
            furthest = furthest
                .max(span(offset.split('.').next().unwrap_or("0s").trim_end_matches('s')).or_else(|_| span(offset))?);
        }
        let offset = format!("{}s", (furthest + by).num_seconds());
        for service in ServiceName::ALL {
            let answer = self.patiently(service, &set, &json!({ "offset": offset })).await?;
            if answer.code != tonic::Code::Ok {
                let wrong = vec![format!("{service} does not let its clock be set: {}", answer.message)];
                return Ok(Told { code: code_name(answer.code), wrong, ..Told::default() });
            }
        }
        Ok(Told { code: "CLOCK".to_owned(), body: json!({ "offset": offset }), ..Told::default() })
    }

    /// Calls without credential, again while the service is away.
    async fn patiently(
        &self,
        service: ServiceName,
        method: &prost_reflect::MethodDescriptor,
        request: &Value,
    ) -> anyhow::Result<Answer> {
        let began = Instant::now();
        loop {
            let answer = self.client.call(service, method, request, None).await?;
            if !answer.is_transient() || began.elapsed() >= self.retry_for {
                return Ok(answer);
            }
            pause(200).await;
        }
    }

    /// Waits until no service has a due outbox row.
    async fn settle(&mut self) -> anyhow::Result<()> {
        let method = self.client.method("event.OutboxService/ListOutboxRows")?;
        let operator = self.operator.clone();
        let began = Instant::now();
        for service in ServiceName::ALL {
            while began.elapsed() < self.patience.max(self.retry_for) {
                let answer = self.as_person(&operator, None, service, &method, &json!({})).await?;
                let rows = answer.body.get("rows").and_then(Value::as_array).map_or(0, Vec::len);
                if rows == 0 && answer.code == tonic::Code::Ok {
                    break;
                }
                pause(100).await;
            }
        }
        Ok(())
    }

    /// Business time, where a simulation tells it.
    async fn now(&self) -> DateTime<Utc> {
        let Ok(method) = self.client.method("simulation.ClockService/GetClock") else {
            return runtime::clock::system_time();
        };
        let answer = self.patiently(ServiceName::Enrollment, &method, &json!({})).await.ok();
        answer
            .and_then(|answer| answer.body.get("now")?.as_str()?.parse().ok())
            .unwrap_or_else(runtime::clock::system_time)
    }
}

/// Six digits that are as good as this run's own.
fn digits(run: &str) -> String {
    let sum = run.bytes().fold(0u32, |sum, byte| sum.wrapping_mul(131).wrapping_add(u32::from(byte)));
    format!("{:06}", sum % 1_000_000)
}

/// A fresh request id.
pub fn request_id() -> String {
    runtime::Mint::default().uuid(runtime::clock::system_time()).to_string()
}

async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
