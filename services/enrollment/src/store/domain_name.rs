//! Domains that organizations claim, and those of them that are proven: a unique key gives each proven one a single owner.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{DomainId, OrganizationId};
use sea_orm::ActiveValue::Set;
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*};

use super::within;
use crate::domain::domain_name::{DomainName, DomainState, MOST, Proof};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization_domain")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub domain: String,
        pub state: String,
        pub proof: Option<String>,
        pub proven_at: Option<DateTime<Utc>>,
        pub nonce: String,
        pub trusted_issuer: Option<String>,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

const PROVEN: &str = "PROVEN";

/// Whether an organization has proven this domain. Which one is nobody's to know.
pub(crate) async fn is_known(connection: &impl ConnectionTrait, domain: &str) -> Result<bool, Error> {
    let proven = Entity::find().filter(Column::Domain.eq(domain)).filter(Column::State.eq(PROVEN));
    Ok(proven.one(connection).await?.is_some())
}

/// The issuer that the owner of a proven domain has chosen for its people.
pub(crate) async fn trusted_issuer(connection: &impl ConnectionTrait, domain: &str) -> Result<Option<String>, Error> {
    let proven = Entity::find().filter(Column::Domain.eq(domain)).filter(Column::State.eq(PROVEN));
    Ok(proven.one(connection).await?.and_then(|row| row.trusted_issuer))
}

/// The proven domains of an organization, in order; no more than siblings take.
pub(crate) async fn proven(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Vec<String>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(Column::State.eq(PROVEN))
        .order_by_asc(Column::Domain)
        .limit(MOST)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.domain).collect())
}

/// The proven domains of several organizations, in order.
pub(crate) async fn proven_by(
    connection: &impl ConnectionTrait,
    organizations: impl IntoIterator<Item = OrganizationId>,
) -> Result<HashMap<OrganizationId, Vec<String>>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.is_in(organizations.into_iter().map(OrganizationId::uuid)))
        .filter(Column::State.eq(PROVEN))
        .order_by_asc(Column::Domain)
        .all(connection)
        .await?;
    let mut found: HashMap<OrganizationId, Vec<String>> = HashMap::new();
    for row in rows {
        found.entry(OrganizationId::from_uuid(row.organization)).or_default().push(row.domain);
    }
    Ok(found)
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    domain: &str,
) -> Result<Option<DomainName>, Error> {
    let row = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(Column::Domain.eq(domain))
        .filter(within(scope, Column::Organization))
        .one(connection)
        .await?;
    row.map(read).transpose()
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<DomainName>, Error> {
    let select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

/// How many an organization has, proven or not.
pub(crate) async fn count(connection: &impl ConnectionTrait, organization: OrganizationId) -> Result<u64, Error> {
    Ok(Entity::find().filter(Column::Organization.eq(organization.uuid())).count(connection).await?)
}

pub(crate) async fn insert(tx: &Tx, domain: &DomainName) -> Result<(), Error> {
    Entity::insert(active(domain, domain.version)).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a changed domain; a duplicate where another organization has proven it.
pub(crate) async fn save(tx: &Tx, domain: &mut DomainName) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(domain, domain.version + 1))
        .filter(Column::Id.eq(domain.id.uuid()))
        .filter(Column::Version.eq(domain.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    domain.version += 1;
    Ok(())
}

/// Notes that verification has shown a domain to be this organization's, claimed or not; false when it has an owner already. `new` is the
/// claim where there is none.
pub(crate) async fn verify(tx: &Tx, new: DomainName, now: DateTime<Utc>) -> Result<bool, Error> {
    if is_known(tx, &new.domain).await? {
        return Ok(false);
    }
    let claimed = get(tx, Scope::Organization(new.organization), new.organization, &new.domain).await?;
    let written = match claimed {
        Some(mut claimed) => {
            claimed.prove(Proof::Verification, now);
            save(tx, &mut claimed).await
        }
        None => {
            let mut new = new;
            new.prove(Proof::Verification, now);
            insert(tx, &new).await
        }
    };
    match written {
        Ok(()) => Ok(true),
        // Somebody else proved it at this moment: look again.
        Err(Error::Duplicate { .. }) => Err(Error::Contended),
        Err(error) => Err(error),
    }
}

fn active(domain: &DomainName, version: i64) -> row::ActiveModel {
    let proof = domain.state.proof();
    row::ActiveModel {
        id: Set(domain.id.uuid()),
        organization: Set(domain.organization.uuid()),
        domain: Set(domain.domain.clone()),
        state: Set(domain.state.as_str().to_owned()),
        proof: Set(proof.map(|(by, _)| by.as_str().to_owned())),
        proven_at: Set(proof.map(|(_, at)| at)),
        nonce: Set(domain.nonce.clone()),
        trusted_issuer: Set(domain.trusted_issuer.clone()),
        version: Set(version),
        created_at: Set(domain.created),
        updated_at: Set(domain.updated),
    }
}

fn read(row: row::Model) -> Result<DomainName, Error> {
    let proof = row.proof.as_deref().and_then(Proof::parse).zip(row.proven_at);
    let state = DomainState::parse(&row.state, proof).ok_or_else(|| {
        let reason = format!("{:?} by {:?} is no known state", row.state, row.proof);
        Error::unreadable("organization_domain", "state", row.id, reason)
    })?;
    Ok(DomainName {
        id: DomainId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        domain: row.domain,
        state,
        nonce: row.nonce,
        trusted_issuer: row.trusted_issuer,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}
