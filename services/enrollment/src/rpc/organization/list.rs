//! ListOrganizations.

use markets::CountryCode;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::store::organization::Filter;
use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListOrganizationsRequest,
) -> Result<pb::ListOrganizationsResponse, Fault> {
    let mut v = Violations::of(&request);
    let country = match request.region_code.as_str() {
        "" => Some(None),
        code => v.check("region_code", code.parse::<CountryCode>()).map(Some),
    };
    let display_name = v.optional_text("display_name", &request.display_name, 120);
    let (country, display_name) = v.all((country, display_name))?;
    let scope = caller.scope()?;
    let page = app.page(caller, &request)?;
    let reader = &app.reader(caller);
    let filter = Filter { country, display_name };
    let found = store::organization::list(reader, scope, &filter, page.after, page.size).await?;
    let mut proven = store::domain_name::proven_by(reader, found.items.iter().map(|one| one.id)).await?;
    let organizations =
        found.items.iter().map(|one| convert::listed_organization(one, proven.remove(&one.id).unwrap_or_default()));
    Ok(pb::ListOrganizationsResponse {
        organizations: organizations.collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
