//! ListCountryRules: what is known of every market, by country.

use chrono::DateTime;
use database::Cursor;
use database::page::Page;
use markets::Markets;
use runtime::{Caller, Fault, Violations};
use uuid::Uuid;
use wire::enrollment as pb;

use crate::App;
use crate::convert::guide::field;
use crate::domain::guide::of_country;

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListCountryRulesRequest,
) -> Result<pb::ListCountryRulesResponse, Fault> {
    Violations::of(&request).done()?;
    let page = app.page(caller, &request)?;
    let now = app.now();
    let after = page.after.map(|cursor| cursor.id.as_u128());
    // In order of their codes, which are the places in the list.
    let markets = Markets::builtin().map(|markets| markets.on(now).collect()).unwrap_or_else(|_| Vec::new());
    let rest = markets.into_iter().filter(|market| after.is_none_or(|after| place(market.country.as_str()) > after));
    let more = usize::try_from(page.size).unwrap_or(usize::MAX).saturating_add(1);
    let found = Page::of(rest.take(more).collect(), page.size, |market| Cursor {
        time: DateTime::UNIX_EPOCH,
        id: Uuid::from_u128(place(market.country.as_str())),
    });
    Ok(pb::ListCountryRulesResponse {
        next_page_token: app.next_page(caller, &request, found.next),
        country_rules: found
            .items
            .into_iter()
            .map(|market| pb::CountryRules {
                region_code: market.country.to_string(),
                display_name: market.name.clone(),
                programme_region: market.region.to_string(),
                fields: of_country(market.country.as_str(), now).into_iter().map(field).collect(),
            })
            .collect(),
    })
}

/// A country's place in the order of codes.
fn place(country: &str) -> u128 {
    country.bytes().fold(0, |place, letter| (place << 8) | u128::from(letter))
}
