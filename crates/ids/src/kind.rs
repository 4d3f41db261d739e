//! The kinds of things that have ids, one line each.

/// Marks what an [`Id`](crate::Id) names, and the collection its resource name starts with.
pub trait Kind: 'static {
    /// The plural in resource names, as in `enrollments/{id}`.
    const COLLECTION: &'static str;
}

macro_rules! kinds {
    ($($kind:ident $collection:literal),+ $(,)?) => {
        $(
            #[doc = concat!("Of the collection `", $collection, "`.")]
            #[derive(Debug)]
            pub enum $kind {}
            impl Kind for $kind {
                const COLLECTION: &'static str = $collection;
            }
        )+
    };
}

kinds! {
    AdminGrant "adminGrants",
    AgreementTemplate "agreementTemplates",
    Application "applications",
    Domain "domains",
    EmailVerification "emailVerifications",
    Enquiry "enquiries",
    Enrollment "enrollments",
    Event "events",
    Evidence "evidence",
    Invitation "invitations",
    MailboxMessage "messages",
    Message "messages",
    Organization "organizations",
    PartnerLocation "partnerLocations",
    Partnership "partnerships",
    Person "persons",
    Preapproval "preapprovals",
    ResellerRelationship "resellerRelationships",
    ReviewNote "notes",
    SignInCode "signInCodes",
    Signature "signatures",
    User "users",
    VettingCase "vettingCases",
}
