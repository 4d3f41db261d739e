//! The oracle on people and their roles.

use super::oracle::{Judged, MISSING, ROLE, need};
use super::step::Change;
use super::world::{Role, User, Who, World};

const USERS: &[Role] = &[Role::GlobalAdmin, Role::UserAdmin];

impl World {
    pub(super) fn take_on(&mut self, of: usize, by: Who, role: Role) -> Judged {
        self.own(of, by, USERS)?;
        self.may_give(by, role == Role::GlobalAdmin)?;
        need(self.cast[of].users[1].is_none(), "USER_EXISTS")?;
        self.cast[of].users[1] = Some(User { roles: [role].into(), disabled: false, bound: false });
        self.journal("UserCreated");
        Ok(())
    }

    pub(super) fn change_user(&mut self, of: usize, second: bool, by: Who, to: Change) -> Judged {
        self.own(of, by, USERS)?;
        let Some(user) = self.cast[of].users[usize::from(second)].clone() else { return Err(MISSING) };
        let mut changed = user.clone();
        match to {
            Change::Roles(role) => changed.roles = [role].into(),
            Change::Disable => changed.disabled = true,
            Change::Enable => changed.disabled = false,
        }
        let held = user.roles.contains(&Role::GlobalAdmin);
        let holds = changed.roles.contains(&Role::GlobalAdmin);
        // To take a global administrator out, or let one in, is to take or give the role.
        let reserved = held != holds || (holds && user.disabled != changed.disabled);
        self.may_give(by, reserved)?;
        let governs = |user: &User| !user.disabled && user.roles.contains(&Role::GlobalAdmin);
        let other = self.cast[of].users[usize::from(!second)].as_ref().is_some_and(governs);
        need(!governs(&user) || governs(&changed) || other, "LAST_GLOBAL_ADMIN")?;
        if changed.roles != user.roles || changed.disabled != user.disabled {
            self.cast[of].users[usize::from(second)] = Some(changed);
            self.journal("UserUpdated");
        }
        Ok(())
    }

    /// Who is global administrator is a global administrator's to say.
    fn may_give(&self, by: Who, reserved: bool) -> Judged {
        need(!reserved || self.role(by, &[Role::GlobalAdmin]).is_ok(), ROLE)
    }
}
