//! Messages: the queue, and afterwards who was told of what.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, affected, page};
use ids::{EventId, MessageId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, PaginatorTrait, QueryOrder, QuerySelect, QueryTrait, TryInsertResult, entity::prelude::*,
};

use crate::domain::pace::Full;
use crate::domain::{Cause, Contents, Kind, Message, State, To};

mod row;

/// A message to be tried, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) id: MessageId,
    pub(crate) to: To,
}

/// Which messages to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only those in this state.
    pub(crate) state: Option<&'static str>,
    /// Only those that tell of this resource.
    pub(crate) subject: Option<String>,
}

/// Queues a message, unless its recipient was told of its cause before.
pub(crate) async fn insert(tx: &Tx, scope: Scope, message: &Message) -> Result<bool, Error> {
    if scope != Scope::Peer {
        return Ok(false);
    }
    let twin = OnConflict::columns([row::Column::Source, row::Column::Event, row::Column::Mailbox]);
    let insert = row::Entity::insert(write(message)?).on_conflict(twin.clone().do_nothing().to_owned()).try_insert();
    let inserted = insert.exec_without_returning(tx).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// The messages to be tried now, those that wait longest first, without those of whoever must wait.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    scope: Scope,
    now: DateTime<Utc>,
    without: &Full,
    limit: u64,
) -> Result<Vec<Due>, Error> {
    if scope != Scope::Peer {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, String, String)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::Mailbox, row::Column::Hint, row::Column::Domain])
        .filter(row::Column::DueTime.lte(now))
        .apply_if(some(&without.domains), |select, full| select.filter(row::Column::Domain.is_not_in(full)))
        .apply_if(some(&without.mailboxes), |select, full| select.filter(row::Column::Mailbox.is_not_in(full)))
        .order_by_asc(row::Column::DueTime)
        .order_by_asc(row::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    let due = |(id, mailbox, hint, domain)| Due { id: MessageId::from_uuid(id), to: To { mailbox, hint, domain } };
    Ok(rows.into_iter().map(due).collect())
}

fn some(keys: &[String]) -> Option<Vec<String>> {
    (!keys.is_empty()).then(|| keys.to_vec())
}

/// One message.
pub(crate) async fn load(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: MessageId,
) -> Result<Option<Message>, Error> {
    if !matches!(scope, Scope::Peer | Scope::Operator) {
        return Ok(None);
    }
    row::Entity::find_by_id(id.uuid()).one(connection).await?.map(read).transpose()
}

/// The messages after a cursor, in the order in which they were asked for.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    filter: Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Message>, Error> {
    if scope != Scope::Operator {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let select = row::Entity::find()
        .apply_if(filter.state, |select, state| select.filter(row::Column::State.eq(state)))
        .apply_if(filter.subject, |select, subject| select.filter(row::Column::Subject.eq(subject)));
    let select = page::after(select, (row::Column::CreateTime, row::Column::Id), after, size);
    let rows = select.all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.create_time, id: row.id });
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        match read(row) {
            Ok(message) => items.push(message),
            // It must not hide the others.
            Err(error) => tracing::error!(%error, "a message can't be listed"),
        }
    }
    Ok(Page { items, next: page.next })
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backlog {
    /// Messages that wait, or are being sent.
    pub(crate) waiting: u64,
    /// Messages that wait for the operator.
    pub(crate) parked: u64,
    /// Since when the one waits that is most overdue.
    pub(crate) due_since: Option<DateTime<Utc>>,
}

/// How the whole queue stands now.
pub(crate) async fn backlog(connection: &impl ConnectionTrait, scope: Scope) -> Result<Backlog, Error> {
    if scope != Scope::Peer {
        return Ok(Backlog { waiting: 0, parked: 0, due_since: None });
    }
    let waiting = || row::Entity::find().filter(row::Column::DueTime.is_not_null());
    let oldest = waiting().select_only().column(row::Column::DueTime).order_by_asc(row::Column::DueTime).limit(1);
    Ok(Backlog {
        waiting: waiting().count(connection).await?,
        parked: row::Entity::find().filter(row::Column::State.eq("PARKED")).count(connection).await?,
        due_since: oldest.into_tuple().one(connection).await?,
    })
}

