//! What every mail of an invitation asks first: whether its sender may still cause one today.

use chrono::{NaiveTime, TimeDelta};
use ids::OrganizationId;
use runtime::Fault;

use crate::domain::Refusal;
use crate::{App, Change, store};

/// Counts one more mail of this sender, or refuses until the next day begins.
pub(super) async fn count(app: &App, change: &Change, sender: OrganizationId) -> Result<(), Fault> {
    let (now, most) = (change.now(), app.service().config.invitations_per_day);
    if store::quota::spend(&change.tx, sender, now.date_naive(), most).await? {
        return Ok(());
    }
    let passed = now.time().signed_duration_since(NaiveTime::MIN);
    Err(Refusal::MailsSpent { most, wait: TimeDelta::days(1) - passed }.into())
}
