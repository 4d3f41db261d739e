//! LookupOrganization: known or not, and no more than that.

use addresses::registrable;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, store};

pub(crate) async fn lookup(
    app: &App,
    caller: &Caller,
    request: pb::LookupOrganizationRequest,
) -> Result<pb::LookupOrganizationResponse, Fault> {
    let mut v = Violations::of(&request);
    let text = v.text("domain", &request.domain, 1..=253);
    let domain =
        text.and_then(|text| v.check("domain", registrable(&text).ok_or("must be a domain, such as example.com")));
    let (domain,) = v.all((domain,))?;
    let known = store::domain_name::is_known(&app.reader(&caller.beyond_its_wall()), &domain).await?;
    Ok(pb::LookupOrganizationResponse { known })
}
