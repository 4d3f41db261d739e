//! What verification waits for, as it tells: who must act, until when, by which RPC.

use chrono::{DateTime, Utc};

use super::{Actor, Code, Requirement, because, standing};
use crate::domain::enrollment::Enrollment;
use crate::domain::picture::Picture;
use crate::domain::vetting::{self, Check, CheckKind, Vetting, Wait};

const CONFIRM: &str = "linkage.verification.v1.EmailVerificationService/ConfirmEmailVerification";
const RESEND: &str = "linkage.verification.v1.EmailVerificationService/ResendEmailVerification";
const DECIDE: &str = "linkage.verification.v1.VettingService/DecideCheck";
const ANSWER: &str = "linkage.verification.v1.VettingService/SubmitInformation";
const APPEAL: &str = "linkage.verification.v1.VettingService/AppealVettingCase";
const UPLOAD: &str = "linkage.verification.v1.EvidenceService/UploadEvidence";
const NAME: &str = "linkage.enrollment.v1.OrganizationService/UpdateLegalProfile";
const WITHDRAW: &str = "linkage.enrollment.v1.EnrollmentService/WithdrawEnrollment";
const RETRY: &str = "linkage.notification.v1.MessageService/RetryMessage";

/// The checks that are not settled.
pub(super) fn requirements(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Vec<Requirement> {
    let settled = vetting::settled(&picture.vettings, picture.legal.revision);
    let case = picture.vetting();
    let known = case.map_or(&[][..], |case| &case.checks);
    let open = CheckKind::ALL.into_iter().filter(|kind| !settled.contains(kind));
    open.map(|kind| {
        let check = known.iter().find(|check| check.kind == kind);
        let asked_first = !settled.contains(&CheckKind::Email);
        let (wait, due) = wait(kind, check, case, asked_first, now);
        let (actor, method) = by_whom(wait);
        Requirement {
            code: code(kind),
            description: description(kind, wait),
            actor,
            since: check.and_then(|check| check.since).unwrap_or(enrollment.since),
            due,
            method,
            blocks: enrollment.kind.capabilities(),
        }
    })
    .collect()
}

/// Rejected: appealed, or else given up.
pub(super) fn rejected(picture: &Picture, enrollment: &Enrollment, now: DateTime<Utc>) -> Requirement {
    let appeal_by = picture.vetting().filter(|case| case.may_be_appealed(now)).and_then(|case| case.appeal_by);
    let because = because(enrollment);
    let (description, method) = match appeal_by {
        Some(_) => (format!("rejected by verification{because}: appeal once, or withdraw"), APPEAL),
        None => (format!("rejected by verification{because}: withdraw, and apply anew"), WITHDRAW),
    };
    Requirement { due: appeal_by, ..standing(enrollment, description, Actor::GlobalAdmin, method) }
}

/// What a check waits for, and until when. Before verification tells it is what a case begins with.
fn wait(
    kind: CheckKind,
    check: Option<&Check>,
    case: Option<&Vetting>,
    asked_first: bool,
    now: DateTime<Utc>,
) -> (Wait, Option<DateTime<Utc>>) {
    let due = check.and_then(|check| check.due);
    let Some(told) = check.and_then(|check| check.waits_for) else {
        let begins = match kind {
            _ if asked_first => Wait::Contact,
            CheckKind::Authority => Wait::Approver,
            _ => Wait::Reviewer,
        };
        return (begins, due);
    };
    let by_mail = matches!(told, Wait::Approver | Wait::Resend | Wait::Person);
    if kind == CheckKind::Authority && by_mail && due.is_some_and(|due| due <= now) {
        // An approver who stays silent leaves it to the reviewer.
        return (Wait::Reviewer, case.and_then(|case| case.due));
    }
    (told, due)
}

fn by_whom(wait: Wait) -> (Actor, &'static str) {
    match wait {
        Wait::Contact => (Actor::PrimaryContact, CONFIRM),
        Wait::Approver => (Actor::CompanyApprover, CONFIRM),
        Wait::Answer => (Actor::GlobalAdmin, ANSWER),
        Wait::Resend => (Actor::GlobalAdmin, RESEND),
        Wait::Person => (Actor::GlobalAdmin, NAME),
        Wait::Evidence => (Actor::GlobalAdmin, UPLOAD),
        Wait::Reviewer => (Actor::Reviewer, DECIDE),
        Wait::Operator => (Actor::Operator, RETRY),
    }
}

fn description(kind: CheckKind, wait: Wait) -> String {
    let what = match kind {
        CheckKind::Email => "whether the contact reads mail at the address",
        CheckKind::Domain => "whether the e-mail domain is the company's",
        CheckKind::Employment => "whether the contact works there",
        CheckKind::Authority => "whether the applicant may bind the company",
        CheckKind::Business => "whether name, address and number are true",
    };
    match (kind, wait) {
        (CheckKind::Email, Wait::Contact) => "the primary contact confirms the address by the mailed link".to_owned(),
        (_, Wait::Contact) => {
            format!("waits for the primary contact's answer by the mailed link; then it is decided {what}")
        }
        (_, Wait::Approver) => {
            "the company approver confirms by the mailed link that the applicant may bind the company".to_owned()
        }
        (_, Wait::Answer) => format!("answer the reviewer's questions; then it is decided {what}"),
        (_, Wait::Resend) => format!("the mail that asks {what} can't be answered: have it sent anew"),
        (CheckKind::Authority, Wait::Person) => {
            "the company approver says no, or can't be reached: name another approver".to_owned()
        }
        (_, Wait::Person) => "the primary contact can't be reached: name another contact or address".to_owned(),
        (_, Wait::Evidence) => format!("it is not shown {what}: send evidence of it"),
        (_, Wait::Reviewer) => format!("a reviewer decides {what}"),
        (_, Wait::Operator) => {
            format!("the mail that asks {what} could not be sent so far: the operator looks into it")
        }
    }
}

fn code(kind: CheckKind) -> Code {
    match kind {
        CheckKind::Email => Code::Email,
        CheckKind::Domain => Code::Domain,
        CheckKind::Employment => Code::Employment,
        CheckKind::Authority => Code::Authority,
        CheckKind::Business => Code::Business,
    }
}

#[cfg(test)]
mod tests;
