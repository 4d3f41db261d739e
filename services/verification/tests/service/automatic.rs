//! What a machine decides, and what it leaves to a reviewer.

use wire::types::{Contact, Origin};
use wire::verification as pb;
use wire::verification::{CheckKind, CheckStatus};

use crate::house::{APPLICANT, House, child, houses, id, organization, reason};
use crate::requests::{open_case, yes};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn proven(organization_number: u128, version: i64, domains: &[&str]) -> pb::RecordDomainsRequest {
    pb::RecordDomainsRequest {
        origin: Some(Origin {
            source: "enrollment".to_owned(),
            epoch: 1,
            event_id: id::<ids::kind::Event>(9_000 + u128::from(version.unsigned_abs())).to_string(),
            subject: organization(organization_number).name(),
            version,
            occur_time: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 0 }),
            ..Default::default()
        }),
        organization: organization(organization_number).name(),
        proven_domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
    }
}

/// A case of this organization whose contact is at this domain.
fn at(number: u128, domain: &str) -> pb::OpenCaseRequest {
    let person = |name: &str| Contact {
        given_name: name.to_owned(),
        family_name: "Ek".to_owned(),
        email: format!("{}@{domain}", name.to_lowercase()),
        phone: String::new(),
    };
    let mut request = open_case(3, 1);
    request.organization = organization(number).name();
    request.enrollment = child::<ids::kind::Enrollment>(number, 3);
    let origin = request.origin.as_mut().unwrap();
    origin.subject = request.enrollment.clone();
    origin.event_id = id::<ids::kind::Event>(5_000 + number).to_string();
    pb::OpenCaseRequest { primary_contact: Some(person("Ada")), company_approver: Some(person("Bo")), ..request }
}

async fn case_of(house: &House, number: u128) -> pb::VettingCase {
    let request = pb::ListVettingCasesRequest { parent: organization(number).name(), ..Default::default() };
    house.vetting().list_vetting_cases(house.reviewer(request)).await.unwrap().into_inner().vetting_cases.remove(0)
}

/// The case of this organization, its contact's questions answered.
async fn confirmed(house: &House, number: u128, domain: &str) -> pb::VettingCase {
    house.open(at(number, domain)).await.unwrap();
    let contact: addresses::Email = format!("ada@{domain}").parse().unwrap();
    let mail = house.mails().await.into_iter().rfind(|mail| mail.to == contact.as_str()).unwrap();
    house.confirm(yes(&mail.token)).await.unwrap();
    case_of(house, number).await
}

fn domain(case: &pb::VettingCase) -> CheckStatus {
    case.checks.iter().find(|check| check.kind() == CheckKind::Domain).unwrap().status()
}

async fn approve(house: &House, case: pb::VettingCase) {
    let mut vetting = house.vetting();
    let claim = pb::ClaimVettingCaseRequest { name: case.name.clone(), ..Default::default() };
    let mut case = vetting.claim_vetting_case(house.reviewer(claim)).await.unwrap().into_inner();
    for kind in [CheckKind::Domain, CheckKind::Employment, CheckKind::Authority, CheckKind::Business] {
        let decide = pb::DecideCheckRequest {
            name: case.name.clone(),
            etag: case.etag,
            kind: kind.into(),
            status: CheckStatus::Passed.into(),
            ..Default::default()
        };
        case = vetting.decide_check(house.reviewer(decide)).await.unwrap().into_inner();
    }
    let approve = pb::ApproveVettingCaseRequest { name: case.name, etag: case.etag, ..Default::default() };
    vetting.approve_vetting_case(house.reviewer(approve)).await.unwrap();
}

#[tokio::test]
async fn r22_a_domain_proven_before_passes_once_the_contact_has_answered() {
    for house in houses().await {
        house.record_domains(proven(APPLICANT, 2, &["other.example", "example.com"])).await.unwrap();
        house.record_domains(proven(APPLICANT, 1, &[])).await.unwrap();
        house.open_case(3, 1).await.unwrap();
        assert_eq!(domain(&house.case().await), CheckStatus::Pending, "the contact comes first");
        let mail = house.mails().await.pop().unwrap();
        house.confirm(yes(&mail.token)).await.unwrap();
        assert_eq!(domain(&house.case().await), CheckStatus::Passed);
        assert_eq!(house.told().await.pop().unwrap().checks[1].status, "PASSED");
    }
}

#[tokio::test]
async fn r22_a_domain_proven_meanwhile_passes_in_the_open_case() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.confirm(yes(&mail.token)).await.unwrap();
        house.record_domains(proven(7, 1, &["example.com"])).await.unwrap();
        assert_eq!(domain(&house.case().await), CheckStatus::Pending, "another organization's proof is none");
        house.record_domains(proven(APPLICANT, 1, &["example.com"])).await.unwrap();
        assert_eq!(domain(&house.case().await), CheckStatus::Passed);
        let told = house.told().await.len();
        house.record_domains(proven(APPLICANT, 2, &["example.com", "example.org"])).await.unwrap();
        assert_eq!(house.told().await.len(), told, "nothing new");
        let nobody = pb::RecordDomainsRequest { organization: String::new(), ..proven(APPLICANT, 3, &[""]) };
        assert_eq!(reason(house.record_domains(nobody).await).1, "FIELD_INVALID");
    }
}

