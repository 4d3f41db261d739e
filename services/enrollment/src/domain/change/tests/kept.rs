//! What stays as it is when the legal profile changes, and what goes with it.

use super::*;

const TAX_ID: &str = "SE556000000101";

/// Another tax id, from somebody who knows of no revision.
fn typed(of: &LegalProfile) -> LegalProfile {
    LegalProfile {
        tax_id: TAX_ID.to_owned(),
        revision: 0,
        newest_revision: 0,
        vetted_revision: 0,
        pending: None,
        version: 0,
        updated: day(-9),
        ..of.clone()
    }
}

#[test]
fn r19_revisions_version_and_pending_change_stay_whatever_is_typed() {
    let mut picture = vetted();
    let new = renamed(&picture, "Sydwind AB");
    change(&mut picture, new, State::Active).unwrap();
    let before = LegalProfile { version: 7, ..picture.legal };
    let after = LegalProfile { tax_id: TAX_ID.to_owned(), updated: day(2), ..before.clone() };
    assert_eq!(before.same(typed(&before), day(2)), after);
    let next = LegalProfile { revision: 3, newest_revision: 3, ..after };
    assert_eq!(before.next(typed(&before), day(2)), next);
}

#[test]
fn r19_what_nobody_vets_and_mere_spelling_change_at_once() {
    for state in State::ALL {
        let mut picture = picture();
        let new = LegalProfile { tax_id: TAX_ID.to_owned(), ..renamed(&picture, "NORDWIND ab") };
        let (again, events) = change(&mut picture, new.clone(), state).unwrap();
        assert_eq!((again.len(), revetting(&events)), (0, None), "{state:?}");
        assert_eq!(picture.legal, LegalProfile { updated: day(1), ..new }, "{state:?}");
    }
}

#[test]
fn r19_a_change_that_waits_is_spelled_anew_as_the_same_revision() {
    let mut picture = vetted();
    let new = renamed(&picture, "Sydwind AB");
    change(&mut picture, new, State::Active).unwrap();
    let new = LegalProfile { tax_id: TAX_ID.to_owned(), ..renamed(&picture, "SYDWIND ab") };
    let (again, _) = change(&mut picture, new, State::Active).unwrap();
    let (legal, pending) = (&picture.legal, picture.legal.latest());
    assert_eq!((again.len(), legal.legal_name.as_str(), pending.legal_name.as_str()), (0, "Nordwind AB", "SYDWIND ab"));
    assert_eq!((legal.tax_id.as_str(), pending.tax_id.as_str()), (TAX_ID, TAX_ID));
    assert_eq!((legal.revision, pending.revision), (1, 2));
}

#[test]
fn r19_a_change_of_the_change_holds_no_other_change() {
    let mut picture = vetted();
    for name in ["Sydwind AB", "Vestwind AB"] {
        let new = renamed(&picture, name);
        let (_, events) = change(&mut picture, new, State::Active).unwrap();
        assert_eq!((&revetting(&events).unwrap().case.legal.pending, &picture.legal.latest().pending), (&None, &None));
    }
}

#[test]
fn r19_whoever_else_waits_for_verification_waits_for_the_change_too() {
    let one = |number, state| Enrollment { id: id(number), ..in_state(state) };
    let enrollments = [
        one(2, State::Active),
        one(3, State::Verifying),
        one(4, State::Verifying),
        one(5, State::Draft),
        one(6, State::Verifying),
    ];
    let mut picture = picture();
    let new = renamed(&picture, "Sydwind AB");
    let (_, events) = picture.change_legal(new, Vec::new(), &enrollments, &applicant(), day(1)).unwrap();
    let asked = revetting(&events).unwrap();
    assert_eq!((asked.enrollment, asked.others.as_slice()), (id(3), &[id(4), id(6)][..]));
}

