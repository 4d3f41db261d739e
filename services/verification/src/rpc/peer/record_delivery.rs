//! Notification tells what became of a mail.

use database::Scope;
use ids::kind;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::verification as pb;

use super::note_mail;
use crate::domain::Fate;
use crate::rpc::convert::delivery;
use crate::{App, Change, store};

pub(crate) async fn record_delivery(
    app: &App,
    caller: &Caller,
    request: pb::RecordDeliveryRequest,
) -> Result<pb::RecordDeliveryResponse, Fault> {
    let mut v = Violations::of(&request);
    let subject = v.child::<kind::Organization, kind::EmailVerification>("subject", &request.subject);
    if request.subject_version < 1 {
        v.add("subject_version", "must be at least 1");
    }
    let delivery = delivery::read(&mut v, request.delivery.as_ref());
    let ((_, id), delivery) = v.all((subject, delivery))?;
    let (version, delivery) = (request.subject_version, &delivery);
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let tx = &change.tx;
        let known = store::email_verification::record_delivery(tx, id, version, delivery).await?;
        let found = store::email_verification::find(tx, Scope::Peer, id).await?.filter(|_| known);
        let noted = match found {
            Some(verification) => note_mail(&change, &verification, Fate::of(delivery, verification.state)).await?,
            None => None,
        };
        Ok(Outcome::Done(pb::RecordDeliveryResponse {}, noted.into_iter().collect()))
    })
    .await
}
