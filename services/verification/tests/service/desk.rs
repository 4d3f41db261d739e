//! The review desk beyond deciding: questions, notes, rejections and the one appeal.

use runtime::Role;
use tonic::{Request, Response};
use wire::verification as pb;
use wire::verification::vetting_case::State;
use wire::verification::{CheckKind, CheckStatus};

use crate::house::{Code, House, OPERATOR, child, houses, metadata, organization, reason};
use crate::requests::{open_case, yes};

const DAY: i64 = 24 * 3600;

/// A case whose contact has said yes, claimed by reviewer 100.
pub(crate) async fn claimed(house: &House) -> pb::VettingCase {
    house.open_case(3, 1).await.unwrap();
    let mail = house.mails().await.pop().unwrap();
    house.confirm(yes(&mail.token)).await.unwrap();
    let name = house.case().await.name;
    let claim = pb::ClaimVettingCaseRequest { name, ..Default::default() };
    house.vetting().claim_vetting_case(house.reviewer(claim)).await.unwrap().into_inner()
}

fn ask(case: &pb::VettingCase, fields: &[&str]) -> pb::RequestInformationRequest {
    let question =
        |field: &&str| pb::NewQuestion { field_path: (*field).to_owned(), text: format!("What about {field}?") };
    pb::RequestInformationRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        questions: fields.iter().map(question).collect(),
        ..Default::default()
    }
}

fn answer(case: &pb::VettingCase, numbers: &[i32]) -> pb::SubmitInformationRequest {
    let answer = |number: &i32| pb::NewAnswer { number: *number, text: format!("Answer {number}.") };
    let answers = numbers.iter().map(answer).collect();
    pb::SubmitInformationRequest { name: case.name.clone(), answers, ..Default::default() }
}

fn reject(case: &pb::VettingCase, reason: &str) -> pb::RejectVettingCaseRequest {
    pb::RejectVettingCaseRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        reason: reason.to_owned(),
        explanation: "No extract was sent.".to_owned(),
        ..Default::default()
    }
}

fn appeal(case: &pb::VettingCase) -> pb::AppealVettingCaseRequest {
    pb::AppealVettingCaseRequest { name: case.name.clone(), text: "Here it is.".to_owned(), ..Default::default() }
}

fn fail(case: &pb::VettingCase, reason: &str) -> pb::DecideCheckRequest {
    pb::DecideCheckRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        kind: CheckKind::Business.into(),
        status: CheckStatus::Failed.into(),
        reason: reason.to_owned(),
        ..Default::default()
    }
}

fn other<M>(house: &House, message: M) -> Request<M> {
    house.signed(message, OPERATOR, 101, &[Role::Reviewer])
}

fn business(case: &pb::VettingCase) -> &pb::Check {
    case.checks.iter().find(|check| check.kind() == CheckKind::Business).unwrap()
}

#[tokio::test]
async fn r23_the_applicant_is_asked_about_fields_and_answers_in_place() {
    for house in houses().await {
        let case = claimed(&house).await;
        let mut vetting = house.vetting();
        let foreign = vetting.request_information(other(&house, ask(&case, &["address"]))).await;
        assert_eq!(reason(foreign).1, "NOT_CLAIMANT");
        let asked = vetting.request_information(house.reviewer(ask(&case, &["address", "legal_name"]))).await.unwrap();
        let asked = asked.into_inner();
        assert_eq!((asked.state(), asked.questions.len()), (State::ActionRequired, 2));
        let mails = house.mails_of("information-requested").await;
        assert_eq!(mails[0].to, "ada@example.com");
        let shown = vetting
            .get_vetting_case(house.applicant(pb::GetVettingCaseRequest { name: case.name.clone() }))
            .await
            .unwrap()
            .into_inner();
        assert_eq!((shown.questions[0].field_path.as_str(), shown.questions[0].number), ("address", 1));
        let some = vetting.submit_information(house.applicant(answer(&case, &[1]))).await.map(drop);
        assert_eq!(metadata(some.clone(), "questions"), "2");
        assert_eq!(reason(some), (Code::FailedPrecondition, "QUESTIONS_OPEN".to_owned()));
        let none_such = vetting.submit_information(house.applicant(answer(&case, &[1, 2, 9]))).await;
        assert_eq!(reason(none_such).1, "FIELD_INVALID");
        let seller = house.signed(answer(&case, &[1, 2]), crate::house::APPLICANT, 201, &[Role::SalesAgent]);
        assert_eq!(reason(vetting.submit_information(seller).await).1, "ROLE_REQUIRED");
        let answered = vetting.submit_information(house.applicant(answer(&case, &[1, 2]))).await.unwrap().into_inner();
        assert_eq!((answered.state(), answered.questions[1].answer.as_str()), (State::InReview, "Answer 2."));
        assert_eq!(house.case().await.claimant, child::<ids::kind::User>(OPERATOR, 100), "who asked goes on");
        let told: Vec<_> = house.told().await.into_iter().map(|told| told.case_state).rev().take(2).collect();
        assert_eq!(told, ["IN_REVIEW", "ACTION_REQUIRED"]);
    }
}

