//! The compose file: commands that the binary knows, with files that are there and secrets of their own.

use clap::Parser as _;
use linkage::cli::Cli;
use runtime::ServiceName;
use serde_json::Value;

use crate::sources;

/// What `deploy/make-secrets` makes, and no repository holds.
const SECRET: &str = "./secret/";

pub(super) fn mistakes(text: &str) -> Vec<String> {
    let file: Value = serde_saphyr::from_str(text).expect("the compose file is YAML");
    let services = file["services"].as_object().expect("its services");
    let missing = ServiceName::ALL.into_iter().filter(|name| !services.contains_key(name.as_str()));
    let mut found: Vec<_> = missing.map(|name| format!("no service {name}")).collect();
    for (name, service) in services {
        let volumes: Vec<_> = strings(&service["volumes"])
            .filter_map(|volume| volume.rsplit_once(':').filter(|(_, mode)| *mode == "ro"))
            .filter_map(|(volume, _)| volume.split_once(':'))
            .collect();
        let absent = volumes
            .iter()
            .filter(|(here, _)| !here.starts_with(SECRET) && !sources::root().join("deploy").join(here).exists());
        found.extend(absent.map(|(here, _)| format!("{name}: there is no {here}")));
        if service["read_only"] != Value::Bool(true) && name != "postgres" {
            found.push(format!("{name} can be written to"));
        }
        let owned = format!("uid={}", service["user"].as_str().unwrap_or_default());
        let is_own =
            |mount: &&str| mount.split_once(':').is_some_and(|(_, rest)| rest.split(',').any(|option| option == owned));
        let foreign = strings(&service["tmpfs"]).filter(|mount| !is_own(mount));
        found.extend(foreign.map(|mount| format!("{name} runs as another than whom {mount} is for")));
        if !service["command"].is_null() {
            found.extend(command(name, service, &volumes));
        }
        if name == "migrate" {
            let databases = volumes.iter().map(|(here, _)| *here).filter(|here| here.contains("/database/"));
            let owners = ServiceName::ALL.map(|one| format!("{SECRET}database/{one}-owner/database.toml"));
            if databases.ne(owners.iter().map(String::as_str)) {
                found.push("it migrates as others than the owners".to_owned());
            }
        }
        if let Some(known) = ServiceName::parse(name) {
            found.extend(of_a_service(known, service, &volumes));
        }
    }
    found
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The command is one, and each file that it names is mounted.
fn command(name: &str, service: &Value, volumes: &[(&str, &str)]) -> Vec<String> {
    match Cli::try_parse_from(["linkage"].into_iter().chain(strings(&service["command"]))) {
        Err(error) => vec![format!("{name}: {error}")],
        Ok(cli) => {
            let mounted =
                |file: &str| volumes.iter().any(|(_, there)| file == *there || file.starts_with(&format!("{there}/")));
            let absent = cli.source.config.iter().filter(|file| !mounted(&file.display().to_string()));
            absent.map(|file| format!("{name}: nothing is mounted at {}", file.display())).collect()
        }
    }
}

/// It listens for this machine alone, and holds its own keys and its own password.
fn of_a_service(name: ServiceName, service: &Value, volumes: &[(&str, &str)]) -> Vec<String> {
    let port = name.port();
    let ports: Vec<_> = strings(&service["ports"]).collect();
    let mut found = Vec::new();
    if ports != [format!("127.0.0.1:{port}:{port}")] {
        found.push(format!("{name} has ports {ports:?}"));
    }
    if strings(&service["command"]).take(2).ne(["serve", name.as_str()]) {
        found.push(format!("{name} runs another command"));
    }
    for sibling in ServiceName::ALL {
        let address = &service["environment"][format!("LINKAGE_{}__ADDRESS", sibling.as_str().to_uppercase())];
        if *address != format!("http://{sibling}:{}", sibling.port()) {
            found.push(format!("{name} looks for {sibling} at {address}"));
        }
    }
    let secret: Vec<_> = volumes.iter().map(|(here, _)| *here).filter(|here| here.starts_with(SECRET)).collect();
    if secret != [format!("{SECRET}database/{name}/database.toml"), format!("{SECRET}{name}")] {
        found.push(format!("{name} holds {secret:?}"));
    }
    found
}
