//! The templates: a folder per kind, checked when this is compiled. What ends in `.html` is escaped.

use askama::{Result, Template};

use super::words::Words;
use crate::domain::Kind;

macro_rules! pages {
    ($($kind:ident $html:tt $text:tt,)+) => {
        mod html {
            use super::{Template, Words};
            $(
                #[derive(Template)]
                #[template(path = $html)]
                pub(super) struct $kind<'a> {
                    pub(super) words: &'a Words,
                }
            )+
        }

        mod text {
            use super::{Template, Words};
            $(
                #[derive(Template)]
                #[template(path = $text)]
                pub(super) struct $kind<'a> {
                    pub(super) words: &'a Words,
                }
            )+
        }

        /// The HTML body.
        pub(super) fn html(words: &Words) -> Result<String> {
            match words.kind() {
                $(Kind::$kind => html::$kind { words }.render(),)+
            }
        }

        /// The text body.
        pub(super) fn text(words: &Words) -> Result<String> {
            match words.kind() {
                $(Kind::$kind => text::$kind { words }.render(),)+
            }
        }
    };
}

pages! {
    EmailVerification "email-verification/message.html" "email-verification/message.txt",
    ApproverVerification "approver-verification/message.html" "approver-verification/message.txt",
    VerificationReminder "verification-reminder/message.html" "verification-reminder/message.txt",
    InformationRequested "information-requested/message.html" "information-requested/message.txt",
    ContactDenied "contact-denied/message.html" "contact-denied/message.txt",
    ApproverDenied "approver-denied/message.html" "approver-denied/message.txt",
    ReviewOverdue "review-overdue/message.html" "review-overdue/message.txt",
    EnrollmentStatus "enrollment-status/message.html" "enrollment-status/message.txt",
    AgreementDue "agreement-due/message.html" "agreement-due/message.txt",
    DirectoryEnquiry "directory-enquiry/message.html" "directory-enquiry/message.txt",
    PartnershipInvitation "partnership-invitation/message.html" "partnership-invitation/message.txt",
    CustomerInvitation "customer-invitation/message.html" "customer-invitation/message.txt",
    InvitationAccepted "invitation-accepted/message.html" "invitation-accepted/message.txt",
    InvitationExpired "invitation-expired/message.html" "invitation-expired/message.txt",
    AdministrationEnded "administration-ended/message.html" "administration-ended/message.txt",
    OrdersAllowedChanged "orders-allowed-changed/message.html" "orders-allowed-changed/message.txt",
    PartnershipEnded "partnership-ended/message.html" "partnership-ended/message.txt",
    InvitationDeclined "invitation-declined/message.html" "invitation-declined/message.txt",
    InvitationRevoked "invitation-revoked/message.html" "invitation-revoked/message.txt",
    InvitationReminder "invitation-reminder/message.html" "invitation-reminder/message.txt",
    PartnershipChanged "partnership-changed/message.html" "partnership-changed/message.txt",
    RelationshipChanged "relationship-changed/message.html" "relationship-changed/message.txt",
    AdministrationEnding "administration-ending/message.html" "administration-ending/message.txt",
    SignInCode "sign-in-code/message.html" "sign-in-code/message.txt",
}
