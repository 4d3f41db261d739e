//! ResumeEnrollment: the operator lifts a suspension.

use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::measure::Asked;
use crate::App;
use crate::domain::life::Measure;

pub(crate) async fn resume(
    app: &App,
    caller: &Caller,
    request: pb::ResumeEnrollmentRequest,
) -> Result<pb::Enrollment, Fault> {
    let fields = [&request.name, &request.etag, &request.reason, &request.reason_text].map(String::as_str);
    let asked = &Asked::parse(Violations::of(&request), caller, Measure::Resume, fields)?;
    app.change(caller, &request, |change| async move {
        let taken = asked.take(&change).await?;
        Ok(Outcome::Done(taken.enrollment, taken.events))
    })
    .await
}
