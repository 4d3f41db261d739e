//! Sign-in.

mod by_identity;
mod by_session;
pub(super) mod create;
mod identity;
mod person;

use runtime::{Fault, Reason};
use tonic::Code;

/// What was given proves nothing, whatever the reason.
fn invalid() -> Fault {
    Fault::new(Code::Unauthenticated, Reason::CredentialInvalid, "this proves nothing, or no longer: sign in again")
}
