//! An OpenID Connect provider on loopback: several issuers that publish documents and keys over HTTP, and sign what they are told. Its keys are
//! made for these tests and protect nothing.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::thread;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::{Map, Value, json};

/// What is found at a path.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Json(Value),
    /// A status and a header.
    Status(u16, &'static str),
    /// The same, but not before the other end is dropped.
    Held(Value, Arc<Mutex<Receiver<()>>>),
    /// Nothing is ever answered.
    Silence,
    /// An answer that never ends.
    Endless,
}

#[derive(Default)]
struct Web {
    pages: BTreeMap<String, At>,
    asked: Vec<String>,
}

/// The provider. Its thread lasts as long as the process.
pub(crate) struct Provider {
    pub(crate) url: String,
    web: Arc<Mutex<Web>>,
}

/// A private key of RSA by the name of its file. The library that verifies takes a second for each signature when it is not optimised.
fn rsa(name: &str) -> Option<RsaKeyPair> {
    let pem = match name {
        "rsa" => include_str!("issuer/rsa.pem"),
        "rsa-next" => include_str!("issuer/rsa-next.pem"),
        "rsa-stranger" => include_str!("issuer/rsa-stranger.pem"),
        _ => return None,
    };
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Some(RsaKeyPair::from_pkcs8(&BASE64.decode(base64.as_bytes()).unwrap()).unwrap())
}

/// Any other key.
fn key(name: &str) -> EncodingKey {
    let ec = |pem: &str| EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    let ed = |pem: &str| EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    match name {
        "rsa-short" => EncodingKey::from_rsa_pem(include_bytes!("issuer/rsa-short.pem")).unwrap(),
        "ec" => ec(include_str!("issuer/ec.pem")),
        "ec-stranger" => ec(include_str!("issuer/ec-stranger.pem")),
        "ed" => ed(include_str!("issuer/ed.pem")),
        "ed-stranger" => ed(include_str!("issuer/ed-stranger.pem")),
        "secret-pem" => EncodingKey::from_secret(include_bytes!("issuer/rsa.pub.pem")),
        "secret-modulus" => EncodingKey::from_secret(jwk("rsa", "rsa")["n"].as_str().unwrap().as_bytes()),
        "secret-published" => EncodingKey::from_secret(b"published"),
        "secret-nothing" => EncodingKey::from_secret(b""),
        other => panic!("{other} is no key"),
    }
}

/// The algorithm that a key is for.
pub(crate) fn algorithm(name: &str) -> Algorithm {
    match name.split('-').next() {
        Some("rsa") => Algorithm::RS256,
        Some("ec") => Algorithm::ES256,
        Some("ed") => Algorithm::EdDSA,
        _ => Algorithm::HS256,
    }
}

