//! `demo` tells the truth: a journey that expects something else fails, and says where.

use crate::program::Place;

/// Plays the shipped journey with one text replaced; it must fail at the step of this name.
fn fails(text: &str, instead: &str, step: &str) {
    assert!(linkage::demo::SHIPPED.matches(text).count() >= 1, "the journey has no `{text}` any more");
    let altered = linkage::demo::SHIPPED.replacen(text, instead, 1);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("altered.yaml");
    std::fs::write(&file, altered).expect("the altered journey");
    let ended = Place::new().run(&["demo", "--retry-for", "0", file.to_str().expect("a path")]);
    assert_eq!(ended.code, Some(1), "it held with `{instead}`: {}", ended.err);
    let last = ended.out.lines().rev().find(|line| line.contains("did not hold")).unwrap_or_default();
    assert!(last.contains(step), "`{step}` should have failed, but: {}", ended.out);
}

#[test]
fn another_status_code_fails() {
    fails(
        "expect: { code: FAILED_PRECONDITION, reason: PREAPPROVAL_REQUIRED }",
        "expect: { code: PERMISSION_DENIED, reason: PREAPPROVAL_REQUIRED }",
        "Submitting as provider needs the operator's pre-approval",
    );
}

#[test]
fn another_reason_fails() {
    fails(
        "reason: PREAPPROVAL_REQUIRED",
        "reason: STATE_FORBIDS",
        "Submitting as provider needs the operator's pre-approval",
    );
}

#[test]
fn another_mail_fails() {
    fails(
        "expect_mail: { to: \"${klaus}\", kind: email-verification, language: en",
        "expect_mail: { to: \"${klaus}\", kind: email-verification, language: sv",
        "The primary contact of Rheinwolke GmbH gets the mail",
    );
}

#[test]
fn a_file_that_is_no_journey_is_refused_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.yaml");
    std::fs::write(&file, "title: x\nsteps:\n  - name: y\n    cal: z\n").expect("a file");
    let ended = Place::new().run(&["demo", file.to_str().expect("a path")]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("broken.yaml") && ended.err.contains('4'), "{}", ended.err);
}
