//! Requests that may come again.

use database::{Error, Tx, idempotency};
use prost::Message;
use tonic::Code;
use wire::Request;

use crate::{App, Caller, Fault, Reason, Service};

/// A request that carries an id: where its answer is kept, and what a repetition must equal.
pub(super) struct Repeat {
    pub(super) key: idempotency::Key,
    pub(super) mac: String,
}

impl Repeat {
    pub(super) fn of<S: Service, R: Request>(app: &App<S>, caller: &Caller, request: &R) -> Option<Repeat> {
        let request_id = request.request_id().filter(|id| !id.is_empty() && !request.validate_only())?;
        let mac = app.links().fingerprint("idempotency", &[&request.payload()]);
        Some(Repeat {
            key: idempotency::Key {
                caller: caller.key(),
                method: caller.method.clone(),
                request_id: request_id.to_lowercase(),
            },
            mac: crate::links::BASE32.encode(&mac),
        })
    }

    pub(super) async fn find<T: Message + Default>(&self, tx: &Tx) -> Result<Option<T>, Fault> {
        let Some(stored) = idempotency::find(tx, &self.key).await? else { return Ok(None) };
        self.answer(&stored).map(Some)
    }

    /// The answer that the same request got while this one was under way.
    pub(super) async fn twin<S: Service, T: Message + Default>(&self, app: &App<S>, caller: &Caller) -> Option<T> {
        let reader = app.database().reader();
        let stored = idempotency::find(reader, &self.key).await.ok()??;
        let answer = self.answer(&stored).ok()?;
        caller.mark_replayed();
        Some(answer)
    }

    fn answer<T: Message + Default>(&self, stored: &idempotency::Stored) -> Result<T, Fault> {
        if stored.payload_mac != self.mac {
            let fault = Fault::new(
                Code::InvalidArgument,
                Reason::RequestIdReused,
                "this request id was used with another payload: take a new one",
            );
            return Err(fault.violation("request_id", "used before with another payload"));
        }
        let answer = T::decode(stored.answer.as_slice())
            .map_err(|error| Error::unreadable("idempotency", "answer", &self.key.request_id, error))?;
        Ok(answer)
    }
}
