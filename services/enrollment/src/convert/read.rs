//! Enums from the wire, once they are known to be values.

use runtime::Role as WireRole;
use wire::enrollment as pb;

use crate::domain::enrollment::EnrollmentType;
use crate::domain::user::{Role, UserState};

pub(crate) fn type_of(kind: pb::EnrollmentType) -> Option<EnrollmentType> {
    EnrollmentType::ALL.into_iter().find(|known| super::kind(*known) == kind)
}

pub(crate) fn role_of(role: WireRole) -> Option<Role> {
    Role::ALL.into_iter().find(|known| super::role(*known) == role)
}

pub(crate) fn user_state_of(state: pb::user::State) -> Option<UserState> {
    UserState::ALL.into_iter().find(|known| super::user_state(*known) == state)
}
