//! What the operator's measures have in common: which enrollment, why, and how it is done.

use database::Scope;
use ids::{EnrollmentId, OrganizationId, kind};
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::Loaded;
use crate::domain::Event;
use crate::domain::life::{Measure, Why};
use crate::{Change, convert};

/// Which enrollment, and why.
pub(super) struct Asked<'a> {
    pub(super) caller: &'a Caller,
    pub(super) scope: Scope,
    pub(super) name: (OrganizationId, EnrollmentId),
    etag: &'a str,
    pub(super) measure: Measure,
    why: Why,
}

/// A measure taken: the enrollment, what follows, and what happened.
pub(super) struct Taken {
    pub(super) enrollment: pb::Enrollment,
    pub(super) effects: Vec<String>,
    pub(super) events: Vec<Event>,
}

impl<'a> Asked<'a> {
    pub(super) fn parse(
        mut v: Violations,
        caller: &'a Caller,
        measure: Measure,
        [name, etag, reason, reason_text]: [&'a str; 4],
    ) -> Result<Asked<'a>, Fault> {
        let name = v.child::<kind::Organization, kind::Enrollment>("name", name);
        let code = v.text("reason", reason, 1..=63);
        if code.as_deref().is_some_and(|code| !is_code(code)) {
            v.add("reason", "must be a code of upper-case letters, digits and underscores, such as INVOICE_OVERDUE");
        }
        let text = v.text("reason_text", reason_text, 1..=500);
        let (name, code, text) = v.all((name, code, text))?;
        Ok(Asked { caller, scope: caller.scope_of(name.0)?, name, etag, measure, why: Why { code, text } })
    }

    pub(super) async fn take(&self, change: &Change) -> Result<Taken, Fault> {
        let now = change.now();
        let mut loaded = Loaded::new(change, self.scope, self.name, self.etag).await?;
        let Loaded { enrollment, others, picture, .. } = &mut loaded;
        let events = picture.take_measure(self.measure, enrollment, others, &self.why, now)?;
        loaded.save(change).await?;
        Ok(Taken {
            enrollment: convert::enrollment(&loaded.picture, &loaded.enrollment, self.caller, now),
            effects: events.iter().filter_map(Event::consequence).collect(),
            events,
        })
    }
}

fn is_code(reason: &str) -> bool {
    reason.starts_with(|c: char| c.is_ascii_uppercase())
        && reason.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code() {
        for code in ["A", "INVOICE_OVERDUE", "LAW_2"] {
            assert!(is_code(code), "{code}");
        }
        for no_code in ["", "_A", "2A", "Overdue", "INVOICE OVERDUE", "ÅR"] {
            assert!(!is_code(no_code), "{no_code}");
        }
    }
}
