//! The two profiles of an organization: rows that are made with it.

mod pending;

use chrono::{DateTime, Utc};
use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{QuerySelect, entity::prelude::*};

use super::{from_json, to_json};
use crate::domain::identity::company_key;
use crate::domain::profile::{LegalProfile, SupportProfile};

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod legal {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "legal_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization: Uuid,
        pub legal_name: String,
        pub address: Json,
        pub registration_number: String,
        pub tax_id: String,
        pub primary_contact: Json,
        pub company_approver: Json,
        pub language: String,
        pub revision: i64,
        pub newest_revision: i64,
        pub vetted_revision: i64,
        pub pending: Option<Json>,
        pub enrolled_country: Option<String>,
        pub enrolled_registration: Option<String>,
        pub enrolled_name: Option<String>,
        pub version: i64,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm's derive makes public items")]
mod support {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "support_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization: Uuid,
        pub email: String,
        pub phone: String,
        pub website: String,
        pub version: i64,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Every profile of a new organization, empty.
pub(crate) async fn insert(tx: &Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<(), Error> {
    let row = active_legal(organization, &LegalProfile::empty(now), 1)?;
    legal::Entity::insert(row).exec_without_returning(tx).await?;
    let row = active_support(organization, &SupportProfile::empty(now), 1);
    support::Entity::insert(row).exec_without_returning(tx).await?;
    super::business_profile::insert(tx, organization, now).await
}

/// The legal profile; none when there is no such organization.
pub(crate) async fn legal(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<LegalProfile>, Error> {
    let row = legal::Entity::find_by_id(organization.uuid()).one(connection).await?;
    row.map(read_legal).transpose()
}

/// The support profile; none when there is no such organization.
pub(crate) async fn support(
    connection: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<SupportProfile>, Error> {
    let row = support::Entity::find_by_id(organization.uuid()).one(connection).await?;
    Ok(row.map(|row| SupportProfile {
        email: row.email,
        phone: row.phone,
        website: row.website,
        version: row.version,
        updated: row.updated_at,
    }))
}

pub(crate) async fn save_legal(tx: &Tx, organization: OrganizationId, profile: &mut LegalProfile) -> Result<(), Error> {
    let result = legal::Entity::update_many()
        .set(active_legal(organization, profile, profile.version + 1)?)
        .filter(legal::Column::Organization.eq(organization.uuid()))
        .filter(legal::Column::Version.eq(profile.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    profile.version += 1;
    Ok(())
}

pub(crate) async fn save_support(
    tx: &Tx,
    organization: OrganizationId,
    profile: &mut SupportProfile,
) -> Result<(), Error> {
    let result = support::Entity::update_many()
        .set(active_support(organization, profile, profile.version + 1))
        .filter(support::Column::Organization.eq(organization.uuid()))
        .filter(support::Column::Version.eq(profile.version))
        .exec(tx)
        .await?;
    database::affected(result.rows_affected)?;
    profile.version += 1;
    Ok(())
}

/// Takes the registration number and the name for this organization while it is enrolled, or lets them go. Duplicate when another one has
/// the number.
pub(crate) async fn enroll_registration(
    tx: &Tx,
    organization: OrganizationId,
    profile: Option<(&str, &LegalProfile)>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let number = profile.map(|(country, profile)| profile.registration_key(country, now));
    let change = legal::ActiveModel {
        enrolled_country: Set(profile.map(|(country, _)| country.to_owned())),
        enrolled_registration: Set(number.filter(|number| !number.is_empty())),
        enrolled_name: Set(profile.map(|(_, profile)| company_key(&profile.legal_name))),
        ..Default::default()
    };
    legal::Entity::update_many()
        .set(change)
        .filter(legal::Column::Organization.eq(organization.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether another organization is enrolled with this number. Which one is nobody's to know.
pub(crate) async fn number_is_anothers(
    tx: &Tx,
    organization: OrganizationId,
    country: &str,
    profile: &LegalProfile,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let number = profile.registration_key(country, now);
    is_anothers(tx, organization, country, legal::Column::EnrolledRegistration.eq(number)).await
}

/// Whether another organization is enrolled under this name. Which one is nobody's to know.
pub(crate) async fn name_is_anothers(
    tx: &Tx,
    organization: OrganizationId,
    country: &str,
    profile: &LegalProfile,
) -> Result<bool, Error> {
    let name = company_key(&profile.legal_name);
    is_anothers(tx, organization, country, legal::Column::EnrolledName.eq(name)).await
}

async fn is_anothers(
    tx: &Tx,
    own: OrganizationId,
    country: &str,
    has: sea_orm::sea_query::SimpleExpr,
) -> Result<bool, Error> {
    let found = legal::Entity::find()
        .filter(legal::Column::EnrolledCountry.eq(country))
        .filter(has)
        .filter(legal::Column::Organization.ne(own.uuid()))
        .limit(1)
        .one(tx)
        .await?;
    Ok(found.is_some())
}

fn active_legal(
    organization: OrganizationId,
    profile: &LegalProfile,
    version: i64,
) -> Result<legal::ActiveModel, Error> {
    let json = |column, contact| to_json("legal_profile", column, contact);
    Ok(legal::ActiveModel {
        organization: Set(organization.uuid()),
        legal_name: Set(profile.legal_name.clone()),
        address: Set(to_json("legal_profile", "address", &profile.address)?),
        registration_number: Set(profile.registration_number.clone()),
        tax_id: Set(profile.tax_id.clone()),
        primary_contact: Set(json("primary_contact", &profile.primary_contact)?),
        company_approver: Set(json("company_approver", &profile.company_approver)?),
        language: Set(profile.language.clone()),
        revision: Set(profile.revision),
        newest_revision: Set(profile.newest_revision),
        vetted_revision: Set(profile.vetted_revision),
        pending: Set(profile.pending.as_deref().map(pending::write).transpose()?),
        // Only an enrollment takes the number, see `enroll_registration`.
        enrolled_country: NotSet,
        enrolled_registration: NotSet,
        enrolled_name: NotSet,
        version: Set(version),
        updated_at: Set(profile.updated),
    })
}

fn active_support(organization: OrganizationId, profile: &SupportProfile, version: i64) -> support::ActiveModel {
    support::ActiveModel {
        organization: Set(organization.uuid()),
        email: Set(profile.email.clone()),
        phone: Set(profile.phone.clone()),
        website: Set(profile.website.clone()),
        version: Set(version),
        updated_at: Set(profile.updated),
    }
}

fn read_legal(row: legal::Model) -> Result<LegalProfile, Error> {
    let id = row.organization;
    Ok(LegalProfile {
        legal_name: row.legal_name,
        address: from_json("legal_profile", "address", id, row.address)?,
        registration_number: row.registration_number,
        tax_id: row.tax_id,
        primary_contact: from_json("legal_profile", "primary_contact", id, row.primary_contact)?,
        company_approver: from_json("legal_profile", "company_approver", id, row.company_approver)?,
        language: row.language,
        revision: row.revision,
        newest_revision: row.newest_revision,
        vetted_revision: row.vetted_revision,
        pending: row.pending.map(|pending| pending::read(id, pending)).transpose()?.map(Box::new),
        version: row.version,
        updated: row.updated_at,
    })
}
