//! DecideCheck.

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer, unknown_reason};
use crate::domain::{CheckKind, Verdict};
use crate::policies::{self, is_reason};
use crate::rpc::convert;
use crate::{App, Change};

#[derive(Debug, PartialEq)]
struct Decision {
    name: (OrganizationId, VettingCaseId),
    kind: CheckKind,
    verdict: Verdict,
}

pub(crate) async fn decide_check(
    app: &App,
    caller: &Caller,
    request: pb::DecideCheckRequest,
) -> Result<pb::VettingCase, Fault> {
    let decision = &parse(&request)?;
    let (reviewer, etag) = (reviewer(caller)?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        let verdict = decision.verdict.clone();
        if !verdict_in_force(&verdict, &change)? {
            return Err(unknown_reason());
        }
        review(&change, caller, decision.name, etag, |case| case.decide(reviewer, decision.kind, verdict, change.now()))
            .await
    })
    .await
}

/// Whether the verdict's reason is one of those in force.
fn verdict_in_force(verdict: &Verdict, change: &Change) -> Result<bool, Fault> {
    Ok(match verdict {
        Verdict::Passed => true,
        Verdict::Failed { reason } => is_reason(policies::Decision::CheckFailed, reason, change.now())?,
        Verdict::Waived { reason } => is_reason(policies::Decision::CheckWaived, reason, change.now())?,
    })
}

fn parse(request: &pb::DecideCheckRequest) -> Result<Decision, Fault> {
    let mut v = Violations::of(request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    convert::required_etag(&mut v, &request.etag);
    let kind = v.choice::<pb::CheckKind>("kind", request.kind).and_then(convert::check_kind);
    if kind == Some(CheckKind::Email) {
        v.add("kind", "the contact alone decides EMAIL, by the mailed link");
    }
    let verdict = verdict(&mut v, request);
    let (name, kind, verdict) = v.all((name, kind, verdict))?;
    Ok(Decision { name, kind, verdict })
}

fn verdict(v: &mut Violations, request: &pb::DecideCheckRequest) -> Option<Verdict> {
    let status = v.choice::<pb::CheckStatus>("status", request.status);
    let reason = v.optional_text("reason", &request.reason, 63)?;
    if reason.as_deref().is_some_and(|reason| !is_code(reason)) {
        v.add(
            "reason",
            "must be a code of upper-case letters, digits and underscores, such as REGISTER_EXTRACT_MISSING",
        );
    }
    match (status?, reason) {
        (pb::CheckStatus::Passed, None) => Some(Verdict::Passed),
        (pb::CheckStatus::Failed, Some(reason)) => Some(Verdict::Failed { reason }),
        (pb::CheckStatus::Waived, Some(reason)) => Some(Verdict::Waived { reason }),
        (pb::CheckStatus::Passed, Some(_)) => {
            v.add("reason", "must be empty when the check is passed");
            None
        }
        (pb::CheckStatus::Failed | pb::CheckStatus::Waived, None) => {
            v.add("reason", "is required when the check is failed or waived");
            None
        }
        (pb::CheckStatus::Pending | pb::CheckStatus::Unspecified, _) => {
            v.add("status", "must be PASSED, FAILED or WAIVED");
            None
        }
    }
}

fn is_code(reason: &str) -> bool {
    reason.starts_with(|c: char| c.is_ascii_uppercase())
        && reason.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: pb::CheckKind, status: pb::CheckStatus, reason: &str) -> pb::DecideCheckRequest {
        let organization = OrganizationId::from_uuid(uuid::Uuid::nil());
        pb::DecideCheckRequest {
            name: organization.child(VettingCaseId::from_uuid(uuid::Uuid::nil())),
            etag: "1".to_owned(),
            kind: kind.into(),
            status: status.into(),
            reason: reason.to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn a_refusal_and_a_waiver_give_a_reason_and_a_pass_gives_none() {
        let verdict = |status, reason| parse(&request(pb::CheckKind::Domain, status, reason)).map(|d| d.verdict).ok();
        let reason = || "NO_LEASE_2".to_owned();
        assert_eq!(verdict(pb::CheckStatus::Passed, ""), Some(Verdict::Passed));
        assert_eq!(verdict(pb::CheckStatus::Failed, "NO_LEASE_2"), Some(Verdict::Failed { reason: reason() }));
        assert_eq!(verdict(pb::CheckStatus::Waived, "NO_LEASE_2"), Some(Verdict::Waived { reason: reason() }));
        let too_long = "A".repeat(64);
        for (status, reason) in [
            (pb::CheckStatus::Passed, "NO_LEASE"),
            (pb::CheckStatus::Failed, ""),
            (pb::CheckStatus::Waived, ""),
            (pb::CheckStatus::Failed, "no lease"),
            (pb::CheckStatus::Failed, "_X"),
            (pb::CheckStatus::Failed, &too_long),
            (pb::CheckStatus::Pending, ""),
            (pb::CheckStatus::Unspecified, ""),
        ] {
            assert_eq!(verdict(status, reason), None, "{status:?} {reason}");
        }
    }

    #[test]
    fn email_is_decided_by_the_contact_alone() {
        for kind in
            [pb::CheckKind::Domain, pb::CheckKind::Employment, pb::CheckKind::Authority, pb::CheckKind::Business]
        {
            assert!(parse(&request(kind, pb::CheckStatus::Passed, "")).is_ok(), "{kind:?}");
        }
        for kind in [pb::CheckKind::Email, pb::CheckKind::Unspecified] {
            assert!(parse(&request(kind, pb::CheckStatus::Passed, "")).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let status = tonic::Status::from(parse(&pb::DecideCheckRequest::default()).unwrap_err());
        let fields = convert::fields(&status);
        assert_eq!(fields, ["name", "etag", "kind", "status"]);
    }
}
