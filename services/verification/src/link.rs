//! What the links and codes of both mails are bound to.

use runtime::links::Bond;

use crate::domain::EmailVerification;

/// What the links are for.
pub(crate) const PURPOSE: &str = "email-verification";

/// What links and codes of this verification are bound to.
pub(crate) fn bond(verification: &EmailVerification) -> Bond<'_> {
    Bond {
        purpose: PURPOSE,
        id: verification.id.uuid(),
        generation: verification.generation,
        nonce: &verification.nonce,
    }
}
