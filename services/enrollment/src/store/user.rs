//! Users: one row per person in one organization. The table is `member`, since `user` is a word of SQL.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use database::access::Access;
use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{OrganizationId, PersonId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{QueryOrder, entity::prelude::*};

use super::{from_json, from_name, to_json, within};
use crate::domain::user::{Role, User, UserState};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization: Uuid,
        pub person: Option<Uuid>,
        pub email: String,
        pub display_name: String,
        pub roles: Json,
        pub role_bits: i32,
        pub state: String,
        pub access_version: i64,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) use row::{Column, Entity};

/// Which users are listed; what is absent narrows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter {
    pub(crate) role: Option<Role>,
    pub(crate) state: Option<UserState>,
}

pub(crate) async fn insert(tx: &Tx, user: &User) -> Result<(), Error> {
    Entity::insert(active(user, user.version)?).exec_without_returning(tx).await?;
    Ok(())
}

/// How many users an organization has.
pub(crate) async fn count(tx: &Tx, organization: OrganizationId) -> Result<usize, Error> {
    let count = Entity::find().filter(Column::Organization.eq(organization.uuid())).count(tx).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    id: UserId,
) -> Result<Option<User>, Error> {
    let row = Entity::find_by_id(id.uuid())
        .filter(Column::Organization.eq(organization.uuid()))
        .filter(within(scope, Column::Organization))
        .one(connection)
        .await?;
    row.map(read).transpose()
}

pub(crate) async fn save(tx: &Tx, user: &mut User) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(user, user.version + 1)?)
        .filter(Column::Id.eq(user.id.uuid()))
        .filter(Column::Version.eq(user.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    user.version += 1;
    Ok(())
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    organization: OrganizationId,
    filter: Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<User>, Error> {
    let mut select =
        Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(within(scope, Column::Organization));
    if let Some(state) = filter.state {
        select = select.filter(Column::State.eq(state.as_str()));
    }
    if let Some(role) = filter.role {
        select = select.filter(Expr::col(Column::RoleBits).bit_and(bits([role])).ne(0));
    }
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

/// Deletes a user as it was read.
pub(crate) async fn delete(tx: &Tx, user: &User) -> Result<(), Error> {
    let result = Entity::delete_many()
        .filter(Column::Id.eq(user.id.uuid()))
        .filter(Column::Version.eq(user.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)
}

/// All users of an organization, oldest first.
pub(crate) async fn all(connection: &impl ConnectionTrait, organization: OrganizationId) -> Result<Vec<User>, Error> {
    let rows = Entity::find()
        .filter(Column::Organization.eq(organization.uuid()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

/// What a person is, in each organization.
pub(crate) async fn of_person(connection: &impl ConnectionTrait, person: PersonId) -> Result<Vec<User>, Error> {
    let rows = Entity::find()
        .filter(Column::Person.eq(person.uuid()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Users that were added by this address and that nobody has signed in as. A disabled one binds nobody: else any organization could keep
/// a stranger from signing in.
pub(crate) async fn unbound(connection: &impl ConnectionTrait, email: &str) -> Result<Vec<User>, Error> {
    let rows = Entity::find()
        .filter(Column::Email.eq(email))
        .filter(Column::Person.is_null())
        .filter(Column::State.eq(UserState::Active.as_str()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

fn active(user: &User, version: i64) -> Result<row::ActiveModel, Error> {
    let roles: Vec<&str> = user.roles.iter().map(|role| role.as_str()).collect();
    Ok(row::ActiveModel {
        id: Set(user.id.uuid()),
        organization: Set(user.organization.uuid()),
        person: Set(user.person.map(PersonId::uuid)),
        email: Set(user.email.clone()),
        display_name: Set(user.display_name.clone()),
        roles: Set(to_json("member", "roles", &roles)?),
        role_bits: Set(bits(user.roles.iter().copied())),
        state: Set(user.state.as_str().to_owned()),
        access_version: Set(user.access_version),
        version: Set(version),
        created_at: Set(user.created),
        updated_at: Set(user.updated),
    })
}

/// Roles as lists are narrowed by them: each has its bit, by its place among all.
fn bits(roles: impl IntoIterator<Item = Role>) -> i32 {
    let bit = |role| Role::ALL.iter().position(|known| *known == role).map_or(0, |place| 1 << place);
    roles.into_iter().map(bit).fold(0, |all, bit| all | bit)
}

fn read(row: row::Model) -> Result<User, Error> {
    let names: Vec<String> = from_json("member", "roles", row.id, row.roles)?;
    let roles = names.iter().map(|name| from_name("member", "roles", row.id, name, Role::parse));
    Ok(User {
        id: UserId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization),
        person: row.person.map(PersonId::from_uuid),
        email: row.email,
        display_name: row.display_name,
        roles: roles.collect::<Result<BTreeSet<_>, _>>()?,
        state: from_name("member", "state", row.id, &row.state, UserState::parse)?,
        access_version: row.access_version,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}

/// Writes a user's rights where the guard of this service looks.
pub(crate) async fn record_access(tx: &Tx, user: &User, received: DateTime<Utc>) -> Result<(), Error> {
    let access = Access {
        holder: user.id.uuid(),
        organization: user.organization.uuid(),
        roles: user.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        lowest_version: user.access_version,
        disabled: user.state == UserState::Disabled,
        received_at: received,
    };
    database::access::record(tx, access).await
}
