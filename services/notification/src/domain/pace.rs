//! How fast mail goes to one recipient and to one domain, so that no server takes us for a flood.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::To;

const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// So many tries a minute; none means as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) recipient: Option<usize>,
    pub(crate) domain: Option<usize>,
}

/// The tries of the last minute. What is beyond a limit waits where it is, and holds up nobody else's mail.
#[derive(Debug)]
pub(crate) struct Pace {
    recipients: Lane,
    domains: Lane,
}

/// Recipients and domains that have had as much as they get for now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) mailboxes: Vec<String>,
    pub(crate) domains: Vec<String>,
}

#[derive(Debug)]
struct Lane {
    most: Option<usize>,
    begun: BTreeMap<String, VecDeque<DateTime<Utc>>>,
}

impl Pace {
    pub(crate) fn new(limits: Limits) -> Pace {
        let lane = |most| Lane { most, begun: BTreeMap::new() };
        Pace { recipients: lane(limits.recipient), domains: lane(limits.domain) }
    }

    /// Counts a try, unless recipient or domain have had theirs.
    pub(crate) fn begin(&mut self, to: &To, now: DateTime<Utc>) -> bool {
        let room = self.recipients.has_room(&to.mailbox, now) && self.domains.has_room(&to.domain, now);
        if room {
            self.recipients.begin(&to.mailbox, now);
            self.domains.begin(&to.domain, now);
        }
        room
    }

    /// Who must wait.
    pub(crate) fn full(&mut self, now: DateTime<Utc>) -> Full {
        Full { mailboxes: self.recipients.full(now), domains: self.domains.full(now) }
    }
}

impl Lane {
    fn has_room(&self, key: &str, now: DateTime<Utc>) -> bool {
        let begun = self.begun.get(key).into_iter().flatten().filter(|time| **time > now - WINDOW).count();
        self.most.is_none_or(|most| begun < most)
    }

    fn begin(&mut self, key: &str, now: DateTime<Utc>) {
        if self.most.is_some() {
            self.begun.entry(key.to_owned()).or_default().push_back(now);
        }
    }

    fn full(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.begun.retain(|_, times| {
            times.retain(|time| *time > now - WINDOW);
            !times.is_empty()
        });
        let most = self.most.unwrap_or(usize::MAX);
        self.begun.iter().filter(|(_, times)| times.len() >= most).map(|(key, _)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn to(mailbox: &str, domain: &str) -> To {
        To { mailbox: mailbox.to_owned(), hint: String::new(), domain: domain.to_owned() }
    }

    #[test]
    fn r51_a_recipient_and_a_domain_have_so_many_a_minute_and_others_go_on() {
        let mut pace = Pace::new(Limits { recipient: Some(2), domain: Some(3) });
        let (ada, bo) = (to("ada", "x.example"), to("bo", "x.example"));
        assert!(pace.begin(&ada, at(0)) && pace.begin(&ada, at(10)));
        assert!(!pace.begin(&ada, at(20)), "two a minute");
        assert_eq!(pace.full(at(20)), Full { mailboxes: vec!["ada".to_owned()], domains: Vec::new() });
        assert!(pace.begin(&bo, at(20)));
        assert!(!pace.begin(&bo, at(30)), "three a minute for the domain");
        assert_eq!(pace.full(at(30)).domains, ["x.example"]);
        assert!(pace.begin(&to("cy", "y.example"), at(30)), "another domain");
        assert_eq!(pace.full(at(60)), Full::default(), "the first is a minute old");
        assert!(pace.begin(&ada, at(60)));
        assert!(!pace.begin(&ada, at(60)));
        assert_eq!(pace.full(at(200)), Full::default());
    }

    #[test]
    fn without_limits_nothing_is_kept() {
        let mut pace = Pace::new(Limits { recipient: None, domain: None });
        assert!((0..1_000).all(|_| pace.begin(&to("ada", "x.example"), at(0))));
        assert!(pace.recipients.begun.is_empty() && pace.full(at(0)) == Full::default());
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_its_limit(steps in prop::collection::vec((0i64..30, 0usize..3), 1..200)) {
            let mut pace = Pace::new(Limits { recipient: Some(4), domain: Some(6) });
            let (mut now, mut begun) = (0, Vec::new());
            for (seconds, who) in steps {
                now += seconds;
                if pace.begin(&to(["ada", "bo", "cy"][who], "x.example"), at(now)) {
                    begun.push((now, who));
                }
                let minute = || begun.iter().filter(|(time, _)| *time > now - 60);
                prop_assert!(minute().count() <= 6);
                prop_assert!((0..3).all(|who| minute().filter(|(_, other)| *other == who).count() <= 4));
            }
        }
    }
}