#[tokio::test]
async fn r24_an_applicant_who_does_not_answer_is_reminded_and_then_the_case_closes() {
    for house in houses().await {
        let case = claimed(&house).await;
        house.vetting().request_information(house.reviewer(ask(&case, &["address"]))).await.unwrap();
        house.advance_seconds(12 * DAY - 60).await;
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.mails_of("information-requested").await.len(), 1);
        house.advance_seconds(12 * DAY + 1).await;
        house.service.sweep_once().await.unwrap();
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.mails_of("information-requested").await.len(), 2, "reminded, once");
        house.advance_seconds(14 * DAY - 60).await;
        assert_eq!(house.case().await.state(), State::ActionRequired);
        house.advance_seconds(14 * DAY + 1).await;
        assert_eq!(house.case().await.state(), State::Expired, "read before it is written down");
        let late = house.vetting().submit_information(house.applicant(answer(&case, &[1]))).await;
        assert_eq!(reason(late).1, "STATE_FORBIDS");
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.last_told().await, "EXPIRED");
    }
}

#[tokio::test]
async fn r23_a_case_is_rejected_by_a_reason_in_force_and_appealed_once_before_another_reviewer() {
    for house in houses().await {
        let case = claimed(&house).await;
        let mut vetting = house.vetting();
        assert_eq!(
            reason(vetting.decide_check(house.reviewer(fail(&case, "NO_SUCH_REASON"))).await).1,
            "FIELD_INVALID"
        );
        assert_eq!(
            reason(vetting.reject_vetting_case(house.reviewer(reject(&case, "KNOWN"))).await).1,
            "FIELD_INVALID"
        );
        assert_eq!(reason(vetting.appeal_vetting_case(house.applicant(appeal(&case))).await).1, "STATE_FORBIDS");
        let case = vetting.decide_check(house.reviewer(fail(&case, "NOT_SHOWN"))).await.unwrap().into_inner();
        assert!(business(&case).evidence_wanted.contains(&"REGISTER_EXTRACT".to_owned()));
        let case = vetting.reject_vetting_case(house.reviewer(reject(&case, "NOT_SHOWN"))).await.unwrap().into_inner();
        assert_eq!((case.state(), case.appeals_left), (State::Rejected, 1));
        assert_eq!((case.reason.as_str(), case.explanation.as_str()), ("NOT_SHOWN", "No extract was sent."));
        assert!(!house.told().await.pop().unwrap().appeal_spent);
        let appealed = vetting.appeal_vetting_case(house.applicant(appeal(&case))).await.unwrap().into_inner();
        assert_eq!((appealed.state(), appealed.appeals_left), (State::Queued, 0));
        assert_eq!(appealed.appeal.as_ref().unwrap().text, "Here it is.");
        assert_eq!(business(&appealed).status(), CheckStatus::Pending);
        let claim = || pb::ClaimVettingCaseRequest { name: case.name.clone(), ..Default::default() };
        let own = vetting.claim_vetting_case(house.reviewer(claim())).await;
        assert_eq!(reason(own), (Code::PermissionDenied, "OWN_DECISION".to_owned()));
        let taken = vetting.claim_vetting_case(other(&house, claim())).await.unwrap().into_inner();
        vetting.reject_vetting_case(other(&house, reject(&taken, "NOT_SHOWN"))).await.unwrap();
        assert_eq!(reason(vetting.appeal_vetting_case(house.applicant(appeal(&case))).await).1, "APPEAL_SPENT");
        let told = house.told().await.pop().unwrap();
        assert_eq!((told.case_state.as_str(), told.appeal_spent), ("REJECTED", true), "enrollment ends by it");
    }
}

