//! The service's gRPC: a table of contents. Each handler is a file of its verb.

mod agreement_template;
mod application;
mod business_profile;
mod country_rules;
mod domain;
mod email_address;
mod enquiry;
mod enrollment;
mod guide;
#[cfg(test)]
mod hostile;
mod legal_profile;
mod location;
mod mask;
mod organization;
mod parse;
mod peer;
mod preapproval;
mod provider_listing;
mod session;
mod sign_in_code;
mod signature;
mod support_profile;
mod user;

use wire::enrollment as pb;
use wire::enrollment::agreement_service_server::{AgreementService, AgreementServiceServer};
use wire::enrollment::application_service_server::{ApplicationService, ApplicationServiceServer};
use wire::enrollment::directory_service_server::{DirectoryService, DirectoryServiceServer};
use wire::enrollment::domain_service_server::{DomainService, DomainServiceServer};
use wire::enrollment::enrollment_peer_service_server::{EnrollmentPeerService, EnrollmentPeerServiceServer};
use wire::enrollment::enrollment_service_server::{EnrollmentService, EnrollmentServiceServer};
use wire::enrollment::guide_service_server::{GuideService, GuideServiceServer};
use wire::enrollment::organization_service_server::{OrganizationService, OrganizationServiceServer};
use wire::enrollment::partner_location_service_server::{PartnerLocationService, PartnerLocationServiceServer};
use wire::enrollment::session_service_server::{SessionService, SessionServiceServer};
use wire::enrollment::user_service_server::{UserService, UserServiceServer};

use crate::App;

