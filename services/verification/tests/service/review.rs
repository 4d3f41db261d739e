//! What reviewers decide, and who sees what of it.

use runtime::Role;
use wire::types::ActorKind;
use wire::verification as pb;
use wire::verification::vetting_case::State;
use wire::verification::{CheckKind, CheckStatus};

use crate::house::{APPLICANT, Code, House, OPERATOR, child, houses, metadata, organization, reason};
use crate::requests::{answers, open_case, yes};

fn claim(case: &pb::VettingCase) -> pb::ClaimVettingCaseRequest {
    pb::ClaimVettingCaseRequest { name: case.name.clone(), ..Default::default() }
}

fn approve(case: &pb::VettingCase) -> pb::ApproveVettingCaseRequest {
    pb::ApproveVettingCaseRequest { name: case.name.clone(), etag: case.etag.clone(), ..Default::default() }
}

fn decide(case: &pb::VettingCase, kind: CheckKind) -> pb::DecideCheckRequest {
    pb::DecideCheckRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        kind: kind.into(),
        status: CheckStatus::Passed.into(),
        ..Default::default()
    }
}

/// A case whose contact has said yes; the token of the approver's link.
async fn queued(house: &House) -> (pb::VettingCase, String) {
    house.open_case(3, 1).await.unwrap();
    let contact = house.mails().await.pop().unwrap();
    house.confirm(yes(&contact.token)).await.unwrap();
    let approver = house.mails().await.into_iter().find(|mail| mail.kind == "approver-verification").unwrap();
    assert_eq!(approver.to, "bo@example.com");
    (house.case().await, approver.token)
}

fn status(case: &pb::VettingCase, kind: CheckKind) -> CheckStatus {
    case.checks.iter().find(|check| check.kind() == kind).unwrap().status()
}

#[tokio::test]
async fn r22_r23_a_case_is_claimed_decided_and_approved() {
    for house in houses().await {
        let (case, approver) = queued(&house).await;
        assert_eq!((case.state(), case.domain.as_str()), (State::Queued, "example.com"));
        let waiting: Vec<_> = case.checks.iter().map(pb::Check::waiting_for).collect();
        use ActorKind::{Link, Unspecified, User};
        assert_eq!(waiting, [Unspecified, User, User, Link, User]);
        let mut vetting = house.vetting();
        let mut case = vetting.claim_vetting_case(house.reviewer(claim(&case))).await.unwrap().into_inner();
        assert_eq!(case.state(), State::InReview);
        assert_eq!(case.claimant, child::<ids::kind::User>(OPERATOR, 100));
        for kind in [CheckKind::Domain, CheckKind::Employment, CheckKind::Business] {
            case = vetting.decide_check(house.reviewer(decide(&case, kind))).await.unwrap().into_inner();
            assert_eq!(status(&case, kind), CheckStatus::Passed);
        }
        let refused = vetting.approve_vetting_case(house.reviewer(approve(&case))).await.map(drop);
        assert_eq!(metadata(refused.clone(), "checks"), "AUTHORITY");
        assert_eq!(reason(refused), (Code::FailedPrecondition, "CHECKS_OUTSTANDING".to_owned()));
        house.confirm(yes(&approver)).await.unwrap();
        let stale = vetting.approve_vetting_case(house.reviewer(approve(&case))).await;
        assert_eq!(reason(stale), (Code::Aborted, "ETAG_MISMATCH".to_owned()));
        let case = house.case().await;
        let case = vetting.approve_vetting_case(house.reviewer(approve(&case))).await.unwrap().into_inner();
        assert_eq!(case.state(), State::Approved);
        let told: Vec<_> = house.told().await.into_iter().map(|told| told.case_state).collect();
        let review = "IN_REVIEW";
        assert_eq!(told, ["AWAITING_EMAIL", "QUEUED", review, review, review, review, review, "APPROVED"]);
        assert!(house.told().await.pop().unwrap().checks.iter().all(|check| check.status == "PASSED"));
    }
}

#[tokio::test]
async fn r22_a_no_of_the_approver_fails_authority() {
    for house in houses().await {
        let (_, approver) = queued(&house).await;
        house.confirm(answers(&approver, pb::Answer::No, pb::Answer::Yes)).await.unwrap();
        let case = house.case().await;
        assert_eq!((case.state(), status(&case, CheckKind::Authority)), (State::Queued, CheckStatus::Failed));
    }
}

