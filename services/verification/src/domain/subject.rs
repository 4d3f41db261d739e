//! What is vetted: a company's legal data and its people, as one revision of the legal profile has them.

/// The snapshot under review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) legal_name: String,
    pub(crate) address: Address,
    pub(crate) registration_number: Option<String>,
    pub(crate) contact: Contact,
    pub(crate) approver: Contact,
    pub(crate) applicant_name: Option<String>,
    pub(crate) applicant_email: String,
    pub(crate) language: String,
    pub(crate) revision: i64,
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
    pub(crate) email: String,
}

impl Subject {
    /// True when the approver would answer for himself: then the mail proves nothing.
    pub(crate) fn approver_is_applicant(&self) -> bool {
        self.approver.email.to_lowercase() == self.applicant_email.to_lowercase()
    }

    /// The applicant as the approver is asked about: by name, else by address.
    pub(crate) fn applicant(&self) -> &str {
        self.applicant_name.as_deref().unwrap_or(&self.applicant_email)
    }

    /// Domain of the contact's address.
    pub(crate) fn domain(&self) -> String {
        domain_of(&self.contact.email)
    }
}

/// What follows the last `@`, in lower case.
fn domain_of(email: &str) -> String {
    email.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase()
}

/// An address of which only the first letter and the domain are shown.
pub(crate) fn hint(email: &str) -> String {
    let first = email.chars().next().filter(|first| *first != '@').map(String::from).unwrap_or_default();
    format!("{first}***@{}", domain_of(email))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_hides_all_but_the_first_letter_and_the_domain() {
        assert_eq!(hint("ada.lovelace@Example.com"), "a***@example.com");
        assert_eq!(hint("å@example.se"), "å***@example.se");
        assert_eq!(hint("@example.se"), "***@example.se");
    }
}
