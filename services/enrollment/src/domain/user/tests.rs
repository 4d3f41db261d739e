//! What users may do to each other.

use proptest::prelude::*;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

fn user(roles: &[Role]) -> User {
    User {
        id: UserId::from_uuid(uuid::Uuid::nil()),
        organization: OrganizationId::from_uuid(uuid::Uuid::nil()),
        person: None,
        email: "ada@example.com".to_owned(),
        display_name: String::new(),
        roles: roles.iter().copied().collect(),
        state: UserState::Active,
        access_version: 1,
        version: 1,
        created: now(),
        updated: now(),
    }
}

fn roles(roles: &[Role]) -> UserChange {
    UserChange { roles: Some(roles.iter().copied().collect()), ..UserChange::default() }
}

const ADMIN: [Role; 1] = [Role::GlobalAdmin];
const USER_ADMIN: [Role; 1] = [Role::UserAdmin];

#[test]
fn r11_the_last_global_administrator_stays() {
    let by = BTreeSet::from(ADMIN);
    let disable = UserChange { state: Some(UserState::Disabled), ..UserChange::default() };
    assert_eq!(user(&ADMIN).update(disable.clone(), &by, false, now()), Err(Refusal::LastGlobalAdmin));
    assert_eq!(user(&ADMIN).update(roles(&USER_ADMIN), &by, false, now()), Err(Refusal::LastGlobalAdmin));
    assert!(user(&ADMIN).update(disable, &by, true, now()).is_ok());
}

#[test]
fn r11_a_user_administrator_neither_gives_nor_takes_what_reaches_further() {
    let by = BTreeSet::from(USER_ADMIN);
    let refused = Err(Refusal::RoleRequired(&[Role::GlobalAdmin]));
    let disable = UserChange { state: Some(UserState::Disabled), ..UserChange::default() };
    for reserved in RESERVED {
        let given = roles(&[Role::UserAdmin, reserved]);
        assert_eq!(user(&USER_ADMIN).update(given.clone(), &by, true, now()), refused, "{reserved:?}");
        assert_eq!(user(&[Role::UserAdmin, reserved]).update(roles(&USER_ADMIN), &by, true, now()), refused);
        assert!(user(&USER_ADMIN).update(given, &BTreeSet::from(ADMIN), true, now()).is_ok(), "{reserved:?}");
    }
    assert_eq!(user(&ADMIN).update(disable, &by, true, now()), refused);
    let mut away = User { state: UserState::Disabled, ..user(&USER_ADMIN) };
    assert_eq!(away.update(roles(&[Role::UserAdmin, Role::GlobalAdmin]), &by, true, now()), refused);
    assert!(user(&USER_ADMIN).update(roles(&[Role::SalesAgent]), &by, true, now()).is_ok());
}

#[test]
fn r11_an_organization_has_so_many_users_and_no_more() {
    assert_eq!([may_have_another(0), may_have_another(MOST - 1)], [Ok(()), Ok(())]);
    assert_eq!([may_have_another(MOST), may_have_another(MOST + 1)], [const { Err(Refusal::UserQuota) }; 2]);
}

#[test]
fn r11_a_user_is_deleted_by_who_may_take_all_of_its_roles_and_never_the_last_global_administrator() {
    let delete = |mut user: User, by: Role, others| {
        let before = user.clone();
        let told = user.delete(&BTreeSet::from([by]), others, now());
        match &told {
            Ok(_) => assert!(user.roles.is_empty() && user.state == UserState::Disabled && user.access_version == 2),
            Err(_) => assert_eq!(user, before, "a refusal changes nothing"),
        }
        told
    };
    let away = |roles: &[Role]| User { state: UserState::Disabled, ..user(roles) };
    assert_eq!(delete(user(&ADMIN), Role::GlobalAdmin, false), Err(Refusal::LastGlobalAdmin));
    assert_eq!(delete(user(&ADMIN), Role::GlobalAdmin, true), Ok(UserState::Active));
    assert_eq!(delete(away(&ADMIN), Role::GlobalAdmin, false), Ok(UserState::Disabled), "it governs nothing");
    assert_eq!(delete(user(&USER_ADMIN), Role::UserAdmin, true), Ok(UserState::Active));
    for reserved in RESERVED {
        for user in [user(&[reserved]), away(&[Role::SalesAgent, reserved])] {
            assert_eq!(delete(user, Role::UserAdmin, true), Err(Refusal::RoleRequired(&[Role::GlobalAdmin])));
        }
    }
}

