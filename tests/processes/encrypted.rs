//! The binary with TLS on: commands that reach it, certificates that are replaced while it serves, and what it says when files are of no use.

use std::time::Instant;

use testkit::{Authority, Certified, TlsFiles};

use crate::program::{LIMIT, Place};

/// With these files.
fn place(files: &TlsFiles) -> Place {
    let mut place = Place::new();
    let named =
        [("CERTIFICATE_FILE", files.chain()), ("KEY_FILE", files.key()), ("AUTHORITIES_FILE", files.authorities())];
    for (key, file) in named {
        place.set(&format!("LINKAGE_TLS__{key}"), file.display().to_string());
    }
    place
}

/// Waits until new connections to that address are shown this.
fn await_shown(authority: &Authority, address: &str, certified: &Certified) {
    let (address, wanted, started) = (address.parse().expect("an address"), certified.der(), Instant::now());
    while authority.shown_at(address).expect("it goes on serving") != wanted {
        assert!(started.elapsed() < LIMIT, "the new certificate was never shown");
    }
}

#[test]
fn the_journey_holds_over_tls_while_certificates_are_replaced() {
    let authority = Authority::new("ours");
    let files = TlsFiles::new(&authority.certify(&["127.0.0.1"]), &authority);
    let place = place(&files);
    let mut serving = place.serve(&[]);
    std::thread::scope(|scope| {
        let journey = scope.spawn(|| place.run(&["demo", "--against"]));
        for _ in 0..2 {
            let next = authority.certify(&["127.0.0.1"]);
            files.show(&next);
            for address in &place.addresses {
                await_shown(&authority, address, &next);
            }
        }
        let ended = journey.join().expect("the journey");
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    });
    let ended = place.run(&["audit", "--format", "json"]);
    assert!(ended.code == Some(0) && ended.out.lines().count() > 10, "{}{}", ended.out, ended.err);

    let ended = place.run(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains(&format!("https://{}/: it serves", place.addresses[1])), "{}", ended.out);
    files.show(&Certified { key: authority.certify(&["127.0.0.1"]).key, ..authority.certify(&["127.0.0.1"]) });
    let ended = place.run(&["doctor", "enrollment"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.out.contains("is not the key to"), "{}", ended.out);
    assert!(ended.out.contains("it serves"), "what is in use stays: {}", ended.out);
    files.believe(&Authority::new("another"));
    let ended = place.run(&["doctor", "enrollment"]);
    assert!(ended.out.contains("UnknownIssuer"), "{}", ended.out);
    assert_eq!(serving.stop().code, Some(0));
}

#[test]
fn who_serves_with_half_of_what_tls_takes_is_told_what_is_missing() {
    let authority = Authority::new("ours");
    let files = TlsFiles::new(&authority.certify(&["127.0.0.1"]), &authority);
    for (key, value, told) in [
        ("AUTHORITIES_FILE", "", "set tls.authorities_file"),
        ("KEY_FILE", "", "tls.certificate_file and tls.key_file go together"),
        ("CERTIFICATE_FILE", "absent.crt", "reading absent.crt"),
        ("KEY_FILE", "absent.key", "reading absent.key"),
    ] {
        let mut place = place(&files);
        place.set(&format!("LINKAGE_TLS__{key}"), value);
        let ended = place.run(&["serve"]);
        assert!(ended.code == Some(1) && ended.err.contains(told), "{key}: {:?} {}", ended.code, ended.err);
    }
}
