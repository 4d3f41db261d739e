//! The keys that access tokens are verified with: enrollment's own, asked of it by all others.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tonic::Status;
use wire::access::GetSigningKeysRequest;
use wire::access::key_service_client::KeyServiceClient;

use crate::keys::{Keys, VerifyingKey};
use crate::peers::Peers;
use crate::{Fault, ServiceName};

/// How often enrollment is asked at most: a forged key id must not turn each call into two.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct AccessKeys {
    known: RwLock<BTreeMap<String, Arc<VerifyingKey>>>,
    /// Whom to ask for keys that are not known, and when that was last done.
    source: Option<(Peers, tokio::sync::Mutex<Option<Asked>>)>,
}

struct Asked {
    at: Instant,
    answered: bool,
}

impl AccessKeys {
    /// Enrollment knows the key; any other service asks enrollment for it.
    pub(crate) fn new(keys: &Keys, peers: &Peers) -> AccessKeys {
        match &keys.access {
            Some(signer) => AccessKeys { known: RwLock::new(by_id(signer.publics().cloned())), source: None },
            None => {
                AccessKeys { known: RwLock::default(), source: Some((peers.clone(), tokio::sync::Mutex::default())) }
            }
        }
    }

    /// The key of this id; `None` when there is none.
    pub(crate) async fn find(&self, kid: &str) -> Result<Option<Arc<VerifyingKey>>, Fault> {
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let Some((peers, asked)) = &self.source else { return Ok(None) };
        // Who comes while another asks waits for that answer.
        let mut asked = asked.lock().await;
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        match asked.as_ref().filter(|last| last.at.elapsed() < PAUSE) {
            Some(last) if last.answered => return Ok(None),
            Some(_) => return Err(Fault::unavailable("enrollment did not give its signing keys")),
            None => {}
        }
        self.learn(peers, &mut asked).await?;
        Ok(self.known(kid))
    }

    /// Whether the key of this id counts now; nobody is asked.
    pub(crate) fn has(&self, kid: &str) -> bool {
        self.known(kid).is_some()
    }

    /// Asks for the keys anew, so that one withdrawn no longer counts; without an answer, what was known stays.
    pub(crate) async fn reload(&self) -> Result<(), Fault> {
        match &self.source {
            Some((peers, asked)) => self.learn(peers, &mut *asked.lock().await).await,
            None => Ok(()),
        }
    }

    async fn learn(&self, peers: &Peers, asked: &mut Option<Asked>) -> Result<(), Fault> {
        let given = ask(peers).await;
        *asked = Some(Asked { at: Instant::now(), answered: given.is_ok() });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = given.map_err(Fault::unavailable)?;
        Ok(())
    }

    fn known(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }
}

async fn ask(peers: &Peers) -> Result<BTreeMap<String, Arc<VerifyingKey>>, Status> {
    let mut client = KeyServiceClient::new(peers.client(ServiceName::Enrollment));
    let given = client.get_signing_keys(GetSigningKeysRequest {}).await?.into_inner().keys;
    // A key of a kind that is not understood here verifies nothing here.
    Ok(by_id(given.iter().filter_map(|key| VerifyingKey::from_bytes("signing key", &key.public_key).ok())))
}

fn by_id(keys: impl IntoIterator<Item = VerifyingKey>) -> BTreeMap<String, Arc<VerifyingKey>> {
    keys.into_iter().map(|key| (key.kid().to_owned(), Arc::new(key))).collect()
}
