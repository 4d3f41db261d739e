//! ListVettingCases: the queue, or the cases of one organization.

use database::Scope;
use ids::{OrganizationId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use crate::policy::OVERSEERS;
use crate::rpc::convert;
use crate::store::vetting_case::Filter;
use crate::{App, store};

/// The parent that stands for every organization.
const ALL: &str = "organizations/-";

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListVettingCasesRequest,
) -> Result<pb::ListVettingCasesResponse, Fault> {
    let (organization, state) = parse(&request)?;
    let page = app.page(caller, &request)?;
    let scope = caller.scope()?;
    match organization {
        Some(organization) if !scope.permits(organization) => return Err(Fault::missing()),
        None if scope != Scope::Operator => return Err(Fault::role_required(OVERSEERS)),
        _ => {}
    }
    let filter = Filter { organization, state, now: app.now() };
    let found = store::vetting_case::list(&app.reader(caller), scope, filter, page.after, page.size).await?;
    let shown = found.items.iter().map(|case| convert::vetting_case(case, scope, caller, filter.now));
    Ok(pb::ListVettingCasesResponse {
        vetting_cases: shown.collect::<Result<_, _>>()?,
        next_page_token: app.next_page(caller, &request, found.next),
    })
}

fn parse(request: &pb::ListVettingCasesRequest) -> Result<(Option<OrganizationId>, Option<&'static str>), Fault> {
    let mut v = Violations::of(request);
    let organization = if request.parent == ALL {
        Some(None)
    } else {
        v.name::<kind::Organization>("parent", &request.parent).map(Some)
    };
    let state = v.optional_choice::<pb::vetting_case::State>("state", request.state);
    let (organization, state) = v.all((organization, state))?;
    Ok((organization, state.and_then(convert::case_state_name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(parent: &str, state: i32) -> pb::ListVettingCasesRequest {
        pb::ListVettingCasesRequest { parent: parent.to_owned(), state, ..Default::default() }
    }

    #[test]
    fn the_parent_is_one_organization_or_all() {
        let organization = OrganizationId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(parse(&request("organizations/-", 2)).unwrap(), (None, Some("QUEUED")));
        assert_eq!(parse(&request(&organization.name(), 0)).unwrap(), (Some(organization), None));
        for (parent, state) in [("", 0), ("organizations", 0), ("organizations/--", 0), ("organizations/-", 99)] {
            assert_eq!(parse(&request(parent, state)).unwrap_err().reason(), "FIELD_INVALID", "{parent} {state}");
        }
    }

    #[test]
    fn every_state_can_be_asked_for_by_its_name() {
        for state in 1..=8 {
            let name = pb::vetting_case::State::try_from(state).unwrap().as_str_name();
            let (_, found) = parse(&request("organizations/-", state)).unwrap();
            assert_eq!(found, name.strip_prefix("STATE_"));
        }
    }
}
