//! A change of the legal profile as its column holds it.

use chrono::{DateTime, Utc};
use database::Error;
use ids::EnrollmentId;
use sea_orm::prelude::{Json, Uuid};
use serde::{Deserialize, Serialize};

use crate::domain::change::Pending;
use crate::domain::contact::{Address, Contact};
use crate::domain::profile::LegalProfile;
use crate::domain::vetting::CheckKind;
use crate::store::{from_json, to_json};

#[derive(Serialize, Deserialize)]
struct Stored {
    legal_name: String,
    address: Address,
    registration_number: String,
    tax_id: String,
    primary_contact: Contact,
    company_approver: Contact,
    language: String,
    revision: i64,
    waiter: Uuid,
    asked: Vec<CheckKind>,
    since: DateTime<Utc>,
}

pub(super) fn write(pending: &Pending) -> Result<Json, Error> {
    let profile = pending.profile.clone();
    let stored = Stored {
        legal_name: profile.legal_name,
        address: profile.address,
        registration_number: profile.registration_number,
        tax_id: profile.tax_id,
        primary_contact: profile.primary_contact,
        company_approver: profile.company_approver,
        language: profile.language,
        revision: profile.revision,
        waiter: pending.waiter.uuid(),
        asked: pending.asked.clone(),
        since: pending.since,
    };
    to_json("legal_profile", "pending", &stored)
}

pub(super) fn read(row: Uuid, json: Json) -> Result<Pending, Error> {
    let stored: Stored = from_json("legal_profile", "pending", row, json)?;
    let profile = LegalProfile {
        legal_name: stored.legal_name,
        address: stored.address,
        registration_number: stored.registration_number,
        tax_id: stored.tax_id,
        primary_contact: stored.primary_contact,
        company_approver: stored.company_approver,
        language: stored.language,
        revision: stored.revision,
        newest_revision: stored.revision,
        ..LegalProfile::empty(stored.since)
    };
    Ok(Pending { profile, waiter: EnrollmentId::from_uuid(stored.waiter), asked: stored.asked, since: stored.since })
}
