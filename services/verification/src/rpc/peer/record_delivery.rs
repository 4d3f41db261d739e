//! Notification tells what became of a mail.

use addresses::Delivery;
use database::Scope;
use ids::{EmailVerificationId, VettingCaseId, kind};
use runtime::convert::delivery;
use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::verification as pb;

use super::note_mail;
use crate::domain::{Event, Fate};
use crate::{App, Change, store};

/// What a mail was about.
#[derive(Clone, Copy)]
enum About {
    /// It asked to confirm an address.
    Verification(EmailVerificationId),
    /// It told the applicant of questions.
    Case(VettingCaseId),
}

pub(crate) async fn record_delivery(
    app: &App,
    caller: &Caller,
    request: pb::RecordDeliveryRequest,
) -> Result<pb::RecordDeliveryResponse, Fault> {
    let mut v = Violations::of(&request);
    let about = about(&mut v, &request.subject);
    if request.subject_version < 1 {
        v.add("subject_version", "must be at least 1");
    }
    let delivery = delivery::read(&mut v, request.delivery.as_ref());
    let (about, delivery) = v.all((about, delivery))?;
    let (version, delivery) = (request.subject_version, &delivery);
    let mail = request.origin.as_ref().map_or("", |origin| origin.subject.as_str());
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        let noted = match about {
            About::Verification(id) => verification(&change, id, version, delivery).await?,
            About::Case(id) => {
                store::vetting_case::record_delivery(&change.tx, id, version, (mail, delivery)).await?;
                None
            }
        };
        Ok(Outcome::Done(pb::RecordDeliveryResponse {}, noted.into_iter().collect()))
    })
    .await
}

fn about(v: &mut Violations, subject: &str) -> Option<About> {
    if subject.contains("/vettingCases/") {
        let case = v.child::<kind::Organization, kind::VettingCase>("subject", subject);
        return case.map(|(_, case)| About::Case(case));
    }
    let verification = v.child::<kind::Organization, kind::EmailVerification>("subject", subject);
    verification.map(|(_, verification)| About::Verification(verification))
}

/// Whether its reader can answer is the case's concern too.
async fn verification(
    change: &Change,
    id: EmailVerificationId,
    version: i64,
    delivery: &Delivery,
) -> Result<Option<Event>, Fault> {
    let tx = &change.tx;
    let known = store::email_verification::record_delivery(tx, id, version, delivery).await?;
    let found = store::email_verification::find(tx, Scope::Peer, id).await?.filter(|_| known);
    match found {
        Some(verification) => note_mail(change, &verification, Fate::of(delivery, verification.state)).await,
        None => Ok(None),
    }
}
