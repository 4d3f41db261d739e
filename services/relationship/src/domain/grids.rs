//! Every machine's states by every command, as a grid that is also its documentation.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{Id, OrganizationId};
use uuid::Uuid;

use super::Refusal;
use super::admin_grant::{AdminGrant, Parent, State as GrantState};
use super::event::InvitationExpired;
use super::invitation::{Acceptor, Born, Invitation, Kind, State as InvitationState};
use super::organization::{Organization, Parties};
use super::partnership::{Partnership, State as PartnershipState};
use super::reseller_relationship::{Capacity, ResellerRelationship, State as RelationshipState};

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
        state,
        create_time: at(0),
        update_time: at(0),
        delivery: None,
    }
}

pub(crate) fn partnership(state: PartnershipState, orders_allowed: bool) -> Partnership {
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

pub(crate) fn relationship(state: RelationshipState) -> ResellerRelationship {
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
        create_time: at(0),
        update_time: at(0),
    }
}

#[test]
fn r35_an_invitation_is_answered_once_and_in_time() {
    let states = [
        ("PENDING", InvitationState::Pending),
        ("ACCEPTED", InvitationState::Accepted(Born::Partnership(id(2)))),
        ("DECLINED", InvitationState::Declined),
        ("REVOKED", InvitationState::Revoked),
        ("EXPIRED", InvitationState::Expired),
    ];
    let rows = states.into_iter().map(|(name, state)| {
        let run = |command: &dyn Fn(&mut Invitation) -> Result<(), Refusal>| {
            let mut invitation = invitation(state.clone());
            command(&mut invitation).map(|()| invitation.state.stage().as_str().to_owned())
        };
        let accept = |now| move |i: &mut Invitation| i.accept(id(11), Born::Partnership(id(2)), now);
        let outcomes =
            [run(&accept(at(9))), run(&accept(at(10))), run(&|i| i.expire(at(9))), run(&|i| i.expire(at(10)))];
        row(name, &outcomes)
    });
    let grid = grid("               accept     ..late     expire     ..late", rows.collect());
    insta::assert_snapshot!(grid, @r"
                   accept     ..late     expire     ..late
    PENDING        ACCEPTED   -expired   -          EXPIRED
    ACCEPTED       -          -          -          -
    DECLINED       -          -          -          -
    REVOKED        -          -          -          -
    EXPIRED        -expired   -expired   -          -
    ");
}

#[test]
fn r35_time_alone_expires_an_invitation() {
    let pending = invitation(InvitationState::Pending);
    assert_eq!(pending.stage_at(at(9)).as_str(), "PENDING");
    assert_eq!(pending.stage_at(at(10)).as_str(), "EXPIRED");
    let accepted = invitation(InvitationState::Accepted(Born::Partnership(id(2))));
    assert_eq!(accepted.stage_at(at(99)).as_str(), "ACCEPTED");
}

#[test]
fn r34_a_partnership_ends_once_and_orders_change_only_while_it_lives() {
    let states = [
        ("ACTIVE", PartnershipState::Active),
        ("SUSPENDED", PartnershipState::Suspended),
        ("ENDED", PartnershipState::Ended { at: at(5) }),
    ];
    let rows = states.into_iter().map(|(name, state)| {
        let allow = |before, after| {
            let mut partnership = partnership(state, before);
            let changed = partnership.set_orders_allowed(after, at(6));
            changed.map(|changed| if changed { format!("orders={after}") } else { "same".to_owned() })
        };
        let mut ending = partnership(state, true);
        let end = ending.end(at(6)).map(|()| ending.state.stage().as_str().to_owned());
        let bind = partnership(state, true).active().map(|()| "yes".to_owned());
        row(name, &[allow(true, false), allow(false, true), allow(true, true), end, bind])
    });
    let grid = grid("               withdraw     allow       again      end        bind customers", rows.collect());
    insta::assert_snapshot!(grid, @r"
                   withdraw     allow       again      end        bind customers
    ACTIVE         orders=false orders=true same       ENDED      yes
    SUSPENDED      orders=false orders=true same       ENDED      -
    ENDED          -          -          -          -          -
    ");
}

#[test]
fn a_reseller_relationship_ends_once() {
    let rows = [RelationshipState::Active, RelationshipState::Suspended, RelationshipState::Ended].map(|state| {
        let mut relationship = relationship(state);
        let end = relationship.end(at(1)).map(|()| relationship.state.as_str().to_owned());
        row(state.as_str(), &[end])
    });
    insta::assert_snapshot!(grid("               end", rows.to_vec()), @r"
                   end
    ACTIVE         ENDED
    SUSPENDED      ENDED
    ENDED          -
    ");
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
        ];
        row(state.as_str(), &outcomes)
    });
    insta::assert_snapshot!(grid("               revoke     ..late     expire     ..late", rows.to_vec()), @r"
                   revoke     ..late     expire     ..late
    ACTIVE         REVOKED    -          -          EXPIRED
    REVOKED        -          -          -          -
    EXPIRED        -          -          -          -
    ");
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
        confirmed_at: None,
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
        ("declined, by link", &invitation(InvitationState::Declined), 11, None, own, true, 0),
        ("declined, by name", &invitation(InvitationState::Declined), 11, None, own, false, 0),
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
    assert_eq!(relationship(RelationshipState::Active).parties(), [id(10), id(12), id(11)]);
    let partnership = invitation(InvitationState::Pending);
    assert_eq!(partnership.partners().collect::<Vec<_>>(), [id(10), id(11)]);
    let customer = Invitation { kind: Kind::Customer, ..partnership };
    assert!(customer.is_inviting(id(11)) && customer.is_inviting(id(10)) && !customer.is_inviting(id(12)));
}
