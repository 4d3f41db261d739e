//! Tells what a journey does: for people, or an object per step.

use owo_colors::{OwoColorize, Stream};
use serde_json::{Value, json};

use crate::demo::journey::Step;
use crate::serve::print;

/// What came of a step.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The request as it was sent.
    pub request: Option<Value>,
    /// Status code, or what else happened: MAIL, CLOCK.
    pub code: String,
    /// Reason of a refusal.
    pub reason: String,
    /// The sentence of a refusal.
    pub message: String,
    /// The answer, the mail, or the details of the refusal.
    pub body: Value,
    /// What did not hold.
    pub wrong: Vec<String>,
}

/// How it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printer {
    /// Lines for people.
    Plain,
    /// One JSON object per step.
    Json,
    /// Nothing; for tests.
    Silent,
}

impl Printer {
    /// The journey begins.
    pub fn title(self, title: &str, run: &str) {
        if self == Printer::Plain {
            print(&format!("{}  (run {run})", title.if_supports_color(Stream::Stdout, |t| t.bold())));
        }
    }

    /// A new chapter begins.
    pub fn chapter(self, chapter: &str) {
        if self == Printer::Plain {
            print(&format!("\n{}", chapter.if_supports_color(Stream::Stdout, |t| t.cyan())));
        }
    }

    /// A step was played.
    pub fn step(self, number: usize, step: &Step, told: &Told) {
        match self {
            Printer::Plain => plain(number, step, told),
            Printer::Json => print(&object(number, step, told).to_string()),
            Printer::Silent => {}
        }
    }

    /// The journey is over.
    pub fn ending(self, ending: &crate::demo::play::Ending) {
        match (self, &ending.failed) {
            (Printer::Silent, _) => {}
            (Printer::Json, failed) => {
                let failed = failed
                    .as_ref()
                    .map(|(number, name, wrong)| json!({ "step": number, "name": name, "wrong": wrong }));
                print(&json!({ "held": ending.held, "of": ending.of, "failed": failed }).to_string());
            }
            (Printer::Plain, None) => {
                let line = format!("All {} steps held.", ending.of);
                print(&format!("\n{}", line.if_supports_color(Stream::Stdout, |t| t.green())));
            }
            (Printer::Plain, Some((number, name, wrong))) => {
                let line = format!("Step {number} did not hold: {name}");
                print(&format!("\n{}", line.if_supports_color(Stream::Stdout, |t| t.red())));
                for reason in wrong {
                    print(&format!("    {reason}"));
                }
            }
        }
    }
}

fn object(number: usize, step: &Step, told: &Told) -> Value {
    json!({
        "step": number, "name": step.name, "as": step.caller, "call": step.call, "request": told.request,
        "code": told.code, "reason": told.reason, "answer": told.body, "held": told.wrong.is_empty(), "wrong": told.wrong,
    })
}

fn plain(number: usize, step: &Step, told: &Told) {
    let mark = if told.wrong.is_empty() {
        "✓".if_supports_color(Stream::Stdout, |t| t.green()).to_string()
    } else {
        "✗".if_supports_color(Stream::Stdout, |t| t.red()).to_string()
    };
    print(&format!("{mark} {number:>3}  {}", step.name));
    let mut detail = match (&step.call, &step.advance) {
        (Some(call), _) => format!("{call} -> {}", told.code),
        (None, Some(by)) => format!("clock + {by}"),
        (None, None) if told.code == "TRAIL" => "the merged trail of the four services".to_owned(),
        (None, None) => mail(&told.body),
    };
    if !told.reason.is_empty() {
        detail = format!("{detail} {}: {}", told.reason, told.message);
    }
    print(&format!("       {}", detail.if_supports_color(Stream::Stdout, |t| t.dimmed())));
    for line in noteworthy(&told.body) {
        print(&format!("         {}", line.if_supports_color(Stream::Stdout, |t| t.dimmed())));
    }
}

fn mail(message: &Value) -> String {
    let part = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    format!("mail to {} [{}]: {}", part("to"), part("language_code"), part("subject"))
}

/// The lines of an answer that a reader of the journey wants to see: violations, what is missing, why not.
fn noteworthy(body: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let mut list = |name: &str, of: &dyn Fn(&Value) -> String| {
        lines.extend(body.get(name).and_then(Value::as_array).into_iter().flatten().map(of));
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    list("violations", &|v| format!("{}: {}", text(v, "field"), text(v, "description")));
    list("preconditions", &|v| format!("{} {}: {}", text(v, "type"), text(v, "subject"), text(v, "description")));
    list("reasons", &|v| {
        let reason = text(v, "reason");
        format!("{}: {}", reason.trim_start_matches("INELIGIBILITY_REASON_"), text(v, "remedy"))
    });
    list("facts", &|v| {
        format!("{} version {} {} (age {})", text(v, "resource"), text(v, "version"), text(v, "state"), text(v, "age"))
    });
    list("events", &|v| {
        let time = text(v, "create_time");
        format!(
            "{} {:<13} {:<32} {}",
            time.get(..19).unwrap_or(&time),
            text(v, "service"),
            text(v, "kind"),
            text(v, "subject")
        )
    });
    if let Some(eligible) = body.get("eligible").and_then(Value::as_bool) {
        lines.insert(0, if eligible { "ELIGIBLE".to_owned() } else { "NOT ELIGIBLE".to_owned() });
    }
    lines
}
