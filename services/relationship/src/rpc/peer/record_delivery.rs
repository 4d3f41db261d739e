//! Notification tells what became of a mail.

use ids::kind;
use runtime::convert::delivery;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::relationship as pb;

use crate::{App, Change, store};

pub(crate) async fn record_delivery(
    app: &App,
    caller: &Caller,
    request: pb::RecordDeliveryRequest,
) -> Result<pb::RecordDeliveryResponse, Fault> {
    let mut v = Violations::of(&request);
    let subject = v.name::<kind::Invitation>("subject", &request.subject);
    if request.subject_version < 1 {
        v.add("subject_version", "must be at least 1");
    }
    let delivery = delivery::read(&mut v, request.delivery.as_ref());
    let (id, delivery) = v.all((subject, delivery))?;
    let (version, delivery) = (request.subject_version, &delivery);
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        store::invitation::record_delivery(&change.tx, id, version, delivery).await?;
        Ok(Outcome::Done(pb::RecordDeliveryResponse {}, Vec::new()))
    })
    .await
}
