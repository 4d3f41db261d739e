//! What is vetted: a company's legal data and its people, as one revision of the legal profile has them.

use addresses::{Email, Language};

use super::Purpose;

/// The snapshot under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) legal_name: String,
    pub(crate) address: Address,
    pub(crate) registration_number: Option<String>,
    /// How far the rules of its country vouch for the number; none without one.
    pub(crate) number_check: Option<NumberCheck>,
    pub(crate) contact: Contact,
    pub(crate) approver: Contact,
    pub(crate) applicant_name: Option<String>,
    pub(crate) applicant_email: Email,
    pub(crate) language: Language,
    pub(crate) revision: i64,
    /// Another enrolled organization of the country has the same name.
    pub(crate) namesake: bool,
    /// The organization has proven the domain of the contact's address.
    pub(crate) domain_proven: bool,
    /// Somebody else's verified domain looks like the contact's.
    pub(crate) lookalike: bool,
}

/// How far a machine could tell that a registration number is right: for the reviewer to know, nothing follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberCheck {
    /// No rule is known of the country's numbers.
    NoRule,
    /// It has their letters and digits.
    Form,
    /// Its check digits are right too.
    Digits,
}

/// A legal address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) region_code: String,
    pub(crate) postal_code: Option<String>,
    pub(crate) administrative_area: Option<String>,
    pub(crate) locality: String,
    pub(crate) lines: Vec<String>,
}

/// A person who gets mail from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) email: Email,
}

impl NumberCheck {
    pub(crate) const ALL: [NumberCheck; 3] = [NumberCheck::NoRule, NumberCheck::Form, NumberCheck::Digits];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            NumberCheck::NoRule => "NO_RULE",
            NumberCheck::Form => "FORM",
            NumberCheck::Digits => "DIGITS",
        }
    }
}

impl Subject {
    /// Whether a mail to the approver proves anything: it goes to the company, and to someone other than who asks to bind it.
    pub(crate) fn approver_is_apart(&self) -> bool {
        self.approver.email.registrable_domain() == self.contact.email.registrable_domain()
            && self.approver.email.mailbox() != self.applicant_email.mailbox()
    }

    /// Whether whoever reads this address is one of the people named, or of the company.
    pub(crate) fn is_own_of(&self, address: &Email) -> bool {
        let people = [&self.applicant_email, &self.contact.email, &self.approver.email];
        people.into_iter().any(|person| person.mailbox() == address.mailbox())
            || address.registrable_domain() == self.contact.email.registrable_domain()
    }

    /// The applicant as the approver is asked about: by name, else by address.
    pub(crate) fn applicant(&self) -> &str {
        self.applicant_name.as_deref().unwrap_or(self.applicant_email.as_str())
    }

    /// The person whom a mail for this purpose asks.
    pub(crate) fn person(&self, purpose: Purpose) -> &Contact {
        match purpose {
            Purpose::Contact => &self.contact,
            Purpose::Approver => &self.approver,
        }
    }

    /// Whether what is proven shows that the contact's domain is the company's own. One that looks like another company's is a reviewer's to
    /// judge, whoever controls it.
    pub(crate) fn shows_domain(&self) -> bool {
        self.domain_proven && !self.lookalike
    }

    /// Domain of the contact's address.
    pub(crate) fn domain(&self) -> &str {
        self.contact.email.domain()
    }
}

#[cfg(test)]
mod tests {
    use super::{NumberCheck, Subject};
    use crate::domain::samples::subject;

    #[test]
    fn an_approver_counts_at_the_company_and_apart_from_the_applicant() {
        let apart = |contact: &str, approver: &str, applicant: &str| {
            let mut subject = subject();
            subject.contact.email = contact.parse().unwrap();
            subject.approver.email = approver.parse().unwrap();
            subject.applicant_email = applicant.parse().unwrap();
            subject.approver_is_apart()
        };
        assert!(apart("ada@example.com", "bo@example.com", "cia@example.com"));
        assert!(apart("ada@example.com", "bo@board.example.com", "cia@else.example"));
        assert!(apart("ada@example.com", "ada@example.com", "cia@example.com"), "the contact may be the approver");
        assert!(apart("ada@bücher.example", "bo@xn--bcher-kva.example", "cia@example.com"));
        for (approver, applicant) in [
            ("bo@gmail.com", "cia@example.com"),
            ("bo@other.example", "cia@example.com"),
            ("cia@example.com", "cia@example.com"),
            ("Cia@Example.com", "cia@example.com"),
            ("cia+board@example.com", "cia@example.com"),
            ("cia@example.com", "cia+me@example.com"),
        ] {
            assert!(!apart("ada@example.com", approver, applicant), "{approver} {applicant}");
        }
    }

    #[test]
    fn how_far_a_number_is_vouched_for_is_kept_in_these_words() {
        assert_eq!(NumberCheck::ALL.map(NumberCheck::as_str), ["NO_RULE", "FORM", "DIGITS"]);
    }

    #[test]
    fn an_applicant_is_told_by_name_else_by_address() {
        let unnamed = Subject { applicant_name: None, ..subject() };
        assert_eq!((subject().applicant(), unnamed.applicant()), ("Cia Alm", "cia@example.com"));
        assert_eq!(subject().domain(), "example.com");
    }

    #[test]
    fn whoever_reads_an_address_of_the_case_or_of_the_company_is_one_of_its_own() {
        let mut subject = subject();
        subject.contact.email = "ada@bücher.example".parse().unwrap();
        subject.approver.email = "bo@board.example".parse().unwrap();
        subject.applicant_email = "cia@advisers.example".parse().unwrap();
        for own in
            ["rita@xn--bcher-kva.example", "rita@shop.BÜCHER.example", "Bo+x@board.example", "cia@advisers.example"]
        {
            assert!(subject.is_own_of(&own.parse().unwrap()), "{own}");
        }
        for other in ["rita@programme.example", "rita@advisers.example", "ada@else.example"] {
            assert!(!subject.is_own_of(&other.parse().unwrap()), "{other}");
        }
    }
}
