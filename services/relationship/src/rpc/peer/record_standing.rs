//! Enrollment tells how an enrollment stands.

use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::relationship as pb;

use crate::rpc::record::{ToldStanding, standing};
use crate::{App, Change, store};

pub(crate) async fn record_standing(
    app: &App,
    caller: &Caller,
    request: pb::RecordStandingRequest,
) -> Result<pb::RecordStandingResponse, Fault> {
    let mut v = Violations::of(&request);
    let told = standing(
        &mut v,
        &ToldStanding {
            enrollment: &request.enrollment,
            capacity: &request.r#type,
            state: &request.state,
            location: &request.location,
            location_region_code: &request.location_region_code,
            signed_version: request.signed_version,
            state_time: request.state_time.as_ref(),
            version: request.origin.as_ref().map_or(0, |origin| origin.version),
        },
    );
    let (told,) = v.all((told,))?;
    let told = &told;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        store::standing::put(&change.tx, told).await?;
        Ok(Outcome::Done(pb::RecordStandingResponse {}, Vec::new()))
    })
    .await
}