#[tokio::test]
async fn r22_a_domain_that_looks_like_a_verified_one_is_a_reviewers_to_judge() {
    for house in houses().await {
        let first = confirmed(&house, 21, "contoso-cloud.example").await;
        assert!(!first.lookalike);
        approve(&house, first).await;
        for (number, twin) in [(22, "cont0so-cloud.example"), (23, "соntоsо-cloud.example")] {
            let ascii = addresses::Email::parse(&format!("a@{twin}")).unwrap().registrable_domain().to_owned();
            house.record_domains(proven(number, 1, &[&ascii])).await.unwrap();
            let case = confirmed(&house, number, twin).await;
            assert!(case.lookalike, "{twin}");
            assert_eq!(domain(&case), CheckStatus::Pending, "{twin} is proven, and looks like another's");
            let get = pb::GetVettingCaseRequest { name: case.name };
            let applicant = house.signed(get, number, 900, &[runtime::Role::GlobalAdmin]);
            let seen = house.vetting().get_vetting_case(applicant).await.unwrap().into_inner();
            assert!(!seen.lookalike, "the applicant learns nothing of others");
        }
        let same = confirmed(&house, 24, "contoso-cloud.example").await;
        assert!(!same.lookalike, "the very same domain is no look-alike");
    }
}

#[tokio::test]
async fn r23_a_claim_ends_by_itself_or_is_given_back() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.confirm(yes(&mail.token)).await.unwrap();
        let name = house.case().await.name;
        let claim = || pb::ClaimVettingCaseRequest { name: name.clone(), ..Default::default() };
        let release = || pb::ReleaseVettingCaseRequest { name: name.clone(), ..Default::default() };
        let mut vetting = house.vetting();
        let other = |message| house.signed(message, crate::house::OPERATOR, 101, &[runtime::Role::Reviewer]);
        let held = vetting.claim_vetting_case(house.reviewer(claim())).await.unwrap().into_inner();
        assert!(held.claim_expire_time.is_some());
        let foreign = house.signed(release(), crate::house::OPERATOR, 101, &[runtime::Role::Reviewer]);
        assert_eq!(reason(vetting.release_vetting_case(foreign).await).1, "NOT_CLAIMANT");
        let released = vetting.release_vetting_case(house.reviewer(release())).await.unwrap().into_inner();
        assert_eq!((released.state(), released.claimant.as_str()), (pb::vetting_case::State::Queued, ""));
        vetting.claim_vetting_case(house.reviewer(claim())).await.unwrap();
        house.advance_seconds(DAY - 60).await;
        assert_eq!(reason(vetting.claim_vetting_case(other(claim())).await).1, "CLAIMED_BY_OTHER");
        house.advance_seconds(DAY + 1).await;
        assert_eq!(house.case().await.state(), pb::vetting_case::State::Queued, "read before it is written down");
        let list = pb::ListVettingCasesRequest {
            parent: "organizations/-".to_owned(),
            state: pb::vetting_case::State::Queued.into(),
            ..Default::default()
        };
        let queue = vetting.list_vetting_cases(house.reviewer(list)).await.unwrap().into_inner().vetting_cases;
        assert_eq!(queue.len(), 1);
        assert_eq!(reason(vetting.release_vetting_case(house.reviewer(release())).await).1, "STATE_FORBIDS");
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.last_told().await, "QUEUED");
        let taken = vetting.claim_vetting_case(other(claim())).await.unwrap().into_inner();
        assert_eq!(taken.claimant, child::<ids::kind::User>(crate::house::OPERATOR, 101));
    }
}

#[tokio::test]
async fn r24_the_contact_is_reminded_and_the_operator_is_told_what_is_late() {
    for house in houses().await {
        house.open_case(3, 1).await.unwrap();
        let mail = house.mails().await.pop().unwrap();
        house.advance_seconds(5 * DAY - 60).await;
        assert_eq!(house.service.sweep_once().await.unwrap(), 0);
        house.advance_seconds(5 * DAY + 1).await;
        assert_eq!((house.service.sweep_once().await.unwrap(), house.service.sweep_once().await.unwrap()), (1, 0));
        let reminder = house.mails_of("verification-reminder").await.pop().unwrap();
        assert_eq!(
            (&reminder.token, &reminder.code, &reminder.to),
            (&mail.token, &mail.code, &mail.to),
            "the same link"
        );
        house.confirm(yes(&reminder.token)).await.unwrap();
        house.advance_seconds(10 * DAY - 60).await;
        house.service.sweep_once().await.unwrap();
        assert!(house.mails_of("review-overdue").await.is_empty());
        house.advance_seconds(10 * DAY + 60).await;
        house.service.sweep_once().await.unwrap();
        house.service.sweep_once().await.unwrap();
        let late = house.mails_of("review-overdue").await;
        assert_eq!((late.len(), late[0].to.as_str()), (1, "operator@linkage.example"));
    }
}
