//! E-mail domains of organizations: anyone claims one, and it becomes theirs once they have shown that they control it.

use chrono::{DateTime, Utc};
use ids::{DomainId, OrganizationId};

use super::Refusal;

/// As many claims one organization holds.
pub(crate) const MOST: u64 = 100;
/// Under this label of the domain the record stands: apart from what else the domain's owner publishes.
const LABEL: &str = "_linkage";
/// Before the record's label there is no more room.
const LONGEST: usize = 240;
/// What the record's text begins with.
const KEY: &str = "linkage-domain=";

/// A domain of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DomainName {
    pub(crate) id: DomainId,
    pub(crate) organization: OrganizationId,
    /// Registrable, in lower case and ASCII.
    pub(crate) domain: String,
    pub(crate) state: DomainState,
    /// What the record's text is derived from.
    pub(crate) nonce: String,
    /// Who alone vouches for its people, as the organization has chosen.
    pub(crate) trusted_issuer: Option<String>,
    pub(crate) version: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

/// Whether a domain is known to be the organization's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DomainState {
    /// Anyone may claim it.
    Claimed,
    /// It is this organization's and no other's.
    Proven { by: Proof, at: DateTime<Utc> },
}

/// What proves a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The record.
    Dns,
    /// The operator vouches for it.
    Operator,
    /// Verification's check of the contact's domain.
    Verification,
}

/// What was found when the record was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The record, with the text that proves the domain.
    Shown,
    /// Records of other texts.
    Other,
    /// The name, but no such record.
    NoText,
    /// Not even the name.
    NoName,
    /// Name servers that fail.
    Failing,
    /// No answer in time.
    Silent,
}

/// Why a text can't be claimed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unclaimable {
    #[error("must be a domain that somebody can register, such as example.com, and no public suffix")]
    NotRegistrable,
    #[error("is a part of {0}: claim that")]
    PartOf(String),
    #[error("must have at most 240 characters in ASCII")]
    TooLong,
}

impl Proof {
    pub(crate) const ALL: [Proof; 3] = [Proof::Dns, Proof::Operator, Proof::Verification];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Proof::Dns => "DNS",
            Proof::Operator => "OPERATOR",
            Proof::Verification => "VERIFICATION",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Proof> {
        Self::ALL.into_iter().find(|proof| proof.as_str() == name)
    }
}

impl DomainState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            DomainState::Claimed => "CLAIMED",
            DomainState::Proven { .. } => "PROVEN",
        }
    }

    pub(crate) const fn proof(self) -> Option<(Proof, DateTime<Utc>)> {
        match self {
            DomainState::Claimed => None,
            DomainState::Proven { by, at } => Some((by, at)),
        }
    }

    /// The state of this name, with what proved it.
    pub(crate) fn parse(name: &str, proof: Option<(Proof, DateTime<Utc>)>) -> Option<DomainState> {
        match (name, proof) {
            ("CLAIMED", None) => Some(DomainState::Claimed),
            ("PROVEN", Some((by, at))) => Some(DomainState::Proven { by, at }),
            _ => None,
        }
    }
}

impl Finding {
    #[cfg(test)]
    pub(crate) const ALL: [Finding; 6] =
        [Finding::Shown, Finding::Other, Finding::NoText, Finding::NoName, Finding::Failing, Finding::Silent];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Finding::Shown => "SHOWN",
            Finding::Other => "OTHER_TEXT",
            Finding::NoText => "NO_TEXT",
            Finding::NoName => "NO_NAME",
            Finding::Failing => "SERVERS_FAIL",
            Finding::Silent => "NO_ANSWER",
        }
    }

    /// Whether nothing was learnt of the record, since nobody told.
    pub(crate) const fn is_unreachable(self) -> bool {
        matches!(self, Finding::Failing | Finding::Silent)
    }
}

/// The one spelling of a domain that can be claimed.
pub(crate) fn claimable(text: &str) -> Result<String, Unclaimable> {
    let registrable = addresses::registrable(text).ok_or(Unclaimable::NotRegistrable)?;
    if addresses::ascii(text).as_ref() != Some(&registrable) {
        return Err(Unclaimable::PartOf(registrable));
    }
    if registrable.len() > LONGEST { Err(Unclaimable::TooLong) } else { Ok(registrable) }
}

impl DomainName {
    /// A new claim.
    pub(crate) fn claim(
        id: DomainId,
        organization: OrganizationId,
        domain: String,
        nonce: String,
        now: DateTime<Utc>,
    ) -> DomainName {
        let state = DomainState::Claimed;
        DomainName {
            id,
            organization,
            domain,
            state,
            nonce,
            trusted_issuer: None,
            version: 1,
            created: now,
            updated: now,
        }
    }

    /// Notes what proves it; whether that is new.
    pub(crate) fn prove(&mut self, by: Proof, now: DateTime<Utc>) -> bool {
        let new = self.state == DomainState::Claimed;
        if new {
            self.state = DomainState::Proven { by, at: now };
            self.updated = now;
        }
        new
    }

    /// Follows what was found of its record; whether it is proven by it now, or what was found instead. What is proven stays so.
    pub(crate) fn follow(&mut self, finding: Finding, now: DateTime<Utc>) -> Result<bool, Finding> {
        if self.state == DomainState::Claimed && finding != Finding::Shown {
            return Err(finding);
        }
        Ok(self.prove(Proof::Dns, now))
    }