#[tokio::test]
async fn r23_only_the_claimant_decides() {
    for house in houses().await {
        let (case, _) = queued(&house).await;
        let mut vetting = house.vetting();
        let other = |message| house.signed(message, OPERATOR, 101, &[Role::Reviewer]);
        let early = vetting.decide_check(house.reviewer(decide(&case, CheckKind::Domain))).await.map(drop);
        assert_eq!(metadata(early.clone(), "allowed"), "IN_REVIEW");
        assert_eq!(reason(early), (Code::FailedPrecondition, "STATE_FORBIDS".to_owned()));
        let case = vetting.claim_vetting_case(house.reviewer(claim(&case))).await.unwrap().into_inner();
        assert_eq!(reason(vetting.claim_vetting_case(other(claim(&case))).await).1, "CLAIMED_BY_OTHER");
        let decision = house.signed(decide(&case, CheckKind::Domain), OPERATOR, 101, &[Role::Reviewer]);
        assert_eq!(reason(vetting.decide_check(decision).await).1, "NOT_CLAIMANT");
        let approval = house.signed(approve(&case), OPERATOR, 101, &[Role::Reviewer]);
        assert_eq!(reason(vetting.approve_vetting_case(approval).await).1, "NOT_CLAIMANT");
    }
}

#[tokio::test]
async fn r23_nobody_reviews_their_own_organization() {
    for house in houses().await {
        let mut request = open_case(3, 1);
        request.organization = organization(OPERATOR).name();
        request.enrollment = child::<ids::kind::Enrollment>(OPERATOR, 3);
        house.open(request).await.unwrap();
        let contact = house.mails().await.pop().unwrap();
        house.confirm(yes(&contact.token)).await.unwrap();
        let mut vetting = house.vetting();
        let list = pb::ListVettingCasesRequest { parent: "organizations/-".to_owned(), ..Default::default() };
        let cases = vetting.list_vetting_cases(house.reviewer(list)).await.unwrap().into_inner().vetting_cases;
        let refused = vetting.claim_vetting_case(house.reviewer(claim(&cases[0]))).await;
        assert_eq!(reason(refused), (Code::PermissionDenied, "SELF_REVIEW".to_owned()));
        let mut vetting = house.vetting();
        let outsider = house.applicant(claim(&cases[0]));
        assert_eq!(reason(vetting.claim_vetting_case(outsider).await).1, "ROLE_REQUIRED");
    }
}

#[tokio::test]
async fn r08_an_applicant_reads_its_own_case_and_no_other() {
    for house in houses().await {
        let (case, _) = queued(&house).await;
        let mut vetting = house.vetting();
        vetting.claim_vetting_case(house.reviewer(claim(&case))).await.unwrap();
        let get = || pb::GetVettingCaseRequest { name: case.name.clone() };
        let own = vetting.get_vetting_case(house.applicant(get())).await.unwrap().into_inner();
        assert_eq!((own.state(), own.claimant.as_str()), (State::InReview, ""));
        assert!(own.checks.iter().all(|check| check.since_time.is_some()));
        let foreign = house.signed(get(), 7, 700, &[Role::GlobalAdmin]);
        let missing = (Code::NotFound, "RESOURCE_MISSING".to_owned());
        assert_eq!(reason(vetting.get_vetting_case(foreign).await), missing);
        let list = |parent: &str| pb::ListVettingCasesRequest { parent: parent.to_owned(), ..Default::default() };
        let parent = organization(APPLICANT).name();
        let foreign = house.signed(list(&parent), 7, 700, &[Role::GlobalAdmin]);
        assert_eq!(reason(vetting.list_vetting_cases(foreign).await), missing);
        let all = house.applicant(list("organizations/-"));
        assert_eq!(reason(vetting.list_vetting_cases(all).await).1, "ROLE_REQUIRED");
        let seller = house.signed(get(), OPERATOR, 102, &[Role::SalesAgent]);
        assert_eq!(
            reason(vetting.get_vetting_case(seller).await),
            missing,
            "the operator's sales staff oversees nothing"
        );
    }
}

#[tokio::test]
async fn r08_an_applicant_lists_its_verifications() {
    for house in houses().await {
        queued(&house).await;
        let list = || pb::ListEmailVerificationsRequest {
            parent: organization(APPLICANT).name(),
            page_size: 1,
            ..Default::default()
        };
        let mut emails = house.emails();
        let page = emails.list_email_verifications(house.applicant(list())).await.unwrap().into_inner();
        assert_eq!(page.email_verifications[0].purpose(), pb::email_verification::Purpose::Contact);
        let next = pb::ListEmailVerificationsRequest { page_token: page.next_page_token, ..list() };
        let page = emails.list_email_verifications(house.applicant(next)).await.unwrap().into_inner();
        assert_eq!(page.email_verifications[0].purpose(), pb::email_verification::Purpose::Approver);
        assert_eq!((page.email_verifications.len(), page.next_page_token.as_str()), (1, ""));
        let foreign = house.signed(list(), 7, 700, &[Role::GlobalAdmin]);
        assert_eq!(reason(emails.list_email_verifications(foreign).await).1, "RESOURCE_MISSING");
    }
}
