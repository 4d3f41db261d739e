//! Signed checkpoints of the journal, kept outside the database: an end that was cut off, or entries that were all written anew, fit each other,
//! but not these.

mod shelf;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use database::Database;
use database::journal::{self, Mark};
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::shelf::Shelf;
use crate::token::{TokenError, peek};
use crate::{Fault, Keys, ServiceName, SigningKey, VerifyingKey, clock};

/// The kind of token that a checkpoint is.
const KIND: &str = "checkpoint+jwt";
/// After so many entries there is one, and after so much time.
const ENTRIES: usize = 1_000;
const EVERY: Duration = Duration::from_secs(60 * 60);
/// As many characters have the 64 bytes of a signature.
const SIGNATURE: usize = 86;
/// How long to wait before one that could not be kept is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// A place of a service's journal, and the hash it had at this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Place and hash.
    pub mark: Mark,
    /// Real time at which it was signed.
    pub time: DateTime<Utc>,
}

/// What a file of checkpoints holds.
#[derive(Debug, Default)]
pub struct Kept {
    /// Those that count, by sequence.
    pub checkpoints: Vec<Checkpoint>,
    /// Lines that are none, and why.
    pub void: BTreeMap<usize, String>,
    /// Lines that break off in the middle, as a power failure leaves one, with a later checkpoint behind: it covers what they did.
    pub cut: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    iat: i64,
    seq: i64,
    hash: String,
}

/// Where a service keeps its checkpoints in this folder: a line each, only ever added to.
pub fn file(folder: &Path, service: ServiceName) -> PathBuf {
    folder.join(format!("{service}.checkpoints"))
}

/// A checkpoint as it is kept: signed.
pub fn sign(key: &SigningKey, service: ServiceName, checkpoint: &Checkpoint) -> Result<String, Fault> {
    let Mark { sequence, hash } = checkpoint.mark.clone();
    key.sign_jwt(KIND, &Wire { iss: service.to_string(), iat: checkpoint.time.timestamp(), seq: sequence, hash })
}

/// The checkpoints in this text that one of these keys signed for this service.
pub fn read(text: &str, service: ServiceName, keys: &[VerifyingKey]) -> Kept {
    let mut kept = Kept::default();
    let (mut covered, mut uncovered) = (0, BTreeMap::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        match read_line(line, service, keys) {
            Ok(checkpoint) => {
                if checkpoint.mark.sequence > covered {
                    covered = checkpoint.mark.sequence;
                    kept.cut.extend(std::mem::take(&mut uncovered).into_keys());
                }
                kept.checkpoints.push(checkpoint);
            }
            Err(error) => {
                let void = if breaks_off(line) { &mut uncovered } else { &mut kept.void };
                void.insert(number + 1, error.to_string());
            }
        }
    }
    kept.void.append(&mut uncovered);
    kept.checkpoints.sort_by(|one, other| one.mark.cmp(&other.mark));
    kept
}

/// Whether a line ends before its signature does.
fn breaks_off(line: &str) -> bool {
    line.split('.').nth(2).is_none_or(|signature| signature.len() < SIGNATURE)
}

fn read_line(line: &str, service: ServiceName, keys: &[VerifyingKey]) -> Result<Checkpoint, TokenError> {
    let (kind, kid) = peek(line)?;
    if kind != KIND {
        return Err(TokenError::Kind);
    }
    let key = keys.iter().find(|key| key.kid() == kid).ok_or(TokenError::UnknownKey)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    // It tells what was; that never expires.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_issuer(&[service.as_str()]);
    validation.set_required_spec_claims(&["iss"]);
    let wire = jsonwebtoken::decode::<Wire>(line, &key.decoding, &validation)?.claims;
    let time = DateTime::from_timestamp(wire.iat, 0).ok_or(TokenError::Claim("iat"))?;
    Ok(Checkpoint { mark: Mark { sequence: wire.seq, hash: wire.hash }, time })
}

/// Writes a service's checkpoints.
pub(crate) struct Book {
    service: ServiceName,
    key: SigningKey,
    /// What may have signed before, or may soon: while a key is replaced its file holds several.
    known: Vec<VerifyingKey>,
    shelf: Shelf,
    page: Mutex<Page>,
}

/// How far the book goes, and what came since.
struct Page {
    sequence: i64,
    entries: usize,
    /// None: not looked at yet.
    since: Option<Instant>,
    /// Not before: the last one could not be kept.
    again: Option<Instant>,
}

impl Book {
    pub(crate) fn new(service: ServiceName, keys: &Keys, folder: &Path) -> Book {
        Book {
            service,
            key: keys.own.clone(),
            known: keys.services.get(&service).cloned().unwrap_or_default(),
            shelf: Shelf::new(file(folder, service)),
            page: Mutex::new(Page { sequence: 0, entries: 0, since: None, again: None }),
        }
    }

    /// Notes that so many entries were numbered, and adds a checkpoint when one is due.
    pub(crate) async fn note(&self, database: &Database, numbered: usize) -> Result<(), Fault> {
        let mut page = self.page.lock().await;
        page.entries += numbered;
        // Of a journal that has entries there is a book.
        let first = page.entries > 0 && page.sequence == 0;
        let due = first || page.entries >= ENTRIES || page.since.is_none_or(|since| since.elapsed() >= EVERY);
        if !due || page.again.is_some_and(|again| Instant::now() < again) {
            return Ok(());
        }
        page.again = Some(Instant::now() + AGAIN);
        self.keep(database, &mut page).await?;
        (page.entries, page.since, page.again) = (0, Some(Instant::now()), None);
        Ok(())
    }

