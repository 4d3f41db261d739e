use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("a time")
}

fn key(id: &str) -> Proof {
    Proof::Key { id: id.to_owned(), pem: String::new() }
}

fn application() -> Application {
    Application {
        id: ApplicationId::from_uuid(ids::RawId::from_u128(1)),
        organization: OrganizationId::from_uuid(ids::RawId::from_u128(2)),
        display_name: "Orders".to_owned(),
        roles: BTreeSet::from([ApplicationRole::OrderCheck]),
        state: ApplicationState::Active,
        credentials: vec![Credential::new(key("first"), at(0))],
        access_version: 1,
        version: 1,
        created: at(0),
        updated: at(0),
    }
}

fn live(application: &Application, now: i64) -> Vec<String> {
    let id = |credential: &Credential| match &credential.proof {
        Proof::Key { id, .. } => id.clone(),
        Proof::Federated { subject, .. } => subject.clone(),
    };
    application.live(at(now)).map(id).collect()
}

#[test]
fn r67_a_former_credential_goes_on_until_its_end_and_no_longer() {
    let mut application = application();
    application.rotate(key("second"), Some(at(100)), at(10)).expect("rotated");
    assert_eq!(
        (live(&application, 99), live(&application, 100)),
        (vec!["second".into(), "first".into()], vec!["second".into()])
    );
    assert_eq!(application.access_version, 1, "what was issued before counts");
    application.rotate(key("third"), Some(at(500)), at(20)).expect("rotated");
    assert_eq!(live(&application, 101), ["third", "second"], "a further rotation gives the first no more time");
    assert_eq!(application.rotate(key("second"), None, at(30)), Err(ApplicationRefusal::CredentialExists));
    application.rotate(key("fourth"), Some(at(500)), at(30)).expect("rotated");
    assert_eq!(application.rotate(key("fifth"), Some(at(500)), at(40)), Err(ApplicationRefusal::CredentialQuota));
    application.rotate(key("fifth"), Some(at(500)), at(100)).expect("the first is over");
    application.rotate(key("sixth"), None, at(110)).expect("a credential that leaked ends whatever there is");
    assert_eq!((live(&application, 110), application.access_version), (vec!["sixth".to_owned()], 2));
}

#[test]
fn r67_a_change_of_rights_voids_tokens_and_a_new_name_does_not() {
    let mut application = application();
    let name = ApplicationChange { display_name: Some("Ordering".to_owned()), ..Default::default() };
    assert_eq!((application.update(name.clone(), at(5)), application.access_version), (vec!["display_name"], 1));
    assert_eq!(
        (application.update(name, at(6)), application.updated),
        (Vec::new(), at(5)),
        "the same again changes nothing"
    );
    let roles = Some(BTreeSet::from([ApplicationRole::EventRead]));
    let change = ApplicationChange { roles, state: Some(ApplicationState::Disabled), ..Default::default() };
    assert_eq!((application.update(change, at(7)), application.access_version), (vec!["roles", "state"], 2));
    assert_eq!((application.delete(at(8)), application.access_version), (ApplicationState::Disabled, 3));
    assert!(application.roles.is_empty());
}

#[test]
fn r67_so_many_applications_and_so_long_an_overlap() {
    assert_eq!((may_have_another(19), may_have_another(20)), (Ok(()), Err(ApplicationRefusal::Quota)));
    let days = |days: i64| at(0) + TimeDelta::days(days);
    assert!(overlap(at(0), at(0)).is_err() && overlap(days(90), at(0)).is_ok());
    assert!(overlap(days(90) + TimeDelta::seconds(1), at(0)).is_err());
}
