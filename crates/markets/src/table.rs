//! The table: read once, refused whole when a row is wrong, then asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::LazyLock,
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::{Change, CountryCode, Market, RegionCode};

static BUILTIN: LazyLock<Result<Markets, DataError>> =
    LazyLock::new(|| Markets::from_csv(include_str!("../data/markets.csv").as_bytes()));

/// Every market, past, present and to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markets {
    /// In order of effective date, without overlap.
    rows: BTreeMap<CountryCode, Vec<Market>>,
}

/// Why a table can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("market table: {0}")]
pub struct DataError(String);

/// Why two countries can't do business in the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The programme isn't sold there on that day.
    #[error("{0} is not a market")]
    NotAMarket(CountryCode),
    /// Both are markets, in different regions.
    #[error("{} is in region {}, {} in {}", .0.0, .0.1, .1.0, .1.1)]
    DifferentRegions((CountryCode, RegionCode), (CountryCode, RegionCode)),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    country: String,
    name: String,
    region: String,
    currencies: String,
    effective_from: NaiveDate,
    effective_to: Option<NaiveDate>,
}

impl Markets {
    /// The table that ships.
    pub fn builtin() -> Result<&'static Markets, &'static DataError> {
        BUILTIN.as_ref()
    }

    /// Reads a table: `country,name,region,currencies,effective_from,effective_to`.
    pub fn from_csv(table: impl io::Read) -> Result<Markets, DataError> {
        let mut rows: BTreeMap<CountryCode, Vec<Market>> = BTreeMap::new();
        for (at, row) in csv::Reader::from_reader(table).deserialize::<Row>().enumerate() {
            let wrong = |why: String| DataError(format!("row {}: {why}", at + 1));
            let market = row.map_err(|error| wrong(error.to_string()))?.read().map_err(wrong)?;
            rows.entry(market.country).or_default().push(market);
        }
        for markets in rows.values_mut() {
            markets.sort_by_key(|market| market.effective_from);
            let overlap = markets.windows(2).find(|pair| pair[0].holds_on_day(pair[1].effective_from));
            if let Some([first, ..]) = overlap {
                return Err(DataError(format!("two rows of {} hold on the same day", first.country)));
            }
        }
        Ok(Markets { rows })
    }

    /// The country's row in force.
    pub fn market(&self, country: CountryCode, on: DateTime<Utc>) -> Option<&Market> {
        self.rows.get(&country)?.iter().find(|market| market.holds(on))
    }

    /// The region the country belongs to, if it is a market.
    pub fn region_of(&self, country: CountryCode, on: DateTime<Utc>) -> Option<RegionCode> {
        self.market(country, on).map(|market| market.region)
    }

    /// The region both belong to: partners link only within one.
    pub fn same_region(&self, a: CountryCode, b: CountryCode, on: DateTime<Utc>) -> Result<RegionCode, Mismatch> {
        self.may_sell(a, b, on).map(|market| market.region)
    }

    /// The customer's market when a partner of that country may sell there; its currencies are what it is sold in.
    pub fn may_sell(
        &self,
        partner: CountryCode,
        customer: CountryCode,
        on: DateTime<Utc>,
    ) -> Result<&Market, Mismatch> {
        let from = self.market(partner, on).ok_or(Mismatch::NotAMarket(partner))?;
        let to = self.market(customer, on).ok_or(Mismatch::NotAMarket(customer))?;
        if from.region == to.region {
            Ok(to)
        } else {
            Err(Mismatch::DifferentRegions((partner, from.region), (customer, to.region)))
        }
    }

    /// Every market in force, by country.
    pub fn on(&self, on: DateTime<Utc>) -> impl Iterator<Item = &Market> {
        self.all().filter(move |market| market.holds(on))
    }

    /// Every row there is, by country and effective date.
    pub fn all(&self) -> impl Iterator<Item = &Market> {
        self.rows.values().flatten()
    }

    /// What changes later than the given day, by day and country.
    pub fn changes_after(&self, date: NaiveDate) -> Vec<Change<'_>> {
        let days: BTreeSet<(NaiveDate, CountryCode)> = self
            .all()
            .flat_map(|market| {
                [Some(market.effective_from), market.effective_to].map(|day| Some((day?, market.country)))
            })
            .flatten()
            .filter(|(day, _)| *day > date)
            .collect();
        days.into_iter()
            .map(|(day, country)| {
                let holding = |day| self.rows.get(&country)?.iter().find(|market| market.holds_on_day(day));
                Change { day, country, before: day.pred_opt().and_then(holding), after: holding(day) }
            })
            .collect()
    }
}

impl Row {
    fn read(self) -> Result<Market, String> {
        let country = self.country.parse().map_err(|error| format!("country {:?}: {error}", self.country))?;
        let region = self.region.parse().map_err(|error| format!("region {:?}: {error}", self.region))?;
        let currencies = self
            .currencies
            .split_terminator(';')
            .map(|code| code.parse().map_err(|error| format!("{code:?}: {error}")));
        let currencies = currencies.collect::<Result<_, _>>()?;
        if self.effective_to.is_some_and(|end| end <= self.effective_from) {
            return Err(format!("{country} ends before it begins"));
        }
        let Row { name, effective_from, effective_to, .. } = self;
        Ok(Market { country, name, region, currencies, effective_from, effective_to })
    }
}
