//! Lists the markets, or those that change.

use std::collections::BTreeSet;

use chrono::DateTime;
use database::{Cursor, Page};
use markets::CountryCode;
use runtime::{Caller, Fault, Violations};
use uuid::Uuid;
use wire::relationship as pb;

use super::terms::market;
use crate::App;
use crate::rpc::region::{self, get::code_of};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListMarketsRequest,
) -> Result<pb::ListMarketsResponse, Fault> {
    let mut v = Violations::of(&request);
    let of_region = if request.region.is_empty() {
        Some(None)
    } else {
        let region = v.text("region", &request.region, 1..=60);
        region.and_then(|region| v.check("region", code_of(&region))).map(Some)
    };
    let on = v.optional_time("as_of_time", request.as_of_time.as_ref());
    let (of_region, on) = v.all((of_region, on))?;
    let page = app.page(caller, &request)?;
    let (markets, on) = (app.service().markets()?, on.unwrap_or_else(|| app.now()));
    let after = page.after.map(|cursor| cursor.id.as_u128());
    // In the order of their codes, which are the places in the list.
    let countries: BTreeSet<CountryCode> = markets.all().map(|market| market.country).collect();
    let rest = countries.into_iter().filter(|country| after.is_none_or(|after| place(*country) > after));
    let is_meant = |found: &pb::Market| {
        let there =
            of_region.is_none_or(|code| found.terms.as_ref().is_some_and(|terms| terms.region == region::name(code)));
        there && if request.changing { !found.changes.is_empty() } else { found.terms.is_some() }
    };
    let more = usize::try_from(page.size).unwrap_or(usize::MAX).saturating_add(1);
    let found = rest.filter_map(|country| Some((country, market(country, markets, on)?)));
    let found: Vec<_> = found.filter(|(_, found)| is_meant(found)).take(more).collect();
    let found = Page::of(found, page.size, |(country, _)| Cursor {
        time: DateTime::UNIX_EPOCH,
        id: Uuid::from_u128(place(*country)),
    });
    Ok(pb::ListMarketsResponse {
        next_page_token: app.next_page(caller, &request, found.next),
        markets: found.items.into_iter().map(|(_, market)| market).collect(),
    })
}

/// A country's place in the order of codes.
fn place(country: CountryCode) -> u128 {
    country.as_str().bytes().fold(0, |place, letter| (place << 8) | u128::from(letter))
}
