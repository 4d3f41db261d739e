//! The queue at work: each due message is tried in two changes of its own, one that counts the try and one that makes it.

use database::Scope;
use ids::MessageId;
use runtime::sweep::{BATCH, each};
use runtime::{Change, Fault};

use crate::domain::message::Refusal;
use crate::domain::{Event, Message};
use crate::transport::Verdict;
use crate::{App, Notification, render, store, transport};

/// Tries what is due; says how many messages were tried.
pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let due = store::message::due(app.database().reader(), Scope::Peer, app.now(), BATCH).await?;
    Ok(each(due, |id| attempt(app, id)).await)
}

async fn attempt(app: &App, id: MessageId) -> Result<(), Fault> {
    app.sweep(move |change| begin(app, change, id)).await?;
    app.sweep(move |change| deliver(app, change, id)).await
}

async fn begin(app: &App, change: Change<Notification>, id: MessageId) -> Result<Vec<Event>, Fault> {
    let Some(mut message) = store::message::load(&change.tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    // Refused when another replica was faster; the same in `deliver`.
    let Ok(event) = message.begin(change.now(), app.service().config().tries()) else { return Ok(Vec::new()) };
    store::message::save(&change.tx, Scope::Peer, &message).await?;
    Ok(event.into_iter().collect())
}

/// The mail is in its mailbox if and only if the message is SENT: one transaction.
async fn deliver(app: &App, change: Change<Notification>, id: MessageId) -> Result<Vec<Event>, Fault> {
    let Some(mut message) = store::message::load(&change.tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    let Ok(event) = hand_over(app, &change, &mut message).await? else { return Ok(Vec::new()) };
    store::message::save(&change.tx, Scope::Peer, &message).await?;
    if let Event::MessageParked { reason, .. } = &event {
        tracing::error!(message = id.name(), reason, "a message was parked");
    }
    Ok(vec![event])
}

async fn hand_over(
    app: &App,
    change: &Change<Notification>,
    message: &mut Message,
) -> Result<Result<Event, Refusal>, Fault> {
    let config = app.service().config();
    let now = change.now();
    let Ok(contents) = message.under_way() else { return Ok(Err(Refusal)) };
    let letter = match render::letter(message, contents, &config.from) {
        Ok(letter) => letter,
        Err(error) => return Ok(message.park(now, error.code())),
    };
    match transport::offer(&message.recipient, &config.unreachable_domains) {
        Verdict::Accepted => {
            let mail = letter.arrived(change.id(), message, now);
            store::mailbox_message::insert(&change.tx, Scope::Peer, mail).await?;
            Ok(message.accept(now))
        }
        Verdict::Later(reason) => Ok(message.postpone(now, reason, config.tries(), chance(change))),
        Verdict::Never(reason) => Ok(message.bounce(now, reason)),
    }
}

/// The last 32 bits of a new id are random.
fn chance(change: &Change<Notification>) -> u32 {
    let [.., a, b, c, d] = *change.id::<ids::kind::Message>().uuid().as_bytes();
    u32::from_be_bytes([a, b, c, d])
}
