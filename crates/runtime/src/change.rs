//! The one way to write: idempotency, transaction, journal and outbox together, so that none can be forgotten.

mod origin;
mod repeat;

use chrono::{DateTime, Utc};
use database::{Scope, Step, Tx, idempotency, inbox, journal, outbox};
use ids::Id;
use prost::Message;
use uuid::Uuid;
use wire::Request;
use wire::types::Origin;

use self::repeat::Repeat;
use crate::{App, Caller, Effect, Event, Fault, Identity, Service, convert, telemetry};

/// What a closure given to [`App::change`] decided.
pub enum Outcome<T, E> {
    /// Done: committed with its events, and remembered under the request id.
    Done(T, Vec<E>),
    /// Refused, but not without trace: committed with its events (a counted try), and not remembered.
    Refused(Fault, Vec<E>),
}

/// A change under way. Made anew for each attempt.
pub struct Change<S: Service> {
    /// The transaction: the first argument of every store function.
    pub tx: Tx,
    now: DateTime<Utc>,
    app: App<S>,
}

/// How a sibling's message is kept from being applied twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbox {
    /// It carries state: applied when newer than the last of its source and subject.
    Newest,
    /// Each counts once, by a unique key of the closure's own.
    Each,
}

/// What is known of the call behind a change, for its journal entries and outbox rows.
struct Behind<'a> {
    caller: &'a Caller,
    request_id: Option<String>,
    trace: Option<String>,
    cause: Option<String>,
}

impl<S: Service> Change<S> {
    /// Business time of this change: one instant for all it does.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new id.
    pub fn id<K>(&self) -> Id<K> {
        self.app.floor().mint.id(self.now)
    }

    /// A new nonce.
    pub fn nonce(&self) -> String {
        self.app.nonce()
    }
}

impl<S: Service> App<S> {
    /// Runs `work` in one transaction with its journal entries, outbox rows and idempotency row.
    ///
    /// A repeated request id gives the stored answer. With `validate_only` nothing is kept. A guarded update that met no row
    /// (`Error::Contended`) runs `work` again.
    pub async fn change<R, T, Work>(
        &self,
        caller: &Caller,
        request: &R,
        work: impl Fn(Change<S>) -> Work,
    ) -> Result<T, Fault>
    where
        R: Request,
        T: Message + Default,
        Work: Future<Output = Result<Outcome<T, S::Event>, Fault>>,
    {
        self.change_causing(caller, request, S::effects, work).await
    }

    /// Like [`App::change`], for what happens in every service alike and so is no event of the service's own.
    pub(crate) async fn change_causing<E, R, T, Work>(
        &self,
        caller: &Caller,
        request: &R,
        effects: fn(&E) -> Vec<Effect>,
        work: impl Fn(Change<S>) -> Work,
    ) -> Result<T, Fault>
    where
        E: Event,
        R: Request,
        T: Message + Default,
        Work: Future<Output = Result<Outcome<T, E>, Fault>>,
    {
        let repeat = Repeat::of(self, caller, request);
        let behind = Behind {
            caller,
            request_id: repeat.as_ref().map(|repeat| repeat.key.request_id.clone()),
            trace: caller.trace_parent.clone(),
            cause: None,
        };
        let (work, repeat, behind) = (&work, repeat.as_ref(), &behind);
        let dry = request.validate_only();
        let answer = self
            .transact(caller.wall(), move |change: Change<S>| async move {
                if let Some(repeat) = repeat
                    && let Some(answer) = repeat.find(&change.tx).await?
                {
                    behind.caller.mark_replayed();
                    return Ok(Step::Rollback(Ok(answer)));
                }
                let (tx, now) = (change.tx.clone(), change.now);
                match work(change).await? {
                    Outcome::Done(answer, _) if dry => Ok(Step::Rollback(Ok(answer))),
                    Outcome::Refused(fault, _) if dry => Ok(Step::Rollback(Err(fault))),
                    Outcome::Done(answer, events) => {
                        self.record(&tx, now, behind, &events, effects).await?;
                        if let Some(repeat) = repeat {
                            idempotency::keep(&tx, &repeat.key, &repeat.mac, answer.encode_to_vec(), now).await?;
                        }
                        Ok(Step::Commit(Ok(answer)))
                    }
                    Outcome::Refused(fault, events) => {
                        self.record(&tx, now, behind, &events, effects).await?;
                        Ok(Step::Commit(Err(fault)))
                    }
                }
            })
            .await
            .flatten();
        self.floor().wake.send_replace(());
        match (answer, repeat) {
            // What it ran into may be what its twin has done: then the twin's answer is its own.
            (Err(fault), Some(repeat)) => match repeat.twin(self, caller).await {
                Some(answer) => Ok(answer),
                None => Err(fault),
            },
            (answer, _) => answer,
        }
    }

