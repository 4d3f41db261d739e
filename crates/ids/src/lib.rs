//! Typed ids and resource names: one line per kind, one canonical spelling each. Never touches a network, a database or a clock.

mod id;
pub mod kind;
mod name;

pub use id::{Id, InvalidId};
pub use kind::Kind;
pub use name::{NameError, parse, parse_child, parse_singleton};

/// An id without its kind, where one column or map holds ids of several kinds.
pub type RawId = uuid::Uuid;

macro_rules! aliases {
    ($($alias:ident = $kind:ident),+ $(,)?) => {
        $(#[doc = concat!("Names one of the `", stringify!($kind), "` kind.")] pub type $alias = Id<kind::$kind>;)+
    };
}

aliases! {
    AdminGrantId = AdminGrant,
    AgreementTemplateId = AgreementTemplate,
    ApplicationId = Application,
    DomainId = Domain,
    EmailVerificationId = EmailVerification,
    EnquiryId = Enquiry,
    EnrollmentId = Enrollment,
    EventId = Event,
    EvidenceId = Evidence,
    InvitationId = Invitation,
    MailboxMessageId = MailboxMessage,
    MessageId = Message,
    OrganizationId = Organization,
    PartnerLocationId = PartnerLocation,
    PartnershipId = Partnership,
    PersonId = Person,
    PreapprovalId = Preapproval,
    ResellerRelationshipId = ResellerRelationship,
    ReviewNoteId = ReviewNote,
    SignInCodeId = SignInCode,
    SignatureId = Signature,
    UserId = User,
    VettingCaseId = VettingCase,
}
