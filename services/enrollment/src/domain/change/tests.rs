mod kept;

use super::*;
use crate::domain::enrollment::{EnrollmentType, Submission};
use crate::domain::samples::{applicant, case, day, enrollment, id, legal, now, picture};
use crate::domain::vetting::CaseState;
use CheckKind::{Authority, Business, Domain, Email as EmailCheck, Employment};

fn in_state(state: State) -> Enrollment {
    let submission = (state != State::Draft).then(|| Submission { by: id(10), at: now() });
    Enrollment { submission, ..enrollment(EnrollmentType::IndirectReseller, state) }
}

/// A company whose legal profile is vetted.
fn vetted() -> Picture {
    let mut picture = picture();
    picture.legal.vetted_revision = 1;
    picture.vettings = vec![case(CaseState::Approved, CheckStatus::Passed)];
    picture
}

fn renamed(of: &Picture, name: &str) -> LegalProfile {
    LegalProfile { legal_name: name.to_owned(), ..of.legal.latest().clone() }
}

fn change(
    picture: &mut Picture,
    new: LegalProfile,
    state: State,
) -> Result<(BTreeSet<CheckKind>, Vec<Event>), Refusal> {
    picture.change_legal(new, vec!["x".to_owned()], &[in_state(state)], &applicant(), day(1))
}

fn revetting(events: &[Event]) -> Option<&Revetting> {
    events.iter().find_map(|event| match event {
        Event::LegalProfileUpdated { revetting, .. } => revetting.as_deref(),
        _ => None,
    })
}

#[test]
fn r19_each_field_touches_the_checks_that_vet_it() {
    type Edit = fn(&mut LegalProfile);
    let edits: [(Edit, &[CheckKind]); 15] = [
        (|it| it.legal_name = "Sydwind AB".to_owned(), &[Business]),
        (|it| it.legal_name = " NORDWIND, ab".to_owned(), &[]),
        (|it| it.address.lines = vec!["storgatan 1 ".to_owned()], &[]),
        (|it| it.address.lines = vec!["Storgatan 11".to_owned()], &[Business]),
        (|it| it.registration_number = "5560000001".to_owned(), &[]),
        (|it| it.registration_number = "556000-0002".to_owned(), &[Business]),
        (|it| it.tax_id = "SE1".to_owned(), &[]),
        (|it| it.language = "en".to_owned(), &[]),
        (|it| it.primary_contact.phone = "+4681".to_owned(), &[]),
        (|it| it.primary_contact.email = "ADA@nordwind.example".to_owned(), &[]),
        (|it| it.primary_contact.email = "eva@nordwind.example".to_owned(), &[EmailCheck]),
        (|it| it.primary_contact.email = "ada@sydwind.example".to_owned(), &[EmailCheck, Domain, Authority]),
        (|it| it.primary_contact.family_name = "Alm".to_owned(), &[Employment]),
        (|it| it.company_approver.email = "boo@nordwind.example".to_owned(), &[Authority]),
        (|it| it.company_approver.phone = "+4682".to_owned(), &[]),
    ];
    for (at, (edit, touched)) in edits.into_iter().enumerate() {
        let mut new = legal();
        edit(&mut new);
        assert_eq!(legal().touched(&new), touched.iter().copied().collect(), "edit {at}");
    }
}

#[test]
fn r04_a_draft_changes_at_once_and_only_what_is_vetted_makes_a_revision() {
    for state in State::ALL.into_iter().filter(|state| !state.holds_profile()) {
        let mut picture = picture();
        let new = LegalProfile { legal_name: "Sydwind AB".to_owned(), registration_number: String::new(), ..legal() };
        let (again, events) = change(&mut picture, new, state).unwrap();
        assert_eq!((again.len(), revetting(&events)), (0, None), "{state:?}");
        assert_eq!((picture.legal.revision, picture.legal.legal_name.as_str()), (2, "Sydwind AB"));
        let new = renamed(&picture, "SYDWIND ab");
        change(&mut picture, new, state).unwrap();
        assert_eq!((picture.legal.revision, picture.legal.legal_name.as_str()), (2, "SYDWIND ab"));
    }
}

#[test]
fn r19_while_it_is_verified_a_change_asks_the_touched_checks_again() {
    let mut picture = picture();
    picture.vettings = vec![case(CaseState::InReview, CheckStatus::Passed)];
    let new = renamed(&picture, "Sydwind AB");
    let (again, events) = change(&mut picture, new, State::Verifying).unwrap();
    assert_eq!(again, [Business].into());
    let asked = revetting(&events).unwrap();
    assert_eq!((asked.case.legal.revision, asked.case.checks.as_slice()), (2, &[Business][..]));
    assert_eq!((picture.legal.revision, &picture.legal.pending), (2, &None));
    assert_eq!(vetting::settled(&picture.vettings, 2).len(), 4, "what was settled stays so");

    let mut unheard = crate::domain::samples::picture();
    let new = renamed(&unheard, "Sydwind AB");
    let (_, events) = change(&mut unheard, new, State::Verifying).unwrap();
    let asked = revetting(&events).unwrap();
    assert_eq!(asked.case.checks, CheckKind::ALL, "a case that must be opened asks all that nobody has settled");
    assert_eq!(asked.touched, [Business]);
}

#[test]
fn r19_mail_follows_a_new_contact_at_once_while_it_is_verified() {
    let mut picture = picture();
    let mut new = legal();
    new.primary_contact.email = "eva@nordwind.example".to_owned();
    let (again, events) = change(&mut picture, new, State::Verifying).unwrap();
    assert_eq!(again, [EmailCheck].into());
    assert!(
        matches!(&events[1], Event::OrganizationUpdated(facts, _) if facts.organization.mail.address == "eva@nordwind.example")
    );
}

