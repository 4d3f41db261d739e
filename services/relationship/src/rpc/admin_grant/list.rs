//! Lists the grants that the caller's organization gave or was given.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::rpc::convert::{self, code};
use crate::store::admin_grant::Filter;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListAdminGrantsRequest,
) -> Result<pb::ListAdminGrantsResponse, Fault> {
    let filter = parse(&request)?;
    let page = app.page(caller, &request)?;
    let (own, now) = (caller.organization()?, app.now());
    let reader = &app.reader(caller);
    let page = store::admin_grant::list_of(reader, own, &filter, (page.after, page.size), now).await?;
    Ok(pb::ListAdminGrantsResponse {
        admin_grants: page.items.iter().map(|row| convert::admin_grant(row, now)).collect(),
        next_page_token: app.next_page(caller, &request, page.next),
    })
}

fn parse(request: &pb::ListAdminGrantsRequest) -> Result<Filter, Fault> {
    let mut v = Violations::of(request);
    let grantor = v.optional_name::<kind::Organization>("grantor", &request.grantor);
    let grantee = v.optional_name::<kind::Organization>("grantee", &request.grantee);
    let state = code!(v.optional_choice::<pb::admin_grant::State>("state", request.state), "STATE_");
    let from = v.optional_time("expire_time_from", request.expire_time_from.as_ref());
    let before = v.optional_time("expire_time_before", request.expire_time_before.as_ref());
    let (grantor, grantee, state, from, before) = v.all((grantor, grantee, state, from, before))?;
    Ok(Filter { grantor, grantee, state, ending: (from, before) })
}
