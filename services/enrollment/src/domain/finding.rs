//! What the rules of a country say of what a profile gives.

use chrono::{DateTime, Utc};

use super::contact::{Address, registration_key};
use super::profile::{LegalProfile, SupportProfile};
use super::rules::number::{Number, Verdict, is_needed, judge};
use super::rules::{address, name, phone};

/// Something that is said of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The field's path in the profile.
    pub(crate) field: &'static str,
    pub(crate) weight: Weight,
    /// What is expected.
    pub(crate) said: String,
}

/// What follows from a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It is refused.
    Wrong,
    /// It is refused, for a number that the country needs.
    WrongNumber,
    /// It is shown, and taken.
    Advice,
}

/// What is typed in several ways, in its one spelling; empty where nothing is given or no rule says which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spelled {
    pub(crate) postal_code: String,
    pub(crate) administrative_area: String,
    pub(crate) registration_number: String,
    pub(crate) tax_id: String,
}

const POSTAL_CODE: &str = "address.postal_code";
const AREA: &str = "address.administrative_area";
const PHONES: [&str; 2] = ["primary_contact.phone", "company_approver.phone"];

impl LegalProfile {
    /// All that the rules of the country say of what is given.
    pub(crate) fn findings(&self, country: &str, now: DateTime<Utc>) -> Vec<Finding> {
        let wrong = |field, said| Finding { field, weight: Weight::Wrong, said };
        let mut found = Vec::new();
        let flaws = self.home(country).map(|home| self.address.flaws(home, now)).unwrap_or_default();
        found.extend(flaws.into_iter().map(|(field, said)| wrong(field, said)));
        for (number, typed) in [(Number::Registration, &self.registration_number), (Number::Tax, &self.tax_id)] {
            let Some(Verdict::Wrong(said)) = given(typed).map(|typed| judge(country, number, typed, now)) else {
                continue;
            };
            // Where a country needs none, a company may well have a number of another kind.
            let weight = if is_needed(country, number, now) { Weight::WrongNumber } else { Weight::Advice };
            found.push(Finding { field: number.field(), weight, said });
        }
        for (field, person) in PHONES.into_iter().zip([&self.primary_contact, &self.company_approver]) {
            found.extend(of_phone(field, &person.phone, country));
        }
        let odd = given(&self.legal_name).map(name::oddities).unwrap_or_default();
        let advice = |odd: name::Oddity| Finding { field: "legal_name", weight: Weight::Advice, said: odd.to_string() };
        found.extend(odd.into_iter().map(advice));
        found
    }

    /// Those findings that refuse `new`: what stays as it was is judged when the draft is handed in.
    pub(crate) fn refused(&self, new: &LegalProfile, country: &str, now: DateTime<Utc>) -> Vec<Finding> {
        let moved = self.address.country != new.address.country;
        let is_new = |found: &Finding| moved || self.at(found.field) != new.at(found.field);
        let findings = new.findings(country, now).into_iter();
        findings.filter(|found| found.weight != Weight::Advice && is_new(found)).collect()
    }

    /// Writes telephone numbers as they are dialled from everywhere; what can't be read stays as it is.
    pub(crate) fn dial(&mut self, country: &str) {
        dial(&mut self.primary_contact.phone, country);
        dial(&mut self.company_approver.phone, country);
    }

    /// What is given, in its one spelling.
    pub(crate) fn spelled(&self, country: &str, now: DateTime<Utc>) -> Spelled {
        let rule = self.home(country).and_then(|home| address::rule(home, now));
        let number = |number, typed: &String| match given(typed).map(|typed| judge(country, number, typed, now)) {
            Some(Verdict::Right(spelled)) => spelled,
            _ => String::new(),
        };
        let code = given(&self.address.postal_code).and_then(|code| rule?.postal_code(code).ok());
        let area = given(&self.address.administrative_area).and_then(|area| rule?.area(area, now).ok());
        Spelled {
            postal_code: code.unwrap_or_default(),
            administrative_area: area.unwrap_or_default(),
            registration_number: number(Number::Registration, &self.registration_number),
            tax_id: number(Number::Tax, &self.tax_id),
        }
    }

