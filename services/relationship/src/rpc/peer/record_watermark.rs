//! Enrollment tells how far its outbox has come.

use runtime::{Caller, Fault, Outcome, Violations};
use wire::relationship as pb;

use crate::domain::watermark::Watermark;
use crate::{App, Change, store};

/// As many parked subjects as enrollment tells: of more it tells no watermark at all.
const MOST_PARKED: usize = 1_000;

pub(crate) async fn record_watermark(
    app: &App,
    caller: &Caller,
    request: pb::RecordWatermarkRequest,
) -> Result<pb::RecordWatermarkResponse, Fault> {
    let told = &parse(&request)?;
    app.change(caller, &request, move |change: Change| async move {
        store::watermark::put(&change.tx, told).await?;
        Ok(Outcome::Done(pb::RecordWatermarkResponse {}, Vec::new()))
    })
    .await
}

fn parse(request: &pb::RecordWatermarkRequest) -> Result<Watermark, Fault> {
    let mut v = Violations::of(request);
    if request.epoch < 1 {
        v.add("epoch", "must be at least 1");
    }
    let as_of = v.time("as_of_time", request.as_of_time.as_ref());
    let parked = v.list("parked_subjects", &request.parked_subjects, MOST_PARKED);
    let parked: Option<Vec<_>> = parked.iter().map(|subject| v.text("parked_subjects", subject, 1..=200)).collect();
    let (as_of, parked) = v.all((as_of, parked))?;
    Ok(Watermark { epoch: request.epoch, as_of, parked })
}
