//! From a refusal of the domain to what the caller is told.

use chrono::TimeDelta;
use runtime::{Fault, fault::Precondition};
use tonic::Code;
use wire::verification::Reason;

use crate::domain::{CheckKind, Refusal};

/// Why the data that ships can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct DataError(pub(crate) String);

impl From<DataError> for Fault {
    fn from(error: DataError) -> Fault {
        Fault::internal(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        let no = |reason, message: &str| Fault::new(Code::FailedPrecondition, reason, message);
        match refusal {
            Refusal::StateForbids { state, allowed } => Fault::state_forbids(state, allowed),
            Refusal::SelfReview => Fault::new(
                Code::PermissionDenied,
                Reason::SelfReview,
                "nobody reviews their own organization or company",
            ),
            Refusal::ClaimedByOther => no(Reason::ClaimedByOther, "another reviewer holds this case"),
            Refusal::OwnDecision => Fault::new(
                Code::PermissionDenied,
                Reason::OwnDecision,
                "you rejected this case: leave the appeal to another reviewer",
            ),
            Refusal::QuestionsOpen(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
                no(Reason::QuestionsOpen, "answer every open question at once").with("questions", numbers.join(","))
            }
            Refusal::QuestionUnknown(number) => unknown_question(number),
            Refusal::QuestionsFull => {
                full(Reason::QuestionsFull, "the case has as many questions as may be: decide by what was answered")
            }
            Refusal::EvidenceFull => full(Reason::EvidenceFull, "the case has as many documents as may be"),
            refusal @ (Refusal::NotAppealable | Refusal::AppealSpent | Refusal::AppealLate | Refusal::AnotherOpen) => {
                no_appeal(&refusal)
            }
            Refusal::ApproverDenied => no(
                Reason::ApproverDenied,
                "the company approver has said no: AUTHORITY waits until the applicant names another approver",
            ),
            Refusal::NotClaimant => no(Reason::NotClaimant, "another reviewer holds this case: claim one first"),
            Refusal::ChecksOutstanding(checks) => outstanding(&checks),
            Refusal::Unknown => Fault::new(Code::NotFound, Reason::TokenUnknown, "there is no such link or code"),
            Refusal::CodeWrong { tries_left } => {
                Fault::new(Code::NotFound, Reason::TokenUnknown, "the code is wrong: look it up in the newest mail")
                    .with("tries_left", tries_left.to_string())
            }
            Refusal::Used => no(Reason::TokenUsed, "these questions were answered before"),
            Refusal::Expired => no(Reason::TokenExpired, "the time of this link is over: ask for a new mail"),
            Refusal::Superseded => no(Reason::TokenSuperseded, "a newer mail was sent: use its link"),
            Refusal::Locked => no(Reason::Locked, "too many wrong codes: ask for a new mail"),
            Refusal::AlreadyVerified => {
                no(Reason::AlreadyVerified, "the address is confirmed: nothing is to be mailed")
            }
            Refusal::AsksNoMore { state } => Fault::state_forbids(state, &["PENDING", "EXPIRED", "LOCKED"]),
            Refusal::TooSoon { wait } => later(Reason::ResendCooldown, wait, "the last mail is too recent"),
            Refusal::QuotaReached { wait } => later(Reason::AddressQuota, wait, "a limit on mail is reached"),
            Refusal::MailsSpent => {
                no(Reason::ResendsSpent, "as many mails as may be were sent: name another person, or ask the operator")
            }
            Refusal::AddressRefused => {
                no(Reason::AddressRefused, "who reads this address wants no more such mail: name another person")
            }
        }
    }
}

/// Why nobody looks at a rejected case again.
fn no_appeal(refusal: &Refusal) -> Fault {
    let (reason, message) = match refusal {
        Refusal::AppealSpent => (Reason::AppealSpent, "the one appeal was made before"),
        Refusal::AppealLate => (
            Reason::AppealLate,
            "the time for an appeal is over, or no enrollment waits for this case any more: apply anew",
        ),
        Refusal::AnotherOpen => {
            (Reason::CaseOpen, "another case of the organization is open: its outcome takes this one's place")
        }
        _ => (Reason::NotAppealable, "the contact's own no is not appealed: name another contact, and apply anew"),
    };
    Fault::new(Code::FailedPrecondition, reason, message)
}

fn unknown_question(number: usize) -> Fault {
    Fault::new(Code::InvalidArgument, runtime::Reason::FieldInvalid, "fields are missing or wrong; see each")
        .violation("answers", format!("{number} is no open question of this case"))
}

fn full(reason: Reason, message: &str) -> Fault {
    Fault::new(Code::ResourceExhausted, reason, message)
}

/// Refused for so long.
fn later(reason: Reason, wait: TimeDelta, message: &str) -> Fault {
    Fault::new(
        Code::ResourceExhausted,
        reason,
        format!("{message}: the verification says from when on you may ask again"),
    )
    .retry_after(wait.to_std().unwrap_or_default())
}

fn outstanding(checks: &[CheckKind]) -> Fault {
    let names: Vec<_> = checks.iter().map(|check| check.as_str()).collect();
    let fault = Fault::new(Code::FailedPrecondition, Reason::ChecksOutstanding, "checks are neither passed nor waived")
        .with("checks", names.join(","));
    names.into_iter().fold(fault, |fault, name| {
        let description = format!("{name} must be passed or waived first");
        fault.precondition(Precondition { kind: name.to_owned(), subject: "checks".to_owned(), description })
    })
}