#[tokio::test]
async fn r23_no_appeal_opens_a_second_case_or_what_the_contact_denied() {
    for house in houses().await {
        let case = claimed(&house).await;
        let mut vetting = house.vetting();
        vetting.reject_vetting_case(house.reviewer(reject(&case, "NOT_A_COMPANY"))).await.unwrap();
        house.open(pb::OpenCaseRequest { checks: vec![CheckKind::Business.into()], ..open_case(3, 2) }).await.unwrap();
        let second = vetting.appeal_vetting_case(house.applicant(appeal(&case))).await;
        assert_eq!(reason(second), (Code::FailedPrecondition, "CASE_OPEN".to_owned()));
    }
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        let no = crate::requests::answers(&mail.token, pb::Answer::No, pb::Answer::Yes);
        house.confirm(no).await.unwrap();
        let case = house.case().await;
        let denied = house.vetting().appeal_vetting_case(house.applicant(appeal(&case))).await;
        assert_eq!(reason(denied), (Code::FailedPrecondition, "NOT_APPEALABLE".to_owned()));
    }
}

#[tokio::test]
async fn r23_notes_are_for_reviewers_alone() {
    for house in houses().await {
        let case = claimed(&house).await;
        let mut vetting = house.vetting();
        let note = |text: &str| pb::CreateReviewNoteRequest {
            parent: case.name.clone(),
            text: text.to_owned(),
            ..Default::default()
        };
        let list = || pb::ListReviewNotesRequest { parent: case.name.clone(), ..Default::default() };
        for text in ["Asked the register.", "It answered."] {
            let written = vetting.create_review_note(other(&house, note(text))).await.unwrap().into_inner();
            assert_eq!(written.author, child::<ids::kind::User>(OPERATOR, 101));
        }
        let notes = vetting.list_review_notes(house.reviewer(list())).await.unwrap().into_inner().review_notes;
        let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(texts, ["Asked the register.", "It answered."]);
        assert_eq!(reason(vetting.list_review_notes(house.applicant(list())).await).1, "ROLE_REQUIRED");
        assert_eq!(reason(vetting.create_review_note(house.applicant(note("x"))).await).1, "ROLE_REQUIRED");
        let nowhere = pb::ListReviewNotesRequest {
            parent: organization(OPERATOR).child(crate::house::id::<ids::kind::VettingCase>(99)),
            ..Default::default()
        };
        assert_eq!(reason(vetting.list_review_notes(house.reviewer(nowhere)).await).1, "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r23_anybody_reads_what_vetting_goes_by() {
    for house in houses().await {
        let mut policy = house.policy();
        let levels = policy.list_service_levels(pb::ListServiceLevelsRequest::default()).await;
        let levels = levels.map(Response::into_inner).unwrap().service_levels;
        let hours = |step: &str| levels.iter().find(|level| level.step == step).unwrap().hours;
        assert_eq!((hours("CONFIRM"), hours("REVIEW"), hours("RESEND")), (168, 120, 24));
        let reasons = policy.list_reasons(pb::ListReasonsRequest::default()).await.unwrap().into_inner().reasons;
        assert!(reasons.iter().any(|reason| reason.code == "NOT_SHOWN" && !reason.description.is_empty()));
        let early = Some(prost_types::Timestamp { seconds: 1_600_000_000, nanos: 0 });
        let before = pb::ListReasonsRequest { as_of_time: early };
        assert!(policy.list_reasons(before).await.unwrap().into_inner().reasons.is_empty());
        let request = pb::ListEvidencePoliciesRequest::default();
        let wanted = policy.list_evidence_policies(request).await.unwrap().into_inner().evidence_policies;
        assert!(wanted.iter().any(|wanted| wanted.check() == CheckKind::Business && wanted.kind == "LEASE"));
    }
}
