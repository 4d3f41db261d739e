//! Lists the partnerships of the caller's organization.

use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;
use wire::relationship::list_partnerships_request::Side as WireSide;

use crate::rpc::convert::{self, code};
use crate::store::partnership::Side;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListPartnershipsRequest,
) -> Result<pb::ListPartnershipsResponse, Fault> {
    let mut v = Violations::of(&request);
    let side = v.optional_choice::<WireSide>("side", request.side);
    let stage = code!(v.optional_choice::<pb::partnership::State>("state", request.state), "STATE_");
    let (side, stage) = v.all((side, stage))?;
    let side = match side {
        Some(WireSide::Provider) => Side::Provider,
        Some(WireSide::Reseller) => Side::Reseller,
        Some(WireSide::Unspecified) | None => Side::Either,
    };
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    let own = caller.organization()?;
    let page = store::partnership::list_of(reader, own, (side, stage), (page.after, page.size)).await?;
    let sides = page.items.iter().flat_map(|row| [row.provider, row.reseller]);
    let parties = store::organization::many(app.database().reader(), sides).await?;
    Ok(pb::ListPartnershipsResponse {
        partnerships: page.items.iter().map(|row| convert::partnership(row, &parties)).collect(),
        next_page_token: app.next_page(caller, &request, page.next),
    })
}
