//! The guide, the rules of countries, and what they say of a profile.

use chrono::TimeDelta;
use wire::enrollment as pb;
use wire::types;

use crate::domain::finding::Weight;
use crate::domain::guide::{Asked, FieldRule, Knowledge, Need};
use crate::domain::profile::LegalProfile;
use crate::domain::rules::guide::{Evidence, Step};
use crate::domain::rules::mail::Unfit;
use crate::domain::rules::{Origin, address};

/// The one spelling of what a profile gives, by the rules of the day of its last change.
pub(crate) fn normalized(profile: &LegalProfile) -> pb::NormalizedProfile {
    let spelled = profile.spelled(&profile.address.country, profile.updated);
    pb::NormalizedProfile {
        postal_code: spelled.postal_code,
        administrative_area: spelled.administrative_area,
        registration_number: spelled.registration_number,
        tax_id: spelled.tax_id,
    }
}

/// What looks odd about a profile and was taken all the same.
pub(crate) fn advice(profile: &LegalProfile) -> Vec<pb::Advice> {
    let findings = profile.findings(&profile.address.country, profile.updated).into_iter();
    let taken = findings.filter(|finding| finding.weight == Weight::Advice);
    taken.map(|odd| pb::Advice { field: format!("legal_profile.{}", odd.field), description: odd.said }).collect()
}

pub(crate) fn asked(asked: Asked) -> pb::GuideField {
    let Asked { words, rule } = asked;
    pb::GuideField {
        field: rule.field.to_owned(),
        title: words.title.to_owned(),
        description: words.text.to_owned(),
        need: need(rule.need).into(),
        knowledge: knowledge(rule.knowledge).into(),
        pattern: rule.pattern.to_owned(),
        allowed_values: rule.areas.iter().map(allowed).collect(),
        labels: rule.labels.into_iter().map(str::to_owned).collect(),
        examples: rule.examples,
        source: Some(source(rule.origin)),
    }
}

pub(crate) fn field(rule: FieldRule) -> pb::CountryField {
    pb::CountryField {
        field: rule.field.to_owned(),
        need: need(rule.need).into(),
        knowledge: knowledge(rule.knowledge).into(),
        pattern: rule.pattern.to_owned(),
        labels: rule.labels.into_iter().map(str::to_owned).collect(),
        allowed_value_count: i32::try_from(rule.areas.len()).unwrap_or(i32::MAX),
        examples: rule.examples,
        source: Some(source(rule.origin)),
    }
}

pub(crate) fn evidence(evidence: Evidence) -> pb::GuideEvidence {
    pb::GuideEvidence {
        code: code(evidence.code).into(),
        description: evidence.text.to_owned(),
        source: Some(source(evidence.origin)),
        kind: evidence.kind.to_owned(),
    }
}

pub(crate) fn step(step: Step) -> pb::GuideStep {
    let party = types::Party::from_str_name(&format!("PARTY_{}", step.actor)).unwrap_or_default();
    pb::GuideStep {
        code: code(step.code).into(),
        description: step.text.to_owned(),
        actor: party.into(),
        method: step.method.to_owned(),
        expected_duration: step.usual.map(duration),
        time_limit: step.limit.map(duration),
        source: Some(source(step.origin)),
    }
}

/// Why an address would be refused, and what to give instead.
pub(crate) fn unfit(unfit: Unfit) -> pb::EmailFinding {
    use pb::email_finding::Kind;
    let (kind, description) = match unfit {
        Unfit::Webmail(name) => {
            (Kind::Webmail, format!("is at the web-mail provider {name}: give an address at the company's own domain"))
        }
        Unfit::Disposable(domain) => (
            Kind::Disposable,
            format!(
                "is at {domain}, which gives out addresses for a short while: give an address at the company's own domain"
            ),
        ),
        Unfit::Role => (Kind::Role, "is a role's: give the address of a person who reads it".to_owned()),
    };
    pb::EmailFinding { kind: kind.into(), description }
}

fn code(name: &str) -> types::RequirementCode {
    types::RequirementCode::from_str_name(&format!("REQUIREMENT_CODE_{name}")).unwrap_or_default()
}

fn need(need: Need) -> pb::Need {
    match need {
        Need::Required => pb::Need::Required,
        Need::Optional => pb::Need::Optional,
        Need::Unused => pb::Need::Unused,
    }
}

fn knowledge(knowledge: Knowledge) -> pb::Knowledge {
    match knowledge {
        Knowledge::Enforced => pb::Knowledge::Enforced,
        Knowledge::Advised => pb::Knowledge::Advised,
        Knowledge::None => pb::Knowledge::None,
    }
}

fn allowed(area: &address::Area) -> pb::AllowedValue {
    let title = [area.latin, area.name, area.key].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    pb::AllowedValue { value: area.key.to_owned(), title: title.to_owned() }
}

fn source(origin: Origin) -> pb::RuleSource {
    pb::RuleSource {
        title: origin.source.to_owned(),
        effective_date: origin.from.to_owned(),
        read_date: origin.read.to_owned(),
    }
}

fn duration(time: TimeDelta) -> prost_types::Duration {
    prost_types::Duration { seconds: time.num_seconds(), nanos: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rules::guide;
    use crate::domain::samples::now;

    #[test]
    fn r16_every_code_and_actor_of_the_tables_is_one_of_the_contract() {
        for known in guide::steps("en", now()).map(step) {
            assert!(known.code != 0 && known.actor != 0, "{known:?}");
        }
        assert!(guide::evidence("en", now()).map(evidence).all(|known| known.code != 0));
    }
}
