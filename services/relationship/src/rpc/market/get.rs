//! Reads a market.

use markets::CountryCode;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use super::terms::{COLLECTION, market};
use crate::App;

pub(crate) async fn get(app: &App, _: &Caller, request: pb::GetMarketRequest) -> Result<pb::Market, Fault> {
    let mut v = Violations::of(&request);
    let name = v.text("name", &request.name, 1..=20);
    let country = name.and_then(|name| v.check("name", country_of(&name)));
    let on = v.optional_time("as_of_time", request.as_of_time.as_ref());
    let (country, on) = v.all((country, on))?;
    market(country, app.service().markets()?, on.unwrap_or_else(|| app.now())).ok_or_else(Fault::missing)
}

fn country_of(name: &str) -> Result<CountryCode, &'static str> {
    let country = name.strip_prefix(COLLECTION).and_then(|country| country.parse().ok());
    country.ok_or("expected a name like `markets/SE`, of an ISO 3166-1 alpha-2 country code in upper case")
}
