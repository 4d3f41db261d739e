//! What a rejection leaves: an appeal for a while, a way out, and in the end nothing that shuts others out.

use runtime::{Role, ServiceName};
use tonic::{Response, Status};
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::notification::SendMessageRequest;
use wire::types::{Origin, Party, RequirementCode, Variable, variable::Value};
use wire::verification::CloseCaseRequest;

use crate::house::{House, OPERATOR, houses, reason};
use crate::requests::{ADA, legal_profile, support_profile};

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;
const APPEAL: &str = "linkage.verification.v1.VettingService/AppealVettingCase";

impl House {
    /// Verification tells how its case stands, for the so-manieth time.
    async fn in_case(&self, organization: &str, version: i64, told: pb::RecordVerificationRequest) {
        let id = organization.rsplit('/').next().unwrap();
        let case = format!("{organization}/vettingCases/{}g", &id[..25]);
        let origin = Origin {
            source: "verification".to_owned(),
            epoch: 1,
            event_id: "0".repeat(26),
            subject: case.clone(),
            version,
            occur_time: self.days_ahead(0),
            ..Default::default()
        };
        let (organization, revision) = (organization.to_owned(), 1);
        let request =
            pb::RecordVerificationRequest { origin: Some(origin), organization, vetting_case: case, revision, ..told };
        self.peer(ServiceName::Verification).record_verification(request).await.unwrap();
    }

    /// The same of one that is rejected.
    async fn rejected(&self, organization: &str, version: i64, told: pb::RecordVerificationRequest) {
        let told = pb::RecordVerificationRequest { case_state: "REJECTED".to_owned(), ..told };
        self.in_case(organization, version, told).await;
    }

    /// An organization whose enrollment a reviewer has rejected, with thirty days to appeal.
    async fn refused(&self) -> (String, String) {
        let name = self.founded_by(ADA, "Nordwind").await;
        let draft = self.drafted(&name, RESELLER).await.name;
        self.fill_in(&name).await;
        self.submit(&draft).await.unwrap();
        let told = pb::RecordVerificationRequest {
            reason: "NOT_SHOWN".to_owned(),
            explanation: "No extract was sent.".to_owned(),
            appeal_by_time: self.days_ahead(30),
            ..Default::default()
        };
        self.rejected(&name, 1, told).await;
        assert_eq!(self.read(&draft).await.state(), State::Rejected);
        (name, draft)
    }

    /// Somebody else applies for a company with the same registration number.
    async fn applies(&self, email: &str) -> Result<pb::SubmitEnrollmentResponse, Status> {
        let (name, company) = (format!("Real {email}"), format!("Real {} AB", &email[..3]));
        let other = self.founded_by(email, &name).await;
        let legal = pb::LegalProfile { legal_name: company, ..legal_profile(&other) };
        let request = pb::UpdateLegalProfileRequest { legal_profile: Some(legal), ..Default::default() };
        self.organizations().update_legal_profile(self.by(email, request).await).await?;
        let support = Some(support_profile(&other));
        let request = pb::UpdateSupportProfileRequest { support_profile: support, ..Default::default() };
        self.organizations().update_support_profile(self.by(email, request).await).await?;
        let enrollment = Some(pb::Enrollment { r#type: RESELLER.into(), ..Default::default() });
        let request = pb::CreateEnrollmentRequest { parent: other, enrollment, ..Default::default() };
        let draft = self.enrollments().create_enrollment(self.by(email, request).await).await?.into_inner();
        let request = pb::SubmitEnrollmentRequest { name: draft.name, ..Default::default() };
        self.enrollments().submit_enrollment(self.by(email, request).await).await.map(Response::into_inner)
    }

    async fn give_up(&self, name: &str) -> Result<pb::Enrollment, Status> {
        let request = pb::WithdrawEnrollmentRequest { name: name.to_owned(), ..Default::default() };
        self.enrollments().withdraw_enrollment(self.by(ADA, request).await).await.map(Response::into_inner)
    }
}

fn text<'m>(mail: &'m SendMessageRequest, name: &str) -> &'m str {
    match mail.variables.iter().find(|variable| variable.name == name) {
        Some(Variable { value: Some(Value::Text(text)), .. }) => text,
        other => panic!("{name}: {other:?}"),
    }
}

