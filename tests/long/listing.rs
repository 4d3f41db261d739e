//! The operator's list of organizations stays flat: the last page of a hundred thousand comes as fast as the first.

use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::harness::{Stage, each};

const LIST: &str = "enrollment.OrganizationService/ListOrganizations";
/// The largest page there is.
const STRIDE: usize = 200;
const PAGE: usize = 50;
/// How often each page is read.
const READS: usize = 41;
/// So many times the first page the last may take.
const FLAT: f64 = 1.5;

#[tokio::test]
async fn a_list_of_organizations_is_whole_to_its_last_page() {
    each(async |stage| {
        seed(stage, 1_001);
        walk(stage, 1_001).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "minutes: belongs to the long tests"]
#[expect(clippy::print_stdout, reason = "a run tells what it has measured")]
async fn the_last_page_of_a_hundred_thousand_organizations_comes_as_fast_as_the_first() {
    each(async |stage| {
        seed(stage, 100_000);
        let last = walk(stage, 100_000).await;
        let (mut first_page, mut last_page) = (Vec::new(), Vec::new());
        for _ in 0..READS {
            first_page.push(time(stage, "").await);
            last_page.push(time(stage, &last).await);
        }
        let (first, last) = (middle(first_page), middle(last_page));
        let ratio = last.as_secs_f64() / first.as_secs_f64();
        println!("100,000 organizations: the first page {first:?}, the last {last:?}, {ratio:.2} times");
        assert!(ratio <= FLAT, "the last page takes {ratio:.2} times as long as the first");
    })
    .await;
}

/// Reads all pages; the token of the last whole one.
async fn walk(stage: &mut Stage, count: usize) -> String {
    let (mut names, mut token, mut last) = (Vec::new(), String::new(), String::new());
    loop {
        let body = page(stage, STRIDE, &token).await;
        let found = body["organizations"].as_array().expect("a list");
        if found.len() == STRIDE {
            last.clone_from(&token);
        }
        names.extend(found.iter().map(|one| one["display_name"].as_str().expect("a name").to_owned()));
        token = body["next_page_token"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    // In order, without gap or repeat; the operator's own came after them all.
    let expected: Vec<_> = (0..count).map(|number| format!("Organization {number}")).collect();
    assert!(names[..count] == expected && names.len() == count + 1, "{} names", names.len());
    last
}

async fn page(stage: &mut Stage, size: usize, token: &str) -> Value {
    let operator = stage.operator();
    stage.ok(&operator, LIST, json!({ "page_size": size, "page_token": token })).await
}

async fn time(stage: &mut Stage, token: &str) -> Duration {
    let begun = Instant::now();
    let body = page(stage, PAGE, token).await;
    assert_eq!(body["organizations"].as_array().map(Vec::len), Some(PAGE));
    begun.elapsed()
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Organizations as the service writes them, a second apart.
fn seed(stage: &Stage, count: usize) {
    let url = stage.settings.enrollment.database.expose_secret();
    let (id, time, no, series) = if url.starts_with("sqlite") {
        (
            "unhex(printf('0197000000007000%016x', i))".to_owned(),
            "strftime('%Y-%m-%dT%H:%M:%S+00:00', '2020-01-01', '+' || i || ' seconds')".to_owned(),
            "0",
            format!(
                "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {count}) SELECT i FROM s) s"
            ),
        )
    } else {
        (
            "('0197000000007000' || lpad(to_hex(i), 16, '0'))::uuid".to_owned(),
            "timestamptz '2020-01-01 00:00:00Z' + i * interval '1 second'".to_owned(),
            "false",
            format!("generate_series(0, {count} - 1) AS s(i)"),
        )
    };
    let insert = format!(
        "INSERT INTO organization (id, display_name, name_key, country, language, mail_address, mail_language, operator, version, \
        created_at, updated_at) SELECT {id}, 'Organization ' || i, 'organization ' || i, 'SE', 'en', 'ada@o' || i || '.example', 'en', \
        {no}, 1, {time}, {time} FROM {series}"
    );
    for statement in [insert.as_str(), "ANALYZE"] {
        assert_eq!(testkit::ask(url, statement), [""; 0], "{statement}");
    }
}
