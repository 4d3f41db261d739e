//! CreateUser: added by address, bound to a person at first sign-in.

use std::collections::BTreeSet;

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::roles::{by, operators_only, parse};
use crate::domain::event::UserFacts;
use crate::domain::user::{User, UserState, may_give, may_have_another};
use crate::domain::{Event, Refusal};
use crate::{App, convert, store};

pub(crate) async fn create(app: &App, caller: &Caller, request: pb::CreateUserRequest) -> Result<pb::User, Fault> {
    let mut v = Violations::of(&request);
    let given = request.user.clone().unwrap_or_default();
    let parent = v.name::<kind::Organization>("parent", &request.parent);
    let email = v.email("user.email", &given.email);
    let display_name = v.optional_text("user.display_name", &given.display_name, 120);
    let roles = parse(&mut v, "user.roles", &given.roles);
    let (organization, email, display_name, roles) = v.all((parent, email, display_name, roles))?;
    let scope = caller.scope_of(organization)?;
    operators_only(caller, "user.roles", &roles)?;
    may_give(&by(caller), &BTreeSet::new(), &roles)?;
    let (email, display_name, roles) = (&email, &display_name, &roles);
    app.change(caller, &request, |change| async move {
        let (tx, now) = (&change.tx, change.now());
        // Those of one organization follow each other, so that they are counted.
        if !store::organization::lock(tx, scope, organization).await? {
            return Err(Fault::missing());
        }
        may_have_another(store::user::count(tx, organization).await?)?;
        let user = User {
            id: change.id(),
            organization,
            person: None,
            email: email.as_str().to_owned(),
            display_name: display_name.clone().unwrap_or_default(),
            roles: roles.clone(),
            state: UserState::Active,
            access_version: 1,
            version: 1,
            created: now,
            updated: now,
        };
        match store::user::insert(tx, &user).await {
            Err(database::Error::Duplicate { .. }) => return Err(Refusal::UserExists.into()),
            result => result?,
        }
        store::user::record_access(tx, &user, clock::system_time()).await?;
        Ok(Outcome::Done(convert::user(&user), vec![Event::UserCreated(UserFacts::of(&user))]))
    })
    .await
}