fn to(mail: &SendMessageRequest) -> Vec<&str> {
    mail.recipients.iter().map(|recipient| recipient.email.as_str()).collect()
}

#[tokio::test]
async fn r18_a_rejected_applicant_withdraws_and_the_number_is_free() {
    for house in houses().await {
        let (_, draft) = house.refused().await;
        assert_eq!(house.give_up(&draft).await.unwrap().state(), State::Withdrawn);
        let closed: Vec<CloseCaseRequest> = house.told("CloseCase").await;
        assert_eq!(
            closed.last().map(|closed| closed.enrollment.as_str()),
            Some(draft.as_str()),
            "no appeal is waited for"
        );
        let request = pb::ReopenEnrollmentRequest { name: draft.clone(), ..Default::default() };
        let reopened = house.enrollments().reopen_enrollment(house.by(ADA, request).await).await.unwrap();
        assert_eq!(reopened.into_inner().state(), State::Draft);
        house.applies("eve@real.example").await.unwrap();
        assert_eq!(reason(house.submit(&draft).await), "ORGANIZATION_DUPLICATE", "now it is the other one's");
    }
}

#[tokio::test]
async fn r18_the_operator_ends_what_was_rejected_and_the_number_is_free() {
    for house in houses().await {
        let (name, draft) = house.refused().await;
        let held = reason(house.applies("eve@real.example").await);
        assert_eq!(held, "ORGANIZATION_DUPLICATE", "as long as it can be appealed it is held");
        let end = pb::EndEnrollmentRequest {
            name: draft.clone(),
            reason: "NAME_TAKEN".to_owned(),
            reason_text: "The number is another company's.".to_owned(),
            ..Default::default()
        };
        let ended = house.enrollments().end_enrollment(house.operator(end).await).await.unwrap().into_inner();
        assert_eq!(ended.enrollment.unwrap().state(), State::Ended);
        assert_eq!(house.told::<CloseCaseRequest>("CloseCase").await.len(), 1);
        let mails: Vec<SendMessageRequest> = house.told("SendMessage").await;
        let last = mails.iter().find(|mail| text(mail, "state") == "ENDED").unwrap();
        assert_eq!((text(last, "cause"), text(last, "reason")), ("", "The number is another company's."));
        house.drafted(&name, RESELLER).await;
        house.applies("ove@real.example").await.unwrap();
    }
}

#[tokio::test]
async fn r20_what_the_contact_denied_is_over_and_holds_nothing() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await.name;
        house.fill_in(&name).await;
        house.submit(&draft).await.unwrap();
        let mailed = house.told::<SendMessageRequest>("SendMessage").await.len();
        let check = pb::VerificationCheck {
            check: "EMAIL".to_owned(),
            status: "FAILED".to_owned(),
            reason: "NOT_US".to_owned(),
            ..Default::default()
        };
        let reason = "NOT_US".to_owned();
        let told =
            pb::RecordVerificationRequest { reason, appeal_spent: true, checks: vec![check], ..Default::default() };
        house.rejected(&name, 1, told).await;
        let ended = house.read(&draft).await;
        assert_eq!((ended.state(), ended.state_reason.as_str()), (State::Ended, "NOT_US"));
        let mails: Vec<SendMessageRequest> = house.told("SendMessage").await;
        let [mail] = &mails[mailed..] else { panic!("one mail: {mails:?}") };
        assert_eq!((text(mail, "state"), text(mail, "cause")), ("ENDED", "NOT_US"));
        assert_eq!(to(mail), [ADA], "who applied is told, and not the contact who said no");
        house.applies("eve@real.example").await.unwrap();
        house.drafted(&name, RESELLER).await;
    }
}

