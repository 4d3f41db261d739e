//! What the codes that are mailed for sign-in are bound to, and the handles that are shown with them.

use runtime::Links;
use runtime::links::{Bond, Presented};

use crate::domain::sign_in_code::SignInCode;

/// What they are for.
pub(crate) const PURPOSE: &str = "sign-in";
/// What handles are for: nothing that opens a door.
const HANDLE: &str = "sign-in-handle";
/// A code is never mailed again; each has a row of its own.
const GENERATION: i64 = 1;

/// What the code is derived from.
pub(crate) fn bond(code: &SignInCode) -> Bond<'_> {
    Bond { purpose: PURPOSE, id: code.id.uuid(), generation: GENERATION, nonce: &code.nonce }
}

/// What whoever asks for a code is given, to show it with the code.
pub(crate) fn handle(links: &Links, code: &SignInCode) -> String {
    links.token(Bond { purpose: HANDLE, ..bond(code) })
}

/// Whether this is the handle of this code.
pub(crate) fn is_handle(links: &Links, shown: &Presented, code: &SignInCode) -> bool {
    links.proves(shown, HANDLE, &code.nonce)
}
