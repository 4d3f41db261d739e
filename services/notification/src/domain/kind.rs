//! The kinds of message, and what each needs to be told.

/// A kind of message. Its name is also the folder of its templates and the file of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    EmailVerification,
    ApproverVerification,
    VerificationReminder,
    InformationRequested,
    ContactDenied,
    ApproverDenied,
    ReviewOverdue,
    EnrollmentStatus,
    AgreementDue,
    DirectoryEnquiry,
    PartnershipInvitation,
    CustomerInvitation,
    InvitationAccepted,
    InvitationExpired,
    AdministrationEnded,
    OrdersAllowedChanged,
    PartnershipEnded,
    InvitationDeclined,
    InvitationRevoked,
    InvitationReminder,
    PartnershipChanged,
    RelationshipChanged,
    AdministrationEnding,
    SignInCode,
}

/// What a variable's text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any text but none.
    Text,
    /// Any text; may be left empty.
    Optional,
    /// An address to click on.
    Link,
    /// A short code to type in.
    Code,
    /// A time, RFC 3339.
    Date,
    /// The same; may be left empty.
    OptionalDate,
    /// A state of an enrollment.
    State,
    /// Codes of what is still missing, joined by commas; may be left empty.
    Steps,
    /// A kind of invitation.
    Invitation,
    /// `yes` or `no`.
    YesNo,
}

const CONFIRMATION: &[(&str, Form)] = &[
    ("recipient_name", Form::Optional),
    ("company", Form::Text),
    ("confirm_link", Form::Link),
    ("confirm_code", Form::Code),
    ("expire_date", Form::Date),
];
const DECLINED: &[(&str, Form)] = &[
    ("sender", Form::Text),
    ("recipient_hint", Form::Text),
    ("kind", Form::Invitation),
    ("reason", Form::Text),
    ("message", Form::Optional),
];
const REMINDER: &[(&str, Form)] =
    &[("sender", Form::Text), ("kind", Form::Invitation), ("accept_link", Form::Link), ("expire_date", Form::Date)];
const PARTNERSHIP: &[(&str, Form)] =
    &[("provider", Form::Text), ("reseller", Form::Text), ("suspended", Form::YesNo), ("by", Form::Optional)];

