//! `linkage audit --follow`: entries of the four services as they are written, in the order in which they become known.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use runtime::ServiceName;
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::text;
use crate::client::Client;
use crate::people::People;

/// How long to wait before watching again.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells each entry from now on, until it is interrupted.
pub(super) async fn follow(
    client: &Client,
    people: &mut People,
    email: &str,
    organization: Option<&str>,
    tell: impl Fn(&Value),
) -> anyhow::Result<()> {
    let mut tokens: BTreeMap<_, _> = ServiceName::ALL.into_iter().map(|name| (name, "now".to_owned())).collect();
    loop {
        match once(client, people, (email, organization), &mut tokens, &tell).await? {
            // The token ran out, the service stops, or the reader was too slow: it goes on where it was.
            Some(status) if matches!(status.code(), Code::Unauthenticated | Code::Unavailable) => people.forget(email),
            Some(status) if reason(&status) == "WATCHER_TOO_SLOW" => {}
            Some(status) => anyhow::bail!("{}: {}", reason(&status), status.message()),
            None => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Watches all services until one of them ends the watch; why it does.
async fn once(
    client: &Client,
    people: &mut People,
    (email, organization): (&str, Option<&str>),
    tokens: &mut BTreeMap<ServiceName, String>,
    tell: &impl Fn(&Value),
) -> anyhow::Result<Option<Status>> {
    let token = match people.token(client, email, organization).await? {
        Ok(token) => token,
        Err(refused) => match refused.status.clone() {
            Some(status) if refused.is_transient() => return Ok(Some(status)),
            _ => anyhow::bail!("sign-in was refused: {} {}", refused.reason, refused.message),
        },
    };
    let method = client.method("event.EventService/WatchEvents")?;
    let mut watched: Vec<BoxStream<'_, (ServiceName, Result<Value, Status>)>> = Vec::new();
    for (service, resume) in &*tokens {
        let (service, request) = (*service, json!({ "resume_token": resume }));
        match client.stream(service, &method, &request, Some(&token)).await {
            Ok(answers) => watched.push(answers.map(move |answer| (service, answer)).boxed()),
            Err(error) => return error.downcast::<Status>().map(Some),
        }
    }
    let mut watched = stream::select_all(watched);
    while let Some((service, answer)) = watched.next().await {
        let answer = match answer {
            Ok(answer) => answer,
            Err(status) => return Ok(Some(status)),
        };
        if let Some(event) = answer.get("event").filter(|event| event.is_object()) {
            tell(event);
        }
        tokens.insert(service, text(&answer, "resume_token"));
    }
    Ok(None)
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}
