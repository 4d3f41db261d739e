//! How much mail may go where: limits by whom a mail reaches and by who causes it, counted in windows that all replicas share.

use addresses::Email;
use chrono::{DateTime, TimeDelta, Utc};
use ids::OrganizationId;

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Scope {
    /// Mails to one mailbox.
    Address,
    /// Mails to one registrable domain.
    Domain,
    /// Mails for one organization.
    Organization,
    /// Mails that one caller asked for.
    Caller,
}

/// A limit in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) scope: Scope,
    pub(crate) period: TimeDelta,
    pub(crate) most: i64,
}

/// Whom a mail reaches, and who causes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dispatch<'a> {
    pub(crate) to: &'a Email,
    pub(crate) organization: OrganizationId,
    /// Who asked for it by hand; none when it follows from something else.
    pub(crate) caller: Option<&'a str>,
}

/// A count that one more mail is added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) scope: &'static str,
    pub(crate) key: String,
    pub(crate) begins: DateTime<Utc>,
    pub(crate) ends: DateTime<Utc>,
    pub(crate) most: i64,
}

impl Scope {
    pub(crate) const ALL: [Scope; 4] = [Scope::Address, Scope::Domain, Scope::Organization, Scope::Caller];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scope::Address => "ADDRESS",
            Scope::Domain => "DOMAIN",
            Scope::Organization => "ORGANIZATION",
            Scope::Caller => "CALLER",
        }
    }
}

impl Dispatch<'_> {
    /// What it counts under, at this time.
    pub(crate) fn counts(&self, limits: &[Limit], now: DateTime<Utc>) -> Vec<Count> {
        let of = |limit: &Limit| {
            let (begins, ends) = window(limit.period, now);
            let key = self.key(limit.scope)?;
            Some(Count { scope: limit.scope.as_str(), key, begins, ends, most: limit.most })
        };
        limits.iter().filter_map(of).collect()
    }

    fn key(&self, scope: Scope) -> Option<String> {
        match scope {
            Scope::Address => Some(self.to.mailbox()),
            Scope::Domain => Some(self.to.registrable_domain().to_owned()),
            Scope::Organization => Some(self.organization.name()),
            Scope::Caller => self.caller.map(str::to_owned),
        }
    }
}

/// The window of this length that a time is in.
fn window(period: TimeDelta, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let length = period.num_seconds().max(1);
    let begins = now.timestamp().div_euclid(length) * length;
    let begins = DateTime::from_timestamp(begins, 0).unwrap_or(now);
    (begins, begins + period)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{id, now};

    #[test]
    fn r21_a_mail_counts_for_its_mailbox_its_domain_its_organization_and_who_asked() {
        let to = "Ada+x@mail.example.com".parse().unwrap();
        let limits = Scope::ALL.map(|scope| Limit { scope, period: TimeDelta::hours(24), most: 3 });
        let dispatch = Dispatch { to: &to, organization: id(2), caller: Some("user/1") };
        let keys = |dispatch: Dispatch<'_>| dispatch.counts(&limits, now()).into_iter().map(|count| count.key);
        let own = ids::OrganizationId::name(id(2));
        assert_eq!(keys(dispatch).collect::<Vec<_>>(), ["ada@mail.example.com", "example.com", &own, "user/1"]);
        assert_eq!(keys(Dispatch { caller: None, ..dispatch }).count(), 3, "nobody asked for it by hand");
        let counts = dispatch.counts(&limits, now());
        let scopes: Vec<_> = counts.iter().map(|count| count.scope).collect();
        assert_eq!(scopes, ["ADDRESS", "DOMAIN", "ORGANIZATION", "CALLER"], "what is equal by chance is counted apart");
    }

    #[test]
    fn a_window_ends_where_the_next_begins() {
        let day = TimeDelta::hours(24);
        let (begins, ends) = window(day, now());
        assert!(begins <= now() && now() < ends);
        assert_eq!(window(day, ends - TimeDelta::seconds(1)), (begins, ends));
        assert_eq!(window(day, ends).0, ends);
    }
}
