//! All rows on which one organization's enrollments depend.

use chrono::{DateTime, Utc};
use database::{Error, Scope, Tx};
use ids::OrganizationId;
use sea_orm::ConnectionTrait;

use super::{agreement, domain_name, location, organization, profile, user, vetting};
use crate::domain::picture::Picture;

/// The picture of an organization; none when there is none of this scope.
pub(crate) async fn load(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<Picture>, Error> {
    let Some(organization) = organization::get(connection, scope, id).await? else { return Ok(None) };
    let legal = profile::legal(connection, id).await?;
    let support = profile::support(connection, id).await?;
    let (Some(legal), Some(support)) = (legal, support) else {
        return Err(Error::unreadable("organization", "id", id, "has no profiles"));
    };
    let templates = match organization.region(now) {
        Some(region) => agreement::of_region(connection, region.as_str()).await?,
        None => Vec::new(),
    };
    Ok(Some(Picture {
        proven_domains: domain_name::proven(connection, id).await?,
        legal,
        support,
        vettings: vetting::all(connection, id).await?,
        location: location::associated(connection, id).await?,
        templates,
        users: user::all(connection, id).await?,
        organization,
    }))
}

/// Writes the organization, its legal profile, its users and what is known of its cases where they are not as they were; `received` dates the users' rights.
pub(crate) async fn save(
    tx: &Tx,
    before: &Picture,
    picture: &mut Picture,
    received: DateTime<Utc>,
) -> Result<(), Error> {
    if picture.organization != before.organization {
        organization::save(tx, &picture.organization).await?;
    }
    if picture.legal != before.legal {
        profile::save_legal(tx, picture.organization.id, &mut picture.legal).await?;
    }
    for (case, _) in picture.vettings.iter().zip(&before.vettings).filter(|(after, before)| *after != *before) {
        vetting::record(tx, case).await?;
    }
    for (user, _) in picture.users.iter_mut().zip(&before.users).filter(|(after, before)| *after != *before) {
        user::save(tx, user).await?;
        user::record_access(tx, user, received).await?;
    }
    Ok(())
}
