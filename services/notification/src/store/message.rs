//! Messages: the queue, and afterwards who was told of what.

use addresses::Email;
use chrono::{DateTime, Utc};
use database::{Error, Scope, Tx, affected};
use ids::{EventId, MessageId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect, TryInsertResult, entity::prelude::*};

use crate::domain::{Cause, Contents, Kind, Message, State};

mod row;

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

/// The messages to be tried now, those that wait longest first.
pub(crate) async fn due(
    connection: &impl ConnectionTrait,
    scope: Scope,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<MessageId>, Error> {
    if scope != Scope::Peer {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::Column::DueTime.lte(now))
        .order_by_asc(row::Column::DueTime)
        .order_by_asc(row::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(MessageId::from_uuid).collect())
}

/// One message.
pub(crate) async fn load(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: MessageId,
) -> Result<Option<Message>, Error> {
    if scope != Scope::Peer {
        return Ok(None);
    }
    row::Entity::find_by_id(id.uuid()).one(connection).await?.map(read).transpose()
}

/// Writes a message back, if nobody else did since it was loaded.
pub(crate) async fn save(tx: &Tx, scope: Scope, message: &Message) -> Result<(), Error> {
    if scope != Scope::Peer {
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
        State::Sent { at } | State::Bounced { at } => (None, Some(*at), None),
        State::Parked { at, contents } => (None, Some(*at), Some(contents)),
    };
    let contents = contents.map(serde_json::to_value).transpose();
    Ok(row::ActiveModel {
        id: Set(message.id.uuid()),
        source: Set(message.cause.source.clone()),
        event: Set(message.cause.event.uuid()),
        mailbox: Set(message.recipient.as_str().to_owned()),
        recipient: Set(message.recipient.as_str().to_owned()),
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
        _ => return Err(unreadable("state", id, "unknown")),
    };
    Ok(Message {
        id: MessageId::from_uuid(id),
        cause: Cause { source: row.source, event: EventId::from_uuid(row.event) },
        kind: Kind::parse(&row.kind).ok_or_else(|| unreadable("kind", id, "unknown"))?,
        language: row.language,
        recipient: Email::parse(&row.recipient).map_err(|error| unreadable("recipient", id, error))?,
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
