//! One row, and what it means.

use std::collections::BTreeSet;

use addresses::{Email, Language, Mailing};
use chrono::{DateTime, Utc};
use database::Error;
use ids::{EnrollmentId, OrganizationId, UserId, VettingCaseId};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::domain::{
    Address, CaseState, Check, CheckKind, Checks, Contact, NumberCheck, Post, Rejection, Reviewer, Status, Subject,
    Told, Verdict, VettingCase, skeleton,
};

mod desk;

pub(super) use model::{ActiveModel, Column, Entity};

const TABLE: &str = "vetting_case";

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod model {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "vetting_case")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
        pub state: String,
        pub due_at: Option<DateTime<Utc>>,
        pub lease_until: Option<DateTime<Utc>>,
        pub reminded_due: Option<DateTime<Utc>>,
        pub alarmed_due: Option<DateTime<Utc>>,
        pub reviewer_organization_id: Option<Uuid>,
        pub reviewer_id: Option<Uuid>,
        pub reason: Option<String>,
        pub explanation: Option<String>,
        pub appeal_by: Option<DateTime<Utc>>,
        pub questions: Json,
        pub appeal: Option<Json>,
        pub mailing: Option<Json>,
        pub waiting: Json,
        pub checks: Json,
        pub revision: i64,
        pub legal_name: String,
        pub address: Json,
        pub registration_number: Option<String>,
        pub number_check: Option<String>,
        pub contact_name: String,
        pub contact_email: String,
        pub approver_name: String,
        pub approver_email: String,
        pub applicant_name: Option<String>,
        pub applicant_email: String,
        pub language: String,
        pub namesake: bool,
        pub domain: String,
        pub domain_skeleton: String,
        pub domain_proven: bool,
        pub lookalike: bool,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub closed_at: Option<DateTime<Utc>>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An element of the column `checks`.
#[derive(Deserialize)]
struct StoredCheck {
    kind: String,
    status: String,
    reason: Option<String>,
    since: DateTime<Utc>,
    due: Option<DateTime<Utc>>,
    post: Option<Post>,
}

/// The column `address`.
#[derive(Deserialize)]
struct StoredAddress {
    region_code: String,
    postal_code: Option<String>,
    administrative_area: Option<String>,
    locality: String,
    lines: Vec<String>,
}

pub(super) fn active(case: &VettingCase) -> ActiveModel {
    let subject = &case.subject;
    let reviewer = case.state.reviewer();
    let domain = subject.contact.email.registrable_domain();
    let waiting: Vec<Uuid> = case.waiting.iter().map(|enrollment| enrollment.uuid()).collect();
    ActiveModel {
        id: Set(case.id.uuid()),
        organization_id: Set(case.organization.uuid()),
        state: Set(case.state.as_str().to_owned()),
        due_at: Set(case.state.due()),
        lease_until: Set(case.state.lease()),
        reminded_due: Set(case.told.reminded),
        alarmed_due: Set(case.told.alarmed),
        reviewer_organization_id: Set(reviewer.map(|reviewer| reviewer.organization.uuid())),
        reviewer_id: Set(reviewer.map(|reviewer| reviewer.user.uuid())),
        reason: Set(case.state.reason().map(str::to_owned)),
        explanation: Set(case.state.explanation().map(str::to_owned)),
        appeal_by: Set(case.state.appeal_by()),
        questions: Set(desk::stored_questions(&case.questions)),
        appeal: Set(case.appeal.as_ref().map(desk::stored_appeal)),
        waiting: Set(json!(waiting)),
        checks: Set(case.checks.iter().map(stored_check).collect()),
        revision: Set(subject.revision),
        legal_name: Set(subject.legal_name.clone()),
        address: Set(stored_address(&subject.address)),
        registration_number: Set(subject.registration_number.clone()),
        number_check: Set(subject.number_check.map(|check| check.as_str().to_owned())),
        contact_name: Set(subject.contact.name.clone()),
        contact_email: Set(subject.contact.email.clone().into()),
        approver_name: Set(subject.approver.name.clone()),
        approver_email: Set(subject.approver.email.clone().into()),
        applicant_name: Set(subject.applicant_name.clone()),
        applicant_email: Set(subject.applicant_email.clone().into()),
        language: Set(subject.language.to_string()),
        namesake: Set(subject.namesake),
        domain: Set(domain.to_owned()),
        domain_skeleton: Set(skeleton(domain)),
        domain_proven: Set(subject.domain_proven),
        lookalike: Set(subject.lookalike),
        created_at: Set(case.created),
        updated_at: Set(case.updated),
        closed_at: Set((!case.state.is_open()).then_some(case.updated)),
        version: Set(case.version),
        // Told by notification alone, see `record_delivery`.
        mailing: NotSet,
    }
}

fn stored_check((kind, check): (CheckKind, &Check)) -> Json {
    json!({
        "kind": kind.as_str(),
        "status": check.status.as_str(),
        "reason": check.status.reason(),
        "since": check.since,
        "due": check.status.due(),
        "post": check.status.post(),
    })
}

fn stored_address(address: &Address) -> Json {
    json!({
        "region_code": address.region_code,
        "postal_code": address.postal_code,
        "administrative_area": address.administrative_area,
        "locality": address.locality,
        "lines": address.lines,
    })
}

