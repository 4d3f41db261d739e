//! Which check vets which field: a change of spelling touches none.

use std::collections::BTreeSet;

use addresses::Email;

use crate::domain::contact::{Address, Contact, registration_key};
use crate::domain::identity::{is_same_person, spelling};
use crate::domain::profile::LegalProfile;
use crate::domain::vetting::CheckKind;

impl LegalProfile {
    /// The checks that a change to `new` touches: what they vet becomes another, not only spelled otherwise.
    pub(crate) fn touched(&self, new: &LegalProfile) -> BTreeSet<CheckKind> {
        let mut touched = BTreeSet::new();
        let business = |of: &LegalProfile| {
            (spelling(&of.legal_name), where_it_is(&of.address), registration_key(&of.registration_number))
        };
        if business(self) != business(new) {
            touched.insert(CheckKind::Business);
        }
        let (old_contact, contact) = (&self.primary_contact, &new.primary_contact);
        if !old_contact.email.eq_ignore_ascii_case(&contact.email) {
            touched.insert(CheckKind::Email);
        }
        if domain(old_contact) != domain(contact) {
            // The approver counts as the company's by the contact's domain.
            touched.extend([CheckKind::Domain, CheckKind::Authority]);
        }
        if !is_same_person(old_contact, contact) {
            touched.insert(CheckKind::Employment);
        }
        let (old_approver, approver) = (&self.company_approver, &new.company_approver);
        if !is_same_person(old_approver, approver) || !old_approver.email.eq_ignore_ascii_case(&approver.email) {
            touched.insert(CheckKind::Authority);
        }
        touched
    }
}

fn where_it_is(address: &Address) -> [String; 5] {
    let lines = address.lines.join(" ");
    [&address.country, &address.postal_code, &address.administrative_area, &address.locality, &lines]
        .map(|part| spelling(part))
}

fn domain(contact: &Contact) -> Option<String> {
    Some(Email::parse(&contact.email).ok()?.registrable_domain().to_owned())
}
