//! Whom each check waits for, as the applicant reads it and enrollment is told; and what a no of the approver means.

use wire::types::Party;
use wire::verification as pb;
use wire::verification::vetting_case::State;
use wire::verification::{CheckKind, CheckStatus};

use crate::desk::claimed;
use crate::house::{Code, House, houses, reason};
use crate::requests::{answers, close_case, update_case, yes};

const DAY: i64 = 24 * 3600;

/// The case as the applicant reads it.
async fn seen(house: &House) -> pb::VettingCase {
    let name = house.case().await.name;
    let request = house.applicant(pb::GetVettingCaseRequest { name });
    house.vetting().get_vetting_case(request).await.unwrap().into_inner()
}

async fn parties(house: &House) -> Vec<Party> {
    seen(house).await.checks.iter().map(pb::Check::waiting_party).collect()
}

/// What enrollment was told last that each check waits for.
async fn told(house: &House) -> Vec<String> {
    house.told().await.pop().unwrap().checks.into_iter().map(|check| check.waits_for).collect()
}

/// What the applicant may do next.
async fn next(house: &House) -> Vec<String> {
    let actions = seen(house).await.next_actions;
    assert!(actions.iter().all(|action| !action.description.is_empty()));
    actions.iter().map(|action| action.method.rsplit('/').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn r08_a_mail_that_nobody_can_answer_waits_for_the_applicant() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        assert_eq!(parties(&house).await, [Party::PrimaryContact; 5], "nothing goes on before the contact's answer");
        assert_eq!(told(&house).await, ["CONTACT"; 5]);
        let opened = seen(&house).await;
        assert!(
            opened.checks.iter().all(|check| check.deadline_time == opened.due_time && check.expect_time.is_none())
        );
        assert_eq!(opened.checks.iter().map(|check| check.resends_left).collect::<Vec<_>>(), [4, 0, 0, 0, 0]);
        assert_eq!(next(&house).await, ["UploadEvidence"]);
        let name = house.verifications().await[0].name.clone();
        for _ in 0..5 {
            let (code, name) = ("00000000".to_owned(), name.clone());
            let wrong = pb::ConfirmEmailVerificationRequest { token: String::new(), name, code, ..yes("") };
            house.confirm(wrong).await.unwrap_err();
        }
        assert_eq!(parties(&house).await, [Party::GlobalAdmin; 5]);
        assert_eq!(told(&house).await, ["RESEND"; 5]);
        assert_eq!(next(&house).await, ["UploadEvidence", "ResendEmailVerification"]);
        house.advance_seconds(DAY).await;
        house.resend(&name).await.unwrap();
        assert_eq!(told(&house).await, ["CONTACT"; 5]);
        assert_eq!(seen(&house).await.checks[0].resends_left, 3);
    }
}

#[tokio::test]
async fn r08_whoever_wants_no_more_mail_must_be_replaced() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.confirm(answers(&mail.token, pb::Answer::No, pb::Answer::Yes)).await.unwrap();
        house.open_case(3, 2).await.unwrap();
        let last = house.told().await.into_iter().rfind(|told| told.case_state == "AWAITING_EMAIL").unwrap();
        assert_eq!(last.checks[0].waits_for, "PERSON");
    }
}

#[tokio::test]
async fn r08_in_each_state_the_right_one_is_waited_for() {
    for house in houses().await {
        let case = claimed(&house).await;
        use Party::{CompanyApprover, GlobalAdmin, Nobody, Reviewer};
        assert_eq!(parties(&house).await, [Nobody, Reviewer, Reviewer, CompanyApprover, Reviewer]);
        assert_eq!(told(&house).await, ["", "REVIEWER", "REVIEWER", "APPROVER", "REVIEWER"]);
        let checks = seen(&house).await.checks;
        assert!(checks[1].expect_time.is_some() && checks[1].deadline_time.is_none(), "ours: nothing closes by it");
        assert!(checks[3].deadline_time.is_some() && checks[3].expect_time.is_none(), "theirs");
        let question = pb::NewQuestion { field_path: "address".to_owned(), text: "Which floor?".to_owned() };
        let ask = pb::RequestInformationRequest {
            name: case.name.clone(),
            etag: case.etag.clone(),
            questions: vec![question],
            ..Default::default()
        };
        let asked = house.vetting().request_information(house.reviewer(ask)).await.unwrap().into_inner();
        assert_eq!(asked.next_actions, [], "the reviewer waits");
        assert_eq!(parties(&house).await, [Nobody, GlobalAdmin, GlobalAdmin, CompanyApprover, GlobalAdmin]);
        assert_eq!(told(&house).await, ["", "ANSWER", "ANSWER", "APPROVER", "ANSWER"]);
        let shown = seen(&house).await;
        assert_eq!(shown.checks[1].deadline_time, shown.due_time, "the applicant's fourteen days");
        assert_eq!(house.told().await.pop().unwrap().checks[1].due_time, shown.due_time);
        assert_eq!(next(&house).await, ["SubmitInformation", "UploadEvidence"]);
        house.advance_seconds(8 * DAY).await;
        assert_eq!(
            parties(&house).await[3],
            GlobalAdmin,
            "an approver who stays silent leaves it to the reviewer, who waits"
        );
        let answer = pb::NewAnswer { number: 1, text: "The second.".to_owned() };
        let submit = pb::SubmitInformationRequest { name: case.name, answers: vec![answer], ..Default::default() };
        house.vetting().submit_information(house.applicant(submit)).await.unwrap();
        assert_eq!(parties(&house).await, [Nobody, Reviewer, Reviewer, Reviewer, Reviewer]);
        let held = house.case().await.next_actions;
        let verbs: Vec<_> = held.iter().map(|action| action.method.rsplit('/').next().unwrap()).collect();
        assert_eq!(verbs, ["DecideCheck", "RequestInformation", "RejectVettingCase", "ReleaseVettingCase"]);
    }
}

