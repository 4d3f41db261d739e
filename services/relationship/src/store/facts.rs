//! All facts of an order check, in one statement and so in one snapshot.

use std::iter;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use database::{Error, FromColumn, Reserve};
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, Statement};

use super::read::Place;
use super::standing;
use crate::domain::eligibility::{Customer, Facts, Partner, PartnershipFact, RelationshipFact, Stands, Trio};
use crate::domain::standing::{DueAgreement, EnrollmentType, Standing};
use crate::domain::state::Stage;
use crate::domain::watermark::{Watermark, as_of, partner_as_of};

// Raw: the one hot statement, where building the query costs as much as running it on SQLite. Agreements past their date multiply
// the row; most of the time there are none, so one row comes back.
const FACTS: &str = "\
SELECT po.version, po.confirmed_at, ro.version, ro.confirmed_at, co.version, co.confirmed_at, co.country, \
ps.id, ps.state, ps.location, ps.location_country, ps.signed_version, ps.state_time, ps.version, ps.confirmed_at, \
rs.id, rs.state, rs.location, rs.location_country, rs.signed_version, rs.state_time, rs.version, rs.confirmed_at, \
p.id, p.version, p.state, p.suspended_by, p.orders_allowed, \
rr.id, rr.version, rr.state, rr.suspended_by, \
pr.id, pr.version, pr.state, pr.suspended_by, \
(SELECT MAX(ca.version) FROM customer_agreement ca WHERE ca.customer = $3), \
w.epoch, w.as_of, w.parked, \
a.version, a.capacity, a.region \
FROM (SELECT 1 AS one) base \
LEFT JOIN organization po ON po.id = $1 \
LEFT JOIN organization ro ON ro.id = $2 \
LEFT JOIN organization co ON co.id = $3 \
LEFT JOIN standing ps ON ps.KEY = COALESCE(\
(SELECT s.KEY FROM standing s WHERE s.organization = $1 AND s.capacity = 'INDIRECT_PROVIDER' \
AND s.state NOT IN ('WITHDRAWN', 'ENDED') ORDER BY s.state_time DESC, s.id DESC LIMIT 1), \
(SELECT s.KEY FROM standing s WHERE s.organization = $1 AND s.capacity = 'INDIRECT_PROVIDER' \
AND s.state IN ('WITHDRAWN', 'ENDED') ORDER BY s.state_time DESC, s.id DESC LIMIT 1)) \
LEFT JOIN standing rs ON rs.KEY = COALESCE(\
(SELECT s.KEY FROM standing s WHERE s.organization = $2 AND s.capacity = 'INDIRECT_RESELLER' \
AND s.state NOT IN ('WITHDRAWN', 'ENDED') ORDER BY s.state_time DESC, s.id DESC LIMIT 1), \
(SELECT s.KEY FROM standing s WHERE s.organization = $2 AND s.capacity = 'INDIRECT_RESELLER' \
AND s.state IN ('WITHDRAWN', 'ENDED') ORDER BY s.state_time DESC, s.id DESC LIMIT 1)) \
BONDS\
LEFT JOIN watermark w ON w.source = 'enrollment' \
LEFT JOIN agreement a ON a.effective_time <= $4 AND a.sign_by_time <= $4 \
AND ((a.capacity = 'INDIRECT_PROVIDER' AND a.version > ps.signed_version) \
OR (a.capacity = 'INDIRECT_RESELLER' AND a.version > rs.signed_version))";

// The pair's live partnership, or the last that ended; of two relationships that count alike the partnership's own is told. Of several that could
// count SQLite asks for the one first that mostly is there, by an index that has it alone or in order: a sorter costs it more than the row.
const ONE_AFTER_THE_OTHER: &str = "\
LEFT JOIN partnership p ON p.rowid = COALESCE(\
(SELECT q.rowid FROM partnership q WHERE q.provider = $1 AND q.reseller = $2 AND q.state <> 'ENDED'), \
(SELECT q.rowid FROM partnership q WHERE q.provider = $1 AND q.reseller = $2 AND q.state = 'ENDED' \
ORDER BY q.create_time DESC, q.id DESC LIMIT 1)) \
LEFT JOIN reseller_relationship rr ON rr.rowid = COALESCE(\
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership = p.id AND r.state = 'ACTIVE'), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership IS NULL AND r.state = 'ACTIVE'), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership = p.id), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership IS NULL)) \
LEFT JOIN reseller_relationship pr ON pr.rowid = COALESCE(\
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership = p.id AND r.state = 'ACTIVE'), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership IS NULL AND r.state = 'ACTIVE'), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership = p.id), \
(SELECT r.rowid FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership IS NULL)) ";

