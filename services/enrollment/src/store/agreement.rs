//! Agreement templates. The text stays behind unless it is asked for.

use chrono::{DateTime, Utc};
use database::{Cursor, Error, Page, Tx, page};
use ids::AgreementTemplateId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::from_name;
use crate::domain::Refusal;
use crate::domain::agreement::Template;
use crate::domain::enrollment::EnrollmentType;

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod row {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement_template")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub region: String,
        pub number: i32,
        pub language: String,
        pub body: String,
        pub sha256: String,
        pub effective_at: DateTime<Utc>,
        pub sign_by: Option<DateTime<Utc>>,
        pub created_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// All but the text, which may be long.
#[derive(Debug, sea_orm::FromQueryResult)]
struct Head {
    id: Uuid,
    kind: String,
    region: String,
    number: i32,
    language: String,
    sha256: String,
    effective_at: chrono::DateTime<chrono::Utc>,
    sign_by: Option<chrono::DateTime<chrono::Utc>>,
    created_at: chrono::DateTime<chrono::Utc>,
}

use row::{Column, Entity};

const HEAD: [Column; 9] = [
    Column::Id,
    Column::Kind,
    Column::Region,
    Column::Number,
    Column::Language,
    Column::Sha256,
    Column::EffectiveAt,
    Column::SignBy,
    Column::CreatedAt,
];

/// Writes a new one; refused when this language of this version is there.
pub(crate) async fn insert(tx: &Tx, template: &Template, text: &str) -> Result<Result<(), Refusal>, Error> {
    let row = row::ActiveModel {
        id: Set(template.id.uuid()),
        kind: Set(template.kind.as_str().to_owned()),
        region: Set(template.region.clone()),
        number: Set(template.version),
        language: Set(template.language.clone()),
        body: Set(text.to_owned()),
        sha256: Set(template.sha256.clone()),
        effective_at: Set(template.effective),
        sign_by: Set(template.sign_by),
        created_at: Set(template.created),
    };
    match Entity::insert(row).exec_without_returning(tx).await.map_err(Error::from) {
        Ok(_) => Ok(Ok(())),
        Err(Error::Duplicate { .. }) => Ok(Err(Refusal::TemplateExists)),
        Err(error) => Err(error),
    }
}

/// A template and its text.
pub(crate) async fn get(
    connection: &impl ConnectionTrait,
    id: AgreementTemplateId,
) -> Result<Option<(Template, String)>, Error> {
    let Some(row) = Entity::find_by_id(id.uuid()).one(connection).await? else { return Ok(None) };
    let text = row.body;
    let head = Head {
        id: row.id,
        kind: row.kind,
        region: row.region,
        number: row.number,
        language: row.language,
        sha256: row.sha256,
        effective_at: row.effective_at,
        sign_by: row.sign_by,
        created_at: row.created_at,
    };
    Ok(Some((read(head)?, text)))
}

/// Every template of a region, oldest version first.
pub(crate) async fn of_region(connection: &impl ConnectionTrait, region: &str) -> Result<Vec<Template>, Error> {
    let heads = Entity::find()
        .select_only()
        .columns(HEAD)
        .filter(Column::Region.eq(region))
        .order_by_asc(Column::Number)
        .order_by_asc(Column::Language)
        .into_model::<Head>()
        .all(connection)
        .await?;
    heads.into_iter().map(read).collect()
}

/// These templates, in no order.
pub(crate) async fn many(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = AgreementTemplateId>,
) -> Result<Vec<Template>, Error> {
    let ids = ids.into_iter().map(AgreementTemplateId::uuid);
    let select = Entity::find().select_only().columns(HEAD).filter(Column::Id.is_in(ids));
    select.into_model::<Head>().all(connection).await?.into_iter().map(read).collect()
}

/// Every template in force that is to be signed by some day, past or to come.
pub(crate) async fn with_deadline(
    connection: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<Template>, Error> {
    let select = Entity::find()
        .select_only()
        .columns(HEAD)
        .filter(Column::SignBy.is_not_null())
        .filter(Column::EffectiveAt.lte(now));
    select.into_model::<Head>().all(connection).await?.into_iter().map(read).collect()
}

/// Which templates are listed; what is absent asks for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) kind: Option<EnrollmentType>,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<String>,
    /// The version in force then.
    pub(crate) in_force: Option<DateTime<Utc>>,
}

/// A newer version for the same type and region that is in force then.
fn newer(at: DateTime<Utc>) -> SelectStatement {
    let other = Alias::new("other");
    let same = |column: Column| Expr::col((other.clone(), column)).equals((Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(same(Column::Kind))
        .and_where(same(Column::Region))
        .and_where(Expr::col((other.clone(), Column::Number)).gt(Expr::col((Entity, Column::Number))))
        .and_where(Expr::col((other.clone(), Column::EffectiveAt)).lte(at))
        .to_owned()
}

pub(crate) async fn list(
    connection: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<Cursor>,
    size: u64,
) -> Result<Page<Template>, Error> {
    let mut select = Entity::find().select_only().columns(HEAD);
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(region) = &filter.region {
        select = select.filter(Column::Region.eq(region));
    }
    if let Some(language) = &filter.language {
        select = select.filter(Column::Language.eq(language));
    }
    if let Some(at) = filter.in_force {
        select = select.filter(Column::EffectiveAt.lte(at)).filter(Expr::exists(newer(at)).not());
    }
    let select = page::after(select, (Column::CreatedAt, Column::Id), after, size);
    let heads = select.into_model::<Head>().all(connection).await?;
    let page = Page::of(heads, size, |head| Cursor { time: head.created_at, id: head.id });
    Ok(Page { items: page.items.into_iter().map(read).collect::<Result<_, _>>()?, next: page.next })
}

fn read(head: Head) -> Result<Template, Error> {
    Ok(Template {
        id: AgreementTemplateId::from_uuid(head.id),
        kind: from_name("agreement_template", "kind", head.id, &head.kind, EnrollmentType::parse)?,
        region: head.region,
        version: head.number,
        language: head.language,
        sha256: head.sha256,
        effective: head.effective_at,
        sign_by: head.sign_by,
        created: head.created_at,
    })
}
