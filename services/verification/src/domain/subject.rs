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
    /// Whether a mail to the approver proves anything: it goes to the company, and to someone other than who asks to bind it.
    pub(crate) fn approver_is_apart(&self) -> bool {
        let company = registrable(&self.contact.email);
        company.is_some()
            && registrable(&self.approver.email) == company
            && mailbox(&self.approver.email) != mailbox(&self.applicant_email)
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

/// The domain under which somebody can register, in ASCII.
fn registrable(email: &str) -> Option<String> {
    psl::domain_str(&ascii_domain(email)).map(str::to_owned)
}

fn ascii_domain(email: &str) -> String {
    let domain = domain_of(email);
    idna::domain_to_ascii(&domain).unwrap_or(domain)
}

/// Whose mailbox it is, whatever tag or spelling: `Ada+x@Example.com` is `ada@example.com`.
fn mailbox(email: &str) -> String {
    let local = email.rsplit_once('@').map_or(email, |(local, _)| local).to_lowercase();
    let untagged = local.split_once('+').map_or(local.as_str(), |(untagged, _)| untagged);
    format!("{untagged}@{}", ascii_domain(email))
}

/// An address of which only the first letter and the domain are shown.
pub(crate) fn hint(email: &str) -> String {
    let first = email.chars().next().filter(|first| *first != '@').map(String::from).unwrap_or_default();
    format!("{first}***@{}", domain_of(email))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::subject;

    #[test]
    fn an_approver_counts_at_the_company_and_apart_from_the_applicant() {
        let apart = |contact: &str, approver: &str, applicant: &str| {
            let mut subject = subject();
            contact.clone_into(&mut subject.contact.email);
            approver.clone_into(&mut subject.approver.email);
            applicant.clone_into(&mut subject.applicant_email);
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
        assert!(!apart("ada@co.uk", "bo@co.uk", "cia@example.com"), "nobody's domain");
    }

    #[test]
    fn a_hint_hides_all_but_the_first_letter_and_the_domain() {
        assert_eq!(hint("ada.lovelace@Example.com"), "a***@example.com");
        assert_eq!(hint("å@example.se"), "å***@example.se");
        assert_eq!(hint("@example.se"), "***@example.se");
    }
}
