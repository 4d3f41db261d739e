//! Notification tells what became of a mail.

use ids::kind;
use runtime::convert::delivery;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::enrollment as pb;

use crate::{App, Change, store};

pub(crate) async fn record_delivery(
    app: &App,
    caller: &Caller,
    request: pb::RecordDeliveryRequest,
) -> Result<pb::RecordDeliveryResponse, Fault> {
    let mut v = Violations::of(&request);
    let subject = v.child::<kind::Organization, kind::Enrollment>("subject", &request.subject);
    if request.subject_version < 1 {
        v.add("subject_version", "must be at least 1");
    }
    let delivery = delivery::read(&mut v, request.delivery.as_ref());
    let ((organization, enrollment), delivery) = v.all((subject, delivery))?;
    let (about, version) = ((organization, enrollment), request.subject_version);
    let mail = request.origin.as_ref().map_or("", |origin| origin.subject.as_str());
    let told = (mail, &delivery);
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        store::enrollment::record_delivery(&change.tx, about, version, told).await?;
        Ok(Outcome::Done(pb::RecordDeliveryResponse {}, Vec::new()))
    })
    .await
}
