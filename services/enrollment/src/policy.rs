//! Who may call what. The handlers add whose rows.

use runtime::{Applications, Policy, Role, Rule, ServiceName};

const OPERATOR: &[Role] = &[Role::Operator];
const REVIEWING: &[Role] = &[Role::Reviewer, Role::Operator];
const GLOBAL_ADMIN: &[Role] = &[Role::GlobalAdmin];

/// What machines of an organization may call, by their role.
pub(crate) const APPLICATIONS: Applications =
    &[(Role::PartnerRead, &["/linkage.enrollment.v1.OrganizationService/GetOrganization"])];

/// Who may call those of verification's RPCs that lead an enrollment on: told to them here, decided there.
pub(crate) const ELSEWHERE: Policy = &[
    ("/linkage.verification.v1.VettingService/SubmitInformation", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.verification.v1.VettingService/AppealVettingCase", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.verification.v1.EvidenceService/UploadEvidence", Rule::Member(GLOBAL_ADMIN)),
    (
        "/linkage.verification.v1.EmailVerificationService/ResendEmailVerification",
        Rule::MemberOrOperator(GLOBAL_ADMIN, REVIEWING),
    ),
];

pub(crate) const POLICY: Policy = &[
    ("/linkage.enrollment.v1.OrganizationService/LookupOrganization", Rule::Public),
    ("/linkage.enrollment.v1.OrganizationService/CreateOrganization", Rule::Person),
    ("/linkage.enrollment.v1.OrganizationService/GetOrganization", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.OrganizationService/ListOrganizations", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.OrganizationService/UpdateOrganization", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.DomainService/ClaimDomain", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.DomainService/GetDomain", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.DomainService/ListDomains", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.DomainService/ProveDomain", Rule::MemberOrOperator(GLOBAL_ADMIN, OPERATOR)),
    ("/linkage.enrollment.v1.DomainService/UpdateDomain", Rule::MemberOrOperator(GLOBAL_ADMIN, OPERATOR)),
    ("/linkage.enrollment.v1.OrganizationService/GetLegalProfile", Rule::MemberOrOperator(&[], REVIEWING)),
    ("/linkage.enrollment.v1.OrganizationService/UpdateLegalProfile", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.OrganizationService/GetSupportProfile", Rule::MemberOrOperator(&[], OPERATOR)),
    (
        "/linkage.enrollment.v1.OrganizationService/UpdateSupportProfile",
        Rule::Member(&[Role::GlobalAdmin, Role::AdminAgent]),
    ),
    ("/linkage.enrollment.v1.OrganizationService/GetBusinessProfile", Rule::MemberOrOperator(&[], OPERATOR)),
    (
        "/linkage.enrollment.v1.OrganizationService/UpdateBusinessProfile",
        Rule::Member(&[Role::GlobalAdmin, Role::AdminAgent]),
    ),
    ("/linkage.enrollment.v1.UserService/CreateUser", Rule::Member(&[Role::GlobalAdmin, Role::UserAdmin])),
    ("/linkage.enrollment.v1.UserService/GetUser", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.UserService/ListUsers", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.UserService/UpdateUser", Rule::Member(&[Role::GlobalAdmin, Role::UserAdmin])),
    ("/linkage.enrollment.v1.UserService/DeleteUser", Rule::Member(&[Role::GlobalAdmin, Role::UserAdmin])),
    ("/linkage.enrollment.v1.UserService/GetSelf", Rule::Member(&[])),
    ("/linkage.enrollment.v1.ApplicationService/CreateApplication", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.ApplicationService/GetApplication", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.ApplicationService/ListApplications", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.ApplicationService/UpdateApplication", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.ApplicationService/DeleteApplication", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.ApplicationService/RotateCredential", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.SessionService/SendSignInCode", Rule::Public),
    ("/linkage.enrollment.v1.SessionService/CreateSession", Rule::Public),
    ("/linkage.enrollment.v1.EnrollmentService/CreateEnrollment", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.EnrollmentService/GetEnrollment", Rule::MemberOrOperator(&[], REVIEWING)),
    ("/linkage.enrollment.v1.EnrollmentService/ListEnrollments", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.EnrollmentService/GetProgramInformation", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.EnrollmentService/UpdateEnrollment", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.EnrollmentService/SubmitEnrollment", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.EnrollmentService/WithdrawEnrollment", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.EnrollmentService/ReopenEnrollment", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.EnrollmentService/SuspendEnrollment", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.EnrollmentService/ResumeEnrollment", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.EnrollmentService/EndEnrollment", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.EnrollmentService/CreatePreapproval", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.PartnerLocationService/CreatePartnerLocation", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.PartnerLocationService/ResetClaimCode", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.PartnerLocationService/GetPartnerLocation", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.PartnerLocationService/ListPartnerLocations", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.PartnerLocationService/AssociatePartnerLocation", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.AgreementService/PublishAgreementTemplate", Rule::Operator(OPERATOR)),
    ("/linkage.enrollment.v1.AgreementService/GetAgreementTemplate", Rule::Member(&[])),
    ("/linkage.enrollment.v1.AgreementService/ListAgreementTemplates", Rule::Member(&[])),
    ("/linkage.enrollment.v1.AgreementService/CreateSignature", Rule::Member(GLOBAL_ADMIN)),
    ("/linkage.enrollment.v1.AgreementService/GetSignature", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.AgreementService/ListSignatures", Rule::MemberOrOperator(&[], OPERATOR)),
    ("/linkage.enrollment.v1.DirectoryService/ListProviderListings", Rule::Public),
    (
        "/linkage.enrollment.v1.DirectoryService/SendEnquiry",
        Rule::Member(&[Role::GlobalAdmin, Role::AdminAgent, Role::SalesAgent]),
    ),
    ("/linkage.enrollment.v1.GuideService/GetEnrollmentGuide", Rule::Public),
    ("/linkage.enrollment.v1.GuideService/ListCountryRules", Rule::Public),
    ("/linkage.enrollment.v1.GuideService/CheckEmailAddress", Rule::Public),
    ("/linkage.enrollment.v1.EnrollmentPeerService/RecordVerification", Rule::Peer(&[ServiceName::Verification])),
    ("/linkage.enrollment.v1.EnrollmentPeerService/RecordDelivery", Rule::Peer(&[ServiceName::Notification])),
    ("/linkage.enrollment.v1.EnrollmentPeerService/ReadOrganization", Rule::Peer(&[ServiceName::Relationship])),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Verification's own table, of which no line may say otherwise.
    const THERE: &str = include_str!("../../verification/src/policy.rs");

    #[test]
    fn r08_what_is_told_of_verifications_rpcs_is_what_verification_lets() {
        assert!(THERE.contains("const APPLIES: Rule = Rule::Member(&[Role::GlobalAdmin]);"));
        assert!(THERE.contains("const ANSWERS: Rule = Rule::MemberOrOperator(&[Role::GlobalAdmin], OVERSEERS);"));
        assert!(THERE.contains("const OVERSEERS: &[Role] = &[Role::Reviewer, Role::Operator];"));
        for (path, rule) in ELSEWHERE {
            let name = if *rule == Rule::Member(GLOBAL_ADMIN) { "APPLIES" } else { "ANSWERS" };
            assert!(THERE.contains(&format!("(\"{path}\", {name}),")), "{path}");
        }
    }
}
