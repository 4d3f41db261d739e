//! Walking the chain: what was edited, dropped, moved, cut off or written anew since it was numbered.

use std::collections::BTreeSet;

use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::row::entry::{Column, Entity, Model};
use super::{chain, number, parties};
use crate::Error;

/// Entries read at once.
const BATCH: u64 = 1_000;
/// So many entries that don't fit are looked at for where they belong; who changes more has written the journal anew.
const SUSPECTS: usize = 32;
/// So many entries that were dropped, with those after them numbered anew, are counted.
const SHIFTS: i64 = 32;

/// A place of the journal and the hash it had, as somebody outside the database remembers them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The place.
    pub sequence: i64,
    /// The hash of the entry there.
    pub hash: String,
}

/// What became of the journal after it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tampering {
    /// The entry at this place, or the one before it with its hash, is not what was written.
    Edited {
        /// The place.
        sequence: i64,
    },
    /// These entries are gone.
    Dropped {
        /// The first of them.
        from: i64,
        /// The last.
        to: i64,
    },
    /// The entry at this place belongs elsewhere.
    Moved {
        /// The place.
        sequence: i64,
        /// Where it belongs.
        from: i64,
    },
    /// The journal once went further.
    Cut {
        /// The last entry there is.
        after: i64,
        /// The last that is known to have been.
        end: i64,
    },
    /// Entries fit each other, but not what is remembered outside of the journal: some were written anew.
    Rewritten {
        /// Until here they are as remembered.
        after: i64,
        /// Here they are not.
        until: i64,
    },
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries there are.
    pub entries: i64,
    /// What is not as it was written, in order.
    pub findings: Vec<Tampering>,
}

/// Walks the numbered entries and compares them with marks, which go up by sequence. `told` hears now and then how far it is, and of how many.
pub async fn verify(
    connection: &impl ConnectionTrait,
    marks: &[Mark],
    mut told: impl FnMut(i64, i64),
) -> Result<Verdict, Error> {
    // Read first: entries that are numbered meanwhile lie beyond it.
    let end = number::told_end(connection).await?;
    let mut walk = Walk::new(marks);
    loop {
        let rows = Entity::find()
            .filter(Column::Sequence.gt(walk.at))
            .order_by_asc(Column::Sequence)
            .limit(BATCH)
            .all(connection)
            .await?;
        if rows.is_empty() {
            break;
        }
        let mut parties = parties(connection, &rows).await?;
        for row in rows {
            let parties = parties.remove(&row.id).unwrap_or_default();
            walk.step(row, parties, &end);
        }
        told(walk.entries, end.0);
    }
    Ok(walk.end(end.0))
}

/// An entry that doesn't fit where it stands.
struct Suspect {
    place: i64,
    row: Model,
    parties: Vec<String>,
    previous: String,
}

struct Walk<'a> {
    marks: std::iter::Peekable<std::slice::Iter<'a, Mark>>,
    /// The sequence of the last entry.
    at: i64,
    /// By how much later entries were numbered anew.
    shift: i64,
    /// The hash of the last entry; none after a gap, where nobody knows it.
    previous: Option<String>,
    entries: i64,
    /// The last place that is as a mark has it.
    sound: i64,
    suspects: Vec<Suspect>,
    findings: Vec<Tampering>,
}