#[tokio::test]
async fn r22_nobody_decides_over_the_approvers_no_until_another_is_named() {
    for house in houses().await {
        let case = claimed(&house).await;
        let mail = house.mails_of("approver-verification").await.pop().unwrap();
        house.confirm(answers(&mail.token, pb::Answer::No, pb::Answer::Yes)).await.unwrap();
        let alert = house.mails_of("approver-denied").await.pop().unwrap();
        assert_eq!(alert.to, "operator@linkage.example", "the operator is told");
        assert_eq!(told(&house).await[3], "PERSON");
        let decide = |etag: String, status: CheckStatus, reason: &str| pb::DecideCheckRequest {
            name: case.name.clone(),
            etag,
            kind: CheckKind::Authority.into(),
            status: status.into(),
            reason: reason.to_owned(),
            ..Default::default()
        };
        for (status, why) in
            [(CheckStatus::Passed, ""), (CheckStatus::Waived, "KNOWN"), (CheckStatus::Failed, "NOT_SHOWN")]
        {
            let request = decide(house.case().await.etag, status, why);
            let over = house.vetting().decide_check(house.reviewer(request)).await;
            assert_eq!(reason(over), (Code::FailedPrecondition, "APPROVER_DENIED".to_owned()));
        }
        house.close(close_case(3, 2)).await.unwrap();
        house.open_case(3, 3).await.unwrap();
        let contact = house.mails_of("email-verification").await.pop().unwrap();
        house.confirm(yes(&contact.token)).await.unwrap();
        let again = house.cases().await.pop().unwrap();
        assert_eq!((again.state(), again.checks[3].reason.as_str()), (State::Queued, "APPROVER_DENIED"), "it stands");
        assert_eq!(house.mails_of("approver-verification").await.len(), 1, "and nobody is asked twice");
        let mut other = update_case(2, 4, &[CheckKind::Authority]);
        other.company_approver.as_mut().unwrap().email = "eva@example.com".to_owned();
        house.update(other).await.unwrap();
        let named = house.cases().await.pop().unwrap();
        assert_eq!(named.checks[3].status(), CheckStatus::Pending);
        assert_eq!(house.mails_of("approver-verification").await.pop().unwrap().to, "eva@example.com");
    }
}

#[tokio::test]
async fn r24_a_rejection_that_nobody_appeals_is_final_when_its_time_is_over() {
    for house in houses().await {
        let case = claimed(&house).await;
        let reject = pb::RejectVettingCaseRequest {
            name: case.name.clone(),
            etag: case.etag.clone(),
            reason: "NOT_SHOWN".to_owned(),
            explanation: "No extract was sent.".to_owned(),
            ..Default::default()
        };
        house.vetting().reject_vetting_case(house.reviewer(reject)).await.unwrap();
        let rejected = house.told().await.pop().unwrap();
        assert_eq!((rejected.explanation.as_str(), rejected.appeal_spent), ("No extract was sent.", false));
        assert_eq!(rejected.appeal_by_time, seen(&house).await.appeal_by_time);
        assert_eq!(next(&house).await, ["UploadEvidence", "AppealVettingCase"]);
        house.advance_seconds(30 * DAY - 60).await;
        house.service.sweep_once().await.unwrap();
        assert!(!house.told().await.pop().unwrap().appeal_spent);
        house.advance_seconds(30 * DAY + 60).await;
        assert_eq!((next(&house).await.len(), seen(&house).await.appeals_left), (0, 0), "before it is written down");
        let text = "It is here.".to_owned();
        let appeal = pb::AppealVettingCaseRequest { name: case.name, text, ..Default::default() };
        let late = house.vetting().appeal_vetting_case(house.applicant(appeal)).await;
        assert_eq!(reason(late), (Code::FailedPrecondition, "APPEAL_LATE".to_owned()));
        house.service.sweep_once().await.unwrap();
        assert!(house.told().await.pop().unwrap().appeal_spent, "enrollment ends by it");
        assert_eq!(house.service.sweep_once().await.unwrap(), 0, "once");
    }
}
