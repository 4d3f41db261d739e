//! Reasons and accepted evidence as data: each with the day from which it holds.

use std::io;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::CheckKind;
use crate::error::DataError;

static REASONS: LazyLock<Result<Vec<Reason>, DataError>> =
    LazyLock::new(|| read("reasons", include_bytes!("../data/reasons.csv").as_slice()));
static EVIDENCE: LazyLock<Result<Vec<Accepted>, DataError>> =
    LazyLock::new(|| read("evidence", include_bytes!("../data/evidence.csv").as_slice()));

/// What a reason is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Decision {
    CheckFailed,
    CheckWaived,
    CaseRejected,
}

/// A reason that may be given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) decision: Decision,
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) effective_from: NaiveDate,
}

/// A kind of document that shows a check.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    pub(crate) check: CheckKind,
    pub(crate) kind: String,
    pub(crate) description: String,
    pub(crate) effective_from: NaiveDate,
}

/// The reasons in force at this time.
pub(crate) fn reasons(now: DateTime<Utc>) -> Result<Vec<&'static Reason>, DataError> {
    let today = now.date_naive();
    let all = REASONS.as_ref().map_err(Clone::clone)?;
    Ok(all.iter().filter(|reason| reason.effective_from <= today).collect())
}

/// The kinds of documents accepted at this time.
pub(crate) fn evidence(now: DateTime<Utc>) -> Result<Vec<&'static Accepted>, DataError> {
    let today = now.date_naive();
    let all = EVIDENCE.as_ref().map_err(Clone::clone)?;
    Ok(all.iter().filter(|accepted| accepted.effective_from <= today).collect())
}

/// Whether a decision may be given by this reason at this time.
pub(crate) fn is_reason(decision: Decision, code: &str, now: DateTime<Utc>) -> Result<bool, DataError> {
    Ok(reasons(now)?.iter().any(|reason| reason.decision == decision && reason.code == code))
}

/// Whether a document of this kind shows this check at this time.
pub(crate) fn is_evidence(check: CheckKind, kind: &str, now: DateTime<Utc>) -> Result<bool, DataError> {
    Ok(evidence(now)?.iter().any(|accepted| accepted.check == check && accepted.kind == kind))
}

/// The kinds of documents that show this check at this time.
pub(crate) fn wanted(check: CheckKind, now: DateTime<Utc>) -> Result<Vec<String>, DataError> {
    let of_check = evidence(now)?.into_iter().filter(|accepted| accepted.check == check);
    Ok(of_check.map(|accepted| accepted.kind.clone()).collect())
}

fn read<T: DeserializeOwned>(name: &str, table: impl io::Read) -> Result<Vec<T>, DataError> {
    let rows: Result<Vec<T>, _> = csv::Reader::from_reader(table).deserialize().collect();
    rows.map_err(|error| DataError(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn r23_every_decision_has_reasons_and_none_stands_twice() {
        let reasons = reasons(day("2026-01-01")).unwrap();
        for decision in [Decision::CheckFailed, Decision::CheckWaived, Decision::CaseRejected] {
            let codes: Vec<_> =
                reasons.iter().filter(|reason| reason.decision == decision).map(|it| &it.code).collect();
            assert!(!codes.is_empty(), "{decision:?}");
            assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{decision:?}");
        }
        let code = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c == '_') && text.len() <= 63;
        assert!(reasons.iter().all(|reason| code(&reason.code) && reason.description.ends_with('.')));
        assert!(super::reasons(day("2023-07-31")).unwrap().is_empty(), "not before its day");
    }

    #[test]
    fn r23_every_check_but_the_contacts_own_is_shown_by_some_document() {
        let now = day("2026-01-01");
        for check in CheckKind::ALL {
            assert_eq!(wanted(check, now).unwrap().is_empty(), check == CheckKind::Email, "{check:?}");
        }
        assert!(is_evidence(CheckKind::Business, "LEASE", now).unwrap());
        assert!(!is_evidence(CheckKind::Domain, "LEASE", now).unwrap());
        assert!(!is_evidence(CheckKind::Business, "LEASE", day("2023-07-31")).unwrap());
        assert!(!is_reason(Decision::CheckWaived, "NOT_SHOWN", now).unwrap());
    }
}
