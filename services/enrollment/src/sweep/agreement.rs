//! Reminders of agreements that must be signed by a day: a round through the enrollments of a type and region for each stage that begins.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use database::Scope;
use ids::{EnrollmentId, OrganizationId};
use markets::Markets;
use runtime::Fault;
use runtime::sweep::each;

use crate::domain::Event;
use crate::domain::agreement::Template;
use crate::domain::enrollment::EnrollmentType;
use crate::domain::reminder::{self, Stage};
use crate::store::reminder::Round;
use crate::{App, Change, store};

/// So many enrollments a pass; the next pass goes on.
const BATCH: u64 = 50;

/// One step of each round under way; says how many enrollments were looked at.
pub(super) async fn remind(app: &App) -> Result<usize, Fault> {
    let (reader, now) = (&app.database().reader_for(Scope::Peer), app.now());
    let mut groups: BTreeMap<(EnrollmentType, String), Vec<Template>> = BTreeMap::new();
    for template in store::agreement::with_deadline(reader, now).await? {
        groups.entry((template.kind, template.region.clone())).or_default().push(template);
    }
    let mut moved = 0;
    for ((kind, region), templates) in groups {
        moved += step(app, kind, &region, &templates, now).await?;
    }
    Ok(moved)
}

async fn step(
    app: &App,
    kind: EnrollmentType,
    region: &str,
    templates: &[Template],
    now: DateTime<Utc>,
) -> Result<usize, Fault> {
    let reader = &app.database().reader_for(Scope::Peer);
    let (name, stages) = (format!("{}/{region}", kind.as_str()), reminder::round(templates, now));
    let before = store::reminder::round(reader, &name).await?.filter(|round| round.stages == stages);
    if before.as_ref().is_some_and(|round| round.done) {
        return Ok(0);
    }
    let newest = templates.iter().map(|template| template.version).max().unwrap_or_default();
    let sought = (kind, countries(region, now), newest);
    let found = store::enrollment::behind(reader, sought, before.and_then(|round| round.after), BATCH).await?;
    let count = found.len();
    let last = found.last().map(|(_, enrollment)| *enrollment);
    let organizations: BTreeMap<EnrollmentId, OrganizationId> =
        found.iter().map(|(organization, enrollment)| (*enrollment, *organization)).collect();
    let ids = found.into_iter().map(|(_, enrollment)| enrollment).collect();
    each(ids, |id| {
        let organization = organizations.get(&id).copied();
        app.sweep(move |change| tell(change, organization, id))
    })
    .await;
    let round = &Round { name, stages, after: last, done: last.is_none() };
    app.sweep(|change| async move {
        store::reminder::save_round(&change.tx, round).await?;
        Ok(Vec::new())
    })
    .await?;
    Ok(count.max(1))
}

/// Tells those who can sign for one enrollment, unless they were told as much; once its day has passed, the directory forgets a provider.
async fn tell(change: Change, organization: Option<OrganizationId>, id: EnrollmentId) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let Some(organization) = organization else { return Ok(Vec::new()) };
    let enrollment = store::enrollment::get(tx, Scope::Peer, organization, id).await?;
    let picture = store::picture::load(tx, Scope::Peer, organization, now).await?;
    let (Some(enrollment), Some(picture)) = (enrollment, picture) else { return Ok(Vec::new()) };
    let told = store::reminder::told(tx, id).await?;
    let Some(reminder) = picture.reminder(&enrollment, told, now) else { return Ok(Vec::new()) };
    store::reminder::tell(tx, id, told, reminder.due.rank()).await?;
    if reminder.due.stage == Stage::Overdue {
        store::listing::refresh(tx, organization, now).await?;
    }
    Ok(vec![Event::AgreementReminded(Box::new(reminder))])
}

/// The countries of a region.
fn countries(region: &str, now: DateTime<Utc>) -> Vec<String> {
    let Ok(markets) = Markets::builtin() else { return Vec::new() };
    let there = markets.on(now).filter(|market| market.region.as_str() == region);
    there.map(|market| market.country.to_string()).collect()
}
