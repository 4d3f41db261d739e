//! What must hold of whatever anybody sends as an address or a token: shared by the fuzzer, which looks for what breaks it, and by the test
//! that tries all that was ever interesting.

use addresses::Email;
use runtime::Links;
use runtime::links::Bond;
use secrecy::SecretBox;
use uuid::Uuid;

/// Any bytes, read as an e-mail address.
pub(crate) fn address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(email) = Email::parse(text) else { return };
    let read = email.as_str();
    assert!(read.len() <= 254, "too long: {read:?}");
    assert_eq!(read.matches('@').count(), 1, "one address: {read:?}");
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')');
    assert!(!read.contains(odd), "more than an address: {read:?}");
    assert_eq!(read, read.to_lowercase(), "one spelling");
    assert!(email.domain().is_ascii(), "the domain in ASCII: {read:?}");
    let registrable = email.registrable_domain();
    assert!(email.domain() == registrable || email.domain().ends_with(&format!(".{registrable}")), "{read:?}");
    assert_eq!(Email::parse(read).expect("what was read is an address").as_str(), read, "reading it again");
    let mailbox = Email::parse(&email.mailbox()).expect("a mailbox is an address");
    assert_eq!(mailbox.mailbox(), email.mailbox(), "one mailbox");
}

/// Any bytes, read as the token of a link: nothing but the token itself opens the door.
pub(crate) fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(presented) = Links::read(text) else { return };
    assert!(presented.generation > 0, "{text:?}");
    let links = Links::new("https://linkage.example", &[(1, SecretBox::new(Box::new(vec![7; 32])))]);
    let bond = Bond { purpose: PURPOSE, id: presented.id, generation: presented.generation, nonce: NONCE };
    assert_eq!(links.proves(&presented, PURPOSE, NONCE), links.token(bond) == text, "{text:?}");
    assert!(!links.proves(&presented, "other", NONCE) && !links.proves(&presented, PURPOSE, "other"), "{text:?}");
}

/// A token that opens the door, to begin from.
pub(crate) fn right_token() -> String {
    let links = Links::new("https://linkage.example", &[(1, SecretBox::new(Box::new(vec![7; 32])))]);
    links.token(Bond { purpose: PURPOSE, id: Uuid::from_u128(7), generation: 3, nonce: NONCE })
}

const PURPOSE: &str = "email-verification";
const NONCE: &str = "nonce";
