//! Rows keep what the domain has, on every database.

use chrono::TimeDelta;
use database::migrate::migrate;
use database::{Database, Error, Scope, Step, Tx};
use ids::OrganizationId;

use super::{email_verification, migrations, vetting_case};
use crate::domain::samples::{DEADLINES, elsewhere, id, new_case, now, reviewer};
use crate::domain::*;

fn opened(number: u128, organization: u128) -> VettingCase {
    let new = NewCase { organization: id(organization), ..new_case(CheckKind::ALL) };
    VettingCase::open(id(number), new, now() + TimeDelta::seconds(number as i64), &DEADLINES).0
}

fn issued(number: u128, case: &VettingCase) -> EmailVerification {
    let new = NewVerification { id: id(number), nonce: format!("nonce{number}"), tries: 5 };
    EmailVerification::issue(new, case, Purpose::Contact, Postage::Paid, case.created, &DEADLINES).0
}

async fn databases() -> Vec<(testkit::TestDatabase, Database)> {
    let mut all = Vec::new();
    for test in testkit::databases().await {
        let db = Database::connect(&test.settings).await.unwrap();
        migrate(&db, "verification", migrations()).await.unwrap();
        all.push((test, db));
    }
    all
}

async fn write<T>(db: &Database, work: impl AsyncFn(&Tx) -> Result<T, Error>) -> Result<T, Error> {
    db.transact_for(Scope::Peer, async |tx: Tx| work(&tx).await.map(Step::Commit)).await
}

fn every_state() -> Vec<VettingCase> {
    let mut queued = opened(20, 20);
    queued.contact_answered(true, now(), &DEADLINES).unwrap();
    let mut reviewed = VettingCase { id: id(21), organization: id(21), ..queued.clone() };
    reviewed.claim(reviewer(10), &elsewhere(), now(), &DEADLINES).unwrap();
    assert!(reviewed.alarm(now() + DEADLINES.review));
    reviewed.decide(reviewer(10), CheckKind::Domain, Verdict::Waived { reason: "KNOWN".to_owned() }, now()).unwrap();
    reviewed.decide(reviewer(10), CheckKind::Business, Verdict::Failed { reason: "GONE".to_owned() }, now()).unwrap();
    let ask = |path: &str| (path.to_owned(), "Which?".to_owned());
    reviewed.ask(reviewer(10), &[ask("address"), ask("domain")], now(), &DEADLINES).unwrap();
    reviewed.submit(&[(1, "This.".to_owned()), (2, "That.".to_owned())].into(), now(), &DEADLINES).unwrap();
    reviewed.appeal = Some(Appeal { against: reviewer(11), text: "Look again.".to_owned(), at: now() });
    let mut rejected = opened(22, 22);
    let mut bounced = opened(28, 28);
    bounced.note_mail(&issued(29, &bounced), Fate::Bounced, now()).unwrap();
    rejected.contact_answered(false, now(), &DEADLINES).unwrap();
    let (by, due) = (reviewer(10), now());
    let other = |number, state| VettingCase { id: id(number), organization: id(number), state, ..reviewed.clone() };
    vec![
        opened(19, 19),
        other(23, CaseState::ActionRequired { by, due }),
        other(24, CaseState::Approved { by }),
        other(
            27,
            CaseState::Rejected(Rejection {
                reason: "GONE".to_owned(),
                text: "It is.".to_owned(),
                by: Some(by),
                appeal_by: Some(due + DEADLINES.appeal),
            }),
        ),
        other(25, CaseState::Expired),
        other(26, CaseState::Withdrawn),
        queued,
        reviewed,
        rejected,
        bounced,
    ]
}

#[tokio::test]
async fn a_case_comes_back_as_it_was() {
    for (test, db) in databases().await {
        for case in every_state() {
            write(&db, async |tx| vetting_case::insert(tx, &case).await).await.unwrap();
            let found = vetting_case::get(&db.reader_for(Scope::Peer), Scope::Operator, case.organization, case.id)
                .await
                .unwrap();
            assert_eq!(found.as_ref(), Some(&case), "{}", test.name);
        }
    }
}

#[tokio::test]
async fn a_verification_comes_back_as_it_was() {
    let at = now();
    let states = [
        EmailState::Pending { tries_left: 3 },
        EmailState::Verified { at },
        EmailState::Denied { at, answers: Answers { claim: true, address: false } },
        EmailState::Superseded,
        EmailState::Expired,
        EmailState::Locked,
    ];
    for (test, db) in databases().await {
        for (number, state) in (30..).zip(states) {
            let verification = EmailVerification { state, ..issued(number, &opened(4, 4)) };
            write(&db, async |tx| email_verification::insert(tx, &verification).await).await.unwrap();
            let found =
                email_verification::find(&db.reader_for(Scope::Peer), Scope::Link, verification.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(&verification), "{}", test.name);
        }
    }
}

#[tokio::test]
async fn an_organization_has_one_open_case() {
    for (test, db) in databases().await {
        let mut first = opened(1, 9);
        let second = opened(2, 9);
        write(&db, async |tx| vetting_case::insert(tx, &first).await).await.unwrap();
        let twice = write(&db, async |tx| vetting_case::insert(tx, &second).await).await;
        assert!(matches!(twice, Err(Error::Contended)), "{}: {twice:?}", test.name);
        let open = vetting_case::open_one(&db.reader_for(Scope::Peer), Scope::Peer, id(9)).await.unwrap();
        assert_eq!(open.map(|case| case.id), Some(first.id));
        first.contact_answered(false, now(), &DEADLINES).unwrap();
        write(&db, async |tx| vetting_case::save(tx, Scope::Peer, &mut first.clone()).await).await.unwrap();
        write(&db, async |tx| vetting_case::insert(tx, &second).await).await.unwrap();
    }
}

