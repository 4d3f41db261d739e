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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{id, now, reviewer};

    #[test]
    fn a_note_is_named_under_its_case() {
        let (by, text) = (reviewer(10), "Called them.".to_owned());
        let note = ReviewNote { id: id(6), organization: id(2), case: id(4), by, text, created: now() };
        let (organization, case, own) = (note.organization, note.case, note.id);
        assert_eq!(note.name(), format!("organizations/{organization}/vettingCases/{case}/notes/{own}"));
    }
}
