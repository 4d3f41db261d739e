//! The simulated mailboxes: mails in the order of their arrival.

use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{MailboxMessageId, MessageId};
use sea_orm::sea_query::{ExprTrait, Func, LikeExpr};
use sea_orm::{ActiveValue::Set, Condition, QueryTrait, entity::prelude::*};

use crate::domain::{Kind, Letter, Mail};

mod row;

/// Which mails to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only this mailbox.
    pub(crate) mailbox: Option<String>,
    /// Only this kind.
    pub(crate) kind: Option<Kind>,
    /// Only with this in subject, text or address, in any case of ASCII letters.
    pub(crate) query: Option<String>,
}

/// Puts a mail into its mailbox.
pub(crate) async fn insert(tx: &Tx, scope: Scope, mail: Mail) -> Result<(), Error> {
    if scope != Scope::Peer {
        return Err(Error::Contended);
    }
    let id = mail.id.uuid();
    let links = serde_json::to_value(&mail.letter.links).map_err(|error| unreadable("links", id, error))?;
    let row = row::ActiveModel {
        id: Set(id),
        message: Set(mail.message.uuid()),
        mailbox: Set(mail.letter.address),
        kind: Set(mail.kind.name().to_owned()),
        language: Set(mail.letter.language),
        display_name: Set(mail.letter.name),
        sender: Set(mail.letter.from),
        reply_to: Set(mail.letter.reply_to),
        subject: Set(mail.letter.subject),
        text_body: Set(mail.letter.text),
        html_body: Set(mail.letter.html),
        links: Set(links),
        create_time: Set(mail.create_time),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// One mail of this mailbox.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    mailbox: &str,
    id: MailboxMessageId,
) -> Result<Option<Mail>, Error> {
    if scope != Scope::Operator {
        return Ok(None);
    }
    let found = row::Entity::find_by_id(id.uuid()).filter(row::Column::Mailbox.eq(mailbox)).one(connection).await?;
    found.map(read).transpose()
}

/// The mails after a cursor.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    filter: Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Mail>, Error> {
    if scope != Scope::Operator {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let select = row::Entity::find()
        .apply_if(filter.mailbox, |select, mailbox| select.filter(row::Column::Mailbox.eq(mailbox)))
        .apply_if(filter.kind, |select, kind| select.filter(row::Column::Kind.eq(kind.name())))
        .apply_if(filter.query, |select, query| select.filter(holds(&query)));
    let select = page::after(select, (row::Column::CreateTime, row::Column::Id), after, size);
    let rows = select.all(connection).await?;
    let mails = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(mails, size, |mail| Cursor { time: mail.create_time, id: mail.id.uuid() }))
}

/// The databases fold other letters than ASCII in their own ways, or not at all: those must be as they stand.
fn holds(query: &str) -> Condition {
    let literal = query.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = LikeExpr::new(format!("%{literal}%")).escape('\\');
    let places = [row::Column::Subject, row::Column::TextBody, row::Column::Mailbox];
    places
        .into_iter()
        .fold(Condition::any(), |any, place| any.add(Func::lower(place.into_expr()).like(pattern.clone())))
}

fn read(row: row::Model) -> Result<Mail, Error> {
    Ok(Mail {
        id: MailboxMessageId::from_uuid(row.id),
        message: MessageId::from_uuid(row.message),
        kind: Kind::parse(&row.kind).ok_or_else(|| unreadable("kind", row.id, "unknown"))?,
        letter: Letter {
            language: row.language,
            name: row.display_name,
            address: row.mailbox,
            from: row.sender,
            reply_to: row.reply_to,
            subject: row.subject,
            text: row.text_body,
            html: row.html_body,
            links: serde_json::from_value(row.links).map_err(|error| unreadable("links", row.id, error))?,
        },
        create_time: row.create_time,
    })
}

fn unreadable(column: &'static str, row: Uuid, reason: impl ToString) -> Error {
    Error::unreadable("mailbox_message", column, row, reason)
}
