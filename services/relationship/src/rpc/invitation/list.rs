//! Lists invitations sent or received.

use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;
use wire::relationship::list_invitations_request::Direction;

use crate::domain::invitation::Invitation;
use crate::rpc::convert::{self, code};
use crate::store::invitation::Filter;
use crate::{App, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListInvitationsRequest,
) -> Result<pb::ListInvitationsResponse, Fault> {
    let mut v = Violations::of(&request);
    let direction = v.choice::<Direction>("direction", request.direction);
    let stage = code!(v.optional_choice::<pb::invitation::State>("state", request.state), "STATE_");
    let external_id = v.optional_text("external_id", &request.external_id, 64);
    let from = v.optional_time("create_time_from", request.create_time_from.as_ref());
    let before = v.optional_time("create_time_before", request.create_time_before.as_ref());
    let (direction, stage, external_id, from, before) = v.all((direction, stage, external_id, from, before))?;
    let filter = Filter { sent: direction == Direction::Sent, stage, external_id, created: (from, before) };
    let page = app.page(caller, &request)?;
    let (own, scope, now) = (caller.organization()?, caller.scope()?, app.now());
    let reader = &app.reader(caller);
    let page = store::invitation::list_of(reader, own, &filter, (page.after, page.size), now).await?;
    let parties =
        store::organization::many(app.database().reader(), page.items.iter().flat_map(Invitation::parties)).await?;
    Ok(pb::ListInvitationsResponse {
        invitations: page.items.iter().map(|row| convert::invitation(row, &parties, scope, now)).collect(),
        next_page_token: app.next_page(caller, &request, page.next),
    })
}
