//! RecordVerification: how a case stands, and what enrollments make of it.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::enrollment as pb;

use super::approval;
use crate::domain::Event;
use crate::domain::picture::Picture;
use crate::domain::vetting::{CaseState, Check, CheckKind, CheckStatus, Vetting};
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
    if request.revision < 1 {
        v.add("revision", "must be at least 1");
    }
    let checks = request.checks.iter().map(|check| parse_check(&mut v, check)).collect::<Option<Vec<Check>>>();
    if let (Some(organization), Some((owner, _))) = (organization, case)
        && organization != owner
    {
        v.add("vetting_case", "must be a case of the organization");
    }
    let (organization, (_, case), state, reason, checks) = v.all((organization, case, state, reason, checks))?;
    let case = &Vetting {
        case,
        organization,
        state,
        reason,
        revision: request.revision,
        checks,
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
    // What was found of an older revision says nothing of the present one.
    if case.revision != picture.legal.revision {
        return Ok(Outcome::Done(pb::RecordVerificationResponse {}, Vec::new()));
    }
    let mut events = Vec::new();
    if case.state == CaseState::Approved && picture.legal.vetted_revision != case.revision {
        picture.legal.vetted_revision = case.revision;
        store::profile::save_legal(tx, organization, &mut picture.legal).await?;
    }
    if case.state == CaseState::Approved {
        events.extend(approval::prove_domain(&change, &mut picture, &case).await?);
    }
    events.extend(follow_all(&change, &picture, &case).await?);
    Ok(Outcome::Done(pb::RecordVerificationResponse {}, events))
}

async fn follow_all(change: &Change, picture: &Picture, case: &Vetting) -> Result<Vec<Event>, Fault> {
    let (tx, now, organization) = (&change.tx, change.now(), case.organization);
    let mut enrollments = store::enrollment::all(tx, organization).await?;
    let mut events = Vec::new();
    for enrollment in &mut enrollments {
        let moved = picture.follow(enrollment, case, now)?;
        if moved.is_empty() {
            continue;
        }
        store::enrollment::save(tx, enrollment).await?;
        events.extend(moved);
        if case.state == CaseState::Approved {
            events.extend(approval::grant_admin_agent(change, enrollment).await?);
        }
    }
    // A number is taken by who is enrolled, not by who once tried.
    if !events.is_empty() && !enrollments.iter().any(|enrollment| enrollment.state.holds_profile()) {
        store::profile::enroll_registration(tx, organization, None).await?;
    }
    Ok(events)
}

fn parse_check(v: &mut Violations, check: &pb::VerificationCheck) -> Option<Check> {
    let kind = v.check("checks.check", CheckKind::parse(&check.check).ok_or("is not a check"));
    let status = v.check("checks.status", CheckStatus::parse(&check.status).ok_or("is not a status of a check"));
    let reason = v.optional_text("checks.reason", &check.reason, 63);
    let since = v.optional_time("checks.since_time", check.since_time.as_ref());
    let due = v.optional_time("checks.due_time", check.due_time.as_ref());
    Some(Check { kind: kind?, status: status?, reason: reason?.unwrap_or_default(), since: since?, due: due? })
}
