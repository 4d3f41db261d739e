//! Lists the regions.

use markets::RegionCode;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::region;
use crate::App;

pub(crate) async fn list(
    app: &App,
    _: &Caller,
    request: pb::ListRegionsRequest,
) -> Result<pb::ListRegionsResponse, Fault> {
    let mut v = Violations::of(&request);
    let on = v.optional_time("as_of_time", request.as_of_time.as_ref());
    let (on,) = v.all((on,))?;
    let (markets, on) = (app.service().markets()?, on.unwrap_or_else(|| app.now()));
    Ok(pb::ListRegionsResponse { regions: RegionCode::ALL.iter().map(|code| region(*code, markets, on)).collect() })
}
