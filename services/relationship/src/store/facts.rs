//! All facts of an order check, in one statement and so in one snapshot.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use database::Error;
use ids::{OrganizationId, PartnershipId, ResellerRelationshipId};
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, QueryResult, Statement, TryGetable};

use super::read::Place;
use super::standing;
use crate::domain::eligibility::{Customer, Facts, Partner, PartnershipFact, RelationshipFact, Stands, Trio};
use crate::domain::standing::{DueAgreement, Standing};
use crate::domain::state::Stage;
use crate::domain::watermark::{Watermark, as_of, partner_as_of};

// Raw: the one hot statement, where building the query costs as much as running it on SQLite. Agreements past their date multiply
// the row; most of the time there are none, so one row comes back. Of several that could count the one is asked first that mostly is there, by
// an index that has it alone or in order: a sorter costs SQLite more than the row. Of two relationships that count alike the partnership's own is told.
const FACTS: &str = "\
SELECT po.version AS po_version, po.confirmed_at AS po_confirmed_at, \
ro.version AS ro_version, ro.confirmed_at AS ro_confirmed_at, \
co.version AS co_version, co.confirmed_at AS co_confirmed_at, co.country AS co_country, \
ps.id AS ps_id, ps.capacity AS ps_capacity, ps.state AS ps_state, ps.location AS ps_location, \
ps.location_country AS ps_location_country, ps.signed_version AS ps_signed_version, ps.state_time AS ps_state_time, \
ps.version AS ps_version, ps.confirmed_at AS ps_confirmed_at, \
rs.id AS rs_id, rs.capacity AS rs_capacity, rs.state AS rs_state, rs.location AS rs_location, \
rs.location_country AS rs_location_country, rs.signed_version AS rs_signed_version, rs.state_time AS rs_state_time, \
rs.version AS rs_version, rs.confirmed_at AS rs_confirmed_at, \
p.id AS p_id, p.version AS p_version, p.state AS p_state, p.orders_allowed AS p_orders_allowed, \
p.suspended_by AS p_suspended_by, \
rr.id AS rr_id, rr.version AS rr_version, rr.state AS rr_state, rr.suspended_by AS rr_suspended_by, \
pr.id AS pr_id, pr.version AS pr_version, pr.state AS pr_state, pr.suspended_by AS pr_suspended_by, \
(SELECT MAX(ca.version) FROM customer_agreement ca WHERE ca.customer = $3) AS accepted, \
w.epoch AS w_epoch, w.as_of AS w_as_of, w.parked AS w_parked, \
a.capacity AS a_capacity, a.region AS a_region, a.version AS a_version \
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
LEFT JOIN partnership p ON p.KEY = COALESCE(\
(SELECT q.KEY FROM partnership q WHERE q.provider = $1 AND q.reseller = $2 AND q.state <> 'ENDED'), \
(SELECT q.KEY FROM partnership q WHERE q.provider = $1 AND q.reseller = $2 AND q.state = 'ENDED' \
ORDER BY q.create_time DESC, q.id DESC LIMIT 1)) \
LEFT JOIN reseller_relationship rr ON rr.KEY = COALESCE(\
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership = p.id AND r.state = 'ACTIVE'), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership IS NULL AND r.state = 'ACTIVE'), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership = p.id), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $2 \
AND r.capacity = 'RESELLER' AND r.state <> 'ENDED' AND r.partnership IS NULL)) \
LEFT JOIN reseller_relationship pr ON pr.KEY = COALESCE(\
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership = p.id AND r.state = 'ACTIVE'), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership IS NULL AND r.state = 'ACTIVE'), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership = p.id), \
(SELECT r.KEY FROM reseller_relationship r WHERE r.customer = $3 AND r.partner = $1 \
AND r.capacity = 'PROVIDER' AND r.state <> 'ENDED' AND r.partnership IS NULL)) \
LEFT JOIN watermark w ON w.source = 'enrollment' \
LEFT JOIN agreement a ON a.effective_time <= $4 AND a.sign_by_time <= $4 \
AND ((a.capacity = 'INDIRECT_PROVIDER' AND a.version > ps.signed_version) \
OR (a.capacity = 'INDIRECT_RESELLER' AND a.version > rs.signed_version))";

static BY_ID: LazyLock<String> = LazyLock::new(|| FACTS.replace("KEY", "id"));
// What an index found SQLite finds again by the number of its row, without the index of ids.
static BY_ROW: LazyLock<String> = LazyLock::new(|| FACTS.replace("KEY", "rowid"));

/// The statement: what is found first is joined by its `KEY`.
pub(super) fn statement(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite { &BY_ROW } else { &BY_ID }
}

