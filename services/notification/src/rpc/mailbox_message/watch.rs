//! Tells mails as they arrive.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database::{Cursor, Scope};
use futures::stream::{self, StreamExt as _};
use ids::{MailboxMessageId, RawId};
use runtime::pulse::Pulse;
use runtime::reply::Answers;
use runtime::{Caller, Fault, Reason, Violations};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tonic::{Code, Status};
use wire::notification as pb;

use crate::domain::Mail;
use crate::rpc::convert;
use crate::store::mailbox_message::Filter;
use crate::{App, store};

/// As long as an access token is good for.
const LONGEST: Duration = Duration::from_secs(5 * 60);
/// A mail may be seen this much later than another one that arrived after it: no change takes longer.
const LATE: TimeDelta = TimeDelta::seconds(15);
/// Mails read at once.
const PAGE: u64 = 200;

pub(crate) async fn watch(
    app: &App,
    caller: &Caller,
    request: pb::WatchMailboxMessagesRequest,
) -> Result<Answers<pb::MailboxMessage>, Fault> {
    convert::simulated(app)?;
    let mut violations = Violations::of(&request);
    let filter = convert::filter(&mut violations, &request.parent, &request.kind, &request.query);
    let (filter,) = violations.all((filter,))?;
    let watched = Watched {
        filter,
        scope: caller.scope()?,
        since: app.now() - LATE,
        told: HashMap::new(),
        next: VecDeque::new(),
        pulse: app.pulse(),
        until: Instant::now() + LONGEST,
        _place: app.service().watchers().try_acquire_owned().map_err(|_| crowded())?,
        app: app.clone(),
    };
    let mails = stream::try_unfold(watched, |mut watched| async move {
        let mail = watched.mail().await.map_err(Status::from)?;
        Ok(mail.map(|mail| (convert::mailbox_message(mail), watched)))
    });
    Ok(mails.boxed())
}

fn crowded() -> Fault {
    Fault::new(Code::ResourceExhausted, Reason::RateLimited, "too many watch already: list instead, or watch later")
        .retry_after(Duration::from_secs(10))
}

/// One watcher, and how far it has come.
struct Watched {
    app: App,
    filter: Filter,
    scope: Scope,
    /// Mails before this are told or will never come.
    since: DateTime<Utc>,
    /// Those told of since then.
    told: HashMap<MailboxMessageId, DateTime<Utc>>,
    next: VecDeque<Mail>,
    pulse: Pulse,
    until: Instant,
    _place: OwnedSemaphorePermit,
}

impl Watched {
    /// The next mail; none at the end.
    async fn mail(&mut self) -> Result<Option<Mail>, Fault> {
        loop {
            if let Some(mail) = self.next.pop_front() {
                return Ok(Some(mail));
            }
            self.look().await?;
            if self.next.is_empty() && !matches!(tokio::time::timeout_at(self.until, self.pulse.beat()).await, Ok(true))
            {
                return Ok(None);
            }
        }
    }

    /// Reads what has come since.
    async fn look(&mut self) -> Result<(), Fault> {
        let mut after = Some(Cursor { time: self.since, id: RawId::nil() });
        while let Some(cursor) = after {
            let reader = self.app.database().reader();
            let page =
                store::mailbox_message::list(reader, self.scope, self.filter.clone(), Some(cursor), PAGE).await?;
            for mail in page.items {
                if self.told.insert(mail.id, mail.create_time).is_none() {
                    self.since = self.since.max(mail.create_time - LATE);
                    self.next.push_back(mail);
                }
            }
            after = page.next;
        }
        self.told.retain(|_, time| *time >= self.since);
        Ok(())
    }
}
