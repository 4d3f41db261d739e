//! The service's gRPC: a table of contents. Each handler is a file of its verb.

mod convert;
mod email_verification;
mod evidence;
mod peer;
mod policy;
mod review_note;
mod vetting_case;

use wire::verification as pb;
use wire::verification::email_verification_service_server::{EmailVerificationService, EmailVerificationServiceServer};
use wire::verification::policy_service_server::{PolicyService, PolicyServiceServer};
use wire::verification::verification_peer_service_server::{VerificationPeerService, VerificationPeerServiceServer};
use wire::verification::vetting_service_server::{VettingService, VettingServiceServer};

use crate::App;

runtime::rpcs! { App, pb;
    EmailVerificationService by EmailVerificationServiceServer {
        get_email_verification(GetEmailVerificationRequest) -> EmailVerification = email_verification::get::get;
        list_email_verifications(ListEmailVerificationsRequest) -> ListEmailVerificationsResponse = email_verification::list::list;
        inspect_email_verification(InspectEmailVerificationRequest) -> EmailVerificationQuestions = email_verification::inspect::inspect;
        resend_email_verification(ResendEmailVerificationRequest) -> EmailVerification = email_verification::resend::resend;
        confirm_email_verification(ConfirmEmailVerificationRequest) -> EmailVerification = email_verification::confirm::confirm;
    }

    VettingService by VettingServiceServer {
        get_vetting_case(GetVettingCaseRequest) -> VettingCase = vetting_case::get::get;
        list_vetting_cases(ListVettingCasesRequest) -> ListVettingCasesResponse = vetting_case::list::list;
        claim_vetting_case(ClaimVettingCaseRequest) -> VettingCase = vetting_case::claim::claim;
        release_vetting_case(ReleaseVettingCaseRequest) -> VettingCase = vetting_case::release::release;
        decide_check(DecideCheckRequest) -> VettingCase = vetting_case::decide_check::decide_check;
        approve_vetting_case(ApproveVettingCaseRequest) -> VettingCase = vetting_case::approve::approve;
        reject_vetting_case(RejectVettingCaseRequest) -> VettingCase = vetting_case::reject::reject;
        request_information(RequestInformationRequest) -> VettingCase = vetting_case::request_information::request_information;
        submit_information(SubmitInformationRequest) -> VettingCase = vetting_case::submit_information::submit_information;
        appeal_vetting_case(AppealVettingCaseRequest) -> VettingCase = vetting_case::appeal::appeal;
        create_review_note(CreateReviewNoteRequest) -> ReviewNote = review_note::create::create;
        list_review_notes(ListReviewNotesRequest) -> ListReviewNotesResponse = review_note::list::list;
    }

    PolicyService by PolicyServiceServer {
        list_evidence_policies(ListEvidencePoliciesRequest) -> ListEvidencePoliciesResponse = policy::list_evidence_policies::list_evidence_policies;
        list_reasons(ListReasonsRequest) -> ListReasonsResponse = policy::list_reasons::list_reasons;
        list_service_levels(ListServiceLevelsRequest) -> ListServiceLevelsResponse = policy::list_service_levels::list_service_levels;
    }

    VerificationPeerService by VerificationPeerServiceServer {
        open_case(OpenCaseRequest) -> OpenCaseResponse = peer::open_case::open_case;
        update_case(UpdateCaseRequest) -> UpdateCaseResponse = peer::update_case::update_case;
        record_domains(RecordDomainsRequest) -> RecordDomainsResponse = peer::record_domains::record_domains;
        close_case(CloseCaseRequest) -> CloseCaseResponse = peer::close_case::close_case;
        record_delivery(RecordDeliveryRequest) -> RecordDeliveryResponse = peer::record_delivery::record_delivery;
    }
}

/// Every gRPC service here, and the one whose documents come in pieces.
pub(crate) fn all(app: &App) -> tonic::service::Routes {
    routes(app).add_service(evidence::service(app))
}
