//! EndEnrollment: the operator ends an enrollment for good. What that would hit is told to who asks before; the act itself waits for no sibling.

use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use super::impact;
use super::measure::Asked;
use crate::App;
use crate::domain::life::Measure;

pub(crate) async fn end(
    app: &App,
    caller: &Caller,
    request: pb::EndEnrollmentRequest,
) -> Result<pb::EndEnrollmentResponse, Fault> {
    let fields = [&request.name, &request.etag, &request.reason, &request.reason_text].map(String::as_str);
    let asked = &Asked::parse(Violations::of(&request), caller, Measure::End, fields)?;
    let affected = if request.validate_only { impact::read(app, asked).await? } else { Vec::new() };
    let affected = &affected;
    app.change(caller, &request, |change| async move {
        let taken = asked.take(&change).await?;
        Ok(Outcome::Done(
            pb::EndEnrollmentResponse {
                enrollment: Some(taken.enrollment),
                effects: taken.effects,
                affected: affected.clone(),
            },
            taken.events,
        ))
    })
    .await
}