impl Kind {
    pub(crate) const ALL: [Kind; 24] = [
        Kind::EmailVerification,
        Kind::ApproverVerification,
        Kind::VerificationReminder,
        Kind::InformationRequested,
        Kind::ContactDenied,
        Kind::ApproverDenied,
        Kind::ReviewOverdue,
        Kind::EnrollmentStatus,
        Kind::AgreementDue,
        Kind::DirectoryEnquiry,
        Kind::PartnershipInvitation,
        Kind::CustomerInvitation,
        Kind::InvitationAccepted,
        Kind::InvitationExpired,
        Kind::AdministrationEnded,
        Kind::OrdersAllowedChanged,
        Kind::PartnershipEnded,
        Kind::InvitationDeclined,
        Kind::InvitationRevoked,
        Kind::InvitationReminder,
        Kind::PartnershipChanged,
        Kind::RelationshipChanged,
        Kind::AdministrationEnding,
        Kind::SignInCode,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::EmailVerification => "email-verification",
            Kind::ApproverVerification => "approver-verification",
            Kind::VerificationReminder => "verification-reminder",
            Kind::InformationRequested => "information-requested",
            Kind::ContactDenied => "contact-denied",
            Kind::ApproverDenied => "approver-denied",
            Kind::ReviewOverdue => "review-overdue",
            Kind::EnrollmentStatus => "enrollment-status",
            Kind::AgreementDue => "agreement-due",
            Kind::DirectoryEnquiry => "directory-enquiry",
            Kind::PartnershipInvitation => "partnership-invitation",
            Kind::CustomerInvitation => "customer-invitation",
            Kind::InvitationAccepted => "invitation-accepted",
            Kind::InvitationExpired => "invitation-expired",
            Kind::AdministrationEnded => "administration-ended",
            Kind::OrdersAllowedChanged => "orders-allowed-changed",
            Kind::PartnershipEnded => "partnership-ended",
            Kind::InvitationDeclined => "invitation-declined",
            Kind::InvitationRevoked => "invitation-revoked",
            Kind::InvitationReminder => "invitation-reminder",
            Kind::PartnershipChanged => "partnership-changed",
            Kind::RelationshipChanged => "relationship-changed",
            Kind::AdministrationEnding => "administration-ending",
            Kind::SignInCode => "sign-in-code",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the service that asks for it shows what became of it: something waits for its reader, who may never have seen it.
    pub(crate) fn is_reported(self) -> bool {
        matches!(
            self,
            Kind::EmailVerification
                | Kind::ApproverVerification
                | Kind::InformationRequested
                | Kind::EnrollmentStatus
                | Kind::AgreementDue
                | Kind::PartnershipInvitation
                | Kind::CustomerInvitation
        )
    }

    /// Its variables: all must be sent, and only they reach the templates.
    pub(crate) fn variables(self) -> &'static [(&'static str, Form)] {
        use Form::{Code, Date, Invitation, Link, Optional, OptionalDate, State, Steps, Text, YesNo};
        match self {
            Kind::EmailVerification | Kind::VerificationReminder => CONFIRMATION,
            Kind::ApproverVerification => &[
                ("recipient_name", Optional),
                ("company", Text),
                ("applicant", Text),
                ("confirm_link", Link),
                ("confirm_code", Code),
                ("expire_date", Date),
            ],
            Kind::InformationRequested => {
                &[("company", Text), ("count", Text), ("expire_date", Date), ("again", YesNo)]
            }
            Kind::ContactDenied => &[("company", Text), ("case", Text)],
            Kind::ApproverDenied => &[("company", Text), ("case", Text), ("applicant", Text)],
            Kind::ReviewOverdue => &[("company", Text), ("case", Text), ("expire_date", Date)],
            Kind::EnrollmentStatus => &[
                ("recipient_name", Optional),
                ("company", Text),
                ("state", State),
                ("next_step", Steps),
                ("cause", Optional),
                ("reason", Optional),
                ("appeal_by", OptionalDate),
            ],
            Kind::AgreementDue => &[("company", Text), ("version", Text), ("expire_date", Date), ("overdue", YesNo)],
            Kind::DirectoryEnquiry => {
                &[("company", Text), ("sender", Text), ("reply_address", Text), ("message", Text)]
            }
            Kind::PartnershipInvitation => &[
                ("sender", Text),
                ("recipient_name", Optional),
                ("message", Optional),
                ("accept_link", Link),
                ("expire_date", Date),
            ],
            Kind::CustomerInvitation => &[
                ("sender", Text),
                ("provider", Optional),
                ("reseller", Optional),
                ("message", Optional),
                ("accept_link", Link),
                ("expire_date", Date),
            ],
            Kind::InvitationAccepted => &[("sender", Text), ("recipient", Text), ("kind", Invitation)],
            Kind::InvitationExpired => &[("sender", Text), ("recipient_hint", Text), ("kind", Invitation)],
            Kind::AdministrationEnded => &[("grantor", Text), ("grantee", Text)],
            Kind::OrdersAllowedChanged => &[("provider", Text), ("reseller", Text), ("allowed", YesNo)],
            Kind::PartnershipEnded => &[("provider", Text), ("reseller", Text), ("ended_by", Optional)],
            Kind::InvitationDeclined => DECLINED,
            Kind::InvitationRevoked => &[("sender", Text), ("kind", Invitation)],
            Kind::InvitationReminder => REMINDER,
            Kind::PartnershipChanged => PARTNERSHIP,
            Kind::RelationshipChanged => &[("partner", Text), ("customer", Text), ("change", Text), ("by", Optional)],
            Kind::AdministrationEnding => &[("grantor", Text), ("grantee", Text), ("expire_date", Date)],
            Kind::SignInCode => &[("confirm_code", Code), ("expire_date", Date)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_written_down_here_and_read_back() {
        insta::assert_snapshot!(Kind::ALL.map(Kind::name).join("\n"), @r"
        email-verification
        approver-verification
        verification-reminder
        information-requested
        contact-denied
        approver-denied
        review-overdue
        enrollment-status
        agreement-due
        directory-enquiry
        partnership-invitation
        customer-invitation
        invitation-accepted
        invitation-expired
        administration-ended
        orders-allowed-changed
        partnership-ended
        invitation-declined
        invitation-revoked
        invitation-reminder
        partnership-changed
        relationship-changed
        administration-ending
        sign-in-code
        ");
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.name()) == Some(kind)));
        assert_eq!(Kind::parse("EmailVerification"), None);
    }

    #[test]
    fn what_something_waits_on_is_reported_and_its_reminders_are_not() {
        let reported = Kind::ALL.into_iter().filter(|kind| kind.is_reported()).map(Kind::name);
        insta::assert_snapshot!(reported.collect::<Vec<_>>().join("\n"), @r"
        email-verification
        approver-verification
        information-requested
        enrollment-status
        agreement-due
        partnership-invitation
        customer-invitation
        ");
    }
}
