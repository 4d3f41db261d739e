//! What a person is given who has proven to be one.

use addresses::Email;
use chrono::TimeDelta;
use ids::OrganizationId;
use runtime::links::Bond;
use runtime::token::{AccessClaims, Membership};
use runtime::{Fault, Outcome, clock, convert::timestamp};
use tonic::Code;
use wire::enrollment as pb;

use super::word;
use crate::domain::Event;
use crate::domain::issuer::{MAILED_CODE, Word};
use crate::domain::user::{User, UserState};
use crate::store::person::Person;
use crate::store::session::Session;
use crate::{App, Change, convert, store};

/// A person as somebody vouches for them whose word may count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) email: Email,
    pub(super) display_name: String,
}

/// What session tokens are for.
pub(super) const PURPOSE: &str = "session";
/// How long a session lasts, in real time: using it makes it no longer.
const LIFETIME: TimeDelta = TimeDelta::hours(12);

/// Lets in a person for whom somebody vouches, if their word counts for the address.
pub(super) async fn enter(
    app: &App,
    change: Change,
    vouched: &Vouched,
    organization: Option<OrganizationId>,
) -> Result<Outcome<pb::Session, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let identity = (vouched.issuer.as_str(), vouched.subject.as_str());
    let called = (vouched.email.as_str(), vouched.display_name.as_str());
    let word = word(app, tx, &vouched.issuer, &vouched.email).await?;
    let person = store::person::sign_in(tx, change.id(), identity, called, now).await?;
    let events = bind(&change, &person, word).await?;
    let session = Session {
        id: change.id::<()>().uuid(),
        person: person.id,
        generation: 1,
        nonce: change.nonce(),
        expires: database::time::micros(clock::system_time() + LIFETIME),
    };
    store::session::insert(tx, &session).await?;
    Ok(Outcome::Done(answer(app, &change, &person, &session, organization).await?, events))
}

/// Users that were added by this verified address become this person's; afterwards the address plays no part. But who came by a mailed code
/// was known by the address alone: the domain's own issuer takes its place.
async fn bind(change: &Change, person: &Person, word: Word) -> Result<Vec<Event>, Fault> {
    let own = store::user::of_person(&change.tx, person.id).await?;
    let mut waiting = store::user::unbound(&change.tx, &person.email).await?;
    if word == Word::Own
        && let Some(mailed) = store::person::find(&change.tx, (MAILED_CODE, &person.email)).await?
    {
        waiting.extend(store::user::of_person(&change.tx, mailed.id).await?);
    }
    let mut events = Vec::new();
    for mut user in waiting {
        if own.iter().any(|known| known.organization == user.organization) {
            continue;
        }
        user.person = Some(person.id);
        user.updated = change.now();
        if user.display_name.is_empty() {
            user.display_name.clone_from(&person.display_name);
        }
        store::user::save(&change.tx, &mut user).await?;
        events.push(Event::UserBound { organization: user.organization, user: user.id });
    }
    Ok(events)
}

/// An access token for one of the person's organizations, or for none yet.
pub(super) async fn answer(
    app: &App,
    change: &Change,
    person: &Person,
    session: &Session,
    organization: Option<OrganizationId>,
) -> Result<pb::Session, Fault> {
    let users = store::user::of_person(&change.tx, person.id).await?;
    let user = choose(&users, organization)?;
    let member = match user {
        Some(user) => Some(membership(change, user).await?),
        None => None,
    };
    let claims = AccessClaims {
        person: person.id,
        email: person.email.clone(),
        display_name: person.display_name.clone(),
        member,
    };
    let (access_token, expires) = app.service().signer.sign(&claims)?;
    let bond = Bond { purpose: PURPOSE, id: session.id, generation: session.generation, nonce: &session.nonce };
    Ok(pb::Session {
        access_token,
        access_expire_time: Some(timestamp(expires)),
        session_token: app.links().token(bond),
        session_expire_time: Some(timestamp(session.expires)),
        user: user.map(|user| user.organization.child(user.id)).unwrap_or_default(),
        application: String::new(),
    })
}

async fn membership(change: &Change, user: &User) -> Result<Membership, Fault> {
    let scope = database::Scope::Organization(user.organization);
    let organization = store::organization::get(&change.tx, scope, user.organization).await?;
    let organization = organization.ok_or_else(|| Fault::internal("a user without organization"))?;
    Ok(Membership {
        user: user.id,
        organization: user.organization,
        roles: user.roles.iter().map(|role| convert::role(*role)).collect(),
        operator: organization.operator,
        version: user.access_version,
    })
}

/// Which of a person's users acts; none for a person who belongs nowhere, yet or any more. Being disabled somewhere says so
/// only to who names that organization: else anyone could shut a stranger out by adding and disabling their address.
fn choose(users: &[User], organization: Option<OrganizationId>) -> Result<Option<&User>, Fault> {
    if let Some(organization) = organization {
        let user = users.iter().find(|user| user.organization == organization).ok_or_else(Fault::missing)?;
        return if user.state == UserState::Active { Ok(Some(user)) } else { Err(disabled()) };
    }
    let mut active = users.iter().filter(|user| user.state == UserState::Active);
    match (active.next(), active.next()) {
        (Some(only), None) => Ok(Some(only)),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => {
            let names: Vec<String> = users
                .iter()
                .filter(|user| user.state == UserState::Active)
                .map(|user| user.organization.name())
                .collect();
            let message = "you belong to several organizations: name one";
            Err(Fault::new(Code::FailedPrecondition, pb::Reason::OrganizationChoice, message)
                .with("organizations", names.join(",")))
        }
    }
}

fn disabled() -> Fault {
    Fault::new(Code::Unauthenticated, pb::Reason::UserDisabled, "the user is disabled in this organization")
}
