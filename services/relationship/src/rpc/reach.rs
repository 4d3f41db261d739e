//! Whose rows a caller may see: the operator's people see all only by the role that is for it.

use database::Scope;
use runtime::{Caller, Fault, Role};

/// All rows for the operator's people who hold the role OPERATOR, else those of the caller's own organization.
pub(crate) fn scope(caller: &Caller) -> Result<Scope, Fault> {
    let user = caller.user()?;
    let all = user.operator && caller.has(Role::Operator);
    Ok(if all { Scope::Operator } else { Scope::Organization(user.organization) })
}

#[cfg(test)]
mod tests {
    use ids::Id;
    use runtime::{Identity, User};
    use uuid::Uuid;

    use super::*;

    fn seen_by(operator: bool, roles: &[Role]) -> Scope {
        let user = User {
            person: Id::from_uuid(Uuid::from_u128(1)),
            user: Id::from_uuid(Uuid::from_u128(2)),
            organization: Id::from_uuid(Uuid::from_u128(3)),
            email: String::new(),
            display_name: String::new(),
            roles: roles.to_vec(),
            operator,
        };
        scope(&Caller::new(Identity::User(user), "/test")).unwrap()
    }

    #[test]
    fn the_operators_other_people_see_no_more_than_anyones() {
        let own = Scope::Organization(Id::from_uuid(Uuid::from_u128(3)));
        assert_eq!(seen_by(true, &[Role::Operator]), Scope::Operator);
        assert_eq!(seen_by(true, &[Role::GlobalAdmin, Role::SalesAgent, Role::Reviewer]), own);
        assert_eq!(seen_by(false, &[Role::Operator]), own);
    }
}
