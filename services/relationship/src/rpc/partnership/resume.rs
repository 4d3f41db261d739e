//! The side that suspended a partnership, or the operator, lets it go on.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::Event;
use crate::domain::event::PartnershipMoved;
use crate::domain::state::Resumer;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn resume(
    app: &App,
    caller: &Caller,
    request: pb::ResumePartnershipRequest,
) -> Result<pb::Partnership, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Partnership>("name", &request.name);
    let (id,) = v.all((name,))?;
    let scope = caller.scope()?;
    let (who, by) = match scope {
        Scope::Organization(own) => (Resumer::Party(own), Some(own)),
        Scope::Operator | Scope::Peer | Scope::Link => (Resumer::Operator, None),
    };
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::partnership::get(tx, scope, id).await?;
        let mut partnership = found.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(&asked.etag, partnership.version)?;
        partnership.resume(who, change.now())?;
        store::partnership::save(tx, &mut partnership).await?;
        let parties = store::organization::many(tx, partnership.sides()).await?;
        let moved = PartnershipMoved::of(&partnership, by, &parties);
        let answer = convert::partnership(&partnership, &parties);
        Ok(Outcome::Done(answer, vec![Event::PartnershipResumed(moved)]))
    })
    .await
}
