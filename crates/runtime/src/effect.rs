//! What an event causes at a sibling.

use wire::PeerRequest;
use wire::types::Origin;

use crate::ServiceName;

/// One call of a sibling, to be made after the commit, at least once and, unless it is [`Effect::unordered`], in order per subject.
pub struct Effect {
    pub(crate) ordered: bool,
    pub(crate) destination: ServiceName,
    pub(crate) method: &'static str,
    pub(crate) encode: Box<dyn FnOnce(Origin) -> Vec<u8> + Send>,
}

impl Effect {
    /// Tells `destination`; the request's origin is set when the event is recorded.
    pub fn tell<R: PeerRequest + 'static>(destination: ServiceName, mut request: R) -> Effect {
        let encode = Box::new(move |origin| {
            request.set_origin(origin);
            request.encode_to_vec()
        });
        Effect { ordered: true, destination, method: R::METHOD, encode }
    }

    /// The same, waiting for no earlier call: for what tells of a moment instead of carrying a state, such as mail.
    #[must_use]
    pub fn unordered(self) -> Effect {
        Effect { ordered: false, ..self }
    }
}

impl std::fmt::Debug for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Effect").field("destination", &self.destination).field("method", &self.method).finish()
    }
}
