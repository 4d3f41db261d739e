use super::*;
use crate::domain::enrollment::EnrollmentType;
use crate::domain::lifecycle::State;
use crate::domain::samples::{case, enrollment, now, picture};
use crate::domain::vetting::{CaseState, CheckStatus};

#[test]
fn r08_until_verification_tells_more_each_check_waits_for_whom_it_begins_with() {
    let verifying = enrollment(EnrollmentType::IndirectReseller, State::Verifying);
    let waits = |email| {
        let mut heard = case(CaseState::InReview, CheckStatus::Pending);
        heard.checks[0].status = email;
        let picture = Picture { vettings: vec![heard], ..picture() };
        let told = requirements(&picture, &verifying, now()).into_iter();
        told.map(|lack| format!("{} {:?}", lack.code.as_str(), lack.actor)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        waits(CheckStatus::Pending),
        "EMAIL PrimaryContact, DOMAIN PrimaryContact, EMPLOYMENT PrimaryContact, AUTHORITY PrimaryContact, \
         BUSINESS PrimaryContact"
    );
    assert_eq!(
        waits(CheckStatus::Passed),
        "DOMAIN Reviewer, EMPLOYMENT Reviewer, AUTHORITY CompanyApprover, BUSINESS Reviewer"
    );
}
