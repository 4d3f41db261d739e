//! M1, M2, M3: memory when idle, the time from the start of the process to its first answer, and the size of the binary.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use linkage::ServiceName;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;

use crate::calls::order;
use crate::cast::{Of, Signer, by, organization};
use crate::figure::{Figure, Unit};
use crate::options::Effort;
use crate::progress;
use crate::suite::{Backing, Suite, binary_size};

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn on(backing: Backing<'_>, effort: Effort) -> Result<Vec<Figure>> {
    let on = backing.name();
    progress(&format!("cold start and memory on {on}"));
    let mut suite = Suite::prepare(backing, "idle").await?;
    let mut times = Vec::new();
    for _ in 0..effort.repeats.div_ceil(10) {
        times.push(first_answer(&mut suite).await?);
        suite.stop()?;
    }
    let (must, aim) = if matches!(backing, Backing::Sqlite) { (150.0, 30.0) } else { (300.0, 80.0) };
    let what = format!("cold start of the whole suite to its first order check on {on}, schema in place");
    let mut figures = vec![Figure::new("M2", what, Unit::Milliseconds, times).target(must, aim)];
    suite.serve(&[]).await?;
    let (whole, own) = idle(&suite, effort).await?;
    suite.stop()?;
    let what = format!("idle memory of the whole suite in one process on {on}");
    figures.push(
        Figure::new("M1", what, Unit::Megabytes, vec![whole])
            .target(60.0, 25.0)
            .note(format!("{own:.1} MB are its own")),
    );
    let mut each = Vec::new();
    let services = if effort.is_trial() { &[ServiceName::Relationship][..] } else { &ServiceName::ALL };
    for service in services {
        suite.serve(&[service.as_str()]).await?;
        each.push((idle(&suite, effort).await?, *service));
        suite.stop()?;
    }
    let told: Vec<_> =
        each.iter().map(|((all, own), service)| format!("{service} {all:.1} MB, {own:.1} its own")).collect();
    let largest = each.iter().map(|((all, _), _)| *all).fold(0.0, f64::max);
    let what = format!("idle memory of one service alone on {on}, the largest");
    figures.push(Figure::new("M1", what, Unit::Megabytes, vec![largest]).target(25.0, 10.0).note(told.join("; ")));
    Ok(figures)
}

/// The one binary, with its symbols as it is built.
pub(crate) fn size() -> Result<Figure> {
    Ok(Figure::new(
        "M3",
        "size of the release binary, all four services and every command",
        Unit::Megabytes,
        vec![binary_size()?],
    ))
}

/// Memory after a while without calls, in megabytes, and what of it is no page of a file.
async fn idle(suite: &Suite, effort: Effort) -> Result<(f64, f64)> {
    let mut tick = tokio::time::interval(effort.round);
    tick.tick().await;
    tick.tick().await;
    let pid = suite.pid().context("it runs")?;
    Ok((pid.memory()?, pid.own_memory()?))
}

/// From the start of the process to its first answer, in milliseconds.
async fn first_answer(suite: &mut Suite) -> Result<f64> {
    let bearer = Signer::of(suite)?.operator()?;
    let began = Instant::now();
    suite.start(&[])?;
    let mut tick = tokio::time::interval(Duration::from_millis(1));
    while !answers(suite, &bearer).await? {
        ensure!(began.elapsed() < PATIENCE, "it never answered");
        tick.tick().await;
    }
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

async fn answers(suite: &Suite, bearer: &MetadataValue<Ascii>) -> Result<bool> {
    let endpoint = Endpoint::from_shared(format!("http://{}", suite.address(ServiceName::Relationship)?))?;
    let Ok(channel) = endpoint.connect().await else { return Ok(false) };
    let [provider, reseller, customer] = [Of::Provider, Of::Reseller, Of::Customer].map(|of| organization(of, 0));
    let request = by(bearer, order(provider, reseller, customer));
    Ok(OrderEligibilityServiceClient::new(channel).check_order_eligibility(request).await.is_ok())
}
