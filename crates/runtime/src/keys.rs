//! Signing keys: each service has its own pair, and enrollment one more that signs access tokens.

mod file;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{SecretBox, zeroize::Zeroizing};

use crate::token::AccessSigner;
use crate::{ServiceName, links::BASE32};

/// The file of the key that signs access tokens.
pub const ACCESS_FILE: &str = "access.pem";
/// The file of the development issuer's key.
pub const ISSUER_FILE: &str = "issuer.pem";
/// The file of the key that links are made with.
pub const LINKS_FILE: &str = "links.key";

const KID_CHARACTERS: usize = 16;
const LINK_KEY_BYTES: usize = 32;

/// A key that is not there or not to be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("key file {path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// What was given is no such key.
    #[error("{of}: {why}")]
    Unreadable {
        /// The file, or what it was given as.
        of: String,
        /// What is wrong.
        why: String,
    },
}

/// What a service signs with, and whom it believes.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The service's own key, for its calls to siblings.
    pub own: SigningKey,
    /// The public keys of all services: of each those that it signs with now, did until lately, or soon will.
    pub services: BTreeMap<ServiceName, Vec<VerifyingKey>>,
    /// What signs access tokens; enrollment alone has it.
    pub access: Option<AccessSigner>,
}

/// An Ed25519 key pair. Cheap to clone.
#[derive(Clone)]
pub struct SigningKey(Arc<Pair>);

struct Pair {
    encoding: EncodingKey,
    public: VerifyingKey,
}

/// An Ed25519 public key and the id it is looked up by.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    bytes: [u8; 32],
    pub(crate) decoding: DecodingKey,
}

impl Keys {
    /// The keys of `service` in a folder that all services of one machine share; makes those that are missing. In a folder of
    /// its own it finds its siblings' public keys, and so can't speak in their name.
    pub fn in_folder(folder: &Path, service: ServiceName) -> Result<Keys, KeyError> {
        let own = SigningKey::load_or_create(&folder.join(own_file(service)))?;
        let public = |name: ServiceName| {
            let file = folder.join(public_file(name));
            match file::load(&file)? {
                Some(pems) if name != service => VerifyingKey::from_pems(&file.display().to_string(), &pems),
                _ => {
                    let keys = SigningKey::load_all_or_create(&folder.join(own_file(name)))?;
                    Ok(keys.iter().map(|key| key.public().clone()).collect())
                }
            }
        };
        let services =
            ServiceName::ALL.into_iter().map(|name| Ok((name, public(name)?))).collect::<Result<_, KeyError>>()?;
        let access = match service {
            ServiceName::Enrollment => {
                let mut keys = SigningKey::load_all_or_create(&folder.join(ACCESS_FILE))?.into_iter();
                keys.next().map(|signing| AccessSigner::new(signing).beside(keys.collect()))
            }
            _ => None,
        };
        Ok(Keys { own, services, access })
    }
}

impl SigningKey {
    /// A new key.
    pub fn generate() -> Result<SigningKey, KeyError> {
        SigningKey::from_pem("a new key", &new_pem()?)
    }

    /// The first key in this file, made if there is none. Processes that start at once agree on one.
    pub fn load_or_create(path: &Path) -> Result<SigningKey, KeyError> {
        let of = path.display().to_string();
        let first = SigningKey::load_all_or_create(path)?.into_iter().next();
        first.ok_or_else(|| unreadable(&of, "holds no key"))
    }

    /// All keys in this file, at least one: the first signs, by the others what they signed counts, or what they soon will.
    pub fn load_all_or_create(path: &Path) -> Result<Vec<SigningKey>, KeyError> {
        let (of, text) = (path.display().to_string(), file::load_or_create(path, new_pem)?);
        each_pem(&text).map(|pem| SigningKey::from_pem(&of, pem)).collect()
    }

    /// A key of PKCS#8 PEM; `of` names it in errors.
    pub fn from_pem(of: &str, pem: &str) -> Result<SigningKey, KeyError> {
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map_err(|error| unreadable(of, error))?;
        let der = key.to_pkcs8_der().map_err(|error| unreadable(of, error))?;
        let public = VerifyingKey::of(&key.verifying_key());
        Ok(SigningKey(Arc::new(Pair { encoding: EncodingKey::from_ed_der(der.as_bytes()), public })))
    }

    /// The id that tokens name it by.
    pub fn kid(&self) -> &str {
        self.0.public.kid()
    }

