//! What a signature covers, and until when.

use chrono::{DateTime, Utc};
use ids::SignatureId;

use super::agreement::{self, Signature, Standing, Template};

/// Whether a signature counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    InForce,
    /// Until a newer version must be signed.
    Due,
    /// That day has passed.
    Overdue,
    /// Another signature took its place.
    Superseded(SignatureId),
}

/// A signature with what it is of, and what it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covering<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) template: &'a Template,
    pub(crate) cover: Cover,
    /// When that ends or ended, as far as is known.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// The first day by which a version newer than `signed` must be signed, in force already or not.
pub(crate) fn deadline(templates: &[Template], of: &Template, signed: i32) -> Option<DateTime<Utc>> {
    let newer = |other: &&Template| other.kind == of.kind && other.region == of.region && other.version > signed;
    templates.iter().filter(newer).filter_map(|template| template.sign_by).min()
}

/// How one signature counts among all of its organization, by the templates of its region.
pub(crate) fn covering<'a>(
    signature: &'a Signature,
    all: &[Signature],
    template: &'a Template,
    templates: &[Template],
    now: DateTime<Utc>,
) -> Covering<'a> {
    let next = all
        .iter()
        .filter(|other| other.enrollment == signature.enrollment && other.version > signature.version)
        .min_by_key(|other| other.version);
    let deadline = deadline(templates, template, signature.version);
    let (cover, until) = match next {
        Some(next) => {
            let ended = deadline.map_or(next.created, |deadline| deadline.min(next.created));
            (Cover::Superseded(next.id), Some(ended))
        }
        None => {
            let standing = agreement::standing(templates, template.kind, &template.region, signature.version, now);
            let cover = match standing {
                Standing::Due { .. } => Cover::Due,
                Standing::Overdue { .. } => Cover::Overdue,
                Standing::Current | Standing::Unsigned { .. } | Standing::Unpublished => Cover::InForce,
            };
            (cover, deadline)
        }
    };
    Covering { signature, template, cover, until }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enrollment::EnrollmentType;
    use crate::domain::samples::{day, id, template};

    const KIND: EnrollmentType = EnrollmentType::IndirectReseller;

    fn signed(number: u128, version: i32, on: i64) -> Signature {
        Signature {
            id: id(number),
            organization: id(1),
            enrollment: id(2),
            template: id(30 + u128::from(version.unsigned_abs())),
            sha256: String::new(),
            version,
            signer: id(10),
            source_address: String::new(),
            created: day(on),
        }
    }

    #[test]
    fn r12_a_signature_covers_until_another_takes_its_place_or_a_day_passes() {
        let templates =
            [template(KIND, 1, -90, None), template(KIND, 2, -20, Some(10)), template(KIND, 3, 20, Some(30))];
        let of = |signature: &Signature, all: &[Signature], at| {
            let template = &templates[usize::try_from(signature.version).unwrap() - 1];
            let covering = covering(signature, all, template, &templates, day(at));
            (covering.cover, covering.until)
        };
        let (one, two) = (signed(1, 1, -80), signed(2, 2, 5));
        assert_eq!(of(&one, std::slice::from_ref(&one), -30), (Cover::InForce, Some(day(10))), "the day is published");
        assert_eq!(of(&one, std::slice::from_ref(&one), 0), (Cover::Due, Some(day(10))));
        assert_eq!(of(&one, std::slice::from_ref(&one), 10), (Cover::Overdue, Some(day(10))));
        let both = [one.clone(), two.clone()];
        assert_eq!(of(&one, &both, 6), (Cover::Superseded(two.id), Some(day(5))));
        assert_eq!(of(&two, &both, 6), (Cover::InForce, Some(day(30))));
        let late = signed(2, 2, 12);
        assert_eq!(
            of(&one, &[one.clone(), late.clone()], 13),
            (Cover::Superseded(late.id), Some(day(10))),
            "a gap shows"
        );
        let foreign = Signature { enrollment: id(3), ..two };
        assert_eq!(of(&one, &[one.clone(), foreign], 0).0, Cover::Due, "of another enrollment");
        assert_eq!(deadline(&templates[..1], &templates[0], 1), None);
    }
}
