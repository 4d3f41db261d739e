use super::*;

#[test]
fn r08_each_action_says_by_which_rpc_it_is_done_and_what_it_is_for() {
    let told: Vec<_> = Action::ALL.into_iter().map(|one| format!("{}: {}", one.method(), one.description())).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    linkage.enrollment.v1.OrganizationService/UpdateLegalProfile: change the legal profile; validate_only tells what would be verified again
    linkage.enrollment.v1.OrganizationService/UpdateSupportProfile: change the contact for customer support
    linkage.enrollment.v1.EnrollmentService/SubmitEnrollment: submit the draft for verification
    linkage.enrollment.v1.PartnerLocationService/AssociatePartnerLocation: associate a location by its claim code
    linkage.enrollment.v1.AgreementService/CreateSignature: sign the partner agreement in force
    linkage.verification.v1.VettingService/SubmitInformation: answer the reviewer's questions, all at once
    linkage.verification.v1.EvidenceService/UploadEvidence: send a document that shows what is not shown yet
    linkage.verification.v1.EmailVerificationService/ResendEmailVerification: have the mail sent anew that nobody can answer
    linkage.verification.v1.VettingService/AppealVettingCase: ask another reviewer to look at the rejected case again, once
    linkage.enrollment.v1.EnrollmentService/WithdrawEnrollment: withdraw the enrollment; it can be reopened
    linkage.enrollment.v1.EnrollmentService/ReopenEnrollment: take the enrollment up again as a draft
    linkage.enrollment.v1.EnrollmentService/SuspendEnrollment: suspend the enrollment; validate_only tells what it would hit
    linkage.enrollment.v1.EnrollmentService/ResumeEnrollment: put the enrollment in force again
    linkage.enrollment.v1.EnrollmentService/EndEnrollment: end the enrollment for good; validate_only tells what it would hit
    ");
}