runtime::rpcs! { App, pb;
    OrganizationService by OrganizationServiceServer {
        lookup_organization(LookupOrganizationRequest) -> LookupOrganizationResponse = organization::lookup::lookup;
        create_organization(CreateOrganizationRequest) -> Organization = organization::create::create;
        get_organization(GetOrganizationRequest) -> Organization = organization::get::get;
        list_organizations(ListOrganizationsRequest) -> ListOrganizationsResponse = organization::list::list;
        update_organization(UpdateOrganizationRequest) -> Organization = organization::update::update;
        get_legal_profile(GetLegalProfileRequest) -> LegalProfile = legal_profile::get::get;
        update_legal_profile(UpdateLegalProfileRequest) -> LegalProfile = legal_profile::update::update;
        get_support_profile(GetSupportProfileRequest) -> SupportProfile = support_profile::get::get;
        update_support_profile(UpdateSupportProfileRequest) -> SupportProfile = support_profile::update::update;
        get_business_profile(GetBusinessProfileRequest) -> BusinessProfile = business_profile::get::get;
        update_business_profile(UpdateBusinessProfileRequest) -> BusinessProfile = business_profile::update::update;
    }

    DomainService by DomainServiceServer {
        claim_domain(ClaimDomainRequest) -> Domain = domain::claim::claim;
        get_domain(GetDomainRequest) -> Domain = domain::get::get;
        list_domains(ListDomainsRequest) -> ListDomainsResponse = domain::list::list;
        prove_domain(ProveDomainRequest) -> Domain = domain::prove::prove;
        update_domain(UpdateDomainRequest) -> Domain = domain::update::update;
    }

    UserService by UserServiceServer {
        create_user(CreateUserRequest) -> User = user::create::create;
        get_user(GetUserRequest) -> User = user::get::get;
        list_users(ListUsersRequest) -> ListUsersResponse = user::list::list;
        update_user(UpdateUserRequest) -> User = user::update::update;
        delete_user(DeleteUserRequest) -> DeleteUserResponse = user::delete::delete;
        get_self(GetSelfRequest) -> User = user::get_self::get_self;
    }

    ApplicationService by ApplicationServiceServer {
        create_application(CreateApplicationRequest) -> Application = application::create::create;
        get_application(GetApplicationRequest) -> Application = application::get::get;
        list_applications(ListApplicationsRequest) -> ListApplicationsResponse = application::list::list;
        update_application(UpdateApplicationRequest) -> Application = application::update::update;
        delete_application(DeleteApplicationRequest) -> DeleteApplicationResponse = application::delete::delete;
        rotate_credential(RotateCredentialRequest) -> Application = application::rotate_credential::rotate_credential;
    }

    SessionService by SessionServiceServer {
        send_sign_in_code(SendSignInCodeRequest) -> SendSignInCodeResponse = sign_in_code::send::send;
        create_session(CreateSessionRequest) -> Session = session::create::create;
    }

    EnrollmentService by EnrollmentServiceServer {
        create_enrollment(CreateEnrollmentRequest) -> Enrollment = enrollment::create::create;
        get_enrollment(GetEnrollmentRequest) -> Enrollment = enrollment::get::get;
        list_enrollments(ListEnrollmentsRequest) -> ListEnrollmentsResponse = enrollment::list::list;
        get_program_information(GetProgramInformationRequest) -> ProgramInformation = enrollment::get_program_information::get_program_information;
        update_enrollment(UpdateEnrollmentRequest) -> Enrollment = enrollment::update::update;
        submit_enrollment(SubmitEnrollmentRequest) -> SubmitEnrollmentResponse = enrollment::submit::submit;
        withdraw_enrollment(WithdrawEnrollmentRequest) -> Enrollment = enrollment::withdraw::withdraw;
        reopen_enrollment(ReopenEnrollmentRequest) -> Enrollment = enrollment::reopen::reopen;
        suspend_enrollment(SuspendEnrollmentRequest) -> SuspendEnrollmentResponse = enrollment::suspend::suspend;
        resume_enrollment(ResumeEnrollmentRequest) -> Enrollment = enrollment::resume::resume;
        end_enrollment(EndEnrollmentRequest) -> EndEnrollmentResponse = enrollment::end::end;
        create_preapproval(CreatePreapprovalRequest) -> Preapproval = preapproval::create::create;
    }

    PartnerLocationService by PartnerLocationServiceServer {
        create_partner_location(CreatePartnerLocationRequest) -> PartnerLocation = location::create::create;
        reset_claim_code(ResetClaimCodeRequest) -> PartnerLocation = location::reset_claim_code::reset_claim_code;
        get_partner_location(GetPartnerLocationRequest) -> PartnerLocation = location::get::get;
        list_partner_locations(ListPartnerLocationsRequest) -> ListPartnerLocationsResponse = location::list::list;
        associate_partner_location(AssociatePartnerLocationRequest) -> PartnerLocation = location::associate::associate;
    }

    AgreementService by AgreementServiceServer {
        publish_agreement_template(PublishAgreementTemplateRequest) -> AgreementTemplate = agreement_template::publish::publish;
        get_agreement_template(GetAgreementTemplateRequest) -> AgreementTemplate = agreement_template::get::get;
        list_agreement_templates(ListAgreementTemplatesRequest) -> ListAgreementTemplatesResponse = agreement_template::list::list;
        create_signature(CreateSignatureRequest) -> Signature = signature::create::create;
        get_signature(GetSignatureRequest) -> Signature = signature::get::get;
        list_signatures(ListSignaturesRequest) -> ListSignaturesResponse = signature::list::list;
    }

    DirectoryService by DirectoryServiceServer {
        list_provider_listings(ListProviderListingsRequest) -> ListProviderListingsResponse = provider_listing::list::list;
        send_enquiry(SendEnquiryRequest) -> SendEnquiryResponse = enquiry::send::send;
    }

    GuideService by GuideServiceServer {
        get_enrollment_guide(GetEnrollmentGuideRequest) -> EnrollmentGuide = guide::get::get;
        list_country_rules(ListCountryRulesRequest) -> ListCountryRulesResponse = country_rules::list::list;
        check_email_address(CheckEmailAddressRequest) -> CheckEmailAddressResponse = email_address::check::check;
    }

    EnrollmentPeerService by EnrollmentPeerServiceServer {
        record_verification(RecordVerificationRequest) -> RecordVerificationResponse = peer::record_verification::record_verification;
        record_delivery(RecordDeliveryRequest) -> RecordDeliveryResponse = peer::record_delivery::record_delivery;
        read_organization(ReadOrganizationRequest) -> OrganizationRecord = peer::read_organization::read_organization;
    }
}