    /// Chooses who alone vouches for its people, or nobody; whether that is new. Only of a proven domain: else anybody could shut the people of
    /// others out.
    pub(crate) fn trust(&mut self, issuer: Option<String>, now: DateTime<Utc>) -> Result<bool, Refusal> {
        if self.state == DomainState::Claimed {
            return Err(Refusal::DomainUnproven);
        }
        let new = self.trusted_issuer != issuer;
        if new {
            self.trusted_issuer = issuer;
            self.updated = now;
        }
        Ok(new)
    }

    /// The full name of its record.
    pub(crate) fn record_name(&self) -> String {
        format!("{LABEL}.{}.", self.domain)
    }
}

/// The text of a record for this token.
pub(crate) fn record_text(token: &str) -> String {
    format!("{KEY}{token}")
}

/// The token in the text of a record.
pub(crate) fn token_in(text: &str) -> Option<&str> {
    text.trim().strip_prefix(KEY)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::domain::samples::{day, id, now};

    fn claimed() -> DomainName {
        DomainName::claim(id(50), id(1), "nordwind.example".to_owned(), "nonce".to_owned(), now())
    }

    fn proven(by: Proof) -> DomainName {
        let mut domain = claimed();
        assert!(domain.prove(by, now()));
        domain
    }

    #[test]
    fn r01_a_domain_by_its_state_and_what_is_found_of_its_record() {
        let mut grid = String::new();
        for before in [claimed(), proven(Proof::Dns), proven(Proof::Operator), proven(Proof::Verification)] {
            writeln!(grid, "{:?}", before.state).unwrap();
            for finding in Finding::ALL {
                let mut domain = before.clone();
                let told = domain.follow(finding, day(1));
                if told.is_err() || told == Ok(false) {
                    assert_eq!(domain, before, "a refusal changes nothing, and nor does nothing new");
                }
                writeln!(grid, "  {:<13} {told:?}, {}", finding.as_str(), domain.state.as_str()).unwrap();
            }
        }
        insta::assert_snapshot!("domain", grid);
    }

    #[test]
    fn r17_an_issuer_is_chosen_for_a_proven_domain_alone() {
        let mut domain = claimed();
        let chosen = || Some("https://login.example".to_owned());
        assert_eq!(domain.trust(chosen(), day(1)), Err(Refusal::DomainUnproven));
        assert_eq!(domain, claimed());
        for by in Proof::ALL {
            let mut domain = proven(by);
            assert_eq!(domain.trust(None, day(1)), Ok(false));
            assert_eq!((domain.trust(chosen(), day(1)), domain.trust(chosen(), day(2))), (Ok(true), Ok(false)));
            assert_eq!((domain.updated, domain.trusted_issuer.clone()), (day(1), chosen()));
            assert_eq!((domain.trust(None, day(3)), domain.trusted_issuer), (Ok(true), None));
        }
    }

    #[test]
    fn r01_only_a_whole_registrable_domain_is_claimed_in_one_spelling() {
        assert_eq!(claimable("NordWind.Example").as_deref(), Ok("nordwind.example"));
        assert_eq!(claimable("bücher.example").as_deref(), Ok("xn--bcher-kva.example"));
        assert_eq!(claimable("mail.nordwind.example"), Err(Unclaimable::PartOf("nordwind.example".to_owned())));
        for suffix in ["com", "co.uk", "github.io", "localhost", "127.0.0.1", "", "nordwind.example.", "a b.example"] {
            assert_eq!(claimable(suffix), Err(Unclaimable::NotRegistrable), "{suffix:?}");
        }
        assert_eq!(claimable("ada.github.io").as_deref(), Ok("ada.github.io"), "its suffix is public");
    }

    #[test]
    fn names_of_states_and_proofs_are_read_back() {
        assert_eq!(Proof::ALL.map(Proof::as_str), ["DNS", "OPERATOR", "VERIFICATION"]);
        assert!(Proof::ALL.into_iter().all(|proof| Proof::parse(proof.as_str()) == Some(proof)));
        for state in [claimed().state, proven(Proof::Operator).state] {
            assert_eq!(DomainState::parse(state.as_str(), state.proof()), Some(state));
        }
        assert_eq!(DomainState::parse("PROVEN", None), None);
        assert_eq!(DomainState::parse("CLAIMED", Some((Proof::Dns, now()))), None);
        assert_eq!((DomainState::parse("", None), Proof::parse("")), (None, None));
    }

    #[test]
    fn the_record_stands_under_a_label_of_its_own_and_gives_its_token_back() {
        assert_eq!(claimed().record_name(), "_linkage.nordwind.example.");
        assert_eq!(token_in(&record_text("1.a.1.b")), Some("1.a.1.b"));
        assert_eq!(token_in(" linkage-domain=1.a.1.b "), Some("1.a.1.b"));
        assert_eq!(token_in("v=spf1 -all"), None);
    }

    #[test]
    fn only_who_does_not_answer_is_unreachable() {
        let unreachable: Vec<_> = Finding::ALL.into_iter().filter(|finding| finding.is_unreachable()).collect();
        assert_eq!(unreachable, [Finding::Failing, Finding::Silent]);
    }
}
