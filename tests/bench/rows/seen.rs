//! C4: what was changed is seen by the first check after it; and how long what enrollment tells is under way.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use linkage::people::People;
use linkage::{Client, ServiceName, SigningKey};
use serde_json::{Value, json};
use tonic::metadata::{Ascii, MetadataValue};
use wire::relationship as pb;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;
use wire::relationship::partnership_service_client::PartnershipServiceClient;

use super::Stage;
use crate::calls::{Callers, order};
use crate::cast::{Of, by, id, organization};
use crate::figure::{Figure, Unit};
use crate::load::quantile;
use crate::options::Effort;
use crate::progress;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn on(stage: &Stage<'_>, effort: Effort) -> Result<Vec<Figure>> {
    progress(&format!("C4 on {}", stage.backing.name()));
    let callers = stage.large_callers().await?;
    let mut wrong = 0;
    for n in 0..effort.repeats as u64 {
        wrong += toggled(&callers, n).await?;
    }
    let lags = lags(stage, &callers, effort.repeats.div_ceil(10)).await?;
    let on = stage.backing.name();
    let what = format!("first check on {on} after a change of what relationship owns");
    let lag = format!("lag of standing on {on}, from enrollment's answer to the first check that shows it, p50");
    let note = format!("p99 {:.1} ms, of {} changes", quantile(&lags, 0.99), lags.len());
    Ok(vec![
        Figure::new("C4", what, Unit::Wrong, vec![wrong as f64])
            .target(0.0, 0.0)
            .note(format!("of {} changes, each followed by a check at once", effort.repeats * 2)),
        Figure::new("C4", lag, Unit::Milliseconds, lags).note(note),
    ])
}

/// The reseller takes the provider's right to order away and gives it back; says how many checks did not see it.
async fn toggled(callers: &Callers, n: u64) -> Result<u64> {
    let (_, reseller, _) = callers.channel.trio(n);
    let bearer = callers.signer().bearer(Of::Reseller, reseller)?;
    let mut client = PartnershipServiceClient::new(callers.connection(0)?);
    let mut wrong = 0;
    for orders_allowed in [false, true] {
        let name = id::<ids::kind::Partnership>(Of::Partnership, reseller).name();
        let request = pb::SetOrdersAllowedRequest { name, orders_allowed, ..Default::default() };
        client.set_orders_allowed(by(&bearer, request)).await?;
        wrong += u64::from(callers.ask(n, 1).await?.eligible != orders_allowed);
    }
    Ok(wrong)
}

/// Organizations enroll, one after the other; a check shows how each stands once relationship has heard. Milliseconds, sorted.
async fn lags(stage: &Stage<'_>, callers: &Callers, repeats: usize) -> Result<Vec<f64>> {
    let client = Client::new(stage.large.addresses())?;
    let key = SigningKey::load_or_create(&stage.large.keys().join(runtime::keys::ISSUER_FILE))?;
    let mut people = People::new(key);
    let operator = callers.signer().operator()?;
    let mut lags = Vec::new();
    for turn in 0..repeats {
        let who = format!("ada.alm@lag-{turn}.example");
        let organization = json!({ "display_name": "Lag AB", "region_code": "SE", "language_code": "sv" });
        let request = json!({ "organization": organization });
        let parent =
            call(&client, &mut people, &who, "enrollment.OrganizationService/CreateOrganization", request).await?;
        // A new token acts for it.
        people.forget(&who);
        let request = json!({ "parent": parent, "enrollment": { "type": "ENROLLMENT_TYPE_INDIRECT_PROVIDER" } });
        let standing =
            call(&client, &mut people, &who, "enrollment.EnrollmentService/CreateEnrollment", request).await?;
        let answered = Instant::now();
        heard(callers, &operator, &parent, &standing).await?;
        lags.push(answered.elapsed().as_secs_f64() * 1e3);
    }
    lags.sort_by(f64::total_cmp);
    Ok(lags)
}

/// Calls enrollment; gives the name of what came of it.
async fn call(client: &Client, people: &mut People, who: &str, method: &str, request: Value) -> Result<String> {
    let method = client.method(method)?;
    let token = people.token(client, who, None).await?.map_err(|refused| anyhow::anyhow!("{}", refused.message))?;
    let answer = client.call(ServiceName::Enrollment, &method, &request, Some(&token)).await?;
    ensure!(answer.code == tonic::Code::Ok, "{}: {} {} {}", method.name(), answer.reason, answer.message, answer.body);
    Ok(answer.body.get("name").and_then(Value::as_str).context("it has a name")?.to_owned())
}

/// Asks until a check shows how this provider stands.
async fn heard(callers: &Callers, operator: &MetadataValue<Ascii>, provider: &str, standing: &str) -> Result<()> {
    let mut client = OrderEligibilityServiceClient::new(callers.connection(0)?);
    let began = Instant::now();
    loop {
        let request = order(provider.to_owned(), organization(Of::Reseller, 0), organization(Of::Customer, 0));
        let answer = client.check_order_eligibility(by(operator, request)).await?.into_inner();
        if answer.facts.iter().any(|fact| fact.resource == standing) {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "relationship never heard of {standing}");
    }
}
