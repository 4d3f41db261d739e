//! What the codes that are mailed for sign-in are bound to.

use runtime::links::Bond;

use crate::domain::sign_in_code::SignInCode;

/// What they are for.
pub(crate) const PURPOSE: &str = "sign-in";

/// What the code is derived from.
pub(crate) fn bond(code: &SignInCode) -> Bond<'_> {
    Bond { purpose: PURPOSE, id: code.id.uuid(), generation: code.generation, nonce: &code.nonce }
}
