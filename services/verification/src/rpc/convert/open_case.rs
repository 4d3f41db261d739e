//! OpenCaseRequest, every violation of it.

use std::collections::BTreeSet;

use ids::kind;
use runtime::{Fault, Violations};
use wire::types;
use wire::verification as pb;

use super::check_kind;
use crate::domain::{Address, CheckKind, Contact, NewCase, NumberCheck, Subject};

/// As many other enrollments may wait for an update.
const OTHERS: usize = 10;

/// Reads what is to be vetted.
pub(crate) fn parse(request: &pb::OpenCaseRequest) -> Result<NewCase, Fault> {
    let mut v = Violations::of(request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let enrollment = v.child::<kind::Organization, kind::Enrollment>("enrollment", &request.enrollment);
    if let (Some(organization), Some((parent, _))) = (organization, enrollment)
        && organization != parent
    {
        v.add("enrollment", "must be of the organization");
    }
    let legal_name = v.text("legal_name", &request.legal_name, 1..=200);
    let address = address(&mut v, request.address.as_ref());
    let registration_number = v.optional_text("registration_number", &request.registration_number, 40);
    let number_check =
        v.optional_choice::<pb::NumberCheck>("registration_number_check", request.registration_number_check);
    let contact = contact(&mut v, "primary_contact", request.primary_contact.as_ref());
    let approver = contact_of_approver(&mut v, request);
    let applicant_name = v.optional_text("applicant_name", &request.applicant_name, 120);
    let applicant_email = v.email("applicant_email", &request.applicant_email);
    let language = v.language("language_code", &request.language_code);
    if request.revision < 1 {
        v.add("revision", "must be at least 1");
    }
    let checks = checks(&mut v, "checks", &request.checks);
    let people = contact.zip(approver).zip(applicant_name.zip(applicant_email));
    let number = registration_number.zip(number_check);
    let values = (organization, enrollment, legal_name, address, number, people, language, checks);
    let (organization, enrollment, legal_name, address, number, people, language, checks) = v.all(values)?;
    let (registration_number, number_check) = number;
    let ((contact, approver), (applicant_name, applicant_email)) = people;
    let subject = Subject {
        legal_name,
        address,
        registration_number,
        number_check: number_check.and_then(checked),
        contact,
        approver,
        applicant_name,
        applicant_email,
        language,
        revision: request.revision,
        namesake: request.namesake,
        // Known here, and looked up with the rows.
        domain_proven: false,
        lookalike: false,
    };
    Ok(NewCase { organization, enrollment: enrollment.1, others: BTreeSet::new(), subject, checks })
}

/// Reads what is to be vetted instead, and what of it the change touches.
pub(crate) fn parse_update(request: &pb::UpdateCaseRequest) -> Result<(NewCase, BTreeSet<CheckKind>), Fault> {
    let new = pb::OpenCaseRequest {
        origin: request.origin.clone(),
        organization: request.organization.clone(),
        enrollment: request.enrollment.clone(),
        legal_name: request.legal_name.clone(),
        address: request.address.clone(),
        registration_number: request.registration_number.clone(),
        primary_contact: request.primary_contact.clone(),
        company_approver: request.company_approver.clone(),
        applicant_name: request.applicant_name.clone(),
        applicant_email: request.applicant_email.clone(),
        language_code: request.language_code.clone(),
        revision: request.revision,
        checks: request.checks.clone(),
        namesake: request.namesake,
        registration_number_check: request.registration_number_check,
    };
    let mut new = parse(&new)?;
    let mut v = Violations::of(request);
    let touched = checks(&mut v, "touched", &request.touched);
    for other in v.list("other_enrollments", &request.other_enrollments, OTHERS).to_vec() {
        match v.child::<kind::Organization, kind::Enrollment>("other_enrollments", &other) {
            Some((organization, other)) if organization == new.organization => {
                new.others.insert(other);
            }
            Some(_) => v.add("other_enrollments", "must be of the organization"),
            None => {}
        }
    }
    let (touched,) = v.all((touched,))?;
    Ok((new, touched))
}

fn checked(check: pb::NumberCheck) -> Option<NumberCheck> {
    match check {
        pb::NumberCheck::Unspecified => None,
        pb::NumberCheck::NoRule => Some(NumberCheck::NoRule),
        pb::NumberCheck::Form => Some(NumberCheck::Form),
        pb::NumberCheck::Digits => Some(NumberCheck::Digits),
    }
}

fn contact_of_approver(v: &mut Violations, request: &pb::OpenCaseRequest) -> Option<Contact> {
    contact(v, "company_approver", request.company_approver.as_ref())
}

fn address(v: &mut Violations, address: Option<&types::PostalAddress>) -> Option<Address> {
    let Some(address) = address else {
        v.add("address", "is required");
        return None;
    };
    let region_code = v.text("address.region_code", &address.region_code, 2..=2);
    if region_code.as_deref().is_some_and(|code| !code.bytes().all(|byte| byte.is_ascii_uppercase())) {
        v.add("address.region_code", "must be two upper-case letters");
    }
    let postal_code = v.optional_text("address.postal_code", &address.postal_code, 16);
    let administrative_area = v.optional_text("address.administrative_area", &address.administrative_area, 80);
    let locality = v.text("address.locality", &address.locality, 1..=80);
    if !(1..=3).contains(&address.address_lines.len()) {
        v.add("address.address_lines", "must have 1 to 3 lines");
    }
    let lines: Option<Vec<String>> = address
        .address_lines
        .iter()
        .enumerate()
        .take(3)
        .map(|(at, line)| v.text(&format!("address.address_lines[{at}]"), line, 1..=200))
        .collect();
    Some(Address {
        region_code: region_code?,
        postal_code: postal_code?,
        administrative_area: administrative_area?,
        locality: locality?,
        lines: lines?,
    })
}

fn contact(v: &mut Violations, field: &str, contact: Option<&types::Contact>) -> Option<Contact> {
    let Some(contact) = contact else {
        v.add(field, "is required");
        return None;
    };
    let given = v.text(&format!("{field}.given_name"), &contact.given_name, 1..=50);
    let family = v.text(&format!("{field}.family_name"), &contact.family_name, 1..=50);
    let email = v.email(&format!("{field}.email"), &contact.email);
    let _ = v.optional_text(&format!("{field}.phone"), &contact.phone, 16);
    Some(Contact { name: format!("{} {}", given?, family?), email: email? })
}

fn checks(v: &mut Violations, field: &str, kinds: &[i32]) -> Option<BTreeSet<CheckKind>> {
    if kinds.is_empty() {
        v.add(field, "is required");
        return None;
    }
    let kinds = v.list(field, kinds, CheckKind::ALL.len());
    let parsed = kinds.iter().map(|kind| v.choice::<pb::CheckKind>(field, *kind).and_then(check_kind));
    parsed.collect()
}

#[cfg(test)]
mod tests;
