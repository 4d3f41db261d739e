//! What siblings tell this service.

pub(super) mod close_case;
pub(super) mod open_case;
pub(super) mod record_delivery;
pub(super) mod record_domains;
pub(super) mod update_case;

use addresses::Email;
use runtime::Fault;

use crate::domain::quota::Dispatch;
use crate::domain::{Deadlines, EmailVerification, Event, NewCase, NewVerification, Postage, Subject, VettingCase};
use crate::{App, Change, limits, store};

/// Writes to whoever the case must ask now.
pub(super) async fn issue(
    app: &App,
    change: &Change,
    case: &VettingCase,
    deadlines: &Deadlines,
) -> Result<Option<Event>, Fault> {
    let Some(purpose) = case.asks() else { return Ok(None) };
    let new = NewVerification { id: change.id(), nonce: change.nonce(), tries: app.service().tries() };
    let postage = postage(change, case, &case.subject.person(purpose).email).await?;
    let (verification, event) = EmailVerification::issue(new, case, purpose, postage, change.now(), deadlines);
    store::email_verification::insert(&change.tx, &verification).await?;
    Ok(Some(event.into()))
}

/// Whether a mail of this case may go to this address now.
async fn postage(change: &Change, case: &VettingCase, to: &Email) -> Result<Postage, Fault> {
    let (tx, now) = (&change.tx, change.now());
    if store::email_verification::is_refused(tx, case.organization, &to.mailbox()).await? {
        return Ok(Postage::Refused);
    }
    let dispatch = Dispatch { to, organization: case.organization, caller: None };
    let full = store::mail_count::take(tx, &dispatch.counts(&limits::at(now)?, now)).await?;
    Ok(full.map_or(Postage::Paid, Postage::Due))
}

/// What is known here of a subject's domain: whether its organization has proven it, and whom it could be taken for.
async fn known(change: &Change, new: &NewCase) -> Result<NewCase, Fault> {
    let (tx, organization) = (&change.tx, new.organization);
    let domain = new.subject.contact.email.registrable_domain();
    let domain_proven = store::proven_domain::has(tx, organization, domain).await?;
    let lookalike = store::vetting_case::has_lookalike(tx, organization, domain).await?;
    Ok(NewCase { subject: Subject { domain_proven, lookalike, ..new.subject.clone() }, ..new.clone() })
}

/// Opens a case, and writes to whom it must ask first.
async fn open(app: &App, change: &Change, new: &NewCase, deadlines: &Deadlines) -> Result<Vec<Event>, Fault> {
    let (case, opened) = VettingCase::open(change.id(), known(change, new).await?, change.now(), deadlines);
    store::vetting_case::insert(&change.tx, &case).await?;
    let mut events = vec![Event::from(opened)];
    events.extend(issue(app, change, &case, deadlines).await?);
    Ok(events)
}