// The same. PostgreSQL may look at what a wall hides only after the wall was asked, and so enters no index by what a join has come to.
const THE_FIRST_OF_ALL: &str = "\
LEFT JOIN LATERAL (SELECT q.id, q.version, q.state, q.suspended_by, q.orders_allowed FROM partnership q \
WHERE q.provider = $1 AND q.reseller = $2 \
ORDER BY q.state = 'ENDED', q.create_time DESC, q.id DESC LIMIT 1) p ON TRUE \
LEFT JOIN LATERAL (SELECT r.id, r.version, r.state, r.suspended_by FROM reseller_relationship r \
WHERE r.customer = $3 AND r.partner = $2 AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' \
AND (r.partnership = p.id OR r.partnership IS NULL) \
ORDER BY r.state <> 'ACTIVE', r.partnership IS NULL LIMIT 1) rr ON TRUE \
LEFT JOIN LATERAL (SELECT r.id, r.version, r.state, r.suspended_by FROM reseller_relationship r \
WHERE r.customer = $3 AND r.partner = $1 AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' \
AND (r.partnership = p.id OR r.partnership IS NULL) \
ORDER BY r.state <> 'ACTIVE', r.partnership IS NULL LIMIT 1) pr ON TRUE ";

// Where the columns of each begin in it.
const PROVIDER: usize = 0;
const RESELLER: usize = PROVIDER + 2;
const CUSTOMER: usize = RESELLER + 2;
const PROVIDER_STANDING: usize = CUSTOMER + 3;
const RESELLER_STANDING: usize = PROVIDER_STANDING + 8;
const PARTNERSHIP: usize = RESELLER_STANDING + 8;
const RESELLER_RELATIONSHIP: usize = PARTNERSHIP + 5;
const PROVIDER_RELATIONSHIP: usize = RESELLER_RELATIONSHIP + 4;
const ACCEPTED: usize = PROVIDER_RELATIONSHIP + 4;
const WATERMARK: usize = ACCEPTED + 1;
const AGREEMENT: usize = WATERMARK + 3;

static POSTGRES: LazyLock<String> = LazyLock::new(|| FACTS.replace("KEY", "id").replace("BONDS", THE_FIRST_OF_ALL));
// What an index found SQLite finds again by the number of its row, without the index of ids; and it numbers a `$3` by where it first stands.
static SQLITE: LazyLock<String> =
    LazyLock::new(|| FACTS.replace("KEY", "rowid").replace("BONDS", ONE_AFTER_THE_OTHER).replace('$', "?"));

/// The statement of this database.
pub(super) fn statement(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite { &SQLITE } else { &POSTGRES }
}

/// Reads everything an order check depends on.
pub(crate) async fn of(connection: &impl ConnectionTrait, trio: Trio, now: DateTime<Utc>) -> Result<Facts, Error> {
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, statement(backend), values(trio, now));
    let rows = connection.query_all_raw(statement).await?.into_iter().map(database::Row::from);
    facts(&rows.collect::<Vec<_>>(), trio)
}

/// The same, by the reserve.
pub(crate) async fn of_urgent(reserve: &Reserve, trio: Trio, now: DateTime<Utc>) -> Result<Facts, Error> {
    let statement = statement(reserve.get_database_backend());
    facts(&reserve.rows(statement, values(trio, now)).await?, trio)
}

fn values(trio: Trio, now: DateTime<Utc>) -> Vec<Value> {
    vec![trio.provider.uuid().into(), trio.reseller.uuid().into(), trio.customer.uuid().into(), now.into()]
}

fn facts(rows: &[database::Row], trio: Trio) -> Result<Facts, Error> {
    let Some(first) = rows.first().map(Row) else {
        return Err(Error::unreadable("facts", "one", trio.customer, "the statement gave no row"));
    };
    let watermark = first.watermark()?;
    let watermark = watermark.as_ref();
    let (provider, reseller) = (EnrollmentType::IndirectProvider, EnrollmentType::IndirectReseller);
    let provider_standing = first.standing(PROVIDER_STANDING, trio.provider, provider)?;
    let reseller_standing = first.standing(RESELLER_STANDING, trio.reseller, reseller)?;
    Ok(Facts {
        provider: first.partner(PROVIDER, trio.provider, provider_standing, watermark)?,
        reseller: first.partner(RESELLER, trio.reseller, reseller_standing, watermark)?,
        customer: first.customer(trio.customer, watermark)?,
        partnership: first.partnership()?,
        reseller_relationship: first.relationship(RESELLER_RELATIONSHIP)?,
        provider_relationship: first.relationship(PROVIDER_RELATIONSHIP)?,
        customer_agreement: first.get(ACCEPTED)?,
        due: rows.iter().map(|row| Row(row).due()).filter_map(Result::transpose).collect::<Result<_, _>>()?,
    })
}

// Raw, like the above, beside which it stands.
pub(super) const ACQUAINTED: &str = "\
SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM partnership q \
WHERE (q.provider = $1 AND q.reseller IN ($2, $3)) OR (q.reseller = $1 AND q.provider IN ($2, $3))) \
OR EXISTS (SELECT 1 FROM reseller_relationship r \
WHERE (r.customer = $1 AND (r.partner IN ($2, $3) OR r.other_partner IN ($2, $3))) \
OR (r.customer IN ($2, $3) AND (r.partner = $1 OR r.other_partner = $1)))";

