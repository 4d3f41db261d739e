//! Addresses as people and enemies write them.

use proptest::prelude::*;

use super::*;

/// An address as it is written, and its one spelling.
const GOOD: &[(&str, &str)] = &[
    ("ada@example.com", "ada@example.com"),
    ("Ada.Lovelace+Tag@Mail.Example.SE", "ada.lovelace+tag@mail.example.se"),
    ("Åsa@Example.SE", "åsa@example.se"),
    ("BJÖRN@bücher.example", "björn@xn--bcher-kva.example"),
    ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
    ("ada@ｅｘａｍｐｌｅ．com", "ada@example.com"),
    ("ada@faß.example", "ada@xn--fa-hia.example"),
    ("a@b.co.uk", "a@b.co.uk"),
    ("a/messages/b@example.com", "a/messages/b@example.com"),
    ("o'brien!#$%&*=?^_`{|}~-@example.com", "o'brien!#$%&*=?^_`{|}~-@example.com"),
];

const BAD: &[&str] = &[
    "",
    "@",
    "ada",
    "@example.com",
    "ada@",
    // No host of the public network.
    "ada@localhost",
    "ada@com",
    "ada@co.uk",
    "ada@127.0.0.1",
    "ada@[127.0.0.1]",
    "ada@[IPv6:::1]",
    // No domain.
    "ada@example.com.",
    "ada@.example.com",
    "ada@example..com",
    "ada@-example.com",
    "ada@exa_mple.com",
    "ada@example.com/more",
    "ada@xn--a.example",
    "ada@example.com\u{2024}\u{2024}",
    // Two addresses in one field, and what is no address beside one.
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    "ada@example.com eve@example.com",
    "ada@eve@example.com",
    "ada%40example.com",
    "Ada <ada@example.com>",
    "<ada@example.com>",
    "mailto:ada@example.com",
    "ada(comment)@example.com",
    "ada@(comment)example.com",
    "ada@example.com (Ada)",
    // Quoted.
    "\"ada eve\"@example.com",
    "\"ada@eve\"@example.com",
    "\"ada\"@example.com",
    "ada\\@eve@example.com",
    // Header lines.
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com\n",
    "a\u{202e}da@example.com",
    "ada\u{200b}@example.com",
    "\rada@example.com",
    "ada\0@example.com",
    "ada\u{85}@example.com",
    "ada\u{a0}eve@example.com",
    " ada@example.com",
    // No local part.
    ".ada@example.com",
    "ada.@example.com",
    "ada..eve@example.com",
];

#[test]
fn one_address_has_one_spelling() {
    for (given, kept) in GOOD {
        let email: Email = given.parse().expect(given);
        assert_eq!((email.as_str(), String::from(email.clone())), (*kept, (*kept).to_owned()));
    }
}

#[test]
fn what_is_not_one_address_is_none() {
    for bad in BAD {
        assert_eq!(Email::parse(bad), Err(InvalidEmail), "{bad:?}");
    }
}

#[test]
fn an_address_has_at_most_254_octets_as_it_is_kept() {
    let long = |last: usize| {
        let label = "b".repeat(61);
        format!("{}@{label}.{label}.{}.com", "a".repeat(64), "c".repeat(last))
    };
    assert_eq!(Email::parse(&long(61)).map(|email| email.as_str().len()), Ok(254));
    assert_eq!(Email::parse(&long(62)), Err(InvalidEmail));
    assert!(Email::parse(&format!("{}@example.com", "å".repeat(32))).is_ok());
    assert_eq!(Email::parse(&format!("{}@example.com", "å".repeat(33))), Err(InvalidEmail));
    // Short as it is given, too long in lower case.
    assert_eq!(Email::parse(&format!("{}@example.com", "İ".repeat(32))), Err(InvalidEmail));
    // Too long as it is given, short in ASCII.
    assert!(Email::parse(&format!("ada@{}.example", "ö".repeat(40))).is_ok());
    assert_eq!(Email::parse(&format!("ada@{}.example", "ö".repeat(80))), Err(InvalidEmail));
}

#[test]
fn what_an_organization_can_own_lies_under_a_public_suffix() {
    for (address, expected) in [
        ("it@mail.contoso.com", "contoso.com"),
        ("a@x.yahoo.com", "yahoo.com"),
        ("a@mail.yahoo.co.uk", "yahoo.co.uk"),
        ("a@shop.bücher.example", "xn--bcher-kva.example"),
    ] {
        assert_eq!(Email::parse(address).expect(address).registrable_domain(), expected);
    }
}

#[test]
fn a_mailbox_has_no_tag() {
    let mailbox = |text| Email::parse(text).expect(text).mailbox();
    assert_eq!(mailbox("+x@example.com"), "+x@example.com", "a tag of nobody is a name");
    assert_eq!(mailbox("ada.+x@example.com"), "ada@example.com", "what is left is an address");
    assert_eq!(mailbox("Ada+x+y@Example.com"), "ada@example.com");
    assert_eq!(mailbox("ada@example.com"), "ada@example.com");
    assert_ne!(mailbox("ada@mail.example.com"), "ada@example.com");
}

#[test]
fn a_hint_shows_no_more_than_the_first_letter() {
    for (text, hint) in [
        ("Ada.Lovelace@Example.com", "a***@example.com"),
        ("Åsa@example.se", "å***@example.se"),
        ("ab@example.com", "a***@example.com"),
        ("a@example.com", "***@example.com"),
        ("Å@example.se", "***@example.se"),
    ] {
        let email = Email::parse(text).expect(text);
        assert_eq!((email.hint(), format!("{email:?}")), (hint.to_owned(), hint.to_owned()));
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in any::<String>()) {
        let _ = Email::parse(&text);
    }

    #[test]
    fn what_is_kept_is_read_as_itself(text in "[\\p{L}\\p{N}.+'-]{1,20}@[\\p{L}a-z0-9-]{1,10}\\.(com|co\\.uk|\\p{L}{2,3})") {
        if let Ok(email) = Email::parse(&text) {
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            prop_assert_eq!(email.as_str().matches('@').count(), 1);
            prop_assert!(email.domain().is_ascii() && email.domain().ends_with(email.registrable_domain()));
        }
    }
}
