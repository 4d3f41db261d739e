//! `linkage bootstrap`: the operator's organization and its first user, once.

use std::process::ExitCode;

use enrollment::{Bootstrap, Enrollment};
use runtime::{App, ServiceName};

use crate::cli;
use crate::serve::print;
use crate::settings::{Operator, Settings};
use crate::suite::{self, Mode, Suite};

/// Opens enrollment's database, makes the operator, and closes it.
pub async fn run(mut settings: Settings, arguments: &cli::Bootstrap) -> anyhow::Result<ExitCode> {
    if let Some(email) = &arguments.email {
        settings.operator.email.clone_from(email);
    }
    if let Some(issuer) = &arguments.issuer {
        settings.operator.issuer.clone_from(issuer);
    }
    // Its own port may be taken by a service that runs on another database; nobody calls here.
    settings.enrollment.listen = ([127, 0, 0, 1], 0).into();
    settings.enrollment.health_listen = None;
    let mode = Mode { migrate: false, bootstrap: true, background: false };
    if arguments.rebind {
        return rebind(&settings, arguments.issuer.as_deref()).await;
    }
    if is_done(&settings).await? {
        if arguments.if_absent {
            print("operator: there is one already");
            return Ok(ExitCode::SUCCESS);
        }
        anyhow::bail!("there is an operator already; its users are managed by UserService");
    }
    let suite = Suite::start(&settings, &[ServiceName::Enrollment], mode).await?;
    suite.stop().await;
    print(&format!("operator: {}", settings.operator.email));
    Ok(ExitCode::SUCCESS)
}

/// Opens enrollment's database, lets the operator's people in by another issuer, and closes it.
async fn rebind(settings: &Settings, issuer: Option<&str>) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(is_done(settings).await?, "there is no operator yet: `linkage bootstrap` makes it");
    let running = suite::enrollment_alone(settings).await?;
    let told = enrollment::rebind(running.app(), issuer).await;
    running.stop().await;
    let by = issuer.map_or("whoever may vouch for them, or a mailed code".to_owned(), str::to_owned);
    for email in told? {
        print(&format!("{email}: bound anew at the next sign-in by {by}"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn is_done(settings: &Settings) -> anyhow::Result<bool> {
    settings.storage.make()?;
    let database = database::Database::connect(&settings.database(ServiceName::Enrollment)).await?;
    database::migrate::refuse_pending(
        &database,
        ServiceName::Enrollment.as_str(),
        <Enrollment as runtime::Service>::migrations(),
    )
    .await
    .map_err(|error| anyhow::anyhow!("{error}: run `linkage migrate` first"))?;
    let done = enrollment::is_bootstrapped(&database).await?;
    database.close().await;
    Ok(done)
}

/// Makes the operator unless there is one.
pub async fn unless_done(app: &App<Enrollment>, operator: &Operator) -> anyhow::Result<()> {
    if enrollment::is_bootstrapped(app.database()).await? {
        return Ok(());
    }
    let bootstrap = Bootstrap {
        email: operator.email.clone(),
        display_name: operator.display_name.clone(),
        country: operator.country.clone(),
        issuer: Some(operator.issuer.clone()).filter(|issuer| !issuer.is_empty()),
    };
    enrollment::bootstrap(app, &bootstrap).await?;
    Ok(())
}
