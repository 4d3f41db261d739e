//! SendEnquiry: a mail to a provider's sales contact; the journal knows that it was sent, not what it says.

use ids::{OrganizationId, kind};
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Outcome, User, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::directory::overdue;
use crate::domain::enquiry::{Enquiry, WINDOW, plain, remaining, sendable};
use crate::domain::reminder::Addressee;
use crate::{App, Change, store};

/// What is asked, of whom, by whom.
struct Asked<'a> {
    scope: database::Scope,
    user: &'a User,
    provider: OrganizationId,
    message: String,
}

pub(crate) async fn send(
    app: &App,
    caller: &Caller,
    request: pb::SendEnquiryRequest,
) -> Result<pb::SendEnquiryResponse, Fault> {
    let mut v = Violations::of(&request);
    let provider = v.name::<kind::Organization>("provider", &request.provider);
    let message = v.text("message", &request.message, 10..=1_000).and_then(|text| v.check("message", plain(text)));
    let (provider, message) = v.all((provider, message))?;
    let asked = &Asked { scope: caller.scope()?, user: caller.user()?, provider, message };
    // What the provider has published, and where it is written to.
    app.change(&caller.beyond_its_wall(), &request, |change| send_in(change, asked)).await
}

async fn send_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::SendEnquiryResponse, Event>, Fault> {
    let (tx, now, sender) = (&change.tx, change.now(), asked.user.organization);
    // Enquiries of one organization follow each other, so that they are counted.
    if !store::organization::lock(tx, asked.scope, sender).await? {
        return Err(Fault::missing());
    }
    let own = store::organization::get(tx, asked.scope, sender).await?.ok_or_else(Fault::missing)?;
    sendable(&store::enrollment::all(tx, sender).await?)?;
    let overdue = overdue(&store::agreement::with_deadline(tx, now).await?, now);
    if !store::listing::shows(tx, asked.provider, &overdue).await? {
        return Err(Fault::missing());
    }
    let provider = store::organization::many(tx, &[asked.provider]).await?.pop().ok_or_else(Fault::missing)?;
    let profile = store::business_profile::get(tx, asked.provider).await?.ok_or_else(Fault::missing)?;
    let remaining = remaining(&store::enquiry::since(tx, sender, now - WINDOW).await?, now)?;
    let enquiry = Enquiry {
        id: change.id(),
        sender,
        provider: asked.provider,
        company: own.display_name,
        person: if asked.user.display_name.is_empty() {
            asked.user.email.clone()
        } else {
            asked.user.display_name.clone()
        },
        reply_to: asked.user.email.clone(),
        recipient: Addressee {
            address: profile.sales_contact.email.clone(),
            name: profile.sales_contact.name(),
            language: provider.language,
        },
        message: asked.message.clone(),
    };
    store::enquiry::insert(tx, enquiry.id, sender, now).await?;
    let answer = pb::SendEnquiryResponse {
        enquiry: enquiry.id.name(),
        send_time: Some(timestamp(now)),
        remaining: i32::try_from(remaining).unwrap_or_default(),
    };
    Ok(Outcome::Done(answer, vec![Event::EnquirySent(Box::new(enquiry))]))
}