#[test]
fn r19_the_vetted_revision_stays_in_force_until_the_change_is_approved() {
    for state in [State::Qualified, State::Active, State::Suspended] {
        let mut picture = vetted();
        let mut new = renamed(&picture, "Sydwind AB");
        new.language = "en".to_owned();
        let (again, events) = change(&mut picture, new, state).unwrap();
        assert_eq!(again, [Business].into());
        let asked = revetting(&events).unwrap();
        assert_eq!((asked.case.legal.legal_name.as_str(), asked.case.legal.revision), ("Sydwind AB", 2));
        assert_eq!((picture.legal.legal_name.as_str(), picture.legal.revision), ("Nordwind AB", 1));
        assert_eq!(picture.legal.language, "en", "what nobody vets is in force at once");
        assert_eq!(picture.legal.pending.as_ref().unwrap().open_checks(&picture.vettings), [Business]);

        let mut own = in_state(state);
        let open = Vetting { revision: 2, ..case(CaseState::InReview, CheckStatus::Passed) };
        assert!(picture.is_about_change(&open));
        assert!(picture.conclude_change(&open, None, true, &[own.clone()], day(2)).is_empty());
        let approved = Vetting { state: CaseState::Approved, ..open };
        assert!(picture.conclude(&approved, None, std::slice::from_mut(&mut own), day(2)).unwrap().is_empty());
        assert_eq!(own, in_state(state), "no enrollment moves");
        let events = picture.conclude_change(&approved, None, true, &[own], day(2));
        assert!(matches!(events[0], Event::LegalProfileAdopted { .. }), "{events:?}");
        assert_eq!((picture.legal.legal_name.as_str(), &picture.legal.pending), ("Sydwind AB", &None));
        assert_eq!((picture.legal.revision, picture.legal.vetted_revision), (2, 2));
    }
}

#[test]
fn r19_any_other_end_drops_the_change() {
    for (state, free, reason) in [
        (CaseState::Rejected, true, "NOT_SHOWN"),
        (CaseState::Expired, true, "EXPIRED"),
        (CaseState::Withdrawn, true, "WITHDRAWN"),
        (CaseState::Approved, false, "ORGANIZATION_DUPLICATE"),
    ] {
        let mut picture = vetted();
        let new = renamed(&picture, "Sydwind AB");
        change(&mut picture, new, State::Active).unwrap();
        let ended = Vetting { revision: 2, ..case(state, CheckStatus::Passed) };
        let events = picture.conclude_change(&ended, None, free, &[in_state(State::Active)], day(2));
        let [Event::LegalProfileChangeDropped { reason: told, waiter: None, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(told, reason);
        assert_eq!((picture.legal.legal_name.as_str(), &picture.legal.pending), ("Nordwind AB", &None));
        let new = renamed(&picture, "Vestwind AB");
        let (_, events) = change(&mut picture, new, State::Active).unwrap();
        assert_eq!(revetting(&events).unwrap().case.legal.revision, 3, "no revision is ever two things");
    }
}

#[test]
fn r19_a_change_of_the_change_is_the_next_revision_and_taking_it_back_ends_it() {
    let mut picture = vetted();
    let new = renamed(&picture, "Sydwind AB");
    change(&mut picture, new, State::Active).unwrap();
    let mut new = picture.legal.latest().clone();
    new.primary_contact.family_name = "Alm".to_owned();
    let (again, events) = change(&mut picture, new, State::Active).unwrap();
    let asked = revetting(&events).unwrap();
    assert_eq!((again, asked.touched.as_slice()), ([Employment].into(), &[Employment][..]));
    assert_eq!((asked.case.legal.revision, asked.case.checks.as_slice()), (3, &[Employment, Business][..]));
    assert_eq!(asked.case.legal.legal_name, "Sydwind AB");
    let (again, events) = change(&mut picture, legal(), State::Active).unwrap();
    assert!(again.is_empty() && revetting(&events).is_none());
    assert!(matches!(&events[1], Event::LegalProfileChangeDropped { waiter: Some(_), .. }), "{events:?}");
    assert_eq!((picture.legal.revision, &picture.legal.pending), (1, &None));
}

#[test]
fn r19_what_was_rejected_stays_as_it_is_and_what_was_handed_in_stays_whole() {
    let mut picture = picture();
    let before = picture.clone();
    let new = renamed(&picture, "Sydwind AB");
    let told = change(&mut picture, new, State::Rejected);
    assert!(matches!(told, Err(Refusal::State { state: State::Rejected, .. })), "{told:?}");
    for state in State::ALL.into_iter().filter(|state| state.holds_profile()) {
        let emptied = LegalProfile { legal_name: String::new(), ..legal() };
        let Err(Refusal::Outstanding(missing)) = change(&mut picture, emptied, state) else { panic!("{state:?}") };
        assert_eq!(missing[0].field, "legal_profile.legal_name");
        assert_eq!(picture, before, "a refusal changes nothing");
        let spoken = LegalProfile { language: "en".to_owned(), ..legal() };
        assert!(change(&mut picture.clone(), spoken, state).is_ok(), "what nobody vets may change");
    }
}

#[test]
fn r18_nobody_waits_for_a_change_once_no_enrollment_holds_the_profile() {
    let mut picture = vetted();
    let new = renamed(&picture, "Sydwind AB");
    change(&mut picture, new, State::Qualified).unwrap();
    assert!(picture.clone().let_go(&[in_state(State::Draft), in_state(State::Active)]).is_empty());
    let events = picture.let_go(&[in_state(State::Withdrawn)]);
    assert!(matches!(&events[..], [Event::LegalProfileChangeDropped { waiter: Some(_), .. }]), "{events:?}");
    assert_eq!(picture.legal.pending, None);
}
