//! Organizations. Raising the row's version first makes changes of one organization follow each other on both databases.

use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::{OrganizationId, PersonId};
use markets::CountryCode;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use sea_orm::{QuerySelect, entity::prelude::*};

use super::{from_name, user, within};
use crate::domain::organization::{Mailbox, Organization, name_key};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub display_name: String,
        pub name_key: String,
        pub country: String,
        pub language: String,
        pub mail_address: String,
        pub mail_language: String,
        pub operator: bool,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

pub(crate) async fn insert(tx: &Tx, organization: &Organization) -> Result<(), Error> {
    Entity::insert(active(organization)).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    scope: Scope,
    id: OrganizationId,
) -> Result<Option<Organization>, Error> {
    let row = Entity::find_by_id(id.uuid()).filter(within(scope, Column::Id)).one(connection).await?;
    row.map(read).transpose()
}

/// Makes other changes of this organization wait until this one is done. False when there is none of this scope.
pub(crate) async fn lock(tx: &Tx, scope: Scope, id: OrganizationId) -> Result<bool, Error> {
    let result = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.uuid()))
        .filter(within(scope, Column::Id))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Writes a locked organization.
pub(crate) async fn save(tx: &Tx, organization: &Organization) -> Result<(), Error> {
    let result = Entity::update_many()
        .set(active(organization))
        .filter(Column::Id.eq(organization.id.uuid()))
        .filter(Column::Version.eq(organization.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    super::listing::refresh(tx, organization.id, organization.updated).await
}

/// The organizations of these ids, in no order.
pub(crate) async fn many(
    connection: &impl ConnectionTrait,
    ids: &[OrganizationId],
) -> Result<Vec<Organization>, Error> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(connection).await?;
    rows.into_iter().map(read).collect()
}

/// Those of these countries whose id stands in this column of the query around.
pub(super) fn is_in(countries: Vec<String>, id: impl IntoColumnRef) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Id)).equals(id))
        .and_where(Expr::col((Entity, Column::Country)).is_in(countries))
        .to_owned()
}

/// Which organizations are listed; what is absent narrows nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) country: Option<CountryCode>,
    /// In any spelling.
    pub(crate) display_name: Option<String>,
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Organization>, Error> {
    let mut select = Entity::find().filter(within(scope, Column::Id));
    if let Some(country) = &filter.country {
        select = select.filter(Column::Country.eq(country.as_str()));
    }
    if let Some(name) = &filter.display_name {
        select = select.filter(Column::NameKey.eq(name_key(name)));
    }
    let rows = page::after(select, (Column::CreatedAt, Column::Id), after, size).all(connection).await?;
    let page = Page::of(rows, size, |row| Cursor { time: row.created_at, id: row.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

/// The operator's organization, once it is made.
pub(crate) async fn operator(connection: &impl ConnectionTrait) -> Result<Option<OrganizationId>, Error> {
    let row = Entity::find().filter(Column::Operator.eq(true)).one(connection).await?;
    Ok(row.map(|row| OrganizationId::from_uuid(row.id)))
}

/// Whether this person belongs to an organization of this name and country.
pub(crate) async fn belongs_to_namesake(
    connection: &impl ConnectionTrait,
    person: PersonId,
    display_name: &str,
    country: &str,
) -> Result<bool, Error> {
    let own = Query::select()
        .column(user::Column::Organization)
        .from(user::Entity)
        .and_where(Expr::col(user::Column::Person).eq(person.uuid()))
        .to_owned();
    let found = Entity::find()
        .filter(Column::Id.in_subquery(own))
        .filter(Column::NameKey.eq(name_key(display_name)))
        .filter(Column::Country.eq(country))
        .limit(1)
        .one(connection)
        .await?;
    Ok(found.is_some())
}

fn active(organization: &Organization) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(organization.id.uuid()),
        display_name: Set(organization.display_name.clone()),
        name_key: Set(name_key(&organization.display_name)),
        country: Set(organization.country.to_string()),
        language: Set(organization.language.clone()),
        mail_address: Set(organization.mail.address.clone()),
        mail_language: Set(organization.mail.language.clone()),
        operator: Set(organization.operator),
        version: Set(organization.version),
        created_at: Set(organization.created),
        updated_at: Set(organization.updated),
    }
}

fn read(row: row::Model) -> Result<Organization, Error> {
    let country = from_name("organization", "country", row.id, &row.country, |name| name.parse().ok())?;
    Ok(Organization {
        id: OrganizationId::from_uuid(row.id),
        display_name: row.display_name,
        country,
        language: row.language,
        mail: Mailbox { address: row.mail_address, language: row.mail_language },
        operator: row.operator,
        version: row.version,
        created: row.created_at,
        updated: row.updated_at,
    })
}
