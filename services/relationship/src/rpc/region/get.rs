//! Reads a region.

use markets::RegionCode;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::{COLLECTION, region};
use crate::App;

pub(crate) async fn get(app: &App, _: &Caller, request: pb::GetRegionRequest) -> Result<pb::Region, Fault> {
    let mut v = Violations::of(&request);
    let code = v.text("name", &request.name, 1..=60);
    let code = code.and_then(|name| v.check("name", code_of(&name)));
    let on = v.optional_time("as_of_time", request.as_of_time.as_ref());
    let (code, on) = v.all((code, on))?;
    Ok(region(code, app.service().markets()?, on.unwrap_or_else(|| app.now())))
}

/// The region that a name names. There are no others: a name that fits the pattern and names none is wrong, not missing.
pub(crate) fn code_of(name: &str) -> Result<RegionCode, &'static str> {
    let code = name.strip_prefix(COLLECTION).and_then(|code| code.parse().ok());
    code.ok_or("expected the name of a region, such as `regions/EUROPE`")
}
