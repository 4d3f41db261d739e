//! What becomes of an enrollment later: withdrawn, reopened, suspended, resumed, ended.

use runtime::Role;
use tonic::{Code, Response, Status};
use wire::enrollment as pb;
use wire::enrollment::enrollment::State;
use wire::notification::SendMessageRequest;
use wire::relationship::RecordStandingRequest;
use wire::types::{Party, RequirementCode, Variable, variable::Value};
use wire::verification::{CloseCaseRequest, OpenCaseRequest};

use crate::house::{House, OPERATOR, houses, reason, refused, request_id};
use crate::requests::ADA;

const RESELLER: pb::EnrollmentType = pb::EnrollmentType::IndirectReseller;

impl House {
    /// An organization and its enrollment, in force.
    pub(crate) async fn active(&self) -> (String, String) {
        let name = self.founded_by(ADA, "Nordwind").await;
        let draft = self.drafted(&name, RESELLER).await;
        self.fill_in(&name).await;
        self.submit(&draft.name).await.unwrap();
        self.approve(&name).await;
        let location = self.located(&name, "SE").await;
        self.associate(&location.name, &location.claim_code).await.unwrap();
        let template = self.published(RESELLER, 1).await;
        self.sign(ADA, &draft.name, &template).await.unwrap();
        (name, draft.name)
    }

    async fn withdraw(&self, name: &str) -> Result<pb::Enrollment, Status> {
        let request = pb::WithdrawEnrollmentRequest { name: name.to_owned(), ..Default::default() };
        self.enrollments().withdraw_enrollment(self.by(ADA, request).await).await.map(Response::into_inner)
    }

    async fn reopen(&self, name: &str) -> Result<pb::Enrollment, Status> {
        let request = pb::ReopenEnrollmentRequest { name: name.to_owned(), ..Default::default() };
        self.enrollments().reopen_enrollment(self.by(ADA, request).await).await.map(Response::into_inner)
    }

    async fn suspend(&self, name: &str) -> Result<pb::SuspendEnrollmentResponse, Status> {
        let request = suspension(name);
        self.enrollments().suspend_enrollment(self.operator(request).await).await.map(Response::into_inner)
    }

    async fn resume(&self, name: &str) -> Result<pb::Enrollment, Status> {
        let (reason, reason_text) = ("INVOICE_PAID".to_owned(), "It is paid.".to_owned());
        let request = pb::ResumeEnrollmentRequest { name: name.to_owned(), reason, reason_text, ..Default::default() };
        self.enrollments().resume_enrollment(self.operator(request).await).await.map(Response::into_inner)
    }

    async fn end(&self, name: &str) -> Result<pb::EndEnrollmentResponse, Status> {
        let (reason, reason_text) = ("CONTRACT_BREACH".to_owned(), "Sold elsewhere.".to_owned());
        let request = pb::EndEnrollmentRequest { name: name.to_owned(), reason, reason_text, ..Default::default() };
        self.enrollments().end_enrollment(self.operator(request).await).await.map(Response::into_inner)
    }

    /// States in the order in which relationship is told them.
    async fn states(&self) -> Vec<String> {
        self.told::<RecordStandingRequest>("RecordStanding").await.into_iter().map(|told| told.state).collect()
    }

    /// What this person may do next with an enrollment, by the last word of each RPC.
    async fn next(&self, who: &str, name: &str) -> Vec<String> {
        let request = pb::GetEnrollmentRequest { name: name.to_owned() };
        let read = self.enrollments().get_enrollment(self.by(who, request).await).await.unwrap().into_inner();
        let verb = |action: &pb::NextAction| action.method.rsplit('/').next().unwrap().to_owned();
        assert!(read.next_actions.iter().all(|action| !action.description.is_empty()));
        read.next_actions.iter().map(verb).collect()
    }
}

fn suspension(name: &str) -> pb::SuspendEnrollmentRequest {
    pb::SuspendEnrollmentRequest {
        name: name.to_owned(),
        reason: "INVOICE_OVERDUE".to_owned(),
        reason_text: "The invoice of May is not paid.".to_owned(),
        ..Default::default()
    }
}

