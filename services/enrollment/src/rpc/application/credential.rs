//! What an application proves itself by, as a request gives it.

use runtime::Violations;
use wire::enrollment as pb;
use wire::enrollment::application_credential::Proof as WireProof;

use crate::App;
use crate::domain::application::Proof;
use crate::public_key::{LONGEST, PublicKey};

/// A public key, or a workload of a configured issuer.
pub(super) fn parse(app: &App, v: &mut Violations, given: Option<&pb::ApplicationCredential>) -> Option<Proof> {
    match given.and_then(|given| given.proof.as_ref()) {
        Some(WireProof::PublicKey(text)) => {
            let field = "credential.public_key";
            if text.len() > LONGEST {
                v.add(field, format!("must have 1 to {LONGEST} characters"));
                return None;
            }
            let key = v.check(field, PublicKey::parse(text))?;
            let pem = v.check(field, key.to_pem())?;
            Some(Proof::Key { id: key.kid(), pem })
        }
        Some(WireProof::FederatedSubject(given)) => {
            let field = "credential.federated_subject.issuer";
            let issuer = v.text(field, &given.issuer, 1..=200);
            let subject = v.text("credential.federated_subject.subject", &given.subject, 1..=255);
            let known = |issuer: &String| app.service().config.workload_issuers.iter().any(|one| one.issuer == *issuer);
            if issuer.as_ref().is_some_and(|issuer| !known(issuer)) {
                v.add(field, "is not configured as an issuer of workloads: ask the operator");
            }
            Some(Proof::Federated { issuer: issuer?, subject: subject? })
        }
        None => {
            v.add("credential.proof", "is required: public_key or federated_subject");
            None
        }
    }
}
