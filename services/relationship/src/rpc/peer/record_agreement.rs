//! Enrollment tells of a published version of a partner agreement.

use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::standing::EnrollmentType;
use crate::store::agreement::Published;
use crate::{App, Change, store};

pub(crate) async fn record_agreement(
    app: &App,
    caller: &Caller,
    request: pb::RecordAgreementRequest,
) -> Result<pb::RecordAgreementResponse, Fault> {
    let published = &parse(&request)?;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        store::agreement::put(&change.tx, published).await?;
        Ok(Outcome::Done(pb::RecordAgreementResponse {}, Vec::new()))
    })
    .await
}

fn parse(request: &pb::RecordAgreementRequest) -> Result<Published, Fault> {
    let mut v = Violations::of(request);
    let capacity = v.check("type", request.r#type.parse::<EnrollmentType>());
    let region = v.text("region", &request.region, 1..=40);
    if request.version < 1 {
        v.add("version", "must be at least 1");
    }
    let effective_time = v.time("effective_time", request.effective_time.as_ref());
    let sign_by_time = v.optional_time("sign_by_time", request.sign_by_time.as_ref());
    let (capacity, region, effective_time, sign_by_time) = v.all((capacity, region, effective_time, sign_by_time))?;
    Ok(Published { capacity, region, version: request.version, effective_time, sign_by_time })
}
