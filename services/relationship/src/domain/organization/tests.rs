use uuid::Uuid;

use super::*;

fn id(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

fn named(number: u128, name: &str) -> Organization {
    Organization {
        id: id(number),
        name: name.to_owned(),
        country: "SE".parse().unwrap(),
        language: "sv".parse().unwrap(),
        mail_address: format!("{name}@mail.example").parse().unwrap(),
        proven_domains: Vec::new(),
        version: 1,
    }
}

#[test]
fn mail_goes_to_who_is_known_in_order() {
    let parties: Parties = [named(1, "one"), named(2, "two")].into_iter().collect();
    let told = parties.addressees([id(2), id(3), id(1)]);
    let told: Vec<_> = told.iter().map(|to| (to.name.as_str(), to.email.as_str(), to.language.as_str())).collect();
    assert_eq!(told, [("two", "two@mail.example", "sv"), ("one", "one@mail.example", "sv")]);
    assert_eq!(parties.get(id(2)).map(|two| two.name.as_str()), Some("two"));
    assert_eq!((parties.name(id(1)), parties.get(id(3))), ("one".to_owned(), None));
    assert_eq!(parties.name(id(3)), id(3).name());
}

#[test]
fn r37_a_proven_domain_is_owned_in_any_case() {
    let owns = |domains: &[&str], address: &str| {
        let proven_domains = domains.iter().map(ToString::to_string).collect();
        Organization { proven_domains, ..named(1, "one") }.owns_domain_of(&address.parse().unwrap())
    };
    assert!(owns(&["other.example", "own.example"], "ada@OWN.example"));
    for (domains, address) in
        [(&["own.example"][..], "ada@other.example"), (&[], "ada@own.example"), (&[""], "ada@own.example")]
    {
        assert!(!owns(domains, address), "{address}");
    }
}