    /// What two spellings of its registration number share: the number's one spelling where a rule knows it.
    pub(crate) fn registration_key(&self, country: &str, now: DateTime<Utc>) -> String {
        match judge(country, Number::Registration, &self.registration_number, now) {
            Verdict::Right(spelled) => registration_key(&spelled),
            Verdict::Wrong(_) | Verdict::Unjudged => registration_key(&self.registration_number),
        }
    }

    /// The country by whose rules the address is judged: one abroad is wrong as a whole already.
    fn home<'c>(&self, country: &'c str) -> Option<&'c str> {
        Some(country).filter(|country| given(&self.address.country).is_none_or(|own| own == *country))
    }

    fn at(&self, field: &str) -> &str {
        match field {
            POSTAL_CODE => &self.address.postal_code,
            AREA => &self.address.administrative_area,
            "registration_number" => &self.registration_number,
            "tax_id" => &self.tax_id,
            "primary_contact.phone" => &self.primary_contact.phone,
            "company_approver.phone" => &self.company_approver.phone,
            _ => &self.legal_name,
        }
    }
}

impl Address {
    /// What the country's rules say of what is given: the fields, and what is expected there.
    pub(crate) fn flaws(&self, country: &str, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let Some(rule) = address::rule(country, now) else { return Vec::new() };
        let code = given(&self.postal_code).and_then(|code| rule.postal_code(code).err());
        let area = given(&self.administrative_area).and_then(|area| rule.area(area, now).err());
        let flaws = [(POSTAL_CODE, code), (AREA, area)].into_iter();
        flaws.filter_map(|(field, said)| Some((field, said?))).collect()
    }
}

impl SupportProfile {
    /// All that the rules of the country say of what is given.
    pub(crate) fn findings(&self, country: &str) -> Vec<Finding> {
        of_phone("phone", &self.phone, country).into_iter().collect()
    }

