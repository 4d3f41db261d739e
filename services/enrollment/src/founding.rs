//! How an organization begins: with empty profiles and a first user, in one change.

use std::collections::BTreeSet;

use ids::PersonId;
use markets::CountryCode;
use runtime::{Fault, clock};

use crate::domain::Event;
use crate::domain::event::{OrganizationFacts, UserFacts};
use crate::domain::organization::{Mailbox, Organization};
use crate::domain::user::{Role, User, UserState};
use crate::{Change, store};

/// An organization to be, and its first user.
pub(crate) struct Founding<'a> {
    pub(crate) display_name: &'a str,
    pub(crate) country: CountryCode,
    pub(crate) language: &'a str,
    pub(crate) operator: bool,
    /// Who it is for the issuer, once known; else bound at first sign-in.
    pub(crate) person: Option<PersonId>,
    pub(crate) email: &'a str,
    pub(crate) user_name: &'a str,
    pub(crate) roles: &'a [Role],
}

pub(crate) async fn found(change: &Change, founding: &Founding<'_>) -> Result<(Organization, User, Vec<Event>), Fault> {
    let (tx, now) = (&change.tx, change.now());
    let organization = Organization {
        id: change.id(),
        display_name: founding.display_name.to_owned(),
        country: founding.country,
        language: founding.language.to_owned(),
        mail: Mailbox { address: founding.email.to_owned(), language: founding.language.to_owned() },
        operator: founding.operator,
        version: 1,
        created: now,
        updated: now,
    };
    store::organization::insert(tx, &organization).await?;
    store::profile::insert(tx, organization.id, now).await?;
    let user = User {
        id: change.id(),
        organization: organization.id,
        person: founding.person,
        email: founding.email.to_owned(),
        display_name: founding.user_name.to_owned(),
        roles: founding.roles.iter().copied().collect::<BTreeSet<_>>(),
        state: UserState::Active,
        access_version: 1,
        version: 1,
        created: now,
        updated: now,
    };
    store::user::insert(tx, &user).await?;
    store::user::record_access(tx, &user, clock::system_time()).await?;
    let facts = OrganizationFacts { organization: organization.clone(), proven_domains: Vec::new() };
    let events = vec![Event::OrganizationCreated(Box::new(facts)), Event::UserCreated(UserFacts::of(&user))];
    Ok((organization, user, events))
}
