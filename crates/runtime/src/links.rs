//! Links and codes that open a door, derived when they are needed and never stored.
//!
//! A token is `<key version>.<id>.<generation>.<mac>`: the MAC binds purpose, id, generation and a nonce of the row. The short code is a
//! truncation of the same MAC under its own purpose.

use std::fmt;
use std::str::FromStr;

use ids::Id;
use ring::hmac;
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;
use wire::types::{LinkSeed, variable};

use crate::Fault;

pub(crate) use data_encoding::BASE32_DNSSEC as BASE32;

const MAC_BYTES: usize = 16;
const CODE_BYTES: usize = 5;

/// Makes and checks links. Keys are rotated by version: the first signs, all are accepted.
pub struct Links {
    keys: Vec<(u32, hmac::Key)>,
    base_url: String,
}

/// A token as it was presented: well-formed, not yet proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// The row it names.
    pub id: Uuid,
    /// The generation it names.
    pub generation: i64,
    version: u32,
    mac: Vec<u8>,
}

/// What a link is bound to.
#[derive(Clone, Copy)]
pub struct Bond<'a> {
    /// What it is for, such as `email-verification`; also the path under the base URL.
    pub purpose: &'a str,
    /// The row it opens.
    pub id: Uuid,
    /// The row's generation; a resend raises it.
    pub generation: i64,
    /// The row's nonce.
    pub nonce: &'a str,
}

impl Links {
    /// Links under `base_url` (the page of whoever integrates), with keys by version, the signing one first.
    pub fn new(base_url: &str, keys: &[(u32, SecretBox<Vec<u8>>)]) -> Links {
        let keys = keys.iter().map(|(v, key)| (*v, hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret()))).collect();
        Links { keys, base_url: base_url.trim_end_matches('/').to_owned() }
    }

    /// The seed that stands for a link or code until a message is delivered.
    pub fn seed(bond: Bond<'_>, code: bool) -> LinkSeed {
        LinkSeed {
            purpose: bond.purpose.to_owned(),
            id: Id::<()>::from_uuid(bond.id).to_string(),
            generation: bond.generation,
            nonce: bond.nonce.to_owned(),
            code,
        }
    }

    /// The token.
    pub fn token(&self, bond: Bond<'_>) -> String {
        let Some((version, key)) = self.keys.first() else { return String::new() };
        let tag = mac(key, "link", bond);
        format!("{version}.{}.{}.{}", Id::<()>::from_uuid(bond.id), bond.generation, BASE32.encode(&tag))
    }

    /// The link: the token stands in the fragment, which browsers send to nobody.
    pub fn url(&self, bond: Bond<'_>) -> String {
        format!("{}/{}#{}", self.base_url, bond.purpose, self.token(bond))
    }

    /// The short code, eight characters.
    pub fn code(&self, bond: Bond<'_>) -> String {
        let Some((_, key)) = self.keys.first() else { return String::new() };
        BASE32.encode(mac(key, "code", bond).get(..CODE_BYTES).unwrap_or_default())
    }

    /// Reads a token; `None` when it is not one.
    pub fn read(token: &str) -> Option<Presented> {
        let mut parts = token.split('.');
        let version = number(parts.next()?)?;
        let id = Id::<()>::from_str(parts.next()?).ok()?.uuid();
        let generation = number(parts.next()?)?;
        let tag = parts.next()?;
        // Decoding takes capitals too: what is not as we write it is not ours.
        let mac =
            BASE32.decode(tag.as_bytes()).ok().filter(|mac| mac.len() == MAC_BYTES && BASE32.encode(mac) == tag)?;
        parts.next().is_none().then_some(Presented { id, generation, version, mac })
    }

    /// Whether the token was made by us for this purpose and nonce, in the generation it names. Constant time.
    pub fn proves(&self, presented: &Presented, purpose: &str, nonce: &str) -> bool {
        let bond = Bond { purpose, id: presented.id, generation: presented.generation, nonce };
        let Some((_, key)) = self.keys.iter().find(|(version, _)| *version == presented.version) else { return false };
        same(&mac(key, "link", bond), &presented.mac)
    }

    /// Whether the short code is the right one under any key. Constant time; case does not matter.
    pub fn proves_code(&self, code: &str, bond: Bond<'_>) -> bool {
        let Ok(given) = BASE32.decode(code.trim().to_lowercase().as_bytes()) else { return false };
        self.keys
            .iter()
            .any(|(_, key)| mac(key, "code", bond).get(..CODE_BYTES).is_some_and(|right| same(right, &given)))
    }

    /// Stands for a value that is to be recognised and never read, such as an address after its mail was sent.
    pub fn blind(&self, purpose: &str, value: &str) -> String {
        let mut mac = self.fingerprint(purpose, &[value.as_bytes()]);
        mac.truncate(MAC_BYTES);
        BASE32.encode(&mac)
    }

    /// A MAC for what is to be recognised but not read, such as a stored request or a page token.
    pub(crate) fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
        let Some((_, key)) = self.keys.first() else { return Vec::new() };
        let mut context = hmac::Context::with_key(key);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }

    /// The encoded request of this method, the seeds among its variables turned into links and codes.
    pub fn seal(&self, method: &str, payload: Vec<u8>) -> Result<Vec<u8>, Fault> {
        wire::edit_variables(method, payload, |variables| {
            for variable in variables {
                if let Some(variable::Value::Seed(seed)) = &variable.value {
                    let id = Id::<()>::from_str(&seed.id)?.uuid();
                    let bond = Bond { purpose: &seed.purpose, id, generation: seed.generation, nonce: &seed.nonce };
                    let text = if seed.code { self.code(bond) } else { self.url(bond) };
                    variable.value = Some(variable::Value::Text(text));
                }
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        })
        .map_err(Fault::internal)
    }
}

/// Without the MAC, which is what opens the door.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Presented");
        told.field("id", &self.id).field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// Without the nonce, of which the link is made.
impl fmt::Debug for Bond<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("Bond");
        told.field("purpose", &self.purpose).field("id", &self.id).field("generation", &self.generation);
        told.finish_non_exhaustive()
    }
}

/// A number from 1 on, in the one way that we write it.
fn number<N: FromStr>(text: &str) -> Option<N> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten()
}

fn mac(key: &hmac::Key, form: &str, bond: Bond<'_>) -> Vec<u8> {
    let bound = format!("{form}\0{}\0{}\0{}\0{}", bond.purpose, bond.id, bond.generation, bond.nonce);
    hmac::sign(key, bound.as_bytes()).as_ref().get(..MAC_BYTES).unwrap_or_default().to_vec()
}

/// Equal, in a time that does not tell where they differ: both are hashed under a fresh key first.
fn same(right: &[u8], given: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, right);
    hmac::verify(&key, given, hmac::sign(&key, right).as_ref()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_opens_a_door_is_printed() {
        let links = Links::new("https://linkage.example", &[(1, SecretBox::new(Box::new(vec![7; 32])))]);
        let bond = Bond { purpose: "test", id: Uuid::from_u128(7), generation: 3, nonce: "hush-hush" };
        let presented = Links::read(&links.token(bond)).unwrap();
        let told = format!("{bond:?} {presented:?}");
        assert!(told.contains("generation: 3"), "{told}");
        assert!(!told.contains("hush") && !told.contains(&format!("{:?}", presented.mac)), "{told}");
    }
}
