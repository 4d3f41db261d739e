use chrono::TimeDelta;
use ids::Id;
use uuid::Uuid;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(365 * 56)
}

fn standing(state: EnrollmentState, located: bool, signed_version: i32) -> Standing {
    Standing {
        enrollment: Id::from_uuid(Uuid::from_u128(1)),
        organization: Id::from_uuid(Uuid::from_u128(2)),
        capacity: EnrollmentType::IndirectReseller,
        state,
        location: located.then(|| Location { id: Id::from_uuid(Uuid::from_u128(3)), country: "SE".parse().unwrap() }),
        signed_version,
        state_time: now(),
        version: 1,
        confirmed_at: None,
    }
}

fn due(capacity: EnrollmentType, region: &str, version: i32) -> DueAgreement {
    DueAgreement { capacity, region: region.to_owned(), version }
}

fn lacks(standing: &Standing, due: &[DueAgreement]) -> Vec<Lack> {
    standing.lacks(due, Markets::builtin().unwrap(), now())
}

#[test]
fn r12_only_the_agreement_is_wanting_once_verified_and_located() {
    let cases = [
        (EnrollmentState::Active, true, 1, &[][..]),
        (EnrollmentState::Qualified, true, 0, &[Lack::Agreement]),
        (EnrollmentState::Qualified, false, 0, &[Lack::Location, Lack::Agreement]),
        (EnrollmentState::Qualified, true, 1, &[Lack::Enrollment]),
        (EnrollmentState::Active, true, 0, &[Lack::Agreement]),
        (EnrollmentState::Suspended, true, 1, &[Lack::Enrollment]),
        (EnrollmentState::Draft, false, 0, &[Lack::Enrollment, Lack::Location, Lack::Agreement]),
    ];
    for (state, located, signed, expected) in cases {
        assert_eq!(lacks(&standing(state, located, signed), &[]), expected, "{state:?} {located} {signed}");
    }
}

#[test]
fn r13_a_newer_version_past_its_date_counts_only_for_its_type_and_region() {
    let signed = standing(EnrollmentState::Active, true, 1);
    let reseller = EnrollmentType::IndirectReseller;
    assert_eq!(lacks(&signed, &[due(reseller, "EUROPE", 2)]), [Lack::Agreement]);
    assert_eq!(lacks(&signed, &[due(reseller, "EUROPE", 1)]), []);
    assert_eq!(lacks(&signed, &[due(reseller, "JAPAN", 2)]), []);
    assert_eq!(lacks(&signed, &[due(EnrollmentType::IndirectProvider, "EUROPE", 2)]), []);
}

#[test]
fn the_enrollment_that_counts_is_the_one_not_over() {
    let over = Standing { state_time: now() + TimeDelta::days(1), ..standing(EnrollmentState::Ended, true, 1) };
    let live = standing(EnrollmentState::Active, true, 1);
    let both = [live, over];
    let found = in_capacity(&both, EnrollmentType::IndirectReseller).unwrap();
    assert_eq!(found.state, EnrollmentState::Active);
    assert_eq!(in_capacity(&both, EnrollmentType::IndirectProvider), None);
}

#[test]
fn whoever_is_not_capable_learns_everything_that_is_wanting() {
    let markets = Markets::builtin().unwrap();
    let judge = |standings: &[Standing]| {
        let organization = Id::from_uuid(Uuid::from_u128(2));
        capable(Side::Sender, organization, EnrollmentType::IndirectReseller, standings, &[], (markets, now()))
    };
    assert!(judge(&[standing(EnrollmentState::Active, true, 1)]).is_ok());
    let Err(Refusal::NotCapable { lacks, .. }) = judge(&[]) else { panic!("nobody is capable of nothing") };
    assert_eq!(lacks, [Lack::Enrollment]);
    let Err(Refusal::NotCapable { lacks, .. }) = judge(&[standing(EnrollmentState::Qualified, false, 0)]) else {
        panic!("neither located nor signed")
    };
    assert_eq!(lacks, [Lack::Location, Lack::Agreement]);
}

#[test]
fn whoever_may_act_in_one_of_several_capacities_is_told_of_the_one_it_has_taken_up() {
    let markets = Markets::builtin().unwrap();
    let (reseller, direct) = (EnrollmentType::IndirectReseller, EnrollmentType::DirectBill);
    let judge = |capacities: &[EnrollmentType], standings: &[Standing]| {
        let organization = Id::from_uuid(Uuid::from_u128(2));
        let told = capable_in_any(Side::Sender, organization, capacities, standings, &[], (markets, now()));
        told.map(|location| location.country.to_string()).map_err(|refusal| match refusal {
            Refusal::NotCapable { capacity, lacks, .. } => (capacity, lacks),
            other => panic!("{other:?}"),
        })
    };
    let in_direct = |state, signed| Standing { capacity: direct, ..standing(state, true, signed) };
    let (draft, active) = (standing(EnrollmentState::Draft, true, 0), in_direct(EnrollmentState::Active, 1));
    let none = |capacity| Err((capacity, vec![Lack::Enrollment]));
    assert_eq!(judge(&[reseller, direct], &[]), none(reseller));
    assert_eq!(judge(&[direct], &[]), none(direct));
    assert_eq!(judge(&[], &[]), none(reseller));
    assert_eq!(judge(&[reseller, direct], &[draft.clone(), active]), Ok("SE".to_owned()), "one is enough");
    let unsigned = in_direct(EnrollmentState::Qualified, 0);
    assert_eq!(judge(&[reseller, direct], std::slice::from_ref(&unsigned)), Err((direct, vec![Lack::Agreement])));
    let both = judge(&[reseller, direct], &[draft, unsigned]);
    assert_eq!(both, Err((reseller, vec![Lack::Enrollment, Lack::Agreement])), "the first of those taken up");
}

#[test]
fn a_standing_has_the_name_of_its_enrollment() {
    let name = standing(EnrollmentState::Active, true, 1).name();
    assert!(name.starts_with("organizations/") && name.contains("/enrollments/"), "{name}");
}
