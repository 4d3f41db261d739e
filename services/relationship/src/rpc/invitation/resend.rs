//! The sender mails an open invitation again; older links are superseded.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use super::mailed;
use super::revoke::senders_own;
use crate::domain::Event;
use crate::domain::event::InvitationMailed;
use crate::domain::offer::Offer;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn resend(
    app: &App,
    caller: &Caller,
    request: pb::ResendInvitationRequest,
) -> Result<pb::Invitation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Invitation>("name", &request.name);
    let (id,) = v.all((name,))?;
    let user = caller.user()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now, scope) = (&change.tx, change.now(), Scope::Organization(user.organization));
        let found = store::invitation::get(tx, scope, id).await?;
        let mut invitation = found.ok_or_else(Fault::missing)?;
        senders_own(&invitation, user.organization)?;
        Fault::unless_fresh(&asked.etag, invitation.version)?;
        invitation.resend(now)?;
        store::invitation::save(tx, &mut invitation).await?;
        mailed::count(app, &change, user.organization).await?;
        let parties = store::organization::many(tx, invitation.parties()).await?;
        let offer = Offer::of(&invitation, &parties, now);
        let resent = InvitationMailed::of(&invitation, &parties, &offer, &user.email);
        let answer = convert::invitation(&invitation, &parties, scope, now);
        Ok(Outcome::Done(answer, vec![Event::InvitationResent(resent)]))
    })
    .await
}
