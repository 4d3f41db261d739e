//! What siblings tell this service.

pub(super) mod close_case;
pub(super) mod open_case;
pub(super) mod record_delivery;
pub(super) mod record_domains;
pub(super) mod update_case;

use addresses::Email;
use database::Scope;
use runtime::Fault;

use crate::domain::quota::Dispatch;
use crate::domain::{
    Deadlines, EmailVerification, Event, Fate, NewCase, NewVerification, Postage, Purpose, Subject, VettingCase,
};
use crate::{App, Change, limits, store};

/// Writes to whoever the case must ask now; what becomes of that is the case's to know, which is saved after it.
pub(super) async fn issue(
    app: &App,
    change: &Change,
    case: &mut VettingCase,
    deadlines: &Deadlines,
) -> Result<Vec<Event>, Fault> {
    let Some(purpose) = case.asks() else { return Ok(Vec::new()) };
    let now = change.now();
    let postage = postage(change, case, &case.subject.person(purpose).email).await?;
    if purpose == Purpose::Approver && postage == Postage::Refused {
        // An approver who said no before has said it.
        return Ok(case.approver_answered(false, now).into_iter().map(Event::from).collect());
    }
    let new = NewVerification { id: change.id(), nonce: change.nonce(), tries: app.service().tries() };
    let (verification, event) = EmailVerification::issue(new, case, purpose, postage, now, deadlines);
    store::email_verification::insert(&change.tx, &verification).await?;
    let held = match postage {
        Postage::Paid => {
            case.mailed(&verification);
            None
        }
        Postage::Due(_) => case.note_mail(&verification, Fate::Withheld, now),
        Postage::Refused => case.note_mail(&verification, Fate::Refused, now),
    };
    Ok([Event::from(event)].into_iter().chain(held.map(Event::from)).collect())
}

/// What became of a verification's mail, told to its case.
pub(super) async fn note_mail(
    change: &Change,
    verification: &EmailVerification,
    fate: Fate,
) -> Result<Option<Event>, Fault> {
    let tx = &change.tx;
    let case = store::vetting_case::find(tx, Scope::Peer, verification.case).await?;
    let noted = case.and_then(|mut case| case.note_mail(verification, fate, change.now()).map(|event| (case, event)));
    let Some((mut case, event)) = noted else { return Ok(None) };
    store::vetting_case::save(tx, Scope::Peer, &mut case).await?;
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
    let (mut case, opened) = VettingCase::open(change.id(), known(change, new).await?, change.now(), deadlines);
    let mut events = vec![Event::from(opened)];
    events.extend(issue(app, change, &mut case, deadlines).await?);
    store::vetting_case::insert(&change.tx, &case).await?;
    Ok(events)
}