impl TryFrom<model::Model> for VettingCase {
    type Error = Error;

    fn try_from(row: model::Model) -> Result<VettingCase, Error> {
        let waiting: BTreeSet<Uuid> = read("waiting", &row, &row.waiting)?;
        Ok(VettingCase {
            id: VettingCaseId::from_uuid(row.id),
            organization: OrganizationId::from_uuid(row.organization_id),
            waiting: waiting.into_iter().map(EnrollmentId::from_uuid).collect(),
            checks: checks(&row)?,
            state: state(&row)?,
            questions: desk::questions(&row)?,
            appeal: desk::appeal(&row)?,
            mailing: mailing(&row)?,
            told: Told { reminded: row.reminded_due, alarmed: row.alarmed_due },
            created: row.created_at,
            updated: row.updated_at,
            version: row.version,
            subject: subject(row)?,
        })
    }
}

fn read<T: DeserializeOwned>(column: &'static str, row: &model::Model, value: &Json) -> Result<T, Error> {
    T::deserialize(value).map_err(|error| Error::unreadable(TABLE, column, row.id, error))
}

/// What is known of its mails.
pub(super) fn mailing(row: &model::Model) -> Result<Mailing, Error> {
    row.mailing.as_ref().map(|json| read("mailing", row, json)).transpose().map(Option::unwrap_or_default)
}

fn subject(row: model::Model) -> Result<Subject, Error> {
    let address: StoredAddress = read("address", &row, &row.address)?;
    let email = |column, text| Email::parse(text).map_err(|error| Error::unreadable(TABLE, column, row.id, error));
    let language =
        Language::parse(&row.language).map_err(|error| Error::unreadable(TABLE, "language", row.id, error))?;
    let number_check = number_check(&row)?;
    Ok(Subject {
        number_check,
        legal_name: row.legal_name,
        address: Address {
            region_code: address.region_code,
            postal_code: address.postal_code,
            administrative_area: address.administrative_area,
            locality: address.locality,
            lines: address.lines,
        },
        registration_number: row.registration_number,
        contact: Contact { name: row.contact_name, email: email("contact_email", &row.contact_email)? },
        approver: Contact { name: row.approver_name, email: email("approver_email", &row.approver_email)? },
        applicant_name: row.applicant_name,
        applicant_email: email("applicant_email", &row.applicant_email)?,
        language,
        revision: row.revision,
        namesake: row.namesake,
        domain_proven: row.domain_proven,
        lookalike: row.lookalike,
    })
}

fn number_check(row: &model::Model) -> Result<Option<NumberCheck>, Error> {
    let Some(name) = &row.number_check else { return Ok(None) };
    let found = NumberCheck::ALL.into_iter().find(|check| check.as_str() == name);
    found.map(Some).ok_or_else(|| Error::unreadable(TABLE, "number_check", row.id, name))
}

fn state(row: &model::Model) -> Result<CaseState, Error> {
    let unreadable = || Error::unreadable(TABLE, "state", row.id, &row.state);
    let due = row.due_at.ok_or_else(unreadable);
    let reviewer = || match (row.reviewer_organization_id, row.reviewer_id) {
        (Some(organization), Some(user)) => {
            Ok(Reviewer { organization: OrganizationId::from_uuid(organization), user: UserId::from_uuid(user) })
        }
        _ => Err(Error::unreadable(TABLE, "reviewer_id", row.id, "missing")),
    };
    Ok(match row.state.as_str() {
        "AWAITING_EMAIL" => CaseState::AwaitingEmail { due: due? },
        "QUEUED" => CaseState::Queued { due: due? },
        "IN_REVIEW" => {
            CaseState::InReview { by: reviewer()?, due: due?, lease: row.lease_until.ok_or_else(unreadable)? }
        }
        "ACTION_REQUIRED" => CaseState::ActionRequired { by: reviewer()?, due: due? },
        "APPROVED" => CaseState::Approved { by: reviewer()? },
        "REJECTED" => CaseState::Rejected(Rejection {
            reason: row.reason.clone().ok_or_else(unreadable)?,
            text: row.explanation.clone().unwrap_or_default(),
            by: row.reviewer_id.map(|_| reviewer()).transpose()?,
            appeal_by: row.appeal_by,
        }),
        "EXPIRED" => CaseState::Expired,
        "WITHDRAWN" => CaseState::Withdrawn,
        _ => return Err(unreadable()),
    })
}

fn checks(row: &model::Model) -> Result<Checks, Error> {
    let stored: Vec<StoredCheck> = read("checks", row, &row.checks)?;
    Checks::try_of(|kind| {
        let found = stored.iter().find(|check| check.kind == kind.as_str());
        let check = found.and_then(|check| Some(Check { status: status(check)?, since: check.since }));
        check.ok_or_else(|| Error::unreadable(TABLE, "checks", row.id, kind.as_str()))
    })
}

fn status(check: &StoredCheck) -> Option<Status> {
    let reason = || check.reason.clone();
    Some(match check.status.as_str() {
        "PENDING" => Status::Pending { due: check.due, post: check.post },
        "PASSED" => Status::Decided(Verdict::Passed),
        "FAILED" => Status::Decided(Verdict::Failed { reason: reason()? }),
        "WAIVED" => Status::Decided(Verdict::Waived { reason: reason()? }),
        _ => return None,
    })
}
