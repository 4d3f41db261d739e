//! Sign-in.

mod application;
mod by_assertion;
mod by_code;
mod by_federated_token;
mod by_identity;
mod by_session;
pub(super) mod create;
mod identity;
mod person;

use addresses::Email;
use database::Tx;
use runtime::{Fault, Reason};
use tonic::Code;
use wire::enrollment as pb;

use crate::domain::issuer::Word;
use crate::{App, link, store};

/// How far an issuer's word reaches for somebody with this address.
pub(super) async fn word(app: &App, tx: &Tx, issuer: &str, email: &Email) -> Result<Word, Fault> {
    let domain = email.registrable_domain();
    let chosen = store::domain_name::trusted_issuer(tx, domain).await?;
    let claimant = app.service().issuers.claimant(issuer, domain, chosen.as_deref());
    claimant.word().map_err(|why| not_trusted(&why.to_string()))
}

/// What stands for an address where its code is kept.
pub(super) fn address(app: &App, email: &Email) -> String {
    app.links().blind(link::PURPOSE, email.as_str())
}

/// What was given proves nothing, whatever the reason.
fn invalid() -> Fault {
    Fault::new(Code::Unauthenticated, Reason::CredentialInvalid, "this proves nothing, or no longer: sign in again")
}

fn not_trusted(why: &str) -> Fault {
    Fault::new(Code::Unauthenticated, pb::Reason::IssuerNotTrusted, format!("the issuer does not count here: {why}"))
}
