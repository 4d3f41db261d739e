//! What became of mail, as whoever asked for it keeps and shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a mail stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "UPPERCASE")]
pub enum Delivery {
    /// The recipient's server took it.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// Refused for good.
    Bounced {
        /// When.
        at: DateTime<Utc>,
        /// Why, as a code such as `MAILBOX_UNKNOWN`.
        reason: String,
    },
    /// Could not be sent so far; the operator looks into it.
    Parked {
        /// Since when.
        at: DateTime<Utc>,
        /// Why, as a code.
        reason: String,
    },
    /// Given up by the operator.
    Dropped {
        /// When.
        at: DateTime<Utc>,
        /// Why, in the operator's words.
        reason: String,
    },
}

/// What became of the mails that one event caused, one to each recipient. Those of a later event take the place of those before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mailing {
    /// The version that the subject had with the event; 0 before the first.
    version: i64,
    mails: BTreeMap<String, Delivery>,
}

impl Delivery {
    /// Since when it stands so.
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Delivery::Sent { at }
            | Delivery::Bounced { at, .. }
            | Delivery::Parked { at, .. }
            | Delivery::Dropped { at, .. } => *at,
        }
    }

    /// How much there is to mend: an address that is wrong before one that may yet be reached.
    fn gravity(&self) -> u8 {
        match self {
            Delivery::Sent { .. } => 0,
            Delivery::Parked { .. } => 1,
            Delivery::Dropped { .. } => 2,
            Delivery::Bounced { .. } => 3,
        }
    }
}

impl Mailing {
    /// Notes what became of one mail of the event that gave its subject this version; says whether that was news. Of an earlier event it is not.
    pub fn note(&mut self, version: i64, mail: &str, delivery: &Delivery) -> bool {
        if version < self.version {
            return false;
        }
        if version > self.version {
            *self = Mailing { version, mails: BTreeMap::new() };
        }
        self.mails.insert(mail.to_owned(), delivery.clone()).as_ref() != Some(delivery)
    }

    /// What is worst of them, and of those the latest; none before anything was told.
    pub fn worst(&self) -> Option<&Delivery> {
        self.mails.values().max_by_key(|delivery| (delivery.gravity(), delivery.at()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(second)
    }

    fn bounced(second: i64) -> Delivery {
        Delivery::Bounced { at: at(second), reason: "MAILBOX_UNKNOWN".to_owned() }
    }

    fn parked(second: i64) -> Delivery {
        Delivery::Parked { at: at(second), reason: "SERVER_BUSY".to_owned() }
    }

    #[test]
    fn r52_a_bounce_shows_whoever_else_was_reached_and_in_whatever_order_it_is_told() {
        let dropped = Delivery::Dropped { at: at(9), reason: String::new() };
        let all = [Delivery::Sent { at: at(8) }, parked(7), dropped, bounced(5), bounced(6)];
        for turn in 0..all.len() {
            let mut mailing = Mailing::default();
            assert_eq!(mailing.worst(), None);
            for (mail, delivery) in all.iter().enumerate().cycle().skip(turn).take(all.len()) {
                assert!(mailing.note(3, &format!("messages/{mail}"), delivery));
            }
            assert_eq!(mailing.worst(), Some(&bounced(6)), "begun with {turn}");
        }
        let ranks: Vec<u8> = all[..4].iter().map(Delivery::gravity).collect();
        assert_eq!(ranks, [0, 1, 2, 3]);
    }

    #[test]
    fn what_was_parked_is_sent_after_all() {
        let mut mailing = Mailing::default();
        assert!(mailing.note(1, "messages/a", &parked(1)));
        assert!(!mailing.note(1, "messages/a", &parked(1)), "told twice is no news");
        assert!(mailing.note(1, "messages/a", &Delivery::Sent { at: at(2) }));
        assert_eq!(mailing.worst(), Some(&Delivery::Sent { at: at(2) }));
    }

    #[test]
    fn a_later_event_takes_the_place_of_one_before() {
        let mut mailing = Mailing::default();
        assert!(mailing.note(2, "messages/a", &bounced(1)));
        assert!(mailing.note(4, "messages/b", &Delivery::Sent { at: at(2) }));
        assert!(!mailing.note(2, "messages/a", &bounced(3)), "it is not told of what is over");
        assert_eq!(mailing.worst(), Some(&Delivery::Sent { at: at(2) }));
    }
}
