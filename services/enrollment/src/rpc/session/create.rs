//! CreateSession: a proof of identity for an access token.

use chrono::TimeDelta;
use ids::{OrganizationId, kind};
use runtime::links::{Bond, Presented};
use runtime::token::{AccessClaims, Membership};
use runtime::{Caller, Fault, Links, Outcome, Violations, clock, convert::timestamp};
use tonic::Code;
use wire::enrollment as pb;
use wire::enrollment::create_session_request::Proof;

use super::identity::{Vouched, invalid, prove};
use crate::domain::Event;
use crate::domain::user::{User, UserState};
use crate::store::person::Person;
use crate::store::session::Session;
use crate::{App, Change, convert, store};

const PURPOSE: &str = "session";
/// How long a session lasts, in real time: using it makes it no longer.
const LIFETIME: TimeDelta = TimeDelta::hours(12);

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreateSessionRequest,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(&request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    match &request.proof {
        Some(Proof::IdentityToken(token)) => {
            let token = v.text("identity_token", token, 1..=8192);
            let (organization, token) = v.all((organization, token))?;
            let vouched = &prove(&app.service().config.issuers, &token)?;
            app.change(caller, &request, |change| by_identity(app, change, vouched, organization)).await
        }
        Some(Proof::SessionToken(token)) => {
            let token = v.text("session_token", token, 1..=400);
            let (organization, token) = v.all((organization, token))?;
            let presented = &Links::read(&token).ok_or_else(invalid)?;
            app.change(caller, &request, |change| by_session(app, change, presented, organization)).await
        }
        None => {
            v.add("proof", "is required: identity_token or session_token");
            Err(v.done().err().unwrap_or_else(invalid))
        }
    }
}

async fn by_identity(
    app: &App,
    change: Change,
    vouched: &Vouched,
    organization: Option<OrganizationId>,
) -> Result<Outcome<pb::Session, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let identity = (vouched.issuer.as_str(), vouched.subject.as_str());
    let called = (vouched.email.as_str(), vouched.display_name.as_str());
    let person = store::person::sign_in(tx, change.id(), identity, called, now).await?;
    let events = bind(&change, &person).await?;
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

async fn by_session(
    app: &App,
    change: Change,
    presented: &Presented,
    organization: Option<OrganizationId>,
) -> Result<Outcome<pb::Session, Event>, Fault> {
    let tx = &change.tx;
    let mut session = store::session::get(tx, presented.id).await?.ok_or_else(invalid)?;
    let proven = app.links().proves(presented, PURPOSE, &session.nonce);
    if !proven || session.expires <= clock::system_time() || presented.generation > session.generation {
        return Err(invalid());
    }
    if presented.generation < session.generation {
        // It was used before: whoever holds the newer one may be a thief, so neither goes on.
        store::session::delete(tx, session.id).await?;
        return Ok(Outcome::Refused(invalid(), Vec::new()));
    }
    let person = store::person::get(tx, session.person).await?.ok_or_else(invalid)?;
    store::session::raise(tx, &mut session).await?;
    Ok(Outcome::Done(answer(app, &change, &person, &session, organization).await?, Vec::new()))
}

/// Users that were added by this verified address become this person's; afterwards the address plays no part.
async fn bind(change: &Change, person: &Person) -> Result<Vec<Event>, Fault> {
    let own = store::user::of_person(&change.tx, person.id).await?;
    let mut events = Vec::new();
    for mut user in store::user::unbound(&change.tx, &person.email).await? {
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

async fn answer(
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
