//! Lists the reseller relationships that the caller's organization is a party to.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::rpc::convert::{self, code};
use crate::store::reseller_relationship::Filter;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListResellerRelationshipsRequest,
) -> Result<pb::ListResellerRelationshipsResponse, Fault> {
    let filter = parse(&request)?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    let own = caller.organization()?;
    let page = store::reseller_relationship::list_of(reader, own, &filter, (page.after, page.size)).await?;
    let parties = store::organization::many(app.database().reader(), page.items.iter().map(|row| row.customer)).await?;
    let rows = page.items.iter().map(|row| convert::reseller_relationship(row, &parties));
    Ok(pb::ListResellerRelationshipsResponse {
        reseller_relationships: rows.collect(),
        next_page_token: app.next_page(caller, &request, page.next),
    })
}

fn parse(request: &pb::ListResellerRelationshipsRequest) -> Result<Filter, Fault> {
    let mut v = Violations::of(request);
    let partner = v.optional_name::<kind::Organization>("partner", &request.partner);
    let customer = v.optional_name::<kind::Organization>("customer", &request.customer);
    let partnership = v.optional_name::<kind::Partnership>("partnership", &request.partnership);
    let stage = code!(v.optional_choice::<pb::reseller_relationship::State>("state", request.state), "STATE_");
    let (partner, customer, partnership, stage) = v.all((partner, customer, partnership, stage))?;
    Ok(Filter { partner, customer, partnership, stage })
}
