//! Every machine's states by every command, as a grid that is also its documentation.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{Id, OrganizationId};
use uuid::Uuid;

use super::Refusal;
use super::admin_grant::{AdminGrant, Parent, State as GrantState, next_reminder};
use super::event::InvitationExpired;
use super::invitation::{Acceptor, Born, DeclineReason, Invitation, Kind, State as InvitationState, first_reminder};
use super::organization::{Organization, Parties};
use super::partnership::Partnership;
use super::reseller_relationship::{Capacity, ResellerRelationship};
use super::state::{Resumer, State};

fn id<K>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
}

/// One line per state: what each command leads to.
fn row(state: &str, outcomes: &[Result<String, Refusal>]) -> String {
    let cells = outcomes.iter().map(|outcome| match outcome {
        Ok(to) => format!("{to:<10}"),
        Err(Refusal::InvitationExpired) => format!("{:<10}", "-expired"),
        Err(_) => format!("{:<10}", "-"),
    });
    format!("{state:<15}{}", cells.collect::<Vec<_>>().join(" ")).trim_end().to_owned()
}

fn grid(head: &str, rows: Vec<String>) -> String {
    std::iter::once(head.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

pub(crate) fn invitation(state: InvitationState) -> Invitation {
    Invitation {
        id: id(1),
        version: 1,
        kind: Kind::Partnership,
        sender: id(10),
        provider: Some(id(10)),
        reseller: Some(id(11)),
        location: Some(id(20)),
        partnership: None,
        recipient: Some(id(11)),
        recipient_email: "ada@reseller.example".parse().unwrap(),
        message: String::new(),
        language: "en".parse().unwrap(),
        admin_requests: Vec::new(),
        expire_time: at(10),
        external_id: String::new(),
        generation: 1,
        nonce: "n".to_owned(),
        send_time: at(0),
        remind_time: Some(at(8)),
        state,
        create_time: at(0),
        update_time: at(0),
        delivery: None,
    }
}

pub(crate) fn partnership(state: State, orders_allowed: bool) -> Partnership {
    Partnership {
        id: id(2),
        version: 1,
        provider: id(10),
        reseller: id(11),
        orders_allowed,
        state,
        create_time: at(0),
        update_time: at(0),
    }
}

pub(crate) fn relationship(state: State) -> ResellerRelationship {
    ResellerRelationship {
        id: id(4),
        version: 1,
        partner: id(10),
        customer: id(12),
        capacity: Capacity::Provider,
        partnership: Some(id(2)),
        other_partner: Some(id(11)),
        state,
        create_time: at(0),
        update_time: at(0),
    }
}

pub(crate) fn grant(state: GrantState) -> AdminGrant {
    AdminGrant {
        id: id(3),
        version: 1,
        grantor: id(11),
        grantee: id(10),
        roles: vec!["directory-reader".to_owned(), "directory-writer".to_owned()],
        parent: Parent::Partnership(id(2)),
        state,
        expire_time: at(10),
        remind_time: Some(at(8)),
        create_time: at(0),
        update_time: at(0),
    }
}

fn declined() -> InvitationState {
    InvitationState::Declined { reason: DeclineReason::Other, text: String::new() }
}

#[test]
fn r35_an_invitation_is_answered_once_and_in_time() {
    let states = [
        ("PENDING", InvitationState::Pending),
        ("ACCEPTED", InvitationState::Accepted(Born::Partnership(id(2)))),
        ("DECLINED", declined()),
        ("REVOKED", InvitationState::Revoked),
        ("EXPIRED", InvitationState::Expired),
    ];
    type Command = fn(&mut Invitation, DateTime<Utc>) -> Result<(), Refusal>;
    let commands: [(&str, Command); 6] = [
        ("accept", |i, now| i.accept(id(11), Born::Partnership(id(2)), now)),
        ("decline", |i, now| i.decline(DeclineReason::Other, String::new(), now)),
        ("revoke", Invitation::revoke),
        ("resend", Invitation::resend),
        ("remind", |i, now| if i.remind(now) { Ok(()) } else { Err(Refusal::TokenUsed) }),
        ("expire", Invitation::expire),
    ];
    let head = commands.map(|(name, _)| format!("{name:<10} {:<10}", "..late")).join(" ");
    let rows = states.into_iter().map(|(name, state)| {
        let run = |command: Command, now| {
            let mut invitation = invitation(state.clone());
            command(&mut invitation, now).map(|()| invitation.state.stage().as_str().to_owned())
        };
        let outcomes = commands.into_iter().flat_map(|(_, command)| [run(command, at(9)), run(command, at(10))]);
        row(name, &outcomes.collect::<Vec<_>>())
    });
    insta::assert_snapshot!(grid(format!("{:<15}{head}", "").trim_end(), rows.collect()));
}

#[test]
fn r35_an_invitation_is_sent_again_five_times_an_hour_apart_and_keeps_its_end() {
    let mut pending = invitation(InvitationState::Pending);
    pending.expire_time = at(24);
    let minute = TimeDelta::minutes(1);
    for hour in 1..=5 {
        let wait = pending.resend(at(hour) - minute).unwrap_err();
        assert_eq!(wait, Refusal::SentJustNow { wait: minute }, "{hour}");
        assert_eq!(pending.resend(at(hour)), Ok(()));
        assert_eq!((pending.resends(), pending.generation, pending.expire_time), (hour, hour + 1, at(24)));
    }
    assert_eq!(pending.resend(at(20)), Err(Refusal::ResendsSpent));
}

#[test]
fn r35_a_recipient_is_reminded_a_week_and_a_day_before_the_end_and_not_on_the_first_day() {
    let told = |days: i64| {
        let mut invitation = invitation(InvitationState::Pending);
        invitation.expire_time = at(days * 24);
        invitation.remind_time = first_reminder(invitation.expire_time, at(0));
        (0..days * 24 + 5).filter(|hour| invitation.remind(at(*hour))).collect::<Vec<_>>()
    };
    assert_eq!(told(30), [23 * 24, 29 * 24]);
    assert_eq!(told(8), [7 * 24], "a week before the end is the first day");
    assert_eq!(told(2), [] as [i64; 0]);
    let mut late = invitation(InvitationState::Pending);
    late.expire_time = at(30 * 24);
    late.remind_time = first_reminder(late.expire_time, at(0));
    assert!(late.remind(at(29 * 24 + 1)), "after a pause once");
    assert!(!late.remind(at(29 * 24 + 2)));
}

#[test]
fn r35_time_alone_expires_an_invitation() {
    let pending = invitation(InvitationState::Pending);
    assert_eq!(pending.stage_at(at(9)).as_str(), "PENDING");
    assert_eq!(pending.stage_at(at(10)).as_str(), "EXPIRED");
    let accepted = invitation(InvitationState::Accepted(Born::Partnership(id(2))));
    assert_eq!(accepted.stage_at(at(99)).as_str(), "ACCEPTED");
}

/// What binds parties: each state, and each command by the one that suspended it (10), by another (11) and by the operator.
fn bonds() -> [(&'static str, State); 4] {
    [
        ("ACTIVE", State::Active),
        ("SUSPENDED", State::Suspended { by: id(10), at: at(5) }),
        ("..by another", State::Suspended { by: id(12), at: at(5) }),
        ("ENDED", State::Ended { at: at(5) }),
    ]
}

const HEAD: &str = "               suspend    resume     ..operator end";

#[test]
fn r34_r41_a_partnership_by_state_and_command() {
    let rows = bonds().map(|(name, state)| {
        let run = |command: &dyn Fn(&mut Partnership) -> Result<(), Refusal>| {
            let mut partnership = partnership(state, true);
            command(&mut partnership).map(|()| partnership.state.stage().as_str().to_owned())
        };
        let allow = |before, after| {
            let mut partnership = partnership(state, before);
            let changed = partnership.set_orders_allowed(after, at(6));
            changed.map(|changed| if changed { format!("orders={after}") } else { "same".to_owned() })
        };
        let bind = partnership(state, true).active().map(|()| "yes".to_owned());
        let outcomes = [
            run(&|it| it.suspend(id(10), at(6))),
            run(&|it| it.resume(Resumer::Party(id(10)), at(6))),
            run(&|it| it.resume(Resumer::Operator, at(6))),
            run(&|it| it.end(at(6))),
        ];
        row(name, &[&outcomes[..], &[allow(true, false), allow(false, true), allow(true, true), bind]].concat())
    });
    let head = format!("{HEAD:<56}   withdraw     allow       again      bind customers");
    insta::assert_snapshot!(grid(&head, rows.to_vec()));
}

#[test]
fn r41_a_reseller_relationship_by_state_and_command() {
    let rows = bonds().map(|(name, state)| {
        let run = |command: &dyn Fn(&mut ResellerRelationship) -> Result<(), Refusal>| {
            let mut relationship = relationship(state);
            command(&mut relationship).map(|()| relationship.state.stage().as_str().to_owned())
        };
        let outcomes = [
            run(&|it| it.suspend(id(10), at(6))),
            run(&|it| it.resume(Resumer::Party(id(10)), at(6))),
            run(&|it| it.resume(Resumer::Operator, at(6))),
            run(&|it| it.end(at(6))),
        ];
        row(name, &outcomes)
    });
    insta::assert_snapshot!(grid(HEAD, rows.to_vec()));
    let other = relationship(State::Active);
    assert!(other.is_between(id(10)) && other.is_between(id(12)) && !other.is_between(id(11)));
}

#[test]
fn r34_a_grant_always_ends() {
    let rows = [GrantState::Active, GrantState::Revoked, GrantState::Expired].map(|state| {
        let run = |command: &dyn Fn(&mut AdminGrant) -> Result<(), Refusal>| {
            let mut grant = grant(state);
            command(&mut grant).map(|()| grant.state.as_str().to_owned())
        };
        let outcomes = [
            run(&|grant| grant.revoke(at(9))),
            run(&|grant| grant.revoke(at(10))),
            run(&|grant| grant.expire(at(9))),
            run(&|grant| grant.expire(at(10))),
            run(&|grant| if grant.remind(at(9)) { Ok(()) } else { Err(Refusal::TokenUsed) }),
            run(&|grant| if grant.remind(at(10)) { Ok(()) } else { Err(Refusal::TokenUsed) }),
        ];
        row(state.as_str(), &outcomes)
    });
    let head = "               revoke     ..late     expire     ..late     remind     ..late";
    insta::assert_snapshot!(grid(head, rows.to_vec()));
}

#[test]
fn r42_the_end_of_administration_is_announced_a_month_a_week_and_a_day_before() {
    let told = |days: i64, from: i64| {
        let mut grant = grant(GrantState::Active);
        grant.expire_time = at(days * 24);
        grant.remind_time = next_reminder(grant.expire_time, at(0));
        (from..days * 24 + 5).filter(|hour| grant.remind(at(*hour))).collect::<Vec<_>>()
    };
    assert_eq!(told(365, 0), [335 * 24, 358 * 24, 364 * 24]);
    assert_eq!(told(30, 0), [23 * 24, 29 * 24], "what lasts a month is not announced on its first day");
    assert_eq!(told(1, 0), [] as [i64; 0]);
    assert_eq!(told(365, 360 * 24), [360 * 24, 364 * 24], "after a pause only the latest");
}

#[test]
fn an_address_is_shown_to_others_only_as_a_hint() {
    let invitation = invitation(InvitationState::Pending);
    let told = InvitationExpired::of(&invitation, &Parties::default());
    assert_eq!(told.recipient_hint, "a***@reseller.example");
    let provider: OrganizationId = id(10);
    assert!(invitation.is_inviting(provider) && !invitation.is_inviting(id(11)));
}

#[test]
fn r35_r37_who_may_accept() {
    let recipient = Organization {
        id: id(12),
        name: "Customer".to_owned(),
        country: "SE".parse().unwrap(),
        language: "en".parse().unwrap(),
        mail_address: "mail@customer.example".parse().unwrap(),
        proven_domains: vec!["reseller.example".to_owned()],
        version: 1,
    };
    let stranger = Organization { proven_domains: Vec::new(), ..recipient.clone() };
    let (own, other) = ("ada@reseller.example", "eve@elsewhere.example");
    let customer = Invitation { kind: Kind::Customer, recipient: None, ..invitation(InvitationState::Pending) };
    let taken = Invitation { recipient: Some(id(13)), ..customer.clone() };
    let same = Invitation { recipient: Some(id(12)), ..customer.clone() };
    let accepted = Invitation { state: InvitationState::Accepted(Born::Partnership(id(2))), ..customer.clone() };
    type Asked<'a> = (&'a str, &'a Invitation, u128, Option<&'a Organization>, &'a str, bool, i64);
    let asked: [Asked<'_>; 15] = [
        ("by address", &customer, 12, None, own, true, 0),
        ("by domain", &customer, 12, Some(&recipient), other, true, 0),
        ("without link", &customer, 12, Some(&recipient), own, false, 0),
        ("a stranger", &customer, 12, Some(&stranger), other, true, 0),
        ("unknown", &customer, 12, None, other, true, 0),
        ("the sender", &customer, 10, None, own, true, 0),
        ("the other partner", &customer, 11, None, own, true, 0),
        ("taken by another", &taken, 12, None, own, true, 0),
        ("taken by it", &same, 12, None, own, true, 0),
        ("too late", &customer, 12, None, own, true, 10),
        ("used", &accepted, 12, None, own, true, 0),
        ("partnership", &invitation(InvitationState::Pending), 11, None, other, false, 0),
        ("partnership of others", &invitation(InvitationState::Pending), 12, None, own, true, 0),
        ("declined, by link", &invitation(declined()), 11, None, own, true, 0),
        ("declined, by name", &invitation(declined()), 11, None, own, false, 0),
    ];
    let told = asked.map(|(title, invitation, who, known, email, by_link, hour)| {
        let acceptor = Acceptor { organization: id(who), known, email, by_link };
        match invitation.may_be_accepted_by(&acceptor, at(hour)) {
            Ok(()) => format!("{title}: yes"),
            Err(refusal) => format!("{title}: {refusal:?}"),
        }
    });
    insta::assert_snapshot!(told.join("\n"), @r#"
    by address: yes
    by domain: yes
    without link: RecipientMismatch
    a stranger: RecipientMismatch
    unknown: RecipientMismatch
    the sender: RecipientMismatch
    the other partner: RecipientMismatch
    taken by another: RecipientMismatch
    taken by it: yes
    too late: InvitationExpired
    used: TokenUsed
    partnership: yes
    partnership of others: RecipientMismatch
    declined, by link: TokenUsed
    declined, by name: StateForbids { state: "DECLINED", allowed: ["PENDING"] }
    "#);
}

#[test]
fn everybody_who_takes_part_is_named_once() {
    let alone =
        Invitation { kind: Kind::Customer, recipient: None, reseller: None, ..invitation(InvitationState::Pending) };
    assert_eq!(invitation(InvitationState::Pending).parties(), [id(10), id(11)]);
    assert_eq!(alone.parties(), [id(10)]);
    assert_eq!(Invitation { recipient: Some(id(9)), ..alone }.parties(), [id(9), id(10)]);
    assert_eq!(relationship(State::Active).parties(), [id(10), id(12), id(11)]);
    let partnership = invitation(InvitationState::Pending);
    assert_eq!(partnership.partners().collect::<Vec<_>>(), [id(10), id(11)]);
    let customer = Invitation { kind: Kind::Customer, ..partnership };
    assert!(customer.is_inviting(id(11)) && customer.is_inviting(id(10)) && !customer.is_inviting(id(12)));
}