fn text<'m>(mail: &'m SendMessageRequest, name: &str) -> &'m str {
    match mail.variables.iter().find(|variable| variable.name == name) {
        Some(Variable { value: Some(Value::Text(text)), .. }) => text,
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test]
async fn r18_an_applicant_withdraws_and_reopens_and_verification_stops_meanwhile() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await.name;
        house.fill_in(&name).await;
        house.submit(&draft).await.unwrap();
        house.record(&name, "QUEUED", &[("EMAIL", "PASSED"), ("BUSINESS", "PASSED")], 1).await;
        let withdrawn = house.withdraw(&draft).await.unwrap();
        assert_eq!((withdrawn.state(), withdrawn.requirements.len()), (State::Withdrawn, 0));
        let closed: Vec<CloseCaseRequest> = house.told("CloseCase").await;
        assert_eq!((closed.len(), closed[0].enrollment.as_str()), (1, draft.as_str()));
        assert_eq!(reason(house.withdraw(&draft).await), "STATE_FORBIDS");
        house.record(&name, "WITHDRAWN", &[("EMAIL", "PASSED"), ("BUSINESS", "PASSED")], 2).await;
        let other = house.drafted(&name, RESELLER).await.name;
        assert_eq!(reason(house.reopen(&draft).await), "ENROLLMENT_EXISTS");
        house.withdraw(&other).await.unwrap();
        assert_eq!(house.told::<CloseCaseRequest>("CloseCase").await.len(), 1, "nobody verified the other one");
        assert_eq!(house.reopen(&draft).await.unwrap().state(), State::Draft);
        house.submit(&draft).await.unwrap();
        house.record(&name, "WITHDRAWN", &[("EMAIL", "PASSED"), ("BUSINESS", "PASSED")], 3).await;
        assert_eq!(house.read(&draft).await.state(), State::Verifying, "the former case moves nobody");
        let asked = house.told::<OpenCaseRequest>("OpenCase").await.pop().unwrap();
        assert_eq!(asked.checks.len(), 3, "what was proven once is not asked again");
        let states = house.told::<SendMessageRequest>("SendMessage").await;
        let states: Vec<_> = states.iter().map(|mail| text(mail, "state")).collect();
        for state in ["VERIFYING", "WITHDRAWN", "DRAFT"] {
            assert!(states.contains(&state), "{state} in {states:?}");
        }
        let stranger = house.founded_by("eve@evil.example", "Evil").await;
        assert!(!stranger.is_empty());
        let request = pb::WithdrawEnrollmentRequest { name: draft, ..Default::default() };
        let foreign = house.enrollments().withdraw_enrollment(house.by("eve@evil.example", request).await).await;
        assert_eq!(reason(foreign), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r18_the_operator_suspends_resumes_and_ends_with_a_reason() {
    for house in houses().await {
        let (name, enrollment) = house.active().await;
        let second = pb::User {
            email: "otto@nordwind.example".to_owned(),
            display_name: "Otto".to_owned(),
            roles: vec![Role::GlobalAdmin.into()],
            ..Default::default()
        };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(second), ..Default::default() };
        house.users().create_user(house.by(ADA, request).await).await.unwrap();
        let own = house.enrollments().suspend_enrollment(house.by(ADA, suspension(&enrollment)).await).await;
        assert_eq!(reason(own), "ROLE_REQUIRED");
        let mut nothing = suspension(&enrollment);
        (nothing.reason, nothing.reason_text) = ("overdue".to_owned(), String::new());
        let wrong = refused(house.enrollments().suspend_enrollment(house.operator(nothing).await).await);
        assert_eq!(wrong.fields, ["reason", "reason_text"]);
        let mails = house.told::<SendMessageRequest>("SendMessage").await.len();

        let answer = house.suspend(&enrollment).await.expect("relationship is away, and nobody waits for it");
        assert!(!answer.effects.is_empty() && answer.affected.is_empty());
        let suspended = answer.enrollment.unwrap();
        assert_eq!((suspended.state(), suspended.state_reason.as_str()), (State::Suspended, "INVOICE_OVERDUE"));
        assert_eq!(suspended.state_reason_text, "The invoice of May is not paid.");
        assert!(suspended.capabilities.is_empty());
        let lack = &suspended.requirements[0];
        assert_eq!((lack.code(), lack.actor()), (RequirementCode::Standing, Party::Operator));
        assert!(lack.since_time.is_some() && lack.description.contains("INVOICE_OVERDUE"));
        let told = house.told::<SendMessageRequest>("SendMessage").await;
        let [told] = &told[mails..] else { panic!("one message to all: {told:?}") };
        assert_eq!(text(told, "reason"), "The invoice of May is not paid.");
        let to: Vec<_> = told.recipients.iter().map(|recipient| recipient.email.as_str()).collect();
        assert_eq!(to, ["bo@nordwind.example", ADA, "otto@nordwind.example"]);
        assert_eq!(reason(house.suspend(&enrollment).await), "STATE_FORBIDS");
        assert_eq!(house.resume(&enrollment).await.unwrap().state(), State::Active);
        assert_eq!(house.read(&enrollment).await.capabilities.len(), 3);
        let ended = house.end(&enrollment).await.unwrap().enrollment.unwrap();
        assert_eq!((ended.state(), ended.requirements.len(), ended.next_actions.len()), (State::Ended, 0, 0));
        assert_eq!(reason(house.resume(&enrollment).await), "STATE_FORBIDS");
        let states = house.states().await;
        assert_eq!(states[states.len() - 4..], ["ACTIVE", "SUSPENDED", "ACTIVE", "ENDED"]);
        house.drafted(&name, RESELLER).await;
    }
}

