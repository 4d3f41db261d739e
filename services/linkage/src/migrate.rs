//! `linkage migrate`: brings the schema of the databases up to date.

use std::process::ExitCode;

use anyhow::Context as _;
use database::Database;
use database::migrate::{Migrations, entitle, migrate};
use enrollment::Enrollment;
use notification::Notification;
use relationship::Relationship;
use runtime::start::{Restored, restored};
use runtime::{Service as _, ServiceName};
use verification::Verification;

use crate::cli::Migrate;
use crate::serve::print;
use crate::settings::Settings;

/// Migrates one service's database or all.
pub async fn run(settings: &Settings, arguments: &Migrate) -> anyhow::Result<ExitCode> {
    settings.storage.make()?;
    let services = arguments.service.map_or_else(|| ServiceName::ALL.to_vec(), |name| vec![name.into()]);
    for service in services {
        let database = Database::connect(&settings.database(service))
            .await
            .with_context(|| format!("opening the database of {service}"))?;
        let done = migrate(&database, service.as_str(), migrations(service)).await?;
        let role = settings.of(service).role;
        if !role.is_empty() {
            let entitled = entitle(&database, service.as_str(), role).await;
            entitled.with_context(|| {
                format!("giving {role} its rights in the database of {service}: the role must be there, and the one connected must own the tables")
            })?;
        }
        let mut told = if done.is_empty() { "up to date".to_owned() } else { format!("applied {}", done.join(", ")) };
        if arguments.restored {
            let Restored { epoch, void } = match service {
                ServiceName::Enrollment => restored::<Enrollment>(&database).await?,
                ServiceName::Verification => restored::<Verification>(&database).await?,
                ServiceName::Relationship => restored::<Relationship>(&database).await?,
                ServiceName::Notification => restored::<Notification>(&database).await?,
            };
            told = format!("{told}, restored: epoch {epoch}, {void} links, codes and sessions void");
        }
        database.close().await;
        print(&format!("{service:<13} {told}"));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn migrations(service: ServiceName) -> Migrations {
    match service {
        ServiceName::Enrollment => Enrollment::migrations(),
        ServiceName::Verification => Verification::migrations(),
        ServiceName::Relationship => Relationship::migrations(),
        ServiceName::Notification => Notification::migrations(),
    }
}
