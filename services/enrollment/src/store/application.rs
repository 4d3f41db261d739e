//! Applications: one row each, with what it proves itself by.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use database::access::Access;
use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{ApplicationId, OrganizationId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{from_json, from_name, to_json, within};
use crate::domain::application::{Application, ApplicationRole, ApplicationState, Credential, Proof};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "application")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub display_name: String,
        pub roles: Json,
        pub state: String,
        pub credentials: Json,
        pub access_version: i64,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// A credential as the column holds it.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    proof: KeptProof,
    created: DateTime<Utc>,
    ends: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum KeptProof {
    Key { id: String, pem: String },
    Federated { issuer: String, subject: String },
}

pub(crate) async fn insert(tx: &Tx, application: &Application) -> Result<(), Error> {
    Entity::insert(active(application, application.version)?).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let row = Entity::find_by_id(id.uuid())
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(within(scope, Column::Organization))
        .one(connection)
        .await?;
    row.map(read).transpose()
}

pub(crate) async fn save(tx: &Tx, application: &mut Application) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(application, application.version + 1)?)
        .filter(Column::Id.eq(application.id.uuid()))
        .filter(Column::Version.eq(application.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    application.version += 1;
    Ok(())
}

/// Deletes an application as it was read.
pub(crate) async fn delete(tx: &Tx, application: &Application) -> Result<(), Error> {
    let result = Entity::delete_many()
        .filter(Column::Id.eq(application.id.uuid()))
        .filter(Column::Version.eq(application.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)
}

/// How many an organization has.
pub(crate) async fn count(tx: &Tx, organization: OrganizationId) -> Result<usize, Error> {
    let count = Entity::find().filter(Column::Organization.eq(organization.uuid())).count(tx).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Application>, Error> {
    let select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

/// Writes an application's rights where the guard of this service looks.
pub(crate) async fn record_access(tx: &Tx, application: &Application, received: DateTime<Utc>) -> Result<(), Error> {
    let access = Access {
        holder: application.id.uuid(),
        organization: application.organization.uuid(),
        roles: application.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        lowest_version: application.access_version,
        disabled: application.state == ApplicationState::Disabled,
        received_at: received,
    };
    database::access::record(tx, access).await
}

fn active(application: &Application, version: i64) -> Result<row::ActiveModel, Error> {
    let roles: Vec<&str> = application.roles.iter().map(|role| role.as_str()).collect();
    let credentials: Vec<Kept> = application.credentials.iter().map(kept).collect();
    Ok(row::ActiveModel {
        id: Set(application.id.uuid()),
        organization: Set(application.organization.uuid()),
        display_name: Set(application.display_name.clone()),
        roles: Set(to_json("application", "roles", &roles)?),
        state: Set(application.state.as_str().to_owned()),
        credentials: Set(to_json("application", "credentials", &credentials)?),
        access_version: Set(application.access_version),
        version: Set(version),
        created_at: Set(application.created),
        updated_at: Set(application.updated),
    })
}

fn kept(credential: &Credential) -> Kept {
    let proof = match credential.proof.clone() {
        Proof::Key { id, pem } => KeptProof::Key { id, pem },
        Proof::Federated { issuer, subject } => KeptProof::Federated { issuer, subject },
    };
    Kept { proof, created: credential.created, ends: credential.ends }
}

fn credential(kept: Kept) -> Credential {
    let proof = match kept.proof {
        KeptProof::Key { id, pem } => Proof::Key { id, pem },
        KeptProof::Federated { issuer, subject } => Proof::Federated { issuer, subject },
    };
    Credential { proof, created: kept.created, ends: kept.ends }
}

fn read(row: row::Model) -> Result<Application, Error> {
    let names: Vec<String> = from_json("application", "roles", row.id, row.roles)?;
    let roles = names.iter().map(|name| from_name("application", "roles", row.id, name, ApplicationRole::parse));
    let credentials: Vec<Kept> = from_json("application", "credentials", row.id, row.credentials)?;
    Ok(Application {
        id: ApplicationId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        display_name: row.display_name,
        roles: roles.collect::<Result<BTreeSet<_>, _>>()?,
        state: from_name("application", "state", row.id, &row.state, ApplicationState::parse)?,
        credentials: credentials.into_iter().map(credential).collect(),
        access_version: row.access_version,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}
