//! ListServiceLevels.

use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{as_of, begins};
use crate::{App, deadlines};

pub(crate) async fn list_service_levels(
    app: &App,
    _caller: &Caller,
    request: pb::ListServiceLevelsRequest,
) -> Result<pb::ListServiceLevelsResponse, Fault> {
    let time = as_of(app, Violations::of(&request), request.as_of_time.as_ref())?;
    // Before there was any rule there is none to tell.
    let levels = deadlines::levels(time).unwrap_or_default();
    let level = |(step, hours, from): (&str, u32, _)| pb::ServiceLevel {
        step: step.to_owned(),
        hours: i32::try_from(hours).unwrap_or(i32::MAX),
        effective_time: begins(from),
    };
    Ok(pb::ListServiceLevelsResponse { service_levels: levels.into_iter().map(level).collect() })
}
