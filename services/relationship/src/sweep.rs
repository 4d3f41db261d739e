//! Writes down what time alone has ended, reminds of what is about to end, and tells those concerned.

use database::Scope;
use ids::{AdminGrantId, InvitationId};
use runtime::Fault;
use runtime::sweep::{BATCH, each};

use crate::domain::Event;
use crate::domain::admin_grant::State;
use crate::domain::event::{AdminGrantEnded, AdminGrantReminded, InvitationExpired, InvitationReminded};
use crate::{App, Change, store};

/// Does what is due; says how much that was.
pub(crate) async fn sweep(app: &App) -> Result<usize, Fault> {
    let (reader, now) = (&app.database().reader_for(Scope::Peer), app.now());
    let invitations = store::invitation::due(reader, now, BATCH).await?;
    let grants = store::admin_grant::due(reader, now, BATCH).await?;
    let unanswered = store::invitation::unreminded(reader, now, BATCH).await?;
    let ending = store::admin_grant::unreminded(reader, now, BATCH).await?;
    Ok(each(invitations, |id| app.sweep(move |change| invitation(change, id))).await
        + each(grants, |id| app.sweep(move |change| grant(change, id))).await
        + each(unanswered, |id| app.sweep(move |change| remind_recipient(change, id))).await
        + each(ending, |id| app.sweep(move |change| remind_sides(change, id))).await)
}

async fn invitation(change: Change, id: InvitationId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut invitation) = store::invitation::get(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    // Somebody may have answered it since.
    if invitation.expire(change.now()).is_err() {
        return Ok(Vec::new());
    }
    store::invitation::save(tx, &mut invitation).await?;
    let parties = store::organization::many(tx, invitation.parties()).await?;
    Ok(vec![Event::InvitationExpired(InvitationExpired::of(&invitation, &parties))])
}

async fn grant(change: Change, id: AdminGrantId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut grant) = store::admin_grant::get(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    if grant.expire(change.now()).is_err() {
        return Ok(Vec::new());
    }
    store::admin_grant::save(tx, &mut grant).await?;
    let parties = store::organization::many(tx, [grant.grantor, grant.grantee]).await?;
    Ok(vec![Event::AdminGrantEnded(AdminGrantEnded::of(&grant, State::Expired, None, &parties))])
}

async fn remind_recipient(change: Change, id: InvitationId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut invitation) = store::invitation::get(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    if !invitation.remind(change.now()) {
        return Ok(Vec::new());
    }
    store::invitation::save(tx, &mut invitation).await?;
    let parties = store::organization::many(tx, invitation.parties()).await?;
    Ok(vec![Event::InvitationReminded(InvitationReminded::of(&invitation, &parties))])
}

async fn remind_sides(change: Change, id: AdminGrantId) -> Result<Vec<Event>, Fault> {
    let tx = &change.tx;
    let Some(mut grant) = store::admin_grant::get(tx, Scope::Peer, id).await? else { return Ok(Vec::new()) };
    if !grant.remind(change.now()) {
        return Ok(Vec::new());
    }
    store::admin_grant::save(tx, &mut grant).await?;
    let parties = store::organization::many(tx, [grant.grantor, grant.grantee]).await?;
    Ok(vec![Event::AdminGrantReminded(AdminGrantReminded::of(&grant, &parties))])
}
