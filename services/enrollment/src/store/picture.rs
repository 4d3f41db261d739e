//! All rows on which one organization's enrollments depend.

use chrono::{DateTime, Utc};
use database::{Error, Scope};
use ids::OrganizationId;
use sea_orm::ConnectionTrait;

use super::{agreement, domain_name, location, organization, profile, user, vetting};
use crate::domain::picture::Picture;
use crate::domain::user::Role;

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
    let users = user::all(connection, id).await?;
    Ok(Some(Picture {
        proven_domains: domain_name::proven(connection, id).await?,
        legal,
        support,
        vettings: vetting::all(connection, id).await?,
        location: location::associated(connection, id).await?,
        templates,
        has_admin_agent: users.iter().any(|user| !user.disabled && user.roles.contains(&Role::AdminAgent)),
        organization,
    }))
}