/// Reads everything an order check depends on.
pub(crate) async fn of(connection: &impl ConnectionTrait, trio: Trio, now: DateTime<Utc>) -> Result<Facts, Error> {
    let values: [Value; 4] =
        [trio.provider.uuid().into(), trio.reseller.uuid().into(), trio.customer.uuid().into(), now.into()];
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, statement(backend), values);
    let rows = connection.query_all_raw(statement).await?;
    let Some(first) = rows.first().map(Row) else {
        return Err(Error::unreadable("facts", "one", trio.customer, "the statement gave no row"));
    };
    let watermark = first.watermark()?;
    let watermark = watermark.as_ref();
    Ok(Facts {
        provider: first.partner(trio.provider, "po", "ps", watermark)?,
        reseller: first.partner(trio.reseller, "ro", "rs", watermark)?,
        customer: first.customer(trio.customer, watermark)?,
        partnership: first.partnership()?,
        reseller_relationship: first.relationship("rr")?,
        provider_relationship: first.relationship("pr")?,
        customer_agreement: first.get("accepted", "")?,
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

struct Row<'a>(&'a QueryResult);

impl Row<'_> {
    fn get<T: TryGetable>(&self, table: &str, column: &str) -> Result<T, Error> {
        let name = if column.is_empty() { table.to_owned() } else { format!("{table}_{column}") };
        Ok(self.0.try_get("", &name)?)
    }

    fn watermark(&self) -> Result<Option<Watermark>, Error> {
        let Some(epoch) = self.get("w", "epoch")? else { return Ok(None) };
        let parked = Place { table: "watermark", row: "enrollment" }.json("parked", self.get("w", "parked")?)?;
        Ok(Some(Watermark { epoch, as_of: self.get("w", "as_of")?, parked }))
    }

    fn standing(&self, table: &str, organization: OrganizationId) -> Result<Option<Standing>, Error> {
        let Some(id) = self.get(table, "id")? else { return Ok(None) };
        let row = standing::row::Model {
            id,
            organization: organization.uuid(),
            capacity: self.get(table, "capacity")?,
            state: self.get(table, "state")?,
            location: self.get(table, "location")?,
            location_country: self.get(table, "location_country")?,
            signed_version: self.get(table, "signed_version")?,
            state_time: self.get(table, "state_time")?,
            version: self.get(table, "version")?,
            confirmed_at: self.get(table, "confirmed_at")?,
        };
        Standing::try_from(row).map(Some)
    }

    fn partner(
        &self,
        organization: OrganizationId,
        of: &str,
        standing: &str,
        watermark: Option<&Watermark>,
    ) -> Result<Partner, Error> {
        let standing = self.standing(standing, organization)?;
        let known: Option<i64> = self.get(of, "version")?;
        let confirmed_at = match &standing {
            Some(standing) => standing.confirmed_at,
            None => self.get(of, "confirmed_at")?,
        };
        let subjects: Vec<_> =
            std::iter::once(organization.name()).chain(standing.as_ref().map(Standing::name)).collect();
        let as_of = known.and_then(|_| partner_as_of(watermark, &subjects, confirmed_at));
        Ok(Partner { organization, standing, as_of })
    }

    fn customer(&self, organization: OrganizationId, watermark: Option<&Watermark>) -> Result<Customer, Error> {
        let Some(version) = self.get("co", "version")? else {
            return Ok(Customer { organization, country: None, version: 0, as_of: None });
        };
        let country: String = self.get("co", "country")?;
        let place = Place { table: "organization", row: organization };
        Ok(Customer {
            organization,
            country: Some(place.parse("country", &country)?),
            version,
            as_of: as_of(watermark, &[organization.name()], self.get("co", "confirmed_at")?),
        })
    }

    fn partnership(&self) -> Result<Option<PartnershipFact>, Error> {
        let Some(id) = self.get::<Option<Uuid>>("p", "id")? else { return Ok(None) };
        Ok(Some(PartnershipFact {
            id: PartnershipId::from_uuid(id),
            version: self.get("p", "version")?,
            stands: self.stands("p", Place { table: "partnership", row: id })?,
            orders_allowed: self.get("p", "orders_allowed")?,
        }))
    }

    fn relationship(&self, table: &str) -> Result<Option<RelationshipFact>, Error> {
        let Some(id) = self.get::<Option<Uuid>>(table, "id")? else { return Ok(None) };
        Ok(Some(RelationshipFact {
            id: ResellerRelationshipId::from_uuid(id),
            version: self.get(table, "version")?,
            stands: self.stands(table, Place { table: "reseller_relationship", row: id })?,
        }))
    }

    fn stands(&self, table: &str, place: Place<Uuid>) -> Result<Stands, Error> {
        let state: String = self.get(table, "state")?;
        Ok(match place.parse("state", &state)? {
            Stage::Active => Stands::Active,
            Stage::Suspended => {
                let by: Uuid = place.there("suspended_by", self.get(table, "suspended_by")?)?;
                Stands::Suspended { by: OrganizationId::from_uuid(by) }
            }
            Stage::Ended => Stands::Ended,
        })
    }

    fn due(&self) -> Result<Option<DueAgreement>, Error> {
        let Some(version) = self.get("a", "version")? else { return Ok(None) };
        let capacity: String = self.get("a", "capacity")?;
        let capacity = Place { table: "agreement", row: version }.parse("capacity", &capacity)?;
        Ok(Some(DueAgreement { capacity, region: self.get("a", "region")?, version }))
    }
}
