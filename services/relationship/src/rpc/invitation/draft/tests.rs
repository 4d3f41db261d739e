use super::*;

fn location() -> String {
    PartnerLocationId::from_uuid(uuid::Uuid::from_u128(1)).name()
}

fn request(change: impl FnOnce(&mut pb::Invitation)) -> pb::CreateInvitationRequest {
    let mut invitation = pb::Invitation {
        kind: pb::invitation::Kind::Partnership as i32,
        location: location(),
        recipient_email: "ada@reseller.example".to_owned(),
        message: "Hello".to_owned(),
        language_code: "sv-SE".to_owned(),
        admin_requests: vec![pb::AdminRequest {
            grantee: String::new(),
            directory_roles: vec!["directory-reader".to_owned()],
            duration_days: 90,
        }],
        ..Default::default()
    };
    change(&mut invitation);
    pb::CreateInvitationRequest { invitation: Some(invitation), ..Default::default() }
}

/// How many violations a request has.
fn wrong(change: impl FnOnce(&mut pb::Invitation)) -> usize {
    match parse(&request(change)) {
        Ok(_) => 0,
        Err(fault) => {
            let status = fault.into_status();
            tonic_types::StatusExt::get_error_details(&status).bad_request().map_or(0, |bad| bad.field_violations.len())
        }
    }
}

#[test]
fn a_whole_invitation_is_read() {
    let draft = parse(&request(|_| ())).unwrap();
    assert_eq!((draft.kind, draft.language.as_str()), (Kind::Partnership, "sv-SE"));
    assert!(draft.location.is_some() && draft.partnership.is_none());
}

#[test]
fn an_address_is_kept_in_the_spelling_that_sign_in_gives() {
    for (given, kept) in [
        ("Björn@Bücher.example", "björn@xn--bcher-kva.example"),
        ("Ada@Reseller.Example", "ada@reseller.example"),
        (" ada@xn--bcher-kva.example ", "ada@xn--bcher-kva.example"),
    ] {
        let draft = parse(&request(|i| i.recipient_email = given.to_owned())).unwrap();
        assert_eq!(draft.recipient_email.as_str(), kept);
    }
}

#[test]
fn every_violation_is_told_at_once() {
    let empty = pb::CreateInvitationRequest { invitation: Some(pb::Invitation::default()), ..Default::default() };
    let fault = parse(&empty).unwrap_err();
    assert_eq!(fault.reason(), "FIELD_INVALID");
    assert_eq!(wrong(|invitation| *invitation = pb::Invitation::default()), 3);
    assert_eq!(parse(&pb::CreateInvitationRequest::default()).unwrap_err().reason(), "FIELD_INVALID");
}

/// What is made wrong, and how.
type Wrong = (&'static str, fn(&mut pb::Invitation));

#[test]
fn each_field_has_its_rule() {
    let cases: [Wrong; 19] = [
        ("kind", |i| i.kind = 99),
        ("location is required", |i| i.location.clear()),
        ("location is a name", |i| i.location = "partnerLocations/x".to_owned()),
        ("no partnership", |i| i.partnership = PartnershipId::from_uuid(uuid::Uuid::from_u128(1)).name()),
        ("address", |i| i.recipient_email = "not an address".to_owned()),
        ("a name too", |i| i.recipient_email = "Ada <ada@reseller.example>".to_owned()),
        ("two addresses", |i| i.recipient_email = "\"a,b\"@reseller.example".to_owned()),
        ("long address", |i| i.recipient_email = format!("{}@example.com", "a".repeat(300))),
        ("links", |i| i.message = "see https://evil.example".to_owned()),
        ("domains", |i| i.message = "see evil.com".to_owned()),
        ("addresses", |i| i.message = "write to me@evil".to_owned()),
        ("long words", |i| i.message = "a".repeat(1001)),
        ("controls", |i| i.message = "a\u{7}b".to_owned()),
        ("language", |i| i.language_code = "swedish please".to_owned()),
        ("external id", |i| i.external_id = "x".repeat(65)),
        ("no roles", |i| i.admin_requests[0].directory_roles.clear()),
        ("unknown role", |i| i.admin_requests[0].directory_roles = vec!["emperor".to_owned()]),
        ("no days", |i| i.admin_requests[0].duration_days = 0),
        ("too many days", |i| i.admin_requests[0].duration_days = 731),
    ];
    for (what, change) in cases {
        assert_eq!(wrong(change), 1, "{what}");
    }
}

#[test]
fn r30_the_end_is_an_hour_to_ninety_days_ahead() {
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(365 * 56);
    let usual = TimeDelta::days(30);
    let ends = |delta: TimeDelta| {
        let draft = Draft { expire_time: Some(now + delta), ..parse(&request(|_| ())).unwrap() };
        draft.expire_time(usual, now).is_ok()
    };
    assert!(ends(SHORTEST) && ends(LONGEST));
    assert!(!ends(SHORTEST - TimeDelta::seconds(1)) && !ends(LONGEST + TimeDelta::seconds(1)));
    assert_eq!(parse(&request(|_| ())).unwrap().expire_time(usual, now).unwrap(), now + usual);
}

#[test]
fn only_partners_of_the_invitation_are_asked_to_administer() {
    let sender = OrganizationId::from_uuid(uuid::Uuid::from_u128(1));
    let other = OrganizationId::from_uuid(uuid::Uuid::from_u128(2));
    let draft = parse(&request(|_| ())).unwrap();
    assert_eq!(draft.admin_requests(sender, &[sender]).unwrap()[0].grantee, sender.uuid());
    assert!(draft.admin_requests(sender, &[other]).is_err());
    let twice = parse(&request(|i| i.admin_requests.push(i.admin_requests[0].clone()))).unwrap();
    assert!(twice.admin_requests(sender, &[sender]).is_err());
}
