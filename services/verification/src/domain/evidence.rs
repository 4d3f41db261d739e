//! A document that supports a check. Kept once, never changed.

use chrono::{DateTime, Utc};
use ids::{EvidenceId, OrganizationId, UserId, VettingCaseId};

use super::{CheckKind, Refusal, VettingCase};

/// As many documents may support one case.
pub(crate) const MOST_EVIDENCE: i64 = 50;

/// A document, and its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub(crate) id: EvidenceId,
    pub(crate) organization: OrganizationId,
    pub(crate) case: VettingCaseId,
    /// Which document of its case it is, from 1.
    pub(crate) number: i64,
    pub(crate) check: CheckKind,
    /// What kind of document, as the evidence policy names it.
    pub(crate) kind: String,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    /// SHA-256 of the content, in hexadecimal: also where it is kept.
    pub(crate) digest: String,
    pub(crate) by: UserId,
    pub(crate) received: DateTime<Utc>,
}

impl Evidence {
    /// `organizations/{o}/vettingCases/{c}/evidence/{e}`.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.organization.child(self.case), self.id.name())
    }
}

impl VettingCase {
    /// The number of the next document; refused where nobody would look at it any more.
    pub(crate) fn next_evidence(&self, kept: i64, now: DateTime<Utc>) -> Result<i64, Refusal> {
        let seen = self.clone().at(now);
        if !seen.state.is_open() && !self.may_appeal(now) {
            return Err(self.forbids(now, &["AWAITING_EMAIL", "QUEUED", "IN_REVIEW", "ACTION_REQUIRED"]));
        }
        if kept >= MOST_EVIDENCE { Err(Refusal::EvidenceFull) } else { Ok(kept + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{id, now};

    #[test]
    fn a_document_is_named_under_its_case() {
        let evidence = Evidence {
            id: id(6),
            organization: id(2),
            case: id(4),
            number: 1,
            check: CheckKind::Business,
            kind: "EXTRACT".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 1,
            digest: "00".to_owned(),
            by: id(10),
            received: now(),
        };
        let (organization, case, own) = (evidence.organization, evidence.case, evidence.id);
        assert_eq!(evidence.name(), format!("organizations/{organization}/vettingCases/{case}/evidence/{own}"));
    }
}