#[test]
fn r19_the_open_case_of_the_revision_goes_on_with_the_next_and_no_other_case() {
    let open = case(CaseState::InReview, CheckStatus::Passed);
    let closed = Vetting { case: id(41), ..case(CaseState::Withdrawn, CheckStatus::Passed) };
    let older = Vetting { case: id(42), revision: 0, ..open.clone() };
    let mut picture = Picture { vettings: vec![open, closed.clone(), older.clone()], ..picture() };
    let new = renamed(&picture, "Sydwind AB");
    change(&mut picture, new, State::Verifying).unwrap();
    assert_eq!((picture.vettings[0].revision, &picture.vettings[1..]), (2, &[closed, older][..]));
    let again = picture.vettings[0].checks.iter().filter(|check| check.status == CheckStatus::Pending);
    let again: Vec<_> = again.map(|check| (check.kind, check.since, check.due)).collect();
    assert_eq!(again, [(Business, Some(day(1)), None)]);
}

#[test]
fn r19_what_was_rejected_may_be_changed_in_every_other_state() {
    let mut picture = picture();
    let new = renamed(&picture, "Sydwind AB");
    let Err(Refusal::State { allowed, .. }) = change(&mut picture, new, State::Rejected) else { panic!() };
    let allowed: Vec<_> = allowed.into_iter().map(State::as_str).collect();
    assert_eq!(allowed.join(" "), "DRAFT VERIFYING QUALIFIED ACTIVE SUSPENDED WITHDRAWN ENDED");
}

#[test]
fn r19_mail_follows_the_address_and_the_language_of_the_contact() {
    type Edit = fn(&mut LegalProfile);
    let edits: [(Edit, (&str, &str), Option<&str>); 3] = [
        (|it| it.tax_id = TAX_ID.to_owned(), ("ada@nordwind.example", "sv"), None),
        (|it| it.language = "en".to_owned(), ("ada@nordwind.example", "en"), Some("language_code")),
        (
            |it| it.primary_contact.email = "eva@nordwind.example".to_owned(),
            ("eva@nordwind.example", "sv"),
            Some("mail_address"),
        ),
    ];
    for (edit, (address, language), told) in edits {
        let (mut picture, mut new) = (picture(), legal());
        picture.organization.mail = Mailbox { address: "ada@nordwind.example".to_owned(), language: "sv".to_owned() };
        edit(&mut new);
        let (_, events) = change(&mut picture, new, State::Verifying).unwrap();
        let mail = Mailbox { address: address.to_owned(), language: language.to_owned() };
        assert_eq!((&picture.organization.mail, redirected(&events)), (&mail, told.map(|field| vec![field])));
    }
}

#[test]
fn r19_mail_stays_where_it_goes_while_the_contact_has_no_address_or_no_language() {
    let lacks: [fn(&mut LegalProfile); 2] = [|it| it.language.clear(), |it| it.primary_contact.email.clear()];
    for lack in lacks {
        let mut picture = picture();
        lack(&mut picture.legal);
        let (new, mail) = (typed(&picture.legal), picture.organization.mail.clone());
        let (_, events) = change(&mut picture, new, State::Verifying).unwrap();
        assert_eq!((picture.organization.mail, redirected(&events)), (mail, None));
    }
}

fn redirected(events: &[Event]) -> Option<Vec<&'static str>> {
    events.iter().find_map(|event| match event {
        Event::OrganizationUpdated(_, changed) => Some(changed.clone()),
        _ => None,
    })
}

#[test]
fn r01_an_address_elsewhere_loses_its_country_as_the_next_revision() {
    let mut picture = picture();
    assert!(picture.follow_country(day(1)).is_none(), "it is in the organization's country");
    picture.organization.country = "NO".parse().unwrap();
    let Some(Event::LegalProfileUpdated { changed, revetting: None, .. }) = picture.follow_country(day(1)) else {
        panic!()
    };
    assert_eq!(changed, ["address.region_code"]);
    let mut expected = LegalProfile { revision: 2, newest_revision: 2, updated: day(1), ..legal() };
    expected.address.country.clear();
    assert_eq!(picture.legal, expected);
    assert!(picture.follow_country(day(2)).is_none(), "it is in none");
}
