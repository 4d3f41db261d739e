//! The profiles of an organization: who it is in law, and where its customers find support.

use addresses::Email;
use chrono::{DateTime, Utc};

use super::change::Pending;
use super::contact::{Address, Contact};
use super::finding::{Finding, Weight};
use super::refusal::Missing;
use super::requirement::Code;
use super::rules::address;
use super::rules::mail::{self, Unfit};
use super::rules::number::{self, Number};

/// Who the company is in law, and who speaks for it. Empty fields are not given yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LegalProfile {
    pub(crate) legal_name: String,
    pub(crate) address: Address,
    pub(crate) registration_number: String,
    pub(crate) tax_id: String,
    pub(crate) primary_contact: Contact,
    pub(crate) company_approver: Contact,
    pub(crate) language: String,
    /// Which revision this is.
    pub(crate) revision: i64,
    /// The newest revision there ever was; each change of what is vetted makes the next one.
    pub(crate) newest_revision: i64,
    /// The revision in force; 0 when none is.
    pub(crate) vetted_revision: i64,
    /// A change of what is vetted, while it is being verified.
    pub(crate) pending: Option<Box<Pending>>,
    pub(crate) version: i64,
    pub(crate) updated: DateTime<Utc>,
}

/// Where customers find support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SupportProfile {
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) website: String,
    pub(crate) version: i64,
    pub(crate) updated: DateTime<Utc>,
}

impl LegalProfile {
    pub(crate) fn empty(now: DateTime<Utc>) -> LegalProfile {
        LegalProfile {
            legal_name: String::new(),
            address: Address::default(),
            registration_number: String::new(),
            tax_id: String::new(),
            primary_contact: Contact::default(),
            company_approver: Contact::default(),
            language: String::new(),
            revision: 0,
            newest_revision: 0,
            vetted_revision: 0,
            pending: None,
            version: 1,
            updated: now,
        }
    }

    /// Every field that a submission needs and that is missing or no longer right.
    pub(crate) fn missing(&self, country: &str, now: DateTime<Utc>) -> Vec<Missing> {
        let mut list = List { code: Code::LegalProfile, prefix: "legal_profile", found: Vec::new() };
        list.need("legal_name", &self.legal_name, "give the registered name");
        list.address(&self.address, country, now);
        if number::is_needed(country, Number::Registration, now) {
            let number = &self.registration_number;
            list.need("registration_number", number, "give the registration number; this country needs it");
        }
        list.person("primary_contact", &self.primary_contact);
        if let Ok(email) = Email::parse(&self.primary_contact.email) {
            for unfit in mail::unfit(&email, now) {
                let description = match unfit {
                    Unfit::Webmail(_) => "give a company address, not one at a web-mail provider",
                    Unfit::Disposable(_) => "give a company address, not one for a short while",
                    Unfit::Role => "give a person's address, not a role's",
                };
                list.add("primary_contact.email", description);
            }
        }
        list.person("company_approver", &self.company_approver);
        list.need("language_code", &self.language, "give the language for mails to the contact");
        list.findings(self.findings(country, now));
        list.found
    }
}

impl SupportProfile {
    pub(crate) fn empty(now: DateTime<Utc>) -> SupportProfile {
        SupportProfile { email: String::new(), phone: String::new(), website: String::new(), version: 1, updated: now }
    }

    /// Every field that a submission needs and that is missing or no longer right.
    pub(crate) fn missing(&self, country: &str) -> Vec<Missing> {
        let mut list = List { code: Code::SupportProfile, prefix: "support_profile", found: Vec::new() };
        list.need("email", &self.email, "give the support address");
        list.need("phone", &self.phone, "give the support telephone number");
        list.need("website", &self.website, "give the support page");
        list.findings(self.findings(country));
        list.found
    }
}

struct List {
    code: Code,
    prefix: &'static str,
    found: Vec<Missing>,
}

impl List {
    fn need(&mut self, field: &str, value: &str, description: &str) {
        if value.is_empty() {
            self.add(field, description);
        }
    }

