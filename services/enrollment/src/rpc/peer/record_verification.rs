//! RecordVerification: how a case stands, and what enrollments make of it.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Inbox, Outcome, Violations, clock};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::domain_name::DomainName;
use crate::domain::enrollment::hold_registration;
use crate::domain::picture::Picture;
use crate::domain::vetting::{CaseState, Check, CheckKind, CheckStatus, Vetting, Wait};
use crate::{App, Change, store};

pub(crate) async fn record_verification(
    app: &App,
    caller: &Caller,
    request: pb::RecordVerificationRequest,
) -> Result<pb::RecordVerificationResponse, Fault> {
    let mut v = Violations::of(&request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let case = v.child::<kind::Organization, kind::VettingCase>("vetting_case", &request.vetting_case);
    let state = v.check("case_state", CaseState::parse(&request.case_state).ok_or("is not a state of a case"));
    let reason = v.optional_text("reason", &request.reason, 63);
    let explanation = v.optional_text("explanation", &request.explanation, 2_000);
    let appeal_by = v.optional_time("appeal_by_time", request.appeal_by_time.as_ref());
    let due = v.optional_time("due_time", request.due_time.as_ref());
    if request.revision < 1 {
        v.add("revision", "must be at least 1");
    }
    let checks = v.list("checks", &request.checks, CheckKind::ALL.len());
    let checks = checks.iter().map(|check| parse_check(&mut v, check)).collect::<Option<Vec<Check>>>();
    if let (Some(organization), Some((owner, _))) = (organization, case)
        && organization != owner
    {
        v.add("vetting_case", "must be a case of the organization");
    }
    let told = (organization, case, state, reason, explanation, appeal_by, due, checks);
    let (organization, (_, case), state, reason, explanation, appeal_by, due, checks) = v.all(told)?;
    let case = &Vetting {
        case,
        organization,
        state,
        reason,
        explanation,
        appeal_by,
        due,
        revision: request.revision,
        checks,
        appeal_spent: request.appeal_spent,
        updated: chrono::DateTime::UNIX_EPOCH,
    };
    app.receive(caller, &request, Inbox::Newest, |change| record_in(change, case)).await
}

async fn record_in(change: Change, case: &Vetting) -> Result<Outcome<pb::RecordVerificationResponse, Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), case.organization);
    if !store::organization::lock(tx, Scope::Peer, organization).await? {
        return Err(Fault::missing());
    }
    let case = Vetting { updated: now, ..case.clone() };
    store::vetting::record(tx, &case).await?;
    let mut picture = store::picture::load(tx, Scope::Peer, organization, now).await?.ok_or_else(Fault::missing)?;
    let proven = prove_domain(&change, &picture, &case).await?;
    let before = (picture.clone(), store::enrollment::all(tx, organization).await?);
    let mut enrollments = before.1.clone();
    let events = if picture.is_about_change(&case) {
        let country = picture.organization.country;
        let free = !store::profile::number_is_anothers(tx, organization, country.as_str(), picture.legal.latest(), now)
            .await?;
        picture.conclude_change(&case, proven, free, &enrollments, now)
    } else {
        picture.conclude(&case, proven, &mut enrollments, now)?
    };
    store::picture::save(tx, &before.0, &mut picture, clock::system_time()).await?;
    for (enrollment, _) in enrollments.iter_mut().zip(&before.1).filter(|(after, before)| *after != *before) {
        store::enrollment::save(tx, enrollment).await?;
    }
    if !hold_registration(&enrollments) {
        store::profile::enroll_registration(tx, organization, None, now).await?;
    } else if picture.legal != before.0.legal {
        let country = picture.organization.country;
        store::profile::enroll_registration(tx, organization, Some((country.as_str(), &picture.legal)), now).await?;
    }
    Ok(Outcome::Done(pb::RecordVerificationResponse {}, events))
}

/// The domains of the organization, if this case adds one to them: one that nobody else has proven.
async fn prove_domain(change: &Change, picture: &Picture, case: &Vetting) -> Result<Option<Vec<String>>, Fault> {
    let (tx, organization) = (&change.tx, picture.organization.id);
    let Some(domain) = picture.shown_domain(case) else { return Ok(None) };
    let claim = DomainName::claim(change.id(), organization, domain, change.nonce(), change.now());
    if !store::domain_name::verify(tx, claim, change.now()).await? {
        return Ok(None);
    }
    Ok(Some(store::domain_name::proven(tx, organization).await?))
}

fn parse_check(v: &mut Violations, check: &pb::VerificationCheck) -> Option<Check> {
    let kind = v.check("checks.check", CheckKind::parse(&check.check).ok_or("is not a check"));
    let status = v.check("checks.status", CheckStatus::parse(&check.status).ok_or("is not a status of a check"));
    let reason = v.optional_text("checks.reason", &check.reason, 63);
    let since = v.optional_time("checks.since_time", check.since_time.as_ref());
    let due = v.optional_time("checks.due_time", check.due_time.as_ref());
    let waits_for = match check.waits_for.as_str() {
        "" => Some(None),
        told => v.check("checks.waits_for", Wait::parse(told).map(Some).ok_or("is nothing that a check waits for")),
    };
    let reason = reason?.unwrap_or_default();
    Some(Check { kind: kind?, status: status?, reason, since: since?, due: due?, waits_for: waits_for? })
}
