//! The way in again for the operator's people when the issuer that vouched for them is no more, or goes by another name: by who holds the
//! database.

use database::Scope;
use runtime::{Caller, Fault, Identity, Outcome, Reason};
use tonic::Code;
use wire::enrollment as pb;

use crate::domain::Event;
use crate::{App, Change, convert, store};

/// Chooses anew who vouches for people at the operator's domains, none for whoever may; and binds each of its users anew at the next sign-in, by the verified
/// address. Says whom. Refused where there is no operator.
pub async fn rebind(app: &App, issuer: Option<&str>) -> Result<Vec<String>, Fault> {
    if let Some(issuer) = issuer.filter(|issuer| !app.service().issuers.knows(issuer)) {
        let message = format!("{issuer} is not configured; these are: {}", app.service().issuers.names().join(", "));
        let fault = Fault::new(Code::InvalidArgument, Reason::FieldInvalid, message);
        return Err(fault.violation("issuer", "must be one that is configured"));
    }
    let caller = Caller::new(Identity::Sweep, "rebind");
    // As when the operator is made: whoever runs it is no caller of an RPC.
    let told = app.change(&caller, &pb::UpdateDomainRequest::default(), |change| rebind_in(change, issuer)).await?;
    Ok(told.users.into_iter().map(|user| user.email).collect())
}

async fn rebind_in(change: Change, issuer: Option<&str>) -> Result<Outcome<pb::ListUsersResponse, Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let organization = store::organization::operator(tx).await?.ok_or_else(Fault::missing)?;
    if !store::organization::lock(tx, Scope::Operator, organization).await? {
        return Err(Fault::missing());
    }
    let (mut events, mut users) = (Vec::new(), Vec::new());
    for name in store::domain_name::proven(tx, organization).await? {
        let domain = store::domain_name::get(tx, Scope::Operator, organization, &name).await?;
        let Some(mut domain) = domain else { continue };
        if domain.trust(issuer.map(str::to_owned), now)? {
            store::domain_name::save(tx, &mut domain).await?;
            events.push(Event::DomainUpdated(organization));
        }
    }
    for mut user in store::user::all(tx, organization).await? {
        if user.person.take().is_some() {
            user.updated = now;
            store::user::save(tx, &mut user).await?;
            events.push(Event::UserUnbound { organization, user: user.id });
        }
        users.push(convert::user(&user));
    }
    Ok(Outcome::Done(pb::ListUsersResponse { users, ..Default::default() }, events))
}
