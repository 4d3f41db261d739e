//! Consents: what is asked, what is given, and that nothing comes to be without what is required.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, UserId};
use ring::digest;

use super::Refusal;
use super::code::codes;

codes! {
    /// What a consent is about.
    Kind {
        PartnershipTerms = "PARTNERSHIP_TERMS",
        OrderSubmission = "ORDER_SUBMISSION",
        DelegatedAdmin = "DELEGATED_ADMIN",
        ResellerRelationship = "RESELLER_RELATIONSHIP",
        CustomerAgreement = "CUSTOMER_AGREEMENT",
    }
}

/// One consent that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) partner: Option<OrganizationId>,
    pub(crate) required: bool,
    pub(crate) roles: Vec<String>,
    pub(crate) days: i32,
    pub(crate) text: String,
    pub(crate) text_version: &'static str,
    pub(crate) text_sha256: String,
}

/// One consent that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) kind: Kind,
    pub(crate) partner: Option<OrganizationId>,
}

/// One consent as it was given, with the text that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) kind: Kind,
    /// Its name; empty when it is about none.
    pub(crate) partner: String,
    pub(crate) organization: OrganizationId,
    pub(crate) given_by: UserId,
    pub(crate) text_version: String,
    pub(crate) text_sha256: String,
    pub(crate) time: DateTime<Utc>,
}

impl Asked {
    fn is(&self, given: &Given) -> bool {
        self.kind == given.kind && self.partner == given.partner
    }
}

/// What was asked and given. Refuses what nobody asked for, and names everything required that was not given.
pub(crate) fn judge<'a>(asked: &'a [Asked], given: &[Given]) -> Result<Vec<&'a Asked>, Refusal> {
    let unasked = |(_, given): &(usize, &Given)| !asked.iter().any(|asked| asked.is(given));
    let unasked: Vec<_> = given.iter().enumerate().filter(unasked).map(|(place, _)| place).collect();
    if !unasked.is_empty() {
        return Err(Refusal::ConsentUnasked(unasked));
    }
    let is_given = |asked: &Asked| given.iter().any(|given| asked.is(given));
    let missing: Vec<_> = asked
        .iter()
        .filter(|asked| asked.required && !is_given(asked))
        .map(|asked| (asked.kind, asked.partner))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::ConsentMissing(missing));
    }
    Ok(asked.iter().filter(|asked| is_given(asked)).collect())
}

/// SHA-256 in lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: Kind, required: bool) -> Asked {
        Asked {
            kind,
            partner: None,
            required,
            roles: Vec::new(),
            days: 0,
            text: String::new(),
            text_version: "1",
            text_sha256: String::new(),
        }
    }

    #[test]
    fn r31_only_what_was_asked_and_given_counts_and_all_missing_are_named() {
        let asked = [
            asked(Kind::PartnershipTerms, true),
            asked(Kind::CustomerAgreement, true),
            asked(Kind::OrderSubmission, false),
        ];
        let give = |kinds: &[Kind]| kinds.iter().map(|kind| Given { kind: *kind, partner: None }).collect::<Vec<_>>();
        assert_eq!(
            judge(&asked, &[]),
            Err(Refusal::ConsentMissing(vec![(Kind::PartnershipTerms, None), (Kind::CustomerAgreement, None)]))
        );
        let granted = judge(&asked, &give(&[Kind::CustomerAgreement, Kind::PartnershipTerms])).unwrap();
        assert_eq!(granted.len(), 2);
        assert!(granted.iter().all(|granted| granted.kind != Kind::OrderSubmission));
        assert_eq!(judge(&asked, &give(&[Kind::DelegatedAdmin])), Err(Refusal::ConsentUnasked(vec![0])));
    }

    #[test]
    fn hashes_are_those_of_everybody_else() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
