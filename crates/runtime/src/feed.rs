//! The journal as a feed: each organization reads what it is party to, the operator all.

mod places;
mod watch;

use database::Scope;
use database::journal::{self, ListFilter};
use ids::Id;
use tonic::{Request, Response, Status};
use wire::event as pb;
use wire::event::event_service_server::EventService;
use wire::types::{Actor, ActorKind};

use crate::reply::Answers;
use crate::{App, Caller, Fault, Service, Violations, convert, page};

/// The longest resource name.
const SUBJECT: usize = 200;

pub(crate) use places::Places;

pub(crate) struct Rpc<S: Service>(pub(crate) App<S>);

#[tonic::async_trait]
impl<S: Service> EventService for Rpc<S> {
    async fn list_events(
        &self,
        request: Request<pb::ListEventsRequest>,
    ) -> Result<Response<pb::ListEventsResponse>, Status> {
        crate::handle!(self, request, list)
    }

    type WatchEventsStream = Answers<pb::WatchEventsResponse>;

    async fn watch_events(
        &self,
        request: Request<pb::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        crate::handle!(self, request, watch::watch)
    }
}

async fn list<S: Service>(
    app: &App<S>,
    caller: &Caller,
    request: pb::ListEventsRequest,
) -> Result<pb::ListEventsResponse, Fault> {
    let mut violations = Violations::of(&request);
    let subject = violations.optional_text("subject", &request.subject, SUBJECT);
    let (subject,) = violations.all((subject,))?;
    let (position, size) = page::position(app.links(), caller, &request)?;
    let filter = ListFilter {
        party: party(caller)?,
        after_sequence: position.map(|position| sequence(&position)).transpose()?,
        subject,
        limit: size + 1,
    };
    let mut entries = journal::list(app.database().reader(), &filter).await?;
    let more = entries.len() as u64 > size;
    entries.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    let last = entries.last().and_then(|entry| entry.sequence).filter(|_| more);
    let next_page_token =
        last.map(|last| page::seal(app.links(), caller, &request, last.to_be_bytes().to_vec())).unwrap_or_default();
    let events = entries.into_iter().map(event::<S>).collect();
    Ok(pb::ListEventsResponse { events, next_page_token })
}

/// Whose entries the caller may read; none when everybody's.
fn party(caller: &Caller) -> Result<Option<String>, Fault> {
    Ok(match caller.scope()? {
        Scope::Organization(organization) => Some(organization.name()),
        Scope::Operator | Scope::Peer | Scope::Link => None,
    })
}

fn sequence(position: &[u8]) -> Result<i64, Fault> {
    position.try_into().map(i64::from_be_bytes).map_err(|_| page::unknown_token())
}

fn event<S: Service>(entry: journal::Entry) -> pb::Event {
    let event = entry.event;
    pb::Event {
        name: Id::<ids::kind::Event>::from_uuid(event.id).name(),
        service: S::NAME.as_str().to_owned(),
        sequence: entry.sequence.unwrap_or_default(),
        create_time: Some(convert::timestamp(event.time)),
        actor: Some(actor(event.actor, event.on_behalf_of)),
        cause: event.cause.unwrap_or_default(),
        request_id: event.request_id.unwrap_or_default(),
        trace_id: event.trace.as_deref().and_then(|trace| trace.split('-').nth(1)).unwrap_or_default().to_owned(),
        subject: event.subject,
        subject_version: entry.subject_version,
        kind: event.kind,
        from_state: event.from_state.unwrap_or_default(),
        to_state: event.to_state.unwrap_or_default(),
        reason: event.reason.unwrap_or_default(),
        changed_paths: event.changed,
        parties: event.parties,
    }
}

/// The journal names actors by resource name; the kind is told by its collection.
fn actor(name: String, organization: Option<String>) -> Actor {
    let kind = match name.split('/').next() {
        Some("organizations") if name.contains("/users/") => ActorKind::User,
        Some("organizations") => ActorKind::Application,
        Some("persons") => ActorKind::Person,
        Some("links") => ActorKind::Link,
        Some("services" | "sweep") => ActorKind::Service,
        _ => ActorKind::Anonymous,
    };
    Actor { kind: kind.into(), name, organization: organization.unwrap_or_default() }
}
