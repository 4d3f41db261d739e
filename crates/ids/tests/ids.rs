//! One spelling per id, and names that read back.
#![cfg(test)]

use ids::{EnrollmentId, Id, InvalidId, OrganizationId, kind};
use proptest::prelude::*;
use uuid::Uuid;

const ZERO: &str = "00000000000000000000000000";

fn organization(value: u128) -> OrganizationId {
    Id::from_uuid(Uuid::from_u128(value))
}

fn enrollment(value: u128) -> EnrollmentId {
    Id::from_uuid(Uuid::from_u128(value))
}

#[test]
fn has_one_spelling() {
    assert_eq!(organization(0).to_string(), ZERO);
    assert_eq!(organization(u128::MAX).to_string(), "vvvvvvvvvvvvvvvvvvvvvvvvvs");
    assert_eq!(ZERO.parse(), Ok(organization(0)));
    let wrong = ["", "0", "0000000000000000000000000", "000000000000000000000000000", &"v".repeat(26), &"0".repeat(32)];
    for text in wrong {
        assert_eq!(text.parse::<OrganizationId>(), Err(InvalidId), "{text:?}");
    }
    for text in [
        "VVVVVVVVVVVVVVVVVVVVVVVVVS",
        "0000000000000000000000000w",
        " 000000000000000000000000",
        "000000000000000000000000é",
    ] {
        assert_eq!(text.parse::<OrganizationId>(), Err(InvalidId), "{text:?}");
    }
}

#[test]
fn names_follow_their_kind() {
    assert_eq!(enrollment(0).name(), format!("enrollments/{ZERO}"));
    assert_eq!(format!("{:?}", enrollment(0)), format!("enrollments/{ZERO}"));
    assert_eq!(organization(0).child(enrollment(0)), format!("organizations/{ZERO}/enrollments/{ZERO}"));
    assert_eq!(organization(0).singleton("legalProfile"), format!("organizations/{ZERO}/legalProfile"));
}

#[test]
fn a_wrong_name_is_told_its_pattern() {
    let wrong =
        ["", "/", "enrollments/", "enrollment/x", "users/00000000000000000000000000", "enrollments/-", "enrollments"];
    for name in wrong {
        let error = ids::parse::<kind::Enrollment>(name).expect_err(name);
        assert!(error.to_string().contains("`enrollments/{id}`"), "{error}");
    }
    for name in [
        format!("enrollments/{ZERO}/"),
        format!("/enrollments/{ZERO}"),
        format!("organizations/{ZERO}/enrollments/{ZERO}"),
    ] {
        ids::parse::<kind::Enrollment>(&name).expect_err(&name);
    }
    let error = ids::parse_child::<kind::Organization, kind::Enrollment>("enrollments/x").expect_err("no parent");
    assert_eq!(error.expected, "organizations/{id}/enrollments/{id}");
    let name = format!("organizations/{ZERO}/supportProfile");
    let error = ids::parse_singleton::<kind::Organization>(&name, "legalProfile").expect_err("another singleton");
    assert_eq!(error.expected, "organizations/{id}/legalProfile");
}

proptest! {
    #[test]
    fn spelling_reads_back(value: u128) {
        let id = organization(value);
        let text = id.to_string();
        prop_assert_eq!(text.len(), 26);
        prop_assert_eq!(text.parse::<OrganizationId>(), Ok(id));
    }

    #[test]
    fn spelling_sorts_as_the_id_does(a: u128, b: u128) {
        prop_assert_eq!(organization(a).to_string().cmp(&organization(b).to_string()), organization(a).cmp(&organization(b)));
    }

    #[test]
    fn what_parses_is_canonical(text in "[0-9a-vA-V]{25}[0-9a-vA-V]") {
        if let Ok(id) = text.parse::<OrganizationId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn names_read_back(a: u128, b: u128) {
        let (parent, child) = (organization(a), enrollment(b));
        prop_assert_eq!(ids::parse::<kind::Organization>(&parent.name()), Ok(parent));
        prop_assert_eq!(ids::parse_child::<kind::Organization, kind::Enrollment>(&parent.child(child)), Ok((parent, child)));
        prop_assert_eq!(ids::parse_singleton::<kind::Organization>(&parent.singleton("legalProfile"), "legalProfile"), Ok(parent));
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = ids::parse::<kind::Organization>(&text);
        let _ = ids::parse_child::<kind::Organization, kind::Enrollment>(&text);
        let _ = ids::parse_singleton::<kind::Organization>(&text, "legalProfile");
    }
}
