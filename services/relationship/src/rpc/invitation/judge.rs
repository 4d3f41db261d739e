//! What inviting and accepting need to judge capabilities and markets: loaded once, asked several times.

use chrono::{DateTime, Utc};
use ids::OrganizationId;
use markets::{CountryCode, Markets};
use runtime::Fault;

use crate::domain::Refusal;
use crate::domain::standing::{DueAgreement, EnrollmentType, Location, Side, capable_in_any};
use crate::{App, Change, store};

/// In which capacities the reseller of a customer may stand alone.
pub(crate) const AS_RESELLER: &[EnrollmentType] = &[EnrollmentType::IndirectReseller, EnrollmentType::DirectBill];
pub(crate) const AS_PROVIDER: &[EnrollmentType] = &[EnrollmentType::IndirectProvider];

/// The market table, the time of this change, and the agreements that are due by then.
pub(crate) struct Judge<'a> {
    change: &'a Change,
    markets: &'a Markets,
    due: Vec<DueAgreement>,
}

impl<'a> Judge<'a> {
    pub(crate) async fn load(app: &'a App, change: &'a Change) -> Result<Judge<'a>, Fault> {
        let due = store::agreement::due(&change.tx, change.now()).await?;
        Ok(Judge { change, markets: app.service().markets()?, due })
    }

    fn now(&self) -> DateTime<Utc> {
        self.change.now()
    }

    /// The location of an organization that may act in one of these capacities; else what is wanting in the first it has taken up.
    pub(crate) async fn capable(
        &self,
        side: Side,
        organization: OrganizationId,
        capacities: &[EnrollmentType],
    ) -> Result<Result<Location, Refusal>, Fault> {
        let standings = store::standing::of(&self.change.tx, organization).await?;
        Ok(capable_in_any(side, organization, capacities, &standings, &self.due, (self.markets, self.now())))
    }

    /// Whether partners of these countries may link.
    pub(crate) fn linkable(&self, one: CountryCode, other: CountryCode) -> Result<(), Refusal> {
        self.markets.same_region(one, other, self.now()).map(drop).map_err(Refusal::MarketMismatch)
    }

    /// Whether a partner there may sell to a customer there.
    pub(crate) fn sellable(&self, partner: CountryCode, customer: CountryCode) -> Result<(), Refusal> {
        self.markets.may_sell(partner, customer, self.now()).map(drop).map_err(Refusal::MarketMismatch)
    }
}
