//! Tokens and codes as they come in: whole, forged, odd.

use ids::{EmailVerificationId, Id, OrganizationId};
use runtime::Links;
use runtime::links::Bond;
use secrecy::SecretBox;
use uuid::Uuid;

use super::*;
use crate::domain::samples::verification;
use crate::link::bond;

fn links(key: u8) -> Links {
    Links::new("https://links.example", &[(1, SecretBox::new(Box::new(vec![key; 32])))])
}

fn by_token(token: &str) -> pb::ConfirmEmailVerificationRequest {
    pb::ConfirmEmailVerificationRequest { token: token.to_owned(), ..answered() }
}

fn by_code(name: &str, code: &str) -> pb::ConfirmEmailVerificationRequest {
    pb::ConfirmEmailVerificationRequest { name: name.to_owned(), code: code.to_owned(), ..answered() }
}

fn answered() -> pb::ConfirmEmailVerificationRequest {
    pb::ConfirmEmailVerificationRequest {
        claim_answer: pb::Answer::Yes.into(),
        address_answer: pb::Answer::No.into(),
        ..Default::default()
    }
}

fn proof(request: &pb::ConfirmEmailVerificationRequest, of: &EmailVerification) -> Result<Proof, Refusal> {
    parse(request).unwrap().shown.prove(&links(1), of)
}

fn name() -> String {
    verification().organization.child(verification().id)
}

fn wrong_fields(request: &pb::ConfirmEmailVerificationRequest) -> Vec<String> {
    let fault = parse(request).unwrap_err();
    assert_eq!(fault.reason(), "FIELD_INVALID");
    convert::fields(&fault.into())
}

#[test]
fn answers_are_taken_as_given() {
    let token = links(1).token(bond(&verification()));
    assert_eq!(parse(&by_token(&token)).unwrap().answers, Answers { claim: true, address: false });
}

#[test]
fn every_wrong_field_is_told_at_once() {
    assert_eq!(wrong_fields(&Default::default()), ["token", "claim_answer", "address_answer"]);
    assert_eq!(wrong_fields(&by_code(&name(), "")), ["code"]);
    assert_eq!(wrong_fields(&by_code("", "abcdefgh")), ["name"]);
    assert_eq!(wrong_fields(&by_code("organizations/x", &"a".repeat(17))), ["name", "code"]);
    assert_eq!(wrong_fields(&by_token(&"1".repeat(121))), ["token"]);
    let both = pb::ConfirmEmailVerificationRequest { token: "t".to_owned(), ..by_code(&name(), "abcdefgh") };
    assert_eq!(wrong_fields(&both), ["token"]);
    let odd = pb::ConfirmEmailVerificationRequest { claim_answer: 3, request_id: "1".to_owned(), ..by_token("t") };
    assert_eq!(wrong_fields(&odd), ["request_id", "claim_answer"]);
}

#[test]
fn r21_what_is_no_token_is_unknown() {
    let id = verification().id;
    let mac = "0".repeat(26);
    for odd in [
        "x".to_owned(),
        "...".to_owned(),
        format!("1.{id}.1"),
        format!("1.{id}.1.{mac}.1"),
        format!("1.{id}.0.{mac}"),
        format!("1.{id}.-1.{mac}"),
        format!("1.{id}.99999999999999999999.{mac}"),
        format!("-1.{id}.1.{mac}"),
        format!("1.{}.1.{mac}", id.to_string().to_uppercase()),
        format!("1.{id}.1.{}", "0".repeat(25)),
        format!("1.{id}.1.å{mac}"),
        format!("1.{id}x.1.{mac}"),
    ] {
        assert_eq!(parse(&by_token(&odd)).unwrap_err().reason(), "TOKEN_UNKNOWN", "{odd}");
    }
}

#[test]
fn r21_a_forged_token_is_unknown_and_an_older_one_is_told_apart() {
    let newest = EmailVerification { generation: 2, ..verification() };
    let token = |links: &Links, bond: Bond<'_>| by_token(&links.token(bond));
    let right = bond(&newest);
    assert_eq!(proof(&token(&links(1), right), &newest), Ok(Proof::Newest));
    assert_eq!(proof(&token(&links(1), Bond { generation: 1, ..right }), &newest), Ok(Proof::Older));
    for forged in [
        token(&links(2), right),
        token(&links(1), Bond { nonce: "other", ..right }),
        token(&links(1), Bond { purpose: "invitation", ..right }),
        token(&links(1), Bond { generation: 3, ..right }),
        token(&links(1), Bond { id: Uuid::from_u128(99), ..right }),
    ] {
        assert_eq!(proof(&forged, &newest), Err(Refusal::Unknown), "{}", forged.token);
    }
    let lifted = links(1).token(Bond { generation: 1, ..right }).replace(".1.", ".2.");
    assert_eq!(proof(&by_token(&lifted), &newest), Err(Refusal::Unknown));
}

#[test]
fn r21_a_code_opens_only_its_own_verification() {
    let it = verification();
    let code = links(1).code(bond(&it));
    assert_eq!(proof(&by_code(&name(), &code), &it), Ok(Proof::Newest));
    assert_eq!(proof(&by_code(&name(), &format!(" {} ", code.to_uppercase())), &it), Ok(Proof::Newest));
    let older = links(1).code(Bond { generation: 9, ..bond(&it) });
    for wrong in ["00000000", "x", "å", "!!!!!!!!", &code[..7], &older] {
        assert_eq!(proof(&by_code(&name(), wrong), &it), Ok(Proof::WrongCode), "{wrong}");
    }
    let foreign = OrganizationId::from_uuid(Uuid::from_u128(98)).child(it.id);
    assert_eq!(proof(&by_code(&foreign, &code), &it), Err(Refusal::Unknown));
}

#[test]
fn a_token_names_the_row_it_opens() {
    let it = verification();
    let by_link = parse(&by_token(&links(1).token(bond(&it)))).unwrap().shown.id();
    let by_name = parse(&by_code(&name(), "abcdefgh")).unwrap().shown.id();
    let expected: EmailVerificationId = Id::from_uuid(it.id.uuid());
    assert_eq!((by_link, by_name), (expected, expected));
}
