//! Who may call what.

use runtime::{Policy, Role, Rule, ServiceName};

/// Those who see every organization's cases: the operator's sales staff is as blind as anyone's.
pub(crate) const OVERSEERS: &[Role] = &[Role::Reviewer, Role::Operator];

/// Any user reads what is their own organization's; of the operator's, those whose work it is.
const READS: Rule = Rule::MemberOrOperator(&[], OVERSEERS);
const REVIEWS: Rule = Rule::Operator(&[Role::Reviewer]);
/// Who may bind the organization acts in its vetting; the operator's people may help.
const ANSWERS: Rule = Rule::MemberOrOperator(&[Role::GlobalAdmin], OVERSEERS);
/// Who may bind the organization speaks for it.
const APPLIES: Rule = Rule::Member(&[Role::GlobalAdmin]);
const BY_LINK: Rule = Rule::Public;

pub(crate) const POLICY: Policy = &[
    ("/linkage.verification.v1.EmailVerificationService/GetEmailVerification", READS),
    ("/linkage.verification.v1.EmailVerificationService/ListEmailVerifications", READS),
    ("/linkage.verification.v1.EmailVerificationService/InspectEmailVerification", BY_LINK),
    ("/linkage.verification.v1.EmailVerificationService/ConfirmEmailVerification", BY_LINK),
    ("/linkage.verification.v1.EmailVerificationService/ResendEmailVerification", ANSWERS),
    ("/linkage.verification.v1.VettingService/GetVettingCase", READS),
    ("/linkage.verification.v1.VettingService/ListVettingCases", READS),
    ("/linkage.verification.v1.VettingService/ClaimVettingCase", REVIEWS),
    ("/linkage.verification.v1.VettingService/ReleaseVettingCase", REVIEWS),
    ("/linkage.verification.v1.VettingService/DecideCheck", REVIEWS),
    ("/linkage.verification.v1.VettingService/ApproveVettingCase", REVIEWS),
    ("/linkage.verification.v1.VettingService/RejectVettingCase", REVIEWS),
    ("/linkage.verification.v1.VettingService/RequestInformation", REVIEWS),
    ("/linkage.verification.v1.VettingService/SubmitInformation", APPLIES),
    ("/linkage.verification.v1.VettingService/AppealVettingCase", APPLIES),
    ("/linkage.verification.v1.VettingService/CreateReviewNote", REVIEWS),
    ("/linkage.verification.v1.VettingService/ListReviewNotes", Rule::Operator(OVERSEERS)),
    ("/linkage.verification.v1.EvidenceService/UploadEvidence", APPLIES),
    ("/linkage.verification.v1.EvidenceService/ListEvidence", ANSWERS),
    ("/linkage.verification.v1.EvidenceService/DownloadEvidence", ANSWERS),
    ("/linkage.verification.v1.PolicyService/ListEvidencePolicies", Rule::Public),
    ("/linkage.verification.v1.PolicyService/ListReasons", Rule::Public),
    ("/linkage.verification.v1.PolicyService/ListServiceLevels", Rule::Public),
    ("/linkage.verification.v1.VerificationPeerService/OpenCase", Rule::Peer(&[ServiceName::Enrollment])),
    ("/linkage.verification.v1.VerificationPeerService/UpdateCase", Rule::Peer(&[ServiceName::Enrollment])),
    ("/linkage.verification.v1.VerificationPeerService/CloseCase", Rule::Peer(&[ServiceName::Enrollment])),
    ("/linkage.verification.v1.VerificationPeerService/RecordDomains", Rule::Peer(&[ServiceName::Enrollment])),
    ("/linkage.verification.v1.VerificationPeerService/RecordDelivery", Rule::Peer(&[ServiceName::Notification])),
];
