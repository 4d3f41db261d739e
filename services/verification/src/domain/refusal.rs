//! Why the domain says no.

use chrono::TimeDelta;

use super::CheckKind;

/// A refusal, with what the caller needs to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The state does not allow it; these do.
    StateForbids { state: &'static str, allowed: &'static [&'static str] },
    /// Nobody reviews their own organization.
    SelfReview,
    /// Another reviewer holds the case.
    ClaimedByOther,
    /// The caller has not claimed the case.
    NotClaimant,
    /// These checks are neither passed nor waived.
    ChecksOutstanding(Vec<CheckKind>),
    /// Who rejected a case does not decide on the appeal.
    OwnDecision,
    /// These questions are not answered, by their numbers.
    QuestionsOpen(Vec<usize>),
    /// No such question, or it was answered before.
    QuestionUnknown(usize),
    /// As many questions as may be were asked.
    QuestionsFull,
    /// The contact's own no is not to be appealed.
    NotAppealable,
    /// The one appeal was made before.
    AppealSpent,
    /// The time for an appeal is over, or nobody waits for its outcome.
    AppealLate,
    /// The company approver's no stands.
    ApproverDenied,
    /// The organization has another case open.
    AnotherOpen,
    /// As much evidence as may be was sent.
    EvidenceFull,
    /// No such link or code.
    Unknown,
    /// The code is wrong; so many tries are left.
    CodeWrong { tries_left: u32 },
    /// Answered before.
    Used,
    /// Its time is over.
    Expired,
    /// A newer mail was sent.
    Superseded,
    /// Too many wrong codes.
    Locked,
    /// The address is confirmed: there is nothing to mail.
    AlreadyVerified,
    /// The case no longer asks this.
    AsksNoMore { state: &'static str },
    /// The last mail is too recent, for so much longer.
    TooSoon { wait: TimeDelta },
    /// As many mails as may be were sent.
    MailsSpent,
    /// A limit on mail is reached, for so much longer.
    QuotaReached { wait: TimeDelta },
    /// Its recipient wants no more mail about this organization.
    AddressRefused,
}
