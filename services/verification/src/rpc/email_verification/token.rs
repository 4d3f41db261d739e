//! What a caller shows: a link's token, or name and code.

use std::cmp::Ordering;

use ids::{EmailVerificationId, OrganizationId};
use runtime::links::Presented;
use runtime::{Fault, Links};

use crate::domain::{EmailVerification, Proof, Refusal};
use crate::link;

/// The longest token that is taken.
pub(super) const TOKEN: usize = 120;
/// The longest code that is taken.
pub(super) const CODE: usize = 16;

/// What a caller shows, well-formed and not yet proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// The token of a link.
    Token(Presented),
    /// A resource name and the code of a mail.
    Code { organization: OrganizationId, id: EmailVerificationId, code: String },
}

impl Shown {
    /// The token of a link; what is none was never made by us.
    pub(super) fn token(token: &str) -> Result<Shown, Fault> {
        Links::read(token).map(Shown::Token).ok_or_else(|| Fault::from(Refusal::Unknown))
    }

    /// The verification it names.
    pub(super) fn id(&self) -> EmailVerificationId {
        match self {
            Shown::Token(presented) => EmailVerificationId::from_uuid(presented.id),
            Shown::Code { id, .. } => *id,
        }
    }

    /// What it proves of this verification; a forged token and a foreign name are unknown.
    pub(super) fn prove(&self, links: &Links, verification: &EmailVerification) -> Result<Proof, Refusal> {
        match self {
            Shown::Token(presented) => {
                let ours = presented.id == verification.id.uuid()
                    && links.proves(presented, link::PURPOSE, &verification.nonce);
                match presented.generation.cmp(&verification.generation) {
                    Ordering::Less if ours => Ok(Proof::Older),
                    Ordering::Equal if ours => Ok(Proof::Newest),
                    _ => Err(Refusal::Unknown),
                }
            }
            Shown::Code { organization, code, .. } => {
                if *organization != verification.organization {
                    return Err(Refusal::Unknown);
                }
                let right = links.proves_code(code, link::bond(verification));
                Ok(if right { Proof::Newest } else { Proof::WrongCode })
            }
        }
    }
}