    /// An address of which nothing is given is one thing that is missing.
    fn address(&mut self, address: &Address, country: &str, now: DateTime<Utc>) {
        if *address == Address::default() {
            return self.add("address", "give the legal address");
        }
        self.need("address.region_code", &address.country, "give the country of the legal address");
        let rule = address::rule(country, now);
        // Where nothing is known of a country, a town and a street are asked for.
        if rule.is_none_or(|rule| rule.needs("locality")) {
            self.need("address.locality", &address.locality, "give the town of the legal address");
        }
        self.need("address.address_lines", address.lines.first().map_or("", |line| line), "give the street");
        if rule.is_some_and(|rule| rule.needs("postal_code")) {
            self.need("address.postal_code", &address.postal_code, "give the postal code; this country needs it");
        }
        if rule.is_some_and(|rule| rule.needs("administrative_area")) {
            let area = &address.administrative_area;
            self.need("address.administrative_area", area, "give the state or province; this country needs it");
        }
    }

    /// What the rules of the country refuse.
    fn findings(&mut self, findings: Vec<Finding>) {
        for finding in findings.into_iter().filter(|finding| finding.weight != Weight::Advice) {
            self.add(finding.field, &finding.said);
        }
    }

    fn person(&mut self, field: &str, person: &Contact) {
        if *person == Contact::default() {
            return self.add(field, "give name and e-mail address");
        }
        self.need(&format!("{field}.given_name"), &person.given_name, "give the given name");
        self.need(&format!("{field}.family_name"), &person.family_name, "give the family name");
        self.need(&format!("{field}.email"), &person.email, "give the e-mail address");
    }

    fn add(&mut self, field: &str, description: &str) {
        let field = format!("{}.{field}", self.prefix);
        self.found.push(Missing { code: self.code, field, description: description.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{legal, support};

    fn now() -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse().expect("a time")
    }

    fn fields(missing: &[Missing]) -> Vec<&str> {
        missing.iter().map(|missing| missing.field.as_str()).collect()
    }

    #[test]
    fn r04_every_missing_field_is_named_at_once() {
        let empty = LegalProfile::empty(now());
        let of_all = [
            "legal_profile.legal_name",
            "legal_profile.address",
            "legal_profile.primary_contact",
            "legal_profile.company_approver",
            "legal_profile.language_code",
        ];
        assert_eq!(fields(&empty.missing("SE", now())), of_all);
        let mut begun = empty.clone();
        begun.address.country = "US".to_owned();
        begun.primary_contact.email = "info@gmail.com".to_owned();
        let of_begun = [
            "legal_profile.legal_name",
            "legal_profile.address.locality",
            "legal_profile.address.address_lines",
            "legal_profile.address.postal_code",
            "legal_profile.address.administrative_area",
            "legal_profile.primary_contact.given_name",
            "legal_profile.primary_contact.family_name",
            "legal_profile.primary_contact.email",
            "legal_profile.primary_contact.email",
            "legal_profile.company_approver",
            "legal_profile.language_code",
        ];
        assert_eq!(fields(&begun.missing("US", now())), of_begun);
        assert!(fields(&empty.missing("PL", now())).contains(&"legal_profile.registration_number"));
        let support = ["support_profile.email", "support_profile.phone", "support_profile.website"];
        assert_eq!(fields(&SupportProfile::empty(now()).missing("SE")), support);
    }

    #[test]
    fn r04_what_a_country_refuses_is_missing_and_what_it_only_advises_is_not() {
        assert_eq!(legal().missing("SE", now()), []);
        let mut profile = LegalProfile { tax_id: "1".to_owned(), ..legal() };
        profile.address.postal_code = "1".to_owned();
        let missing = profile.missing("SE", now());
        assert_eq!(fields(&missing), ["legal_profile.address.postal_code"]);
        assert!(missing[0].description.contains("such as"), "{missing:?}");
        let support = SupportProfile { phone: "112".to_owned(), ..support() };
        assert_eq!(fields(&support.missing("SE")), ["support_profile.phone"]);
    }
}
