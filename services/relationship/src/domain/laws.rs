//! What holds after any sequence of commands, in any order, at any time.

use chrono::{DateTime, TimeDelta, Utc};
use ids::Id;
use proptest::prelude::*;
use uuid::Uuid;

use super::admin_grant::{AdminGrant, State as GrantState};
use super::grids::{grant, invitation, partnership, relationship};
use super::invitation::{
    Acceptor, Born, DeclineReason, Invitation, Stage as InvitationStage, State as InvitationState,
};
use super::partnership::Partnership;
use super::reseller_relationship::ResellerRelationship;
use super::state::{Resumer, Stage, State};

fn id<K>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

/// One of each machine.
#[derive(Debug, Clone, PartialEq, Eq)]
struct World {
    invitation: Invitation,
    partnership: Partnership,
    relationship: ResellerRelationship,
    grant: AdminGrant,
}

#[derive(Debug, Clone)]
enum Command {
    Ask { organization: u128, by_link: bool },
    Accept,
    Decline,
    RevokeInvitation,
    Resend,
    RemindRecipient,
    ExpireInvitation,
    AllowOrders(bool),
    Suspend { partnership: bool, by: u128 },
    Resume { partnership: bool, by: Option<u128> },
    EndPartnership,
    EndRelationship,
    RemindSides,
    Revoke,
    ExpireGrant,
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (10u128..13, any::<bool>()).prop_map(|(organization, by_link)| Command::Ask { organization, by_link }),
        1 => Just(Command::Accept),
        1 => Just(Command::Decline),
        1 => Just(Command::RevokeInvitation),
        2 => Just(Command::Resend),
        1 => Just(Command::RemindRecipient),
        1 => Just(Command::ExpireInvitation),
        4 => any::<bool>().prop_map(Command::AllowOrders),
        4 => (any::<bool>(), 10u128..13).prop_map(|(partnership, by)| Command::Suspend { partnership, by }),
        4 => (any::<bool>(), prop::option::of(10u128..13)).prop_map(|(partnership, by)| Command::Resume { partnership, by }),
        1 => Just(Command::RemindSides),
        1 => Just(Command::EndPartnership),
        1 => Just(Command::EndRelationship),
        1 => Just(Command::Revoke),
        1 => Just(Command::ExpireGrant),
    ]
}

/// A party, or the operator.
fn resumer(by: Option<u128>) -> Resumer {
    by.map_or(Resumer::Operator, |by| Resumer::Party(id(by)))
}

/// What one party suspended goes on only by that party or the operator.
fn resumed_by_others(before: State, after: State, command: &Command) -> bool {
    let Command::Resume { by: Some(by), .. } = command else { return false };
    before.suspended_by().is_some_and(|suspender| suspender != id(*by)) && after == State::Active
}

/// Whether it was done.
fn act(world: &mut World, command: &Command, at: DateTime<Utc>) -> bool {
    match command {
        Command::Ask { organization, by_link } => {
            let email = "ada@reseller.example";
            let who = Acceptor { organization: id(*organization), known: None, email, by_link: *by_link };
            world.invitation.may_be_accepted_by(&who, at).is_ok()
        }
        Command::Accept => world.invitation.accept(id(11), Born::Partnership(id(2)), at).is_ok(),
        Command::Decline => world.invitation.decline(DeclineReason::Other, String::new(), at).is_ok(),
        Command::RevokeInvitation => world.invitation.revoke(at).is_ok(),
        Command::Resend => world.invitation.resend(at).is_ok(),
        Command::RemindRecipient => world.invitation.remind(at),
        Command::RemindSides => world.grant.remind(at),
        Command::Suspend { partnership: true, by } => world.partnership.suspend(id(*by), at).is_ok(),
        Command::Suspend { partnership: false, by } => world.relationship.suspend(id(*by), at).is_ok(),
        Command::Resume { partnership: true, by } => world.partnership.resume(resumer(*by), at).is_ok(),
        Command::Resume { partnership: false, by } => world.relationship.resume(resumer(*by), at).is_ok(),
        Command::ExpireInvitation => world.invitation.expire(at).is_ok(),
        Command::AllowOrders(allowed) => world.partnership.set_orders_allowed(*allowed, at) == Ok(true),
        Command::EndPartnership => world.partnership.end(at).is_ok(),
        Command::EndRelationship => world.relationship.end(at).is_ok(),
        Command::Revoke => world.grant.revoke(at).is_ok(),
        Command::ExpireGrant => world.grant.expire(at).is_ok(),
    }
}

proptest! {
    #[test]
    fn r34_r35_every_machine_keeps_its_laws(commands in prop::collection::vec((command(), 0i64..4), 1..40)) {
        let mut world = World {
            invitation: invitation(InvitationState::Pending),
            partnership: partnership(State::Active, true),
            relationship: relationship(State::Active),
            grant: grant(GrantState::Active),
        };
        let mut at = world.invitation.create_time;
        for (command, hours) in commands {
            at += TimeDelta::hours(hours);
            let before = world.clone();
            let done = act(&mut world, &command, at);
            let asked = matches!(command, Command::Ask { .. });
            if !done || asked {
                prop_assert_eq!(&world, &before, "neither a refusal nor a question changes anything");
            } else {
                let times = [
                    (&world.invitation.update_time, world.invitation != before.invitation),
                    (&world.partnership.update_time, world.partnership != before.partnership),
                    (&world.relationship.update_time, world.relationship != before.relationship),
                    (&world.grant.update_time, world.grant != before.grant),
                ];
                let changed: Vec<_> = times.into_iter().filter_map(|(time, changed)| changed.then_some(*time)).collect();
                prop_assert!(changed == [at] || changed.is_empty(), "one machine, dated now");
            }
            let closed = |stage: InvitationStage| stage != InvitationStage::Pending;
            if closed(before.invitation.stage_at(at)) && world.invitation != before.invitation {
                prop_assert_eq!(world.invitation.stage_at(at), InvitationStage::Expired, "what is answered stays");
            }
            if before.partnership.state.stage() == Stage::Ended {
                prop_assert_eq!(&world.partnership, &before.partnership, "what has ended stays");
            }
            prop_assert!(!resumed_by_others(before.partnership.state, world.partnership.state, &command));
            prop_assert!(!resumed_by_others(before.relationship.state, world.relationship.state, &command));
            prop_assert!(world.invitation.generation >= before.invitation.generation);
            if before.grant.state_at(at) != GrantState::Active && world.grant != before.grant {
                prop_assert_eq!(world.grant.state, GrantState::Expired, "only its end is written down");
            }
        }
    }
}
