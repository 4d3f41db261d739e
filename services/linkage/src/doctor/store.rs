//! The database: it answers, its schema is the program's, and its clock agrees with ours.

use std::path::Path;

use chrono::TimeDelta;
use database::{Backend, Database, Error, migrate};
use runtime::{ServiceName, clock};
use secrecy::ExposeSecret as _;

use super::{Finding, Verdict};
use crate::migrate::migrations;
use crate::settings::Settings;

/// Clocks that differ by more are told of.
const ODD: TimeDelta = TimeDelta::seconds(1);
/// Tokens of one machine begin in the future of another that is so far behind.
const WRONG: TimeDelta = TimeDelta::seconds(30);

pub(super) async fn look(settings: &Settings, service: ServiceName) -> Vec<Finding> {
    let found = |what, verdict, told: &str| Finding::new(service, what, verdict, told);
    let at = settings.database(service);
    let file = at.url.expose_secret().strip_prefix("sqlite://");
    if file.is_some_and(|file| !Path::new(file.split('?').next().unwrap_or(file)).exists()) {
        // Opening would make it.
        return vec![found("database", Verdict::Wrong, "there is none yet: run `linkage migrate`")];
    }
    let database = match Database::connect(&at).await {
        Ok(database) => database,
        Err(Error::InUse) => {
            return vec![found("database", Verdict::Well, "in use, as by the service that runs: not looked into")];
        }
        Err(error) => return vec![found("database", Verdict::Wrong, &error.to_string())],
    };
    let mut findings = vec![found("database", Verdict::Well, "it answers")];
    findings.push(match migrate::refuse_pending(&database, service.as_str(), migrations(service)).await {
        Ok(()) => found("schema", Verdict::Well, "up to date"),
        Err(error) => found("schema", Verdict::Wrong, &format!("{error}: run `linkage migrate`")),
    });
    if let Some(finding) = owner(&database, &found).await {
        findings.push(finding);
    }
    findings.push(match database.time().await {
        Ok(time) => {
            let ahead = time - clock::system_time();
            let verdict = match ahead.abs() {
                far if far > WRONG => Verdict::Wrong,
                far if far > ODD => Verdict::Odd,
                _ => Verdict::Well,
            };
            found("clock", verdict, &format!("the database's is {} ms ahead", ahead.num_milliseconds()))
        }
        Err(error) => found("clock", Verdict::Wrong, &error.to_string()),
    });
    database.close().await;
    findings
}

/// What guards rows holds whoever serves only where the tables are another one's.
async fn owner(database: &Database, found: impl Fn(&'static str, Verdict, &str) -> Finding) -> Option<Finding> {
    if database.backend() != Backend::Postgres {
        return None;
    }
    Some(match migrate::is_owner(database).await {
        Ok(false) => found("role", Verdict::Well, "it owns no table"),
        Ok(true) => {
            let told = "it owns the tables, and could take off what guards their rows: let another one migrate, and name this one in `role`";
            found("role", Verdict::Odd, told)
        }
        Err(error) => found("role", Verdict::Wrong, &error.to_string()),
    })
}
