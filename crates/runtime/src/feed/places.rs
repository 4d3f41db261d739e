//! Room for those who watch the journal, and turns for those who are behind.

use database::Scope;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::serve::{Place, Room};
use crate::{Caller, Fault};

/// How many of organizations may watch at once, and how many of one of them: a few readers and those that come back, and no crowd of one takes the
/// room from all others.
const ORGANIZATIONS: (usize, usize) = (96, 8);
/// How many of the operator: whatever organizations do, it has room.
const OPERATOR: usize = 16;
/// So many who are behind read at once in this process. The rest of the pool is for calls.
const TURNS: usize = 2;

/// Places of watchers.
pub(crate) struct Places {
    organizations: Room<String>,
    operator: Room<String>,
    turns: Semaphore,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            organizations: Room::shared(ORGANIZATIONS.0, ORGANIZATIONS.1),
            operator: Room::shared(OPERATOR, OPERATOR),
            turns: Semaphore::new(TURNS),
        }
    }
}

impl Places {
    /// A place for this caller, if there is one for it.
    pub(super) fn enter(&self, caller: &Caller) -> Result<Option<Place<String>>, Fault> {
        let room = match caller.scope()? {
            Scope::Operator => &self.operator,
            Scope::Organization(_) | Scope::Peer | Scope::Link => &self.organizations,
        };
        Ok(room.enter(caller.on_behalf_of().unwrap_or_else(|| caller.key())))
    }

    /// A turn to read, once it comes.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        self.turns.acquire().await.map_err(Fault::internal)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use ids::Id;
    use uuid::Uuid;

    use super::*;
    use crate::{Identity, User};

    fn caller(organization: u128, operator: bool) -> Caller {
        let organization = Id::from_uuid(Uuid::from_u128(organization));
        let user = User {
            person: Id::from_uuid(Uuid::from_u128(1)),
            user: Id::from_uuid(Uuid::from_u128(1)),
            organization,
            email: String::new(),
            display_name: String::new(),
            roles: Vec::new(),
            operator,
        };
        let mut caller = Caller::new(Identity::User(user), "/a/B");
        caller.scope = Some(if operator { Scope::Operator } else { Scope::Organization(organization) });
        caller
    }

    #[test]
    fn organizations_take_their_share_each_and_the_operators_room_never() {
        let places = Places::default();
        let fill = |caller: &Caller| -> Vec<_> { std::iter::from_fn(|| places.enter(caller).unwrap()).collect() };
        let taken: Vec<_> = (2..14).map(|organization| fill(&caller(organization, false))).collect();
        assert!(taken.iter().all(|of_one| of_one.len() == 8));
        assert!(places.enter(&caller(99, false)).unwrap().is_none(), "twelve take all");
        assert_eq!(fill(&caller(1, true)).len(), 16);
        assert!(places.enter(&Caller::new(Identity::Anonymous, "/a/B")).is_err(), "who has no rows watches none");
    }

    #[test]
    fn few_who_are_behind_read_at_once_and_the_next_when_one_is_done() {
        let places = Places::default();
        let mut turns: Vec<_> = (0..TURNS).map(|_| places.turn().now_or_never().expect("a turn").unwrap()).collect();
        assert!(places.turn().now_or_never().is_none());
        turns.pop();
        assert!(places.turn().now_or_never().is_some());
    }
}
