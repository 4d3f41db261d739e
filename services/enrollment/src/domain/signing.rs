//! How the agreement is signed for an enrollment.

use chrono::{DateTime, Utc};
use markets::RegionCode;

use super::Refusal;
use super::agreement::{Template, in_force};
use super::enrollment::Enrollment;
use super::event::Event;
use super::lifecycle::Command;
use super::picture::Picture;
use super::refusal::Missing;
use super::requirement::Code;

/// What makes a template another enrollment's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("is for another type of enrollment")]
    Type,
    #[error("is for another region than {0}")]
    Region(&'static str),
}

impl Picture {
    /// All that makes a template another enrollment's than this one's.
    pub(crate) fn misfits(&self, template: &Template, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Misfit> {
        let region = self.organization.region(now).map_or("", RegionCode::as_str);
        let kind = (template.kind != enrollment.kind).then_some(Misfit::Type);
        kind.into_iter().chain((template.region != region).then_some(Misfit::Region(region))).collect()
    }

    /// Signs a template that fits, by the hash of the text that was read; with nothing outstanding any more the enrollment comes into force.
    pub(crate) fn sign(
        &self,
        enrollment: &mut Enrollment,
        template: &Template,
        sha256: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, Refusal> {
        enrollment.may(Command::Sign)?;
        if self.location.is_none() {
            return Err(Refusal::Outstanding(vec![Missing {
                code: Code::Location,
                field: self.organization.id.name(),
                description: "associate a location first".to_owned(),
            }]));
        }
        template.signable(&self.templates, enrollment.signed_version, sha256, now)?;
        enrollment.obey(Command::Sign, now)?;
        enrollment.signed_version = template.version;
        let mut events = vec![Event::AgreementSigned(Box::new(self.standing(enrollment)))];
        events.extend(self.settle(enrollment, now));
        Ok(events)
    }
}

impl Template {
    /// Whether it is the version in force, newer than the one signed (0 for none), and the text that was read.
    fn signable(&self, published: &[Template], signed: i32, sha256: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.effective > now {
            return Err(Refusal::NotInForce);
        }
        let newest = in_force(published, self.kind, &self.region, now);
        if let Some(newest) = newest.filter(|newest| newest.version > self.version) {
            let same_language = |other: &&Template| {
                other.kind == newest.kind && other.version == newest.version && other.language == self.language
            };
            let named = published.iter().find(same_language).unwrap_or(newest);
            return Err(Refusal::Superseded(named.id));
        }
        if signed >= self.version {
            return Err(Refusal::AlreadySigned);
        }
        if sha256 == self.sha256 { Ok(()) } else { Err(Refusal::TextHashMismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enrollment::EnrollmentType;
    use crate::domain::lifecycle::State;
    use crate::domain::samples::{day, enrollment, now, picture, template};

    const KIND: EnrollmentType = EnrollmentType::IndirectReseller;

    #[test]
    fn r12_a_template_is_for_one_type_and_region() {
        let misfits = |template: &Template| picture().misfits(template, &enrollment(KIND, State::Qualified), now());
        let own = template(KIND, 1, -30, None);
        let abroad = Template { region: "JAPAN".to_owned(), ..own.clone() };
        let neither = Template { kind: EnrollmentType::DirectBill, ..abroad.clone() };
        assert_eq!(misfits(&own), []);
        assert_eq!(misfits(&abroad), [Misfit::Region("EUROPE")]);
        assert_eq!(misfits(&neither), [Misfit::Type, Misfit::Region("EUROPE")]);
    }

    #[test]
    fn r12_the_version_in_force_is_signed_once_by_its_own_text() {
        let (one, two) = (template(KIND, 1, -30, None), template(KIND, 2, 0, Some(5)));
        let german = Template { id: crate::domain::samples::id(50), language: "de".to_owned(), ..two.clone() };
        let other = template(EnrollmentType::DirectBill, 3, -1, None);
        let published = [one.clone(), german.clone(), two.clone(), other];
        let sign = |template: &Template, signed, sha256: &str| template.signable(&published, signed, sha256, now());
        assert_eq!(sign(&two, 1, "hash of 2"), Ok(()));
        assert_eq!(sign(&two, 2, "hash of 2"), Err(Refusal::AlreadySigned));
        assert_eq!(sign(&two, 1, "hash of 1"), Err(Refusal::TextHashMismatch));
        assert_eq!(two.signable(&published, 1, "hash of 2", day(-1)), Err(Refusal::NotInForce));
        assert_eq!(one.signable(&published, 0, "hash of 1", day(-1)), Ok(()));
        assert_eq!(
            sign(&one, 0, "hash of 1"),
            Err(Refusal::Superseded(two.id)),
            "the one in the same language is named"
        );
        let deutsch = Template { language: "de".to_owned(), ..one.clone() };
        assert_eq!(sign(&deutsch, 0, "hash of 1"), Err(Refusal::Superseded(german.id)));
        let svenska = Template { language: "sv".to_owned(), ..one };
        assert!(matches!(sign(&svenska, 0, "hash of 1"), Err(Refusal::Superseded(_))), "another, where there is none");
    }
}