    /// Applies a sibling's message: like [`App::change`], made safe to repeat by its origin instead of a request id.
    pub async fn receive<R, T, Work>(
        &self,
        caller: &Caller,
        request: &R,
        kind: Inbox,
        work: impl Fn(Change<S>) -> Work,
    ) -> Result<T, Fault>
    where
        R: Request,
        T: Message + Default,
        Work: Future<Output = Result<Outcome<T, S::Event>, Fault>>,
    {
        let origin = origin::of(caller, request)?;
        let behind = Behind {
            caller,
            request_id: Some(origin.request_id.clone()).filter(|id| !id.is_empty()),
            // The call's own span is part of the trace that the origin names.
            trace: caller
                .trace_parent
                .clone()
                .or_else(|| Some(origin.trace_parent.clone()).filter(|trace| !trace.is_empty())),
            cause: Some(format!("events/{}", origin.event_id)),
        };
        let (work, behind) = (&work, &behind);
        let answer = self
            .transact(Scope::Peer, move |change: Change<S>| async move {
                let (tx, now) = (change.tx.clone(), change.now);
                let newer = kind == Inbox::Each
                    || inbox::admit(&tx, &origin.source, &origin.subject, origin.epoch, origin.version).await?;
                if !newer {
                    return Ok(Step::Rollback(Ok(T::default())));
                }
                match work(change).await? {
                    Outcome::Done(answer, events) => {
                        self.record(&tx, now, behind, &events, S::effects).await?;
                        Ok(Step::Commit(Ok(answer)))
                    }
                    Outcome::Refused(fault, _) => Ok(Step::Rollback(Err(fault))),
                }
            })
            .await?;
        self.floor().wake.send_replace(());
        answer
    }

    /// A change that time alone asks for, made by this service's own sweep: part of the trace that it goes on with, if any.
    pub async fn sweep<Work>(&self, work: impl Fn(Change<S>) -> Work) -> Result<(), Fault>
    where
        Work: Future<Output = Result<Vec<S::Event>, Fault>>,
    {
        let caller = &Caller::new(Identity::Sweep, "sweep");
        let trace = telemetry::traceparent(&tracing::Span::current());
        let behind = &Behind { caller, request_id: None, trace, cause: None };
        let work = &work;
        self.transact(Scope::Peer, move |change: Change<S>| async move {
            let (tx, now) = (change.tx.clone(), change.now);
            let events = work(change).await?;
            self.record(&tx, now, behind, &events, S::effects).await?;
            Ok(Step::Commit(()))
        })
        .await?;
        self.floor().wake.send_replace(());
        Ok(())
    }

    async fn transact<T, Work>(&self, scope: Scope, work: impl Fn(Change<S>) -> Work) -> Result<T, Fault>
    where
        Work: Future<Output = Result<Step<T>, Fault>>,
    {
        let work = &work;
        let work = move |tx: Tx| work(Change { tx, now: self.now(), app: self.clone() });
        self.database().transact_for(scope, work).await
    }

    /// Journal entries and outbox rows of what happened.
    async fn record<E: Event>(
        &self,
        tx: &Tx,
        now: DateTime<Utc>,
        behind: &Behind<'_>,
        events: &[E],
        effects: fn(&E) -> Vec<Effect>,
    ) -> Result<(), Fault> {
        let ids: Vec<_> = events.iter().map(|_| self.floor().mint.uuid(now)).collect();
        let entries = ids.iter().zip(events).map(|(id, event)| behind.entry(*id, now, event.entry()));
        let entries: Vec<_> = entries.collect();
        let subjects: Vec<_> = entries.iter().map(|entry| entry.subject.clone()).collect();
        let versions = journal::append(tx, entries).await?;
        let mut rows = Vec::new();
        for (((id, event), subject), version) in ids.into_iter().zip(events).zip(&subjects).zip(versions) {
            let origin = self.origin(id, now, subject, version, behind);
            rows.extend(effects(event).into_iter().map(|effect| outbox::NewRow {
                event: id,
                destination: effect.destination.as_str().to_owned(),
                subject: subject.clone(),
                ordered: effect.ordered,
                subject_version: version,
                source_epoch: self.floor().epoch,
                method: effect.method.to_owned(),
                payload: (effect.encode)(origin.clone()),
                trace: behind.trace.clone(),
                available_at: now,
                created_at: now,
            }));
        }
        outbox::insert(tx, rows).await?;
        Ok(())
    }

    fn origin(&self, id: Uuid, now: DateTime<Utc>, subject: &str, version: i64, behind: &Behind<'_>) -> Origin {
        Origin {
            source: S::NAME.as_str().to_owned(),
            epoch: self.floor().epoch,
            event_id: Id::<ids::kind::Event>::from_uuid(id).to_string(),
            subject: subject.to_owned(),
            version,
            occur_time: Some(convert::timestamp(now)),
            request_id: behind.request_id.clone().unwrap_or_default(),
            trace_parent: behind.trace.clone().unwrap_or_default(),
        }
    }
}

impl Behind<'_> {
    fn entry(&self, id: Uuid, now: DateTime<Utc>, entry: crate::Entry) -> journal::NewEntry {
        journal::NewEntry {
            id,
            time: now,
            actor: self.caller.actor(),
            on_behalf_of: self.caller.on_behalf_of(),
            request_id: self.request_id.clone(),
            trace: self.trace.clone(),
            cause: self.cause.clone(),
            subject: entry.subject,
            kind: entry.kind.to_owned(),
            from_state: entry.from,
            to_state: entry.to,
            reason: entry.reason,
            changed: entry.changed,
            parties: entry.parties.into_iter().map(ids::Id::name).collect(),
        }
    }
}