/// Whether this one of them has, or ever had, a partnership or a relationship with another. Not an invitation: anyone may be sent one, and
/// an accepted one has made either.
pub(crate) async fn acquainted(
    connection: &impl ConnectionTrait,
    own: OrganizationId,
    trio: Trio,
) -> Result<bool, Error> {
    let mut others = [trio.provider, trio.reseller, trio.customer].into_iter().filter(|other| *other != own);
    let Some(one) = others.next() else { return Ok(true) };
    let two = others.next().unwrap_or(one);
    let values: [Value; 3] = [own.uuid().into(), one.uuid().into(), two.uuid().into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), ACQUAINTED, values);
    Ok(connection.query_one_raw(statement).await?.is_some())
}

struct Row<'a>(&'a database::Row);

impl Row<'_> {
    fn get<T: FromColumn>(&self, at: usize) -> Result<T, Error> {
        self.0.get(at)
    }

    fn watermark(&self) -> Result<Option<Watermark>, Error> {
        let Some(epoch) = self.get(WATERMARK)? else { return Ok(None) };
        let parked = Place { table: "watermark", row: "enrollment" }.json("parked", self.get(WATERMARK + 2)?)?;
        Ok(Some(Watermark { epoch, as_of: self.get(WATERMARK + 1)?, parked }))
    }

    fn standing(
        &self,
        at: usize,
        organization: OrganizationId,
        capacity: EnrollmentType,
    ) -> Result<Option<Standing>, Error> {
        let Some(id) = self.get(at)? else { return Ok(None) };
        let row = standing::row::Model {
            id,
            organization: organization.uuid(),
            capacity: capacity.as_str().to_owned(),
            state: self.get(at + 1)?,
            location: self.get(at + 2)?,
            location_country: self.get(at + 3)?,
            signed_version: self.get(at + 4)?,
            state_time: self.get(at + 5)?,
            version: self.get(at + 6)?,
            confirmed_at: self.get(at + 7)?,
        };
        Standing::try_from(row).map(Some)
    }

    fn partner(
        &self,
        at: usize,
        organization: OrganizationId,
        standing: Option<Standing>,
        watermark: Option<&Watermark>,
    ) -> Result<Partner, Error> {
        let known: Option<i64> = self.get(at)?;
        let confirmed_at = match &standing {
            Some(standing) => standing.confirmed_at,
            None => self.get(at + 1)?,
        };
        let subjects = iter::once_with(|| organization.name()).chain(standing.iter().map(Standing::name));
        let as_of = known.and_then(|_| partner_as_of(watermark, subjects, confirmed_at));
        Ok(Partner { organization, standing, as_of })
    }

    fn customer(&self, organization: OrganizationId, watermark: Option<&Watermark>) -> Result<Customer, Error> {
        let Some(version) = self.get(CUSTOMER)? else {
            return Ok(Customer { organization, country: None, version: 0, as_of: None });
        };
        let country: String = self.get(CUSTOMER + 2)?;
        let place = Place { table: "organization", row: organization };
        Ok(Customer {
            organization,
            country: Some(place.parse("country", &country)?),
            version,
            as_of: as_of(watermark, iter::once_with(|| organization.name()), self.get(CUSTOMER + 1)?),
        })
    }

    fn partnership(&self) -> Result<Option<PartnershipFact>, Error> {
        let Some(id) = self.get::<Option<Uuid>>(PARTNERSHIP)? else { return Ok(None) };
        Ok(Some(PartnershipFact {
            id: PartnershipId::from_uuid(id),
            version: self.get(PARTNERSHIP + 1)?,
            stands: self.stands(PARTNERSHIP + 2, Place { table: "partnership", row: id })?,
            orders_allowed: self.get(PARTNERSHIP + 4)?,
        }))
    }

    fn relationship(&self, at: usize) -> Result<Option<RelationshipFact>, Error> {
        let Some(id) = self.get::<Option<Uuid>>(at)? else { return Ok(None) };
        Ok(Some(RelationshipFact {
            id: ResellerRelationshipId::from_uuid(id),
            version: self.get(at + 1)?,
            stands: self.stands(at + 2, Place { table: "reseller_relationship", row: id })?,
        }))
    }

    fn stands(&self, at: usize, place: Place<Uuid>) -> Result<Stands, Error> {
        let state: String = self.get(at)?;
        Ok(match place.parse("state", &state)? {
            Stage::Active => Stands::Active,
            Stage::Suspended => {
                let by: Uuid = place.there("suspended_by", self.get(at + 1)?)?;
                Stands::Suspended { by: OrganizationId::from_uuid(by) }
            }
            Stage::Ended => Stands::Ended,
        })
    }

    fn due(&self) -> Result<Option<DueAgreement>, Error> {
        let Some(version) = self.get(AGREEMENT)? else { return Ok(None) };
        let capacity: String = self.get(AGREEMENT + 1)?;
        let capacity = Place { table: "agreement", row: version }.parse("capacity", &capacity)?;
        Ok(Some(DueAgreement { capacity, region: self.get(AGREEMENT + 2)?, version }))
    }
}
