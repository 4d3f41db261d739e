//! What reviewers write down for each other. Never shown to the applicant, never changed.

use chrono::{DateTime, Utc};
use ids::{OrganizationId, ReviewNoteId, VettingCaseId};

use super::Reviewer;

/// A note on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewNote {
    pub(crate) id: ReviewNoteId,
    pub(crate) organization: OrganizationId,
    pub(crate) case: VettingCaseId,
    pub(crate) by: Reviewer,
    pub(crate) text: String,
    pub(crate) created: DateTime<Utc>,
}

impl ReviewNote {
    /// `organizations/{o}/vettingCases/{c}/notes/{n}`.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.organization.child(self.case), self.id.name())
    }
}
