//! A side stops a partnership for a while.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::Event;
use crate::domain::event::PartnershipMoved;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn suspend(
    app: &App,
    caller: &Caller,
    request: pb::SuspendPartnershipRequest,
) -> Result<pb::Partnership, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Partnership>("name", &request.name);
    let (id,) = v.all((name,))?;
    let own = caller.organization()?;
    let asked = &request;
    app.change(caller, &request, move |change: Change| async move {
        let tx = &change.tx;
        let found = store::partnership::get(tx, Scope::Organization(own), id).await?;
        let mut partnership = found.ok_or_else(Fault::missing)?;
        Fault::unless_fresh(&asked.etag, partnership.version)?;
        partnership.suspend(own, change.now())?;
        store::partnership::save(tx, &mut partnership).await?;
        let parties = store::organization::many(tx, partnership.sides()).await?;
        let moved = PartnershipMoved::of(&partnership, Some(own), &parties);
        let answer = convert::partnership(&partnership, &parties);
        Ok(Outcome::Done(answer, vec![Event::PartnershipSuspended(moved)]))
    })
    .await
}