    async fn keep(&self, database: &Database, page: &mut Page) -> Result<(), Fault> {
        if page.since.is_none() {
            page.sequence = self.last().await.map_err(|error| self.failed(&error))?;
        }
        let mark = journal::mark(database.reader()).await?;
        let end = mark.as_ref().map_or(0, |mark| mark.sequence);
        if end < page.sequence {
            let checkpoint = page.sequence;
            tracing::error!(service = %self.service, end, checkpoint, "the journal ends before its last checkpoint: it was cut, or restored");
        }
        if let Some(mark) = mark.filter(|mark| mark.sequence > page.sequence) {
            let checkpoint = Checkpoint { mark, time: clock::system_time() };
            let line = sign(&self.key, self.service, &checkpoint)?;
            self.shelf.add(line).await.map_err(|error| self.failed(&error))?;
            let Mark { sequence, hash } = checkpoint.mark;
            // Where logs are kept elsewhere, this is one more place to compare with.
            tracing::info!(service = %self.service, sequence, hash, "checkpoint of the journal");
            page.sequence = sequence;
        }
        Ok(())
    }

    /// The last place in the book; 0 when there is none yet. One that an unknown key signed is passed over.
    async fn last(&self) -> io::Result<i64> {
        let text = self.shelf.text().await?;
        let last = text.lines().rev().find_map(|line| read_line(line, self.service, &self.known).ok());
        Ok(last.map_or(0, |checkpoint| checkpoint.mark.sequence))
    }

    fn failed(&self, error: &io::Error) -> Fault {
        Fault::unavailable(format!("{}: {error}", self.shelf.path().display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(sequence: i64) -> Checkpoint {
        let time = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Checkpoint { mark: Mark { sequence, hash: "ab".repeat(32) }, time }
    }

    #[test]
    fn only_what_a_known_key_signed_for_the_service_counts() {
        let (own, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let service = ServiceName::Relationship;
        let line = |key: &SigningKey, of, sequence| sign(key, of, &checkpoint(sequence)).unwrap();
        let forged = line(&own, service, 3).replacen('.', ".e", 1);
        let lines = [
            line(&own, service, 20),
            String::new(),
            line(&own, service, 10),
            line(&other, service, 30),
            line(&own, ServiceName::Enrollment, 40),
            forged,
            own.sign_jwt("JWT", &serde_json::json!({ "iss": "relationship", "iat": 1, "seq": 50, "hash": "" }))
                .unwrap(),
            "nonsense".to_owned(),
        ];
        let kept = read(&lines.join("\n"), service, &[own.public().clone()]);
        assert_eq!(kept.checkpoints, [checkpoint(10), checkpoint(20)]);
        assert_eq!(kept.void.keys().copied().collect::<Vec<_>>(), [4, 5, 6, 7, 8]);
        let both = read(&lines.join("\n"), service, &[own.public().clone(), other.public().clone()]);
        assert_eq!(
            both.checkpoints.last(),
            Some(&checkpoint(30)),
            "a key that was replaced still counts where it is named"
        );
    }

    #[test]
    fn a_line_that_breaks_off_is_no_loss_where_a_later_one_covers_it() {
        let (own, service) = (SigningKey::generate().unwrap(), ServiceName::Relationship);
        let line = |sequence| sign(&own, service, &checkpoint(sequence)).unwrap();
        let cut = |sequence, at: usize| line(sequence)[..at].to_owned();
        let judged = |lines: &[String]| {
            let kept = read(&lines.join("\n"), service, &[own.public().clone()]);
            (kept.cut, kept.void.into_keys().collect::<Vec<_>>())
        };
        let nearly = line(20).len() - 1;
        for at in [1, 40, nearly] {
            assert_eq!(judged(&[line(10), cut(20, at), line(30)]), (vec![2], vec![]), "{at}");
            assert_eq!(judged(&[line(10), cut(20, at)]), (vec![], vec![2]), "nothing covers it");
            assert_eq!(judged(&[line(10), cut(20, at), line(10), line(9)]), (vec![], vec![2]), "nothing later does");
        }
        let forged = line(20).replacen('.', ".e", 1);
        assert_eq!(
            judged(&[forged, line(30)]),
            (vec![], vec![1]),
            "what is whole and no checkpoint was made by somebody"
        );
    }

    #[tokio::test]
    async fn a_book_goes_on_where_it_was_though_its_key_was_replaced() {
        let (old, new, stranger) =
            (SigningKey::generate().unwrap(), SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let (folder, service) = (tempfile::tempdir().unwrap(), ServiceName::Relationship);
        let services = BTreeMap::from([(service, vec![new.public().clone(), old.public().clone()])]);
        let book = Book::new(service, &Keys { own: new, services, access: None }, folder.path());
        assert_eq!(book.last().await.unwrap(), 0);
        for (key, sequence) in [(&old, 10), (&stranger, 20)] {
            book.shelf.add(sign(key, service, &checkpoint(sequence)).unwrap()).await.unwrap();
        }
        assert_eq!(book.last().await.unwrap(), 10);
    }
}