    /// What others verify with.
    pub fn public(&self) -> &VerifyingKey {
        &self.0.public
    }

    pub(crate) fn encoding(&self) -> &EncodingKey {
        &self.0.encoding
    }
}

impl VerifyingKey {
    /// A key of SPKI PEM; `of` names it in errors.
    pub fn from_pem(of: &str, pem: &str) -> Result<VerifyingKey, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map_err(|error| unreadable(of, error))?;
        Ok(VerifyingKey::of(&key))
    }

    /// All keys of a text, at least one; `of` names it in errors.
    pub fn from_pems(of: &str, text: &str) -> Result<Vec<VerifyingKey>, KeyError> {
        each_pem(text).map(|pem| VerifyingKey::from_pem(of, pem)).collect()
    }

    /// A key of its 32 bytes; `of` names it in errors.
    pub fn from_bytes(of: &str, bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
        let key = ed25519_dalek::VerifyingKey::try_from(bytes).map_err(|error| unreadable(of, error))?;
        Ok(VerifyingKey::of(&key))
    }

    /// The id that tokens name it by: a digest of the key, so that no two keys share one.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key as SPKI PEM.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.bytes).map_err(|error| unreadable(&self.kid, error))?;
        key.to_public_key_pem(LineEnding::LF).map_err(|error| unreadable(&self.kid, error))
    }

    /// The 32 bytes of the key.
    pub fn bytes(&self) -> [u8; 32] {
        self.bytes
    }

    fn of(key: &ed25519_dalek::VerifyingKey) -> VerifyingKey {
        let bytes = key.to_bytes();
        let mut kid = BASE32.encode(ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref());
        kid.truncate(KID_CHARACTERS);
        VerifyingKey { kid, bytes, decoding: DecodingKey::from_ed_der(&bytes) }
    }
}

/// The file of a service's own key.
pub fn own_file(service: ServiceName) -> String {
    format!("{service}.pem")
}

/// The file of a service's public key, for its siblings.
pub fn public_file(service: ServiceName) -> String {
    format!("{service}.pub.pem")
}

/// The public keys of a service, where this folder has any: nothing is made.
pub fn known(folder: &Path, service: ServiceName) -> Result<Vec<VerifyingKey>, KeyError> {
    let (public, own) = (folder.join(public_file(service)), folder.join(own_file(service)));
    if let Some(pems) = file::load(&own)? {
        let of = own.display().to_string();
        return each_pem(&pems).map(|pem| SigningKey::from_pem(&of, pem).map(|key| key.public().clone())).collect();
    }
    let pems = file::load(&public)?;
    pems.map_or(Ok(Vec::new()), |pems| VerifyingKey::from_pems(&public.display().to_string(), &pems))
}

/// The key that links are made with, in this file as hexadecimal digits; made if there is none.
pub fn link_key(path: &Path) -> Result<SecretBox<Vec<u8>>, KeyError> {
    let text = file::load_or_create(path, || Ok(data_encoding::HEXLOWER.encode(&*random()).into()))?;
    let of = path.display().to_string();
    let key = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map_err(|e| unreadable(&of, e))?;
    if key.len() < LINK_KEY_BYTES {
        return Err(unreadable(&of, "a link key has at least 32 bytes"));
    }
    Ok(SecretBox::new(Box::new(key)))
}

/// The PEM blocks of a text one by one; of a text without any the text, which is then no key.
fn each_pem(text: &str) -> impl Iterator<Item = &str> {
    const BEGIN: &str = "-----BEGIN ";
    let blocks = text.match_indices(BEGIN).map(|(at, _)| at).skip(1).chain([text.len()]);
    blocks.scan(0, move |from, to| text.get(std::mem::replace(from, to)..to)).map(str::trim)
}

fn new_pem() -> Result<Zeroizing<String>, KeyError> {
    let key = ed25519_dalek::SigningKey::from_bytes(&random());
    key.to_pkcs8_pem(LineEnding::LF).map_err(|error| unreadable("a new key", error))
}

fn random() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    crate::mint::fill(bytes.as_mut());
    bytes
}

fn unreadable(of: &str, why: impl fmt::Display) -> KeyError {
    KeyError::Unreadable { of: of.to_owned(), why: why.to_string() }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.kid()).finish()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey").field(&self.kid).finish()
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &VerifyingKey) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for VerifyingKey {}

#[cfg(test)]
mod tests;
