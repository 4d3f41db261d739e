//! What is written into requests.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::play::Journey;
use super::step::Form;
use super::world::{CAST, Capacity, GRANT_DAYS, Grant, INVITATION_HOURS, Role, Under};

impl Journey {
    pub(super) fn invitation(&self, kind: &str, target: usize) -> Value {
        json!({
            "kind": kind, "recipient_email": self.person(target, "founder"), "language_code": "en",
            "message": "Let us work together.", "expire_time": self.in_hours(INVITATION_HOURS),
        })
    }

    pub(super) fn order(&self, [provider, reseller, customer]: [usize; 3]) -> Value {
        json!({
            "provider": self.organizations[provider], "partner_of_record": self.organizations[reseller],
            "customer": self.organizations[customer], "action": "ORDER_ACTION_PLACE_ORDER",
        })
    }

    pub(super) fn legal_profile(&self, of: usize, form: Form) -> Value {
        let name = format!("{}/legalProfile", self.organizations[of]);
        let legal_name = |first: bool| if first { self.name(of) } else { format!("{} Holding", self.name(of)) };
        match form {
            Form::NameOnly => json!({ "name": name, "legal_name": legal_name(true) }),
            Form::Webmail => json!({ "name": name, "primary_contact": { "email": "carl.contact@gmail.com" } }),
            Form::RoleAddress => {
                json!({ "name": name, "primary_contact": { "email": format!("info@{}", self.domain(of)) } })
            }
            Form::AnotherCountry => json!({ "name": name, "address": address(of, false) }),
            Form::Stale => json!({ "name": name, "legal_name": legal_name(true), "etag": "9999" }),
            Form::Whole(first) => json!({
                "name": name, "legal_name": legal_name(first), "address": address(of, true),
                "registration_number": format!("{}-{}", CAST[of].name, self.tag), "language_code": "en",
                "primary_contact": { "given_name": "Carl", "family_name": "Contact", "email": self.person(of, "contact") },
                "company_approver": { "given_name": "Berit", "family_name": "Board", "email": self.person(of, "approver") },
            }),
        }
    }

    pub(super) fn name(&self, of: usize) -> String {
        format!("{} {}", CAST[of].name, self.tag)
    }

    /// Business time from now, as a request writes it.
    pub(super) fn in_hours(&self, hours: i64) -> String {
        let time = runtime::clock::system_time() + self.offset + TimeDelta::hours(hours);
        time.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    pub(super) fn parent(&self, grant: &Grant) -> String {
        match grant.under {
            Under::Partnership(at) => self.partnerships[at].clone(),
            Under::Relationship(at) => self.relationships[at].clone(),
        }
    }
}

pub(super) fn administration(grantee: &str) -> Value {
    json!({ "grantee": grantee, "directory_roles": ["directory-reader"], "duration_days": GRANT_DAYS })
}

pub(super) fn kind(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Provider => "ENROLLMENT_TYPE_INDIRECT_PROVIDER",
        Capacity::Reseller => "ENROLLMENT_TYPE_INDIRECT_RESELLER",
    }
}

pub(super) fn name_of(role: Role) -> &'static str {
    match role {
        Role::GlobalAdmin => "ROLE_GLOBAL_ADMIN",
        Role::AdminAgent => "ROLE_ADMIN_AGENT",
        Role::SalesAgent => "ROLE_SALES_AGENT",
        Role::HelpdeskAgent => "ROLE_HELPDESK_AGENT",
        Role::UserAdmin => "ROLE_USER_ADMIN",
    }
}

/// An address in the organization's country, or in another.
pub(super) fn address(of: usize, home: bool) -> Value {
    let country = if home {
        CAST[of].country
    } else if CAST[of].country == "NO" {
        "SE"
    } else {
        "NO"
    };
    let area = if country == "US" { "IL" } else { "" };
    let code = match country {
        "DE" => "10115",
        "DK" => "1050",
        "FI" => "00100",
        "NL" => "1012 AB",
        "NO" => "0151",
        "SE" => "111 20",
        _ => "60601",
    };
    json!({
        "region_code": country, "postal_code": code, "administrative_area": area, "locality": "Town",
        "address_lines": ["Main Street 4"],
    })
}