#[tokio::test]
async fn who_was_slower_saves_nothing() {
    for (test, db) in databases().await {
        let case = opened(1, 9);
        let verification = issued(2, &case);
        write(&db, async |tx| vetting_case::insert(tx, &case).await).await.unwrap();
        write(&db, async |tx| email_verification::insert(tx, &verification).await).await.unwrap();
        for expected in [true, false] {
            let saved = write(&db, async |tx| vetting_case::save(tx, Scope::Peer, &mut case.clone()).await).await;
            assert_eq!(saved.is_ok(), expected, "{}", test.name);
            let saved =
                write(&db, async |tx| email_verification::save(tx, Scope::Peer, &mut verification.clone()).await).await;
            assert_eq!(saved.is_ok(), expected, "{}", test.name);
        }
    }
}

#[tokio::test]
async fn foreign_rows_answer_like_absent_ones() {
    for (_test, db) in databases().await {
        let case = opened(1, 9);
        let verification = issued(2, &case);
        write(&db, async |tx| vetting_case::insert(tx, &case).await).await.unwrap();
        write(&db, async |tx| email_verification::insert(tx, &verification).await).await.unwrap();
        let (own, other): (OrganizationId, OrganizationId) = (id(9), id(8));
        for (scope, organization, seen) in [
            (Scope::Organization(own), own, true),
            (Scope::Operator, own, true),
            (Scope::Organization(other), own, false),
            (Scope::Organization(other), other, false),
            (Scope::Operator, other, false),
        ] {
            let case = vetting_case::get(&db.reader_for(Scope::Peer), scope, organization, case.id).await.unwrap();
            let found = email_verification::get(&db.reader_for(Scope::Peer), scope, organization, verification.id)
                .await
                .unwrap();
            assert_eq!((case.is_some(), found.is_some()), (seen, seen), "{scope:?}");
        }
    }
}

async fn ids(
    db: &Database,
    scope: Scope,
    organization: Option<OrganizationId>,
    state: Option<&'static str>,
    late: bool,
) -> Vec<u128> {
    let at = if late { now() + TimeDelta::days(30) } else { now() };
    let filter = vetting_case::Filter { organization, state, now: at };
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = vetting_case::list(&db.reader_for(Scope::Peer), scope, filter, after, 2).await.unwrap();
        found.extend(page.items.iter().map(|case| case.id.uuid().as_u128()));
        match page.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn r23_the_queue_is_listed_by_state_organization_and_age() {
    for (_test, db) in databases().await {
        let mut cases: Vec<VettingCase> = (1..=5).map(|number| opened(number, number)).collect();
        for case in &mut cases[2..] {
            case.contact_answered(true, now(), &DEADLINES).unwrap();
        }
        for case in cases.iter().rev() {
            write(&db, async |tx| vetting_case::insert(tx, case).await).await.unwrap();
        }
        let all = Scope::Operator;
        assert_eq!(ids(&db, all, None, None, false).await, [1, 2, 3, 4, 5]);
        assert_eq!(ids(&db, all, None, Some("QUEUED"), true).await, [3, 4, 5]);
        assert_eq!(ids(&db, all, Some(id(4)), None, false).await, [4]);
        assert_eq!(ids(&db, Scope::Organization(id(2)), None, None, false).await, [2]);
        assert_eq!(ids(&db, Scope::Organization(id(2)), Some(id(4)), None, false).await, []);
        assert_eq!(ids(&db, all, None, Some("AWAITING_EMAIL"), false).await, [1, 2]);
        assert_eq!(ids(&db, all, None, Some("EXPIRED"), false).await, []);
        assert_eq!(ids(&db, all, None, Some("AWAITING_EMAIL"), true).await, []);
        assert_eq!(ids(&db, all, None, Some("EXPIRED"), true).await, [1, 2]);
    }
}

#[tokio::test]
async fn r24_what_ran_out_is_found() {
    for (_test, db) in databases().await {
        let mut queued = opened(2, 2);
        queued.contact_answered(true, now(), &DEADLINES).unwrap();
        let verification = issued(3, &opened(1, 1));
        let answered = EmailVerification { state: EmailState::Verified { at: now() }, ..issued(4, &queued) };
        for case in [&opened(1, 1), &queued] {
            write(&db, async |tx| vetting_case::insert(tx, case).await).await.unwrap();
        }
        for one in [&verification, &answered] {
            write(&db, async |tx| email_verification::insert(tx, one).await).await.unwrap();
        }
        let late = verification.expires;
        let early = late - TimeDelta::microseconds(1);
        assert_eq!(vetting_case::overdue(&db.reader_for(Scope::Peer), early, 9).await.unwrap(), []);
        assert_eq!(vetting_case::overdue(&db.reader_for(Scope::Peer), late, 9).await.unwrap(), [id(1)]);
        assert_eq!(email_verification::overdue(&db.reader_for(Scope::Peer), early, 9).await.unwrap(), []);
        assert_eq!(email_verification::overdue(&db.reader_for(Scope::Peer), late, 9).await.unwrap(), [id(3)]);
        let page =
            email_verification::list(&db.reader_for(Scope::Peer), Scope::Operator, id(1), None, 9).await.unwrap();
        assert_eq!(page.items.iter().map(|one| one.id).collect::<Vec<_>>(), [verification.id]);
        let page = email_verification::list(&db.reader_for(Scope::Peer), Scope::Organization(id(2)), id(1), None, 9)
            .await
            .unwrap();
        assert!(page.items.is_empty());
    }
}
