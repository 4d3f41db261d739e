//! Markets with effective dates: told, listed ahead, and enforced on their day.

use chrono::{Days, NaiveDate};
use markets::Markets;
use relationship::{Config, Relationship};
use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::market_service_client::MarketServiceClient;

use crate::invitation::{to_customer, to_reseller, whole};
use crate::stage::{CUSTOMER, PROVIDER, RESELLER, Stage, reason};

/// Sweden leaves the region of the others ten days from now, for the one that Belarus is about to join.
fn moving() -> (Markets, NaiveDate) {
    let day = runtime::clock::system_time().date_naive() + Days::new(10);
    let table = format!(
        "country,name,region,currencies,effective_from,effective_to\n\
        DE,Germany,EUROPE,EUR,2023-08-01,\nFI,Finland,EUROPE,EUR,2023-08-01,\nUS,United States,UNITED_STATES,USD,2023-08-01,\n\
        SE,Sweden,EUROPE,SEK,2023-08-01,{day}\nSE,Sweden,MIDDLE_EAST_CEE,SEK;EUR,{day},\nBY,Belarus,MIDDLE_EAST_CEE,USD,{day},\n"
    );
    (Markets::from_csv(table.as_bytes()).unwrap(), day)
}

fn region_of(market: &pb::Market) -> &str {
    market.terms.as_ref().map_or("", |terms| terms.region.as_str())
}

#[tokio::test]
async fn r40_a_change_is_listed_ahead_and_flips_the_answers_on_its_day() {
    on_every_database(async |database| {
        let (table, day) = moving();
        let stage = Stage::ready_as(database, Relationship::new(Config::default()).with_markets(table)).await;
        let mut client = MarketServiceClient::new(stage.channel());
        let get = |name: &str| pb::GetMarketRequest { name: name.to_owned(), as_of_time: None };
        let sweden = client.get_market(stage.by(CUSTOMER, get("markets/SE"))).await.unwrap().into_inner();
        assert_eq!((region_of(&sweden), sweden.display_name.as_str()), ("regions/EUROPE", "Sweden"));
        let change = &sweden.changes[0];
        let terms = change.terms.as_ref().unwrap();
        assert_eq!(
            (terms.region.as_str(), terms.currency_codes.as_slice()),
            ("regions/MIDDLE_EAST_CEE", &["SEK".to_owned(), "EUR".to_owned()][..])
        );
        let at = runtime::convert::time(&change.effective_time.unwrap()).unwrap();
        assert_eq!((sweden.changes.len(), at.date_naive()), (1, day));
        let coming = pb::ListMarketsRequest { changing: true, ..Default::default() };
        let coming = client.list_markets(stage.by(CUSTOMER, coming)).await.unwrap().into_inner().markets;
        assert_eq!(coming.iter().map(|market| market.name.as_str()).collect::<Vec<_>>(), ["markets/BY", "markets/SE"]);

        let partnership = stage.partners().await.result_partnership;
        stage.customer(&partnership).await;
        assert_eq!(stage.reasons().await, [] as [&str; 0]);
        stage
            .invite(
                RESELLER,
                pb::Invitation { recipient_email: "later@org3.example".to_owned(), ..to_customer(&partnership) },
            )
            .await
            .unwrap();
        let token = stage.token("customer-invitation").await;
        let offer = stage.inspect(&token).await.unwrap();
        stage.pass(11).await;
        stage.tell_watermark(&[]).await;
        assert_eq!(stage.reasons().await, ["MARKET_OUTSIDE_REGION"], "at the order check");
        stage.tell_organization(CUSTOMER, "FI").await;
        let late = stage.accept(CUSTOMER, whole(&offer, &token)).await.unwrap_err();
        assert_eq!(reason(&late), "MARKET_MISMATCH", "at acceptance");
        stage.end(&partnership, true, false).await.unwrap();
        assert_eq!(
            reason(&stage.invite(PROVIDER, to_reseller()).await.unwrap_err()),
            "MARKET_MISMATCH",
            "at the invitation"
        );
        let sweden = client.get_market(stage.by(CUSTOMER, get("markets/SE"))).await.unwrap().into_inner();
        assert_eq!((region_of(&sweden), sweden.changes.len()), ("regions/MIDDLE_EAST_CEE", 0));
    })
    .await;
}

#[tokio::test]
async fn r40_regions_and_markets_are_read_at_any_time() {
    let (table, day) = moving();
    let stage = Stage::ready_as(testkit::sqlite(), Relationship::new(Config::default()).with_markets(table)).await;
    let mut client = MarketServiceClient::new(stage.channel());
    let as_of_time = Some(runtime::convert::timestamp(day.and_time(chrono::NaiveTime::MIN).and_utc()));
    for (as_of_time, expected) in [(None, vec!["DE", "FI", "SE"]), (as_of_time, vec!["DE", "FI"])] {
        let request = pb::GetRegionRequest { name: "regions/EUROPE".to_owned(), as_of_time };
        let region = client.get_region(stage.by(CUSTOMER, request)).await.unwrap().into_inner();
        assert_eq!(region.market_region_codes, expected);
        let request = pb::ListRegionsRequest { as_of_time };
        let all = client.list_regions(stage.by(CUSTOMER, request)).await.unwrap().into_inner().regions;
        assert_eq!(all.len(), 15);
        let same = |one: &&pb::Region| one.name == region.name;
        assert_eq!(all.iter().find(same).map(|one| &one.market_region_codes), Some(&region.market_region_codes));
        let request = pb::ListMarketsRequest { region: "regions/EUROPE".to_owned(), as_of_time, ..Default::default() };
        let markets = client.list_markets(stage.by(CUSTOMER, request)).await.unwrap().into_inner().markets;
        assert_eq!(markets.iter().map(|market| market.name.replace("markets/", "")).collect::<Vec<_>>(), expected);
    }
    let later = pb::GetMarketRequest { name: "markets/BY".to_owned(), as_of_time: None };
    let later = client.get_market(stage.by(CUSTOMER, later)).await.unwrap().into_inner();
    assert!(later.terms.is_none() && later.changes.len() == 1, "no market yet: {later:?}");
    for name in ["markets/KP", "markets/se", "markets/", "SE"] {
        let request = pb::GetMarketRequest { name: name.to_owned(), as_of_time: None };
        let refused = client.get_market(stage.by(CUSTOMER, request)).await.unwrap_err();
        let expected = if name == "markets/KP" { "RESOURCE_MISSING" } else { "FIELD_INVALID" };
        assert_eq!(reason(&refused), expected, "{name}");
    }
    let nowhere = pb::GetRegionRequest { name: "regions/ATLANTIS".to_owned(), as_of_time: None };
    assert_eq!(reason(&client.get_region(stage.by(CUSTOMER, nowhere)).await.unwrap_err()), "FIELD_INVALID");
}

#[tokio::test]
async fn r40_the_table_that_ships_is_paged_without_gap_or_repeat() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let mut client = MarketServiceClient::new(stage.channel());
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListMarketsRequest { page_size: 100, page_token, ..Default::default() };
        let page = client.list_markets(stage.by(CUSTOMER, request)).await.unwrap().into_inner();
        seen.extend(page.markets.into_iter().map(|market| market.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 242);
    assert!(seen.is_sorted() && seen.windows(2).all(|pair| pair[0] != pair[1]));
}