#[tokio::test]
async fn r18_what_a_suspension_hits_is_asked_of_relationship_and_its_state_first() {
    for house in houses().await {
        let (name, enrollment) = house.active().await;
        let dry = pb::SuspendEnrollmentRequest { validate_only: true, ..suspension(&enrollment) };
        let away = refused(house.enrollments().suspend_enrollment(house.operator(dry.clone()).await).await);
        assert_eq!((away.code, away.reason.as_str()), (Code::Unavailable, "DEPENDENCY_DOWN"));
        assert_eq!(house.read(&enrollment).await.state(), State::Active);
        house.suspend(&enrollment).await.unwrap();
        let forbidden = house.enrollments().suspend_enrollment(house.operator(dry).await).await;
        assert_eq!(reason(forbidden), "STATE_FORBIDS");
        let absent = pb::EndEnrollmentRequest {
            name: format!("{name}/enrollments/{}", "0".repeat(26)),
            validate_only: true,
            reason: "A".to_owned(),
            reason_text: "b".to_owned(),
            ..Default::default()
        };
        assert_eq!(reason(house.enrollments().end_enrollment(house.operator(absent).await).await), "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r62_a_repeated_suspension_suspends_once() {
    for house in houses().await {
        let (_, enrollment) = house.active().await;
        let request = pb::SuspendEnrollmentRequest { request_id: request_id(9), ..suspension(&enrollment) };
        let first = house.enrollments().suspend_enrollment(house.operator(request.clone()).await).await.unwrap();
        let again = house.enrollments().suspend_enrollment(house.operator(request).await).await.unwrap();
        assert_eq!(first.into_inner(), again.into_inner());
        let states = house.states().await;
        assert_eq!(states.iter().filter(|state| *state == "SUSPENDED").count(), 1);
    }
}

#[tokio::test]
async fn r08_each_caller_reads_what_it_may_do_next() {
    for house in houses().await {
        let name = house.founded_by(ADA, "Nordwind").await;
        let draft = house.drafted(&name, RESELLER).await.name;
        let agent = pb::User {
            email: "sven@nordwind.example".to_owned(),
            roles: vec![Role::AdminAgent.into()],
            ..Default::default()
        };
        let request = pb::CreateUserRequest { parent: name.clone(), user: Some(agent), ..Default::default() };
        house.users().create_user(house.by(ADA, request).await).await.unwrap();
        let begun = ["UpdateLegalProfile", "UpdateSupportProfile", "AssociatePartnerLocation", "WithdrawEnrollment"];
        assert_eq!(house.next(ADA, &draft).await, begun);
        assert_eq!(house.next("sven@nordwind.example", &draft).await, ["UpdateSupportProfile"]);
        assert_eq!(house.next(OPERATOR, &draft).await, [""; 0], "it may do nothing for another company");
        house.fill_in(&name).await;
        assert!(house.next(ADA, &draft).await.contains(&"SubmitEnrollment".to_owned()));
        house.submit(&draft).await.unwrap();
        house.approve(&name).await;
        let location = house.located(&name, "SE").await;
        house.associate(&location.name, &location.claim_code).await.unwrap();
        let template = house.published(RESELLER, 1).await;
        let signing = ["UpdateLegalProfile", "UpdateSupportProfile", "CreateSignature", "WithdrawEnrollment"];
        assert_eq!(house.next(ADA, &draft).await, signing);
        house.sign(ADA, &draft, &template).await.unwrap();
        assert_eq!(house.next(ADA, &draft).await, ["UpdateLegalProfile", "UpdateSupportProfile"]);
        assert_eq!(house.next(OPERATOR, &draft).await, ["SuspendEnrollment", "EndEnrollment"]);
        house.suspend(&draft).await.unwrap();
        assert_eq!(house.next(OPERATOR, &draft).await, ["ResumeEnrollment", "EndEnrollment"]);
    }
}

#[tokio::test]
async fn r18_an_id_of_ones_own_finds_its_enrollment_and_names_one() {
    for house in houses().await {
        let (name, first) = house.active().await;
        let second = pb::CreateEnrollmentRequest {
            parent: name.clone(),
            enrollment: Some(pb::Enrollment {
                r#type: pb::EnrollmentType::DirectBill.into(),
                external_id: "P-2".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let second = house.enrollments().create_enrollment(house.by(ADA, second).await).await.unwrap().into_inner();
        assert_eq!(second.external_id, "P-2");
        let update = async |enrollment: &str, external_id: &str, etag: &str, paths: &[&str]| {
            let request = pb::UpdateEnrollmentRequest {
                request_id: String::new(),
                enrollment: Some(pb::Enrollment {
                    name: enrollment.to_owned(),
                    external_id: external_id.to_owned(),
                    etag: etag.to_owned(),
                    ..Default::default()
                }),
                update_mask: Some(prost_types::FieldMask { paths: paths.iter().map(|p| (*p).to_owned()).collect() }),
            };
            house.enrollments().update_enrollment(house.by(ADA, request).await).await.map(Response::into_inner)
        };
        assert_eq!(reason(update(&first, "P-2", "", &[]).await), "EXTERNAL_ID_TAKEN");
        assert_eq!(reason(update(&first, "P-1", "99", &[]).await), "ETAG_MISMATCH");
        assert_eq!(reason(update(&first, "P-1", "", &["type"]).await), "FIELD_IMMUTABLE");
        let before = house.read(&first).await;
        let named = update(&first, "P-1", &before.etag, &["external_id"]).await.unwrap();
        assert_eq!(
            named,
            pb::Enrollment {
                external_id: "P-1".to_owned(),
                etag: named.etag.clone(),
                update_time: named.update_time,
                ..before
            },
            "all else stays, in every state"
        );
        assert_eq!(update(&first, "P-1", "", &[]).await.unwrap().etag, named.etag, "nothing changed");
        let found = async |external_id: &str| {
            let request = pb::ListEnrollmentsRequest {
                parent: name.clone(),
                external_id: external_id.to_owned(),
                ..Default::default()
            };
            let listed = house.enrollments().list_enrollments(house.by(ADA, request).await).await.unwrap().into_inner();
            listed.enrollments.into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(found("P-1").await, std::slice::from_ref(&first));
        assert_eq!(found("P-9").await, Vec::<String>::new());
        assert_eq!(found("").await.len(), 2);
        update(&first, "", "", &["external_id"]).await.unwrap();
        assert_eq!(found("P-1").await, Vec::<String>::new());
        assert_eq!(update(&second.name, "P-1", "", &[]).await.unwrap().external_id, "P-1", "given up, it is free");
    }
}
