//! The proof that is a session token: it gives the next one, and switches between organizations.

use addresses::Email;
use ids::{OrganizationId, kind};
use runtime::links::Presented;
use runtime::{Caller, Fault, Links, Outcome, Violations, clock};
use wire::enrollment as pb;

use super::person::{PURPOSE, answer};
use super::{invalid, word};
use crate::domain::Event;
use crate::{App, Change, store};

pub(super) async fn create(
    app: &App,
    caller: &Caller,
    request: &pb::CreateSessionRequest,
    token: &str,
) -> Result<pb::Session, Fault> {
    let mut v = Violations::of(request);
    let organization = v.optional_name::<kind::Organization>("organization", &request.organization);
    let token = v.text("session_token", token, 1..=400);
    let (organization, token) = v.all((organization, token))?;
    let presented = &Links::read(&token).ok_or_else(invalid)?;
    // Who signs in may send a token along, of whatever organization.
    app.change(&caller.beyond_its_wall(), request, |change| renew(app, change, presented, organization)).await
}

async fn renew(
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
    // Whoever vouched for the person may have lost that say meanwhile.
    let email = Email::parse(&person.email).map_err(|_| invalid())?;
    word(app, tx, &person.issuer, &email).await?;
    store::session::raise(tx, &mut session).await?;
    Ok(Outcome::Done(answer(app, &change, &person, &session, organization).await?, Vec::new()))
}