/// A public key as a set has it.
pub(crate) fn jwk(name: &str, kid: &str) -> Value {
    let mut jwk = match rsa(name) {
        Some(pair) => {
            let public = PublicKeyComponents::<Vec<u8>>::from(pair.public());
            json!({ "kty": "RSA", "alg": "RS256", "n": BASE64URL_NOPAD.encode(&public.n), "e": BASE64URL_NOPAD.encode(&public.e) })
        }
        None => serde_json::to_value(Jwk::from_encoding_key(&key(name), algorithm(name)).unwrap()).unwrap(),
    };
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

/// A token of any header and claims; one that no library would make.
pub(crate) fn sign(header: &Map<String, Value>, claims: &Map<String, Value>, by: &str, with: Algorithm) -> String {
    let part = |value: &Map<String, Value>| BASE64URL_NOPAD.encode(&serde_json::to_vec(value).unwrap());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = match rsa(by) {
        Some(pair) => by_rsa(&pair, message.as_bytes(), with),
        None => jsonwebtoken::crypto::sign(message.as_bytes(), &key(by), with).unwrap(),
    };
    format!("{message}.{signature}")
}

fn by_rsa(pair: &RsaKeyPair, message: &[u8], with: Algorithm) -> String {
    let padding: &dyn RsaEncoding = match with {
        Algorithm::PS256 => &RSA_PSS_SHA256,
        Algorithm::RS512 => &RSA_PKCS1_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
    BASE64URL_NOPAD.encode(&signature)
}

/// A right token: this issuer's, for this address, by the key of this name.
pub(crate) fn token(issuer: &str, subject: &str, email: &str, by: &str, kid: &str) -> String {
    let claims = claims(issuer, subject, email);
    sign(&header(by, kid), &claims, by, algorithm(by))
}

pub(crate) fn header(by: &str, kid: &str) -> Map<String, Value> {
    let header = json!({ "typ": "JWT", "alg": algorithm(by), "kid": kid });
    header.as_object().unwrap().clone()
}

pub(crate) fn claims(issuer: &str, subject: &str, email: &str) -> Map<String, Value> {
    let now = runtime::clock::system_time().timestamp();
    let claims = json!({
        "iss": issuer, "aud": "linkage", "sub": subject, "email": email, "email_verified": true, "name": "Ada Ek",
        "iat": now, "nbf": now, "exp": now + 300,
    });
    claims.as_object().unwrap().clone()
}

impl Provider {
    pub(crate) fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let web = Arc::<Mutex<Web>>::default();
        let answers = Arc::clone(&web);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&answers);
                thread::spawn(move || answer(stream, &answers));
            }
        });
        Provider { url, web }
    }

    /// The name of the issuer at this path.
    pub(crate) fn issuer(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    /// Puts something at a path.
    pub(crate) fn put(&self, path: &str, at: At) {
        self.web.lock().unwrap().pages.insert(format!("/{path}"), at);
    }

    /// The issuer at this path describes itself, and publishes these keys.
    pub(crate) fn publish(&self, path: &str, keys: &[Value]) {
        let document = json!({ "issuer": self.issuer(path), "jwks_uri": self.issuer(&format!("{path}/keys")) });
        self.put(&format!("{path}/.well-known/openid-configuration"), At::Json(document));
        self.put(&format!("{path}/keys"), At::Json(json!({ "keys": keys })));
    }

    /// How often something was asked for whose path ends so.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.web.lock().unwrap().asked.iter().filter(|asked| asked.ends_with(path)).count()
    }

    /// An issuer as configuration names it.
    pub(crate) fn configured(&self, path: &str, domains: &[&str]) -> enrollment::Issuer {
        let issuer = self.issuer(path);
        toml::from_str(&format!("issuer = {issuer:?}\naudience = \"linkage\"\ntrusted_domains = {domains:?}")).unwrap()
    }

    /// One of many tenants, each trusted only by who chooses it.
    pub(crate) fn of_tenants(&self) -> enrollment::Issuer {
        let (issuer, url) = (self.issuer("{tenant}/v2.0"), self.issuer("all/v2.0/.well-known/openid-configuration"));
        toml::from_str(&format!(
            "issuer = {issuer:?}\naudience = \"linkage\"\ntrusted_domains = []\ntenant_claim = \"tid\"\n\
             discovery_url = {url:?}\nalgorithms = [\"RS256\"]"
        ))
        .unwrap()
    }
}

fn answer(mut stream: TcpStream, web: &Mutex<Web>) {
    let Some(path) = path(&mut stream) else { return };
    let at = {
        let mut web = web.lock().unwrap();
        web.asked.push(path.clone());
        web.pages.get(&path).cloned()
    };
    if let Some(At::Held(_, until)) = &at {
        let _ = until.lock().unwrap().recv();
    }
    let told = match at {
        Some(At::Json(value) | At::Held(value, _)) => {
            let body = value.to_string();
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        }
        Some(At::Status(status, header)) => {
            format!("HTTP/1.1 {status} Told\r\n{header}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        }
        Some(At::Silence) => {
            // Until whoever asks has had enough.
            let _ = stream.read(&mut [0]);
            return;
        }
        Some(At::Endless) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[");
            while stream.write_all(&[b' '; 4096]).is_ok() {}
            return;
        }
        None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
    };
    let _ = stream.write_all(told.as_bytes());
}

/// The path of a request, once its head is there.
fn path(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut bytes = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        head.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8(head).ok()?.split(' ').nth(1).map(str::to_owned)
}
