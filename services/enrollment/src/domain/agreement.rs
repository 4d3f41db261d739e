//! The partner agreement: which version is in force, and how an organization stands towards it.

use addresses::Language;
use chrono::{DateTime, Utc};
use ids::{AgreementTemplateId, EnrollmentId, OrganizationId, SignatureId, UserId};

use super::enrollment::EnrollmentType;

/// One language of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(crate) id: AgreementTemplateId,
    pub(crate) kind: EnrollmentType,
    pub(crate) region: String,
    pub(crate) version: i32,
    pub(crate) language: String,
    pub(crate) sha256: String,
    pub(crate) effective: DateTime<Utc>,
    pub(crate) sign_by: Option<DateTime<Utc>>,
    pub(crate) created: DateTime<Utc>,
}

/// A signed agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) id: SignatureId,
    pub(crate) organization: OrganizationId,
    pub(crate) enrollment: EnrollmentId,
    pub(crate) template: AgreementTemplateId,
    pub(crate) sha256: String,
    pub(crate) version: i32,
    pub(crate) signer: UserId,
    pub(crate) source_address: String,
    pub(crate) created: DateTime<Utc>,
}

/// How an organization stands towards the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is none to sign yet.
    Unpublished,
    /// None was signed.
    Unsigned { since: DateTime<Utc> },
    /// The version in force is signed, or an older one that may stay.
    Current,
    /// A newer version is in force, and to be signed by a day.
    Due { since: DateTime<Utc>, by: DateTime<Utc> },
    /// That day has passed.
    Overdue { since: DateTime<Utc>, by: DateTime<Utc> },
}

/// A version, whatever the language.
struct Version {
    number: i32,
    effective: DateTime<Utc>,
    sign_by: Option<DateTime<Utc>>,
}

/// The template in force for a type and region: the newest version that has begun, in any language.
pub(crate) fn in_force<'t>(
    templates: &'t [Template],
    kind: EnrollmentType,
    region: &str,
    now: DateTime<Utc>,
) -> Option<&'t Template> {
    templates
        .iter()
        .filter(|template| template.kind == kind && template.region == region && template.effective <= now)
        .max_by_key(|template| template.version)
}

/// The template in force for readers of this language: theirs, else one without its region, else another of the version in force.
pub(crate) fn in_language<'t>(
    templates: &'t [Template],
    kind: EnrollmentType,
    region: &str,
    language: &str,
    now: DateTime<Utc>,
) -> Option<&'t Template> {
    let newest = in_force(templates, kind, region, now)?;
    let same =
        |template: &&Template| template.kind == kind && template.region == region && template.version == newest.version;
    let all = || templates.iter().filter(same);
    let read = Language::parse(language).ok();
    let theirs = read.and_then(|language| language.among(all().map(|template| template.language.as_str())));
    Some(all().find(|template| Some(template.language.as_str()) == theirs).unwrap_or(newest))
}

/// How who signed up to `signed` (0 for none) stands now.
pub(crate) fn standing(
    templates: &[Template],
    kind: EnrollmentType,
    region: &str,
    signed: i32,
    now: DateTime<Utc>,
) -> Standing {
    let newer: Vec<Version> = templates
        .iter()
        .filter(|template| template.kind == kind && template.region == region)
        .filter(|template| template.effective <= now && template.version > signed)
        .map(|template| Version { number: template.version, effective: template.effective, sign_by: template.sign_by })
        .collect();
    let Some(first) = newer.iter().min_by_key(|version| version.number) else {
        return if signed > 0 { Standing::Current } else { Standing::Unpublished };
    };
    if signed == 0 {
        return Standing::Unsigned { since: first.effective };
    }
    // Of several newer versions the first deadline counts: signing the newest meets them all.
    match newer.iter().filter_map(|version| version.sign_by.map(|by| (by, version.effective))).min() {
        None => Standing::Current,
        Some((by, since)) if now < by => Standing::Due { since, by },
        Some((by, since)) => Standing::Overdue { since, by },
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const KIND: EnrollmentType = EnrollmentType::IndirectReseller;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn template(version: i32, effective: i64, sign_by: Option<i64>) -> Template {
        Template {
            id: AgreementTemplateId::from_uuid(uuid::Uuid::nil()),
            kind: KIND,
            region: "EUROPE".to_owned(),
            version,
            language: "en".to_owned(),
            sha256: String::new(),
            effective: at(effective),
            sign_by: sign_by.map(at),
            created: at(0),
        }
    }

    #[test]
    fn r13_a_newer_version_is_due_and_then_overdue() {
        let templates = [template(1, 1, None), template(2, 10, Some(20)), template(3, 12, Some(40))];
        let stands = |signed, day| standing(&templates, KIND, "EUROPE", signed, at(day));
        assert_eq!(stands(0, 0), Standing::Unpublished);
        assert_eq!(stands(0, 5), Standing::Unsigned { since: at(1) });
        assert_eq!(stands(1, 9), Standing::Current);
        assert_eq!(stands(1, 15), Standing::Due { since: at(10), by: at(20) });
        assert_eq!(stands(1, 20), Standing::Overdue { since: at(10), by: at(20) });
        assert_eq!(stands(2, 30), Standing::Due { since: at(12), by: at(40) });
        assert_eq!(stands(3, 99), Standing::Current);
        assert_eq!(standing(&templates, KIND, "CANADA", 0, at(99)), Standing::Unpublished);
    }

    #[test]
    fn r12_a_reader_gets_the_version_in_force_in_their_language_where_there_is_one() {
        let of = |number: u128, version, language: &str| Template {
            id: AgreementTemplateId::from_uuid(uuid::Uuid::from_u128(number)),
            language: language.to_owned(),
            ..template(version, i64::from(version), None)
        };
        let templates = [of(1, 1, "sv"), of(2, 2, "sv"), of(3, 2, "en"), of(4, 2, "de")];
        let read = |language, day| {
            let found = in_language(&templates, KIND, "EUROPE", language, at(day));
            found.map(|template| (template.version, template.language.as_str()))
        };
        assert_eq!(read("de", 5), Some((2, "de")));
        assert_eq!(read("sv-FI", 5), Some((2, "sv")));
        assert_eq!(read("sv", 1), Some((1, "sv")));
        assert_eq!(read("fi", 5).map(|(version, _)| version), Some(2));
        assert_eq!(read("sv", 0), None);
    }

    #[test]
    fn r12_the_newest_version_that_has_begun_is_in_force() {
        let templates = [template(1, 1, None), template(2, 10, None)];
        let version = |day| in_force(&templates, KIND, "EUROPE", at(day)).map(|template| template.version);
        assert_eq!((version(0), version(9), version(10)), (None, Some(1), Some(2)));
    }
}