impl<'a> Walk<'a> {
    fn new(marks: &'a [Mark]) -> Walk<'a> {
        Walk {
            marks: marks.iter().peekable(),
            at: 0,
            shift: 0,
            previous: Some(String::new()),
            entries: 0,
            sound: 0,
            suspects: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn step(&mut self, row: Model, parties: Vec<String>, end: &(i64, String)) {
        let (expected, sequence) = (self.at + 1, row.sequence.unwrap_or_default());
        let stored = row.hash.clone().unwrap_or_default();
        let hashes = |previous: &str, place| chain::hash(previous, place, &row, &parties) == stored;
        let previous = self.previous.take();
        if sequence > expected {
            match previous {
                Some(previous) if hashes(&previous, expected + self.shift) => {
                    self.findings.push(Tampering::Moved { sequence, from: expected + self.shift });
                }
                _ => self.dropped(expected + self.shift, sequence - 1 + self.shift),
            }
        } else if let Some(previous) = previous.filter(|previous| !hashes(previous, sequence + self.shift)) {
            match (1..=SHIFTS).find(|by| hashes(&previous, sequence + self.shift + by)) {
                Some(by) => self.shifted(sequence, by),
                None => self.suspects.push(Suspect { place: sequence + self.shift, row, parties, previous }),
            }
        }
        self.at = sequence;
        self.entries += 1;
        self.compare(sequence + self.shift, &stored, end);
        self.previous = Some(stored);
    }

    /// From this entry on, or from the one before it, all are numbered anew because so many before them are gone.
    fn shifted(&mut self, sequence: i64, by: i64) {
        let mut from = sequence + self.shift;
        // The first after a gap has lost the hash before it, so that it fitted nowhere.
        if self.suspects.pop_if(|suspect| suspect.place == from - 1).is_some() {
            from -= 1;
        }
        self.dropped(from, from + by - 1);
        self.shift += by;
    }

    fn dropped(&mut self, from: i64, to: i64) {
        self.findings.push(Tampering::Dropped { from, to });
    }

    /// Whether the hash at this place is the remembered one.
    fn compare(&mut self, place: i64, hash: &str, end: &(i64, String)) {
        while self.marks.next_if(|mark| mark.sequence < place).is_some() {}
        let mut remembered: Vec<&str> = (end.0 == place).then_some(end.1.as_str()).into_iter().collect();
        while let Some(mark) = self.marks.next_if(|mark| mark.sequence == place) {
            remembered.push(&mark.hash);
        }
        if remembered.iter().any(|remembered| *remembered != hash) {
            self.findings.push(Tampering::Rewritten { after: self.sound, until: place });
        } else if !remembered.is_empty() {
            self.sound = place;
        }
    }

    fn end(mut self, end: i64) -> Verdict {
        let end = self.marks.map(|mark| mark.sequence).max().unwrap_or_default().max(end);
        let after = self.at + self.shift;
        if after < end {
            self.findings.push(Tampering::Cut { after, end });
        }
        self.findings.extend(judge(&self.suspects));
        self.findings.sort_by_key(Tampering::place);
        // Once written anew, nothing later is as remembered.
        let mut rewritten = false;
        self.findings.retain(|finding| {
            let is_it = matches!(finding, Tampering::Rewritten { .. });
            let again = is_it && rewritten;
            rewritten |= is_it;
            !again
        });
        Verdict { entries: self.entries, findings: self.findings }
    }
}

impl Tampering {
    /// The first place that it touches.
    pub fn place(&self) -> i64 {
        match *self {
            Tampering::Edited { sequence } | Tampering::Moved { sequence, .. } => sequence,
            Tampering::Dropped { from, .. } => from,
            Tampering::Cut { after, .. } | Tampering::Rewritten { after, .. } => after + 1,
        }
    }
}

/// Of entries that don't fit: those that fit elsewhere were moved, those that fit behind one that was moved are where they were, all others
/// were edited.
fn judge(suspects: &[Suspect]) -> Vec<Tampering> {
    if suspects.len() > SUSPECTS {
        return suspects.iter().map(|suspect| Tampering::Edited { sequence: suspect.place }).collect();
    }
    let known: BTreeSet<&str> = suspects
        .iter()
        .flat_map(|suspect| [Some(suspect.previous.as_str()), suspect.row.hash.as_deref()])
        .flatten()
        .collect();
    let of = |suspect: &Suspect| {
        let fits = |place: i64| {
            let hash = |previous: &str| chain::hash(previous, place, &suspect.row, &suspect.parties);
            known.iter().any(|previous| Some(hash(previous)) == suspect.row.hash)
        };
        let sequence = suspect.place;
        if fits(sequence) {
            return None;
        }
        let from = suspects.iter().map(|other| other.place).find(|place| fits(*place));
        Some(from.map_or(Tampering::Edited { sequence }, |from| Tampering::Moved { sequence, from }))
    };
    suspects.iter().filter_map(of).collect()
}