/// Sets a message aside that can't even be read, as it is, so that it is not taken up again and again.
pub(crate) async fn set_aside(tx: &Tx, id: MessageId, now: DateTime<Utc>, reason: &str) -> Result<(), Error> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::State, "PARKED".into())
        .col_expr(row::Column::DueTime, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(row::Column::EndTime, Expr::value(now))
        .col_expr(row::Column::LastError, reason.into())
        .filter(row::Column::Id.eq(id.uuid()))
        .filter(row::Column::DueTime.is_not_null());
    affected(update.exec(tx).await?.rows_affected)
}

/// Writes a message back, if nobody else did since it was loaded.
pub(crate) async fn save(tx: &Tx, scope: Scope, message: &Message) -> Result<(), Error> {
    if !matches!(scope, Scope::Peer | Scope::Operator) {
        return Err(Error::Contended);
    }
    let mut row = write(message)?;
    row.version = Set(message.version + 1);
    let update = row::Entity::update_many()
        .set(row)
        .filter(row::Column::Id.eq(message.id.uuid()))
        .filter(row::Column::Version.eq(message.version));
    affected(update.exec(tx).await?.rows_affected)
}

fn write(message: &Message) -> Result<row::ActiveModel, Error> {
    let (due, end, contents) = match &message.state {
        State::Queued { due: at, contents } | State::Sending { until: at, contents } => {
            (Some(*at), None, Some(contents))
        }
        State::Sent { at } | State::Bounced { at } | State::Dropped { at } => (None, Some(*at), None),
        State::Parked { at, contents } => (None, Some(*at), Some(contents)),
    };
    let contents = contents.map(serde_json::to_value).transpose();
    Ok(row::ActiveModel {
        id: Set(message.id.uuid()),
        source: Set(message.cause.source.clone()),
        event: Set(message.cause.event.uuid()),
        subject: Set(message.cause.subject.clone()),
        subject_version: Set(message.cause.subject_version),
        trace: Set(message.cause.trace.clone()),
        mailbox: Set(message.to.mailbox.clone()),
        hint: Set(message.to.hint.clone()),
        domain: Set(message.to.domain.clone()),
        kind: Set(message.kind.name().to_owned()),
        language: Set(message.language.clone()),
        state: Set(message.state.name().to_owned()),
        due_time: Set(due),
        end_time: Set(end),
        contents: Set(contents.map_err(|error| unreadable("contents", message.id.uuid(), error))?),
        attempts: Set(i32::try_from(message.attempts).unwrap_or(i32::MAX)),
        last_error: Set(message.last_error.clone()),
        create_time: Set(message.create_time),
        version: Set(message.version),
    })
}

fn read(row: row::Model) -> Result<Message, Error> {
    let id = row.id;
    let due = || row.due_time.ok_or_else(|| unreadable("due_time", id, "missing"));
    let end = || row.end_time.ok_or_else(|| unreadable("end_time", id, "missing"));
    let contents = || {
        let value = row.contents.clone().ok_or_else(|| unreadable("contents", id, "missing"))?;
        serde_json::from_value::<Contents>(value).map_err(|error| unreadable("contents", id, error))
    };
    let state = match row.state.as_str() {
        "QUEUED" => State::Queued { due: due()?, contents: contents()? },
        "SENDING" => State::Sending { until: due()?, contents: contents()? },
        "SENT" => State::Sent { at: end()? },
        "BOUNCED" => State::Bounced { at: end()? },
        "PARKED" => State::Parked { at: end()?, contents: contents()? },
        "DROPPED" => State::Dropped { at: end()? },
        _ => return Err(unreadable("state", id, "unknown")),
    };
    Ok(Message {
        id: MessageId::from_uuid(id),
        cause: Cause {
            source: row.source,
            event: EventId::from_uuid(row.event),
            subject: row.subject,
            subject_version: row.subject_version,
            trace: row.trace,
        },
        kind: Kind::parse(&row.kind).ok_or_else(|| unreadable("kind", id, "unknown"))?,
        language: row.language,
        to: To { mailbox: row.mailbox, hint: row.hint, domain: row.domain },
        state,
        attempts: u32::try_from(row.attempts).map_err(|error| unreadable("attempts", id, error))?,
        last_error: row.last_error,
        create_time: row.create_time,
        version: row.version,
    })
}

fn unreadable(column: &'static str, row: Uuid, reason: impl ToString) -> Error {
    Error::unreadable("message", column, row, reason)
}

#[cfg(test)]
mod tests;
