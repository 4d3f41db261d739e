//! What a service tells its journal.

use ids::OrganizationId;

/// Something that happened in a service.
pub trait Event: Send + Sync + 'static {
    /// What the journal keeps of it. Never personal data, never a secret.
    fn entry(&self) -> Entry;
}

/// What the journal keeps of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened, past tense, such as `EnrollmentSubmitted`.
    pub kind: &'static str,
    /// The resource it happened to. Messages that carry this subject's state to a sibling are ordered by it.
    pub subject: String,
    /// The subject's state before, where it moved.
    pub from: Option<String>,
    /// The subject's state after.
    pub to: Option<String>,
    /// Reason code.
    pub reason: Option<String>,
    /// Paths that changed, never the values.
    pub changed: Vec<String>,
    /// Organizations that may read it.
    pub parties: Vec<OrganizationId>,
}

impl Entry {
    /// An entry that says only what happened to what.
    pub fn new(kind: &'static str, subject: impl Into<String>) -> Entry {
        Entry {
            kind,
            subject: subject.into(),
            from: None,
            to: None,
            reason: None,
            changed: Vec::new(),
            parties: Vec::new(),
        }
    }

    /// The states it moved between.
    #[must_use]
    pub fn moved(mut self, from: Option<&str>, to: &str) -> Entry {
        self.from = from.map(str::to_owned);
        self.to = Some(to.to_owned());
        self
    }

    /// Its reason code.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Entry {
        self.reason = Some(reason.into());
        self
    }

    /// The paths that changed.
    #[must_use]
    pub fn changing(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Entry {
        self.changed = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Who may read it.
    #[must_use]
    pub fn between(mut self, parties: impl IntoIterator<Item = OrganizationId>) -> Entry {
        self.parties = parties.into_iter().collect();
        self
    }
}
