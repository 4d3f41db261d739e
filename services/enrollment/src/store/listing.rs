//! Entries of the directory: a row of a provider for each term that it is found by, in the order in which providers entered.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Scope, Tx, page};
use ids::OrganizationId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, entity::prelude::*};

use super::{business_profile, enrollment, picture};
use crate::domain::business::Publication;
use crate::domain::directory::{self, Overdue, Search, Term};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "directory_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub term: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub listed_at: DateTime<Utc>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization: Uuid,
        pub country: String,
        pub signed_version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// A provider in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) organization: OrganizationId,
    pub(crate) listed: DateTime<Utc>,
}

/// Rows that one statement inserts; more would be more parameters than a database takes.
const AT_ONCE: usize = 500;

/// Brings the directory up to what was just written of an organization: in it, out of it, or found by other terms.
pub(crate) async fn refresh(tx: &Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<(), Error> {
    let Some(profile) = business_profile::get(tx, organization).await? else { return Ok(()) };
    let published = profile.publication == Publication::Published;
    let entry = of(organization).one(tx).await?.as_ref().map(read);
    if entry.is_some() {
        Entity::delete_many().filter(Column::Organization.eq(organization.uuid())).exec(tx).await?;
    }
    if !published {
        return Ok(());
    }
    let Some(picture) = picture::load(tx, Scope::Peer, organization, now).await? else { return Ok(()) };
    let enrollments = enrollment::all(tx, organization).await?;
    let signed = directory::provider(&picture, &enrollments, now).map(|provider| provider.signed_version);
    let Some(signed) = signed else { return Ok(()) };
    let rows: Vec<row::ActiveModel> = directory::terms(&picture.organization.display_name, &profile)
        .into_iter()
        .map(|term| row::ActiveModel {
            term: Set(term.key()),
            listed_at: Set(entry.map_or(now, |entry| entry.listed)),
            organization: Set(organization.uuid()),
            country: Set(picture.organization.country.to_string()),
            signed_version: Set(signed),
        })
        .collect();
    for rows in rows.chunks(AT_ONCE) {
        Entity::insert_many(rows.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn of(organization: OrganizationId) -> Select<Entity> {
    Entity::find().filter(Column::Organization.eq(organization.uuid())).filter(Column::Term.eq(Term::Any.key()))
}

/// Whether the directory shows this organization now.
pub(crate) async fn shows(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
    overdue: &[Overdue],
) -> Result<bool, Error> {
    Ok(of(organization).filter(current(overdue)).one(connection).await?.is_some())
}

/// The providers that a search finds, but for those who are overdue by now.
pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    search: &Search,
    overdue: &[Overdue],
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Entry>, Error> {
    let terms = search.terms();
    let mut terms = terms.iter();
    let first = terms.next().unwrap_or(&Term::Any);
    let mut select = Entity::find().filter(Column::Term.eq(first.key())).filter(current(overdue));
    for term in terms {
        select = select.filter(Expr::exists(also(term)));
    }
    let rows = page::after(select, (Column::ListedAt, Column::Organization), after, size).all(connection).await?;
    Ok(Page::of(rows, size, |row| Cursor { time: row.listed_at, id: row.organization }).map(|row| read(&row)))
}

fn current(overdue: &[Overdue]) -> Condition {
    overdue.iter().fold(Condition::all(), |condition, overdue| {
        let behind = Condition::all()
            .add(Column::Country.is_in(overdue.countries.iter().map(String::as_str)))
            .add(Column::SignedVersion.lt(overdue.least));
        condition.add(behind.not())
    })
}

/// The same provider's row of another term.
fn also(term: &Term) -> SelectStatement {
    let other = Alias::new("other");
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(Expr::col((other.clone(), Column::Organization)).equals((Entity, Column::Organization)))
        .and_where(Expr::col((other, Column::Term)).eq(term.key()))
        .to_owned()
}

fn read(row: &row::Model) -> Entry {
    Entry { organization: OrganizationId::from_uuid(row.organization), listed: row.listed_at }
}

#[cfg(test)]
mod tests;