#[test]
fn r11_a_global_administrator_gives_himself_admin_agent_whoever_else_there_is() {
    for other_global_admins in [false, true] {
        for more in Role::ALL {
            let before = user(&[Role::GlobalAdmin, more]);
            let mut roles = before.roles.clone();
            roles.insert(Role::AdminAgent);
            let mut after = before.clone();
            let change = UserChange { roles: Some(roles.clone()), ..UserChange::default() };
            let told = after.update(change, &before.roles, other_global_admins, now());
            assert!(told.is_ok() && after.can_act_as(Role::AdminAgent) && after.governs(), "{more:?}: {told:?}");
        }
    }
}

#[test]
fn a_change_of_rights_voids_tokens_and_a_new_name_does_not() {
    let by = BTreeSet::from(ADMIN);
    let mut user = user(&USER_ADMIN);
    let name = UserChange { display_name: Some("Ada".to_owned()), ..UserChange::default() };
    assert_eq!(user.update(name, &by, true, now()), Ok(vec!["display_name"]));
    assert_eq!(user.access_version, 1);
    assert_eq!(user.update(roles(&[Role::SalesAgent]), &by, true, now()), Ok(vec!["roles"]));
    assert_eq!(user.access_version, 2);
    assert!(user.grant(Role::AdminAgent, now()) && !user.grant(Role::AdminAgent, now()));
    assert_eq!(user.access_version, 3);
}

/// One user acts on another.
#[derive(Debug, Clone)]
enum Deed {
    Change(UserChange),
    Delete,
}

fn deed() -> impl Strategy<Value = Deed> {
    let roles = prop::collection::btree_set(prop::sample::select(&Role::ALL), 1..3);
    let state = prop::sample::select(&UserState::ALL);
    let change = (prop::option::of(roles), prop::option::of(state));
    prop_oneof![
        3 => change.prop_map(|(roles, state)| Deed::Change(UserChange { roles, state, ..UserChange::default() })),
        1 => Just(Deed::Delete),
    ]
}

proptest! {
    #[test]
    fn r11_whatever_users_do_to_each_other_somebody_governs(
        deeds in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), deed()), 1..60),
    ) {
        let mut users = vec![user(&ADMIN), user(&ADMIN), user(&USER_ADMIN), user(&[Role::SalesAgent])];
        for (by, whom, deed) in deeds {
            let (by, whom) = (by.index(users.len()), whom.index(users.len()));
            let by = if users[by].state == UserState::Active { users[by].roles.clone() } else { BTreeSet::new() };
            let others = users.iter().enumerate().any(|(other, user)| other != whom && user.governs());
            let before = users[whom].clone();
            let (deleted, told) = match deed {
                Deed::Change(change) => (false, users[whom].update(change, &by, others, now()).map(|_| ())),
                Deed::Delete => (true, users[whom].delete(&by, others, now()).map(|_| ())),
            };
            match told {
                Err(_) => prop_assert_eq!(&users[whom], &before, "a refusal changes nothing"),
                Ok(()) if deleted => {
                    let gone = users.remove(whom);
                    prop_assert!(gone.access_version > before.access_version, "its tokens are void");
                    prop_assert!(by.contains(&Role::GlobalAdmin) || before.roles.iter().all(|role| !RESERVED.contains(role)));
                }
                Ok(()) => {}
            }
            prop_assert!(users.iter().any(User::governs), "somebody governs");
        }
    }
}
