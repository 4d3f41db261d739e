//! The reseller lets the provider order for its customers, or not.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Outcome, Reason, Violations};
use tonic::Code;
use wire::relationship as pb;

use crate::domain::Event;
use crate::domain::event::OrdersAllowedChanged;
use crate::domain::organization::Parties;
use crate::domain::partnership::Partnership;
use crate::rpc::convert;
use crate::{App, Change, store};

pub(crate) async fn set_orders_allowed(
    app: &App,
    caller: &Caller,
    request: pb::SetOrdersAllowedRequest,
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
        if partnership.reseller != own {
            let message = "only a global administrator of the reseller sets this";
            return Err(Fault::new(Code::PermissionDenied, Reason::RoleRequired, message));
        }
        Fault::unless_fresh(&asked.etag, partnership.version)?;
        let parties = store::organization::many(tx, [partnership.provider, partnership.reseller]).await?;
        let mut events = Vec::new();
        if partnership.set_orders_allowed(asked.orders_allowed, change.now())? {
            store::partnership::save(tx, &mut partnership).await?;
            events.push(changed(&partnership, &parties));
        }
        Ok(Outcome::Done(convert::partnership(&partnership, &parties), events))
    })
    .await
}

fn changed(partnership: &Partnership, parties: &Parties) -> Event {
    let sides = [partnership.provider, partnership.reseller];
    Event::OrdersAllowedChanged(OrdersAllowedChanged {
        partnership: partnership.id,
        allowed: partnership.orders_allowed,
        parties: sides.to_vec(),
        provider_name: parties.name(partnership.provider),
        reseller_name: parties.name(partnership.reseller),
        tell: parties.addressees(sides),
    })
}