#[tokio::test]
async fn r07_a_rejection_is_told_with_reason_and_last_day_to_who_can_appeal() {
    for house in houses().await {
        let (name, draft) = house.refused().await;
        let mails: Vec<SendMessageRequest> = house.told("SendMessage").await;
        let mail = mails.iter().find(|mail| text(mail, "state") == "REJECTED").unwrap();
        assert_eq!(to(mail), ["bo@nordwind.example", ADA]);
        assert_eq!((text(mail, "cause"), text(mail, "reason")), ("NOT_SHOWN", "No extract was sent."));
        assert!(text(mail, "appeal_by").starts_with("20"), "{}", text(mail, "appeal_by"));
        let read = house.read(&draft).await;
        assert_eq!(
            (read.state_reason.as_str(), read.state_reason_text.as_str()),
            ("NOT_SHOWN", "No extract was sent.")
        );
        let lack = &read.requirements[0];
        assert_eq!(
            (lack.code(), lack.actor(), lack.method.as_str()),
            (RequirementCode::Standing, Party::GlobalAdmin, APPEAL)
        );
        assert!(lack.due_time.is_some());
        let next = |read: &pb::Enrollment| {
            let verbs = read.next_actions.iter().map(|action| action.method.rsplit('/').next().unwrap().to_owned());
            verbs.collect::<Vec<_>>()
        };
        let ways = ["AssociatePartnerLocation", "UploadEvidence", "AppealVettingCase", "WithdrawEnrollment"];
        assert_eq!(next(&read), ways);
        let get = pb::GetEnrollmentRequest { name: draft.clone() };
        let seen = house.enrollments().get_enrollment(house.by(OPERATOR, get).await).await.unwrap().into_inner();
        assert_eq!(next(&seen), ["EndEnrollment"], "nobody appeals for another company");
        house.advance(31).await;
        let late = house.read(&draft).await;
        assert_eq!(next(&late), ["AssociatePartnerLocation", "WithdrawEnrollment"]);
        assert!(late.requirements[0].method.ends_with("WithdrawEnrollment"));
        let over =
            pb::RecordVerificationRequest { reason: "NOT_SHOWN".to_owned(), appeal_spent: true, ..Default::default() };
        house.rejected(&name, 2, over).await;
        assert_eq!(house.read(&draft).await.state(), State::Ended, "nobody appealed in time");
        house.applies("eve@real.example").await.unwrap();
    }
}

#[tokio::test]
async fn r08_what_the_applicant_can_do_about_verification_is_told_with_the_enrollment() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await.name;
        house.fill_in(&name).await;
        house.submit(&draft).await.unwrap();
        let told = |state: &str, version: i64, waits_for: &str| {
            let check = pb::VerificationCheck {
                check: "BUSINESS".to_owned(),
                status: "PENDING".to_owned(),
                waits_for: waits_for.to_owned(),
                due_time: house.days_ahead(14),
                ..Default::default()
            };
            let case_state = state.to_owned();
            (version, pb::RecordVerificationRequest { case_state, checks: vec![check], ..Default::default() })
        };
        for ((version, told), verb, actor) in [
            (told("ACTION_REQUIRED", 1, "ANSWER"), "SubmitInformation", Party::GlobalAdmin),
            (told("AWAITING_EMAIL", 2, "RESEND"), "ResendEmailVerification", Party::GlobalAdmin),
            (told("IN_REVIEW", 3, "EVIDENCE"), "UploadEvidence", Party::GlobalAdmin),
            (told("IN_REVIEW", 4, "REVIEWER"), "UploadEvidence", Party::Reviewer),
        ] {
            house.in_case(&name, version, told).await;
            let read = house.read(&draft).await;
            assert!(read.next_actions.iter().any(|action| action.method.ends_with(verb)), "{verb}: {read:?}");
            let lack = read.requirements.iter().find(|lack| lack.code() == RequirementCode::Business).unwrap();
            assert_eq!((lack.actor(), lack.due_time.is_some()), (actor, true), "{verb}");
        }
        let seller = pb::User {
            email: "sven@nordwind.example".to_owned(),
            roles: vec![Role::SalesAgent.into()],
            ..Default::default()
        };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(seller), ..Default::default() };
        house.users().create_user(house.by(ADA, request).await).await.unwrap();
        let get = pb::GetEnrollmentRequest { name: draft.clone() };
        let seen = house.enrollments().get_enrollment(house.by("sven@nordwind.example", get).await).await.unwrap();
        assert_eq!(seen.into_inner().next_actions, [], "who may not bind the company answers nothing");
    }
}