    /// Writes the telephone number as it is dialled from everywhere; what can't be read stays as it is.
    pub(crate) fn dial(&mut self, country: &str) {
        dial(&mut self.phone, country);
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn of_phone(field: &'static str, typed: &str, country: &str) -> Option<Finding> {
    match phone::dial(given(typed)?, country) {
        Ok(dialled) if dialled.is_assigned => None,
        Ok(dialled) => {
            let said = format!("{} is in no range that is known to be in use: see whether it is right", dialled.e164);
            Some(Finding { field, weight: Weight::Advice, said })
        }
        Err(said) => Some(Finding { field, weight: Weight::Wrong, said }),
    }
}

fn dial(number: &mut String, country: &str) {
    if let Some(dialled) = given(number).and_then(|typed| phone::dial(typed, country).ok()) {
        *number = dialled.e164;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{legal, now, support};

    fn fields(found: &[Finding]) -> Vec<(&'static str, Weight)> {
        found.iter().map(|finding| (finding.field, finding.weight)).collect()
    }

    #[test]
    fn r04_all_that_a_country_does_not_take_is_found_at_once() {
        let mut profile = legal();
        profile.address.country = "BR".to_owned();
        profile.legal_name = "nordwind.com".to_owned();
        profile.address.postal_code = "1".to_owned();
        profile.address.administrative_area = "Ontario".to_owned();
        profile.registration_number = "1".to_owned();
        profile.tax_id = "1".to_owned();
        profile.primary_contact.phone = "112".to_owned();
        profile.company_approver.phone = "+55 11 1".to_owned();
        let all = [
            ("address.postal_code", Weight::Wrong),
            ("address.administrative_area", Weight::Wrong),
            ("registration_number", Weight::WrongNumber),
            ("tax_id", Weight::Advice),
            ("primary_contact.phone", Weight::Wrong),
            ("company_approver.phone", Weight::Wrong),
            ("legal_name", Weight::Advice),
        ];
        assert_eq!(fields(&profile.findings("BR", now())), all);
        assert_eq!(profile.refused(&profile, "BR", now()), [], "what stays is judged when the draft is handed in");
        let mut before = legal();
        before.address.country = "BR".to_owned();
        let refused = before.refused(&profile, "BR", now());
        assert_eq!(refused.len(), 5, "advice refuses nothing: {refused:?}");
        assert!(refused.iter().all(|finding| finding.said.contains("such as")), "{refused:?}");
        let mut moved = profile.clone();
        moved.address.country = "CA".to_owned();
        let moved = profile.refused(&moved, "CA", now());
        assert!(
            moved.iter().any(|finding| finding.field == "address.postal_code"),
            "in another country all is judged anew"
        );
    }

    #[test]
    fn r18_a_registration_number_is_one_however_it_is_typed() {
        let key = |country: &str, typed: &str| {
            LegalProfile { registration_number: typed.to_owned(), ..legal() }.registration_key(country, now())
        };
        assert_eq!(key("SE", "556016-0680"), key("SE", "5560160680"));
        assert_eq!(key("CH", "CHE-116.281.710"), key("CH", "CHE116281710"));
        assert_eq!(key("PL", "KRS 0000006865"), "KRS0000006865", "what is none stays as it is typed");
        assert_ne!(key("SE", "556016-0680"), key("SE", "556036-0793"));
        assert_eq!(key("IQ", "a 1"), "A1");
        assert_eq!(key("SE", ""), "");
    }

    #[test]
    fn r04_what_is_typed_is_kept_and_its_one_spelling_is_told_beside_it() {
        let mut profile = legal();
        profile.address.postal_code = "111 29".to_owned();
        profile.registration_number = "556016-0680".to_owned();
        profile.primary_contact.phone = "08-123 456 78".to_owned();
        profile.dial("SE");
        assert_eq!(profile.primary_contact.phone, "+46812345678");
        assert_eq!(profile.address.postal_code, "111 29");
        let spelled = profile.spelled("SE", now());
        assert_eq!((spelled.postal_code.as_str(), spelled.registration_number.as_str()), ("11129", "5560160680"));
        assert_eq!(legal().spelled("IQ", now()).registration_number, "");
    }

    #[test]
    fn r04_what_is_refused_is_new_where_its_own_field_changed() {
        type Edit = fn(&mut LegalProfile);
        let edits: [(&str, Edit); 7] = [
            ("legal_name", |it| it.legal_name = "Sydwind AB".to_owned()),
            ("address.postal_code", |it| it.address.postal_code = "1".to_owned()),
            ("address.administrative_area", |it| it.address.administrative_area = "Ontario".to_owned()),
            ("registration_number", |it| it.registration_number = "1".to_owned()),
            ("tax_id", |it| it.tax_id = "1".to_owned()),
            ("primary_contact.phone", |it| it.primary_contact.phone = "112".to_owned()),
            ("company_approver.phone", |it| it.company_approver.phone = "112".to_owned()),
        ];
        for (field, edit) in edits {
            let (before, mut after) = (legal(), legal());
            edit(&mut after);
            let changed = edits.map(|(field, _)| field).into_iter().filter(|field| before.at(field) != after.at(field));
            assert_eq!(changed.collect::<Vec<_>>(), [field]);
        }
    }

    #[test]
    fn r04_a_support_number_is_judged_and_dialled_as_its_country_writes_it() {
        for (typed, country, dialled, found) in [
            ("", "SE", "", None),
            ("08-123 456 78", "SE", "+46812345678", None),
            ("112", "SE", "112", Some(Weight::Wrong)),
            ("(312) 155-0123", "US", "+13121550123", Some(Weight::Advice)),
        ] {
            let mut profile = SupportProfile { phone: typed.to_owned(), ..support() };
            let findings = profile.findings(country);
            assert_eq!(
                fields(&findings),
                found.map(|weight| ("phone", weight)).into_iter().collect::<Vec<_>>(),
                "{typed}"
            );
            profile.dial(country);
            assert_eq!(profile.phone, dialled);
        }
    }
}
