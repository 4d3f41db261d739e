//! What pods are started with: commands, files, keys, and settings that fit what is around them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::Parser as _;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{ConfigMap, Volume};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use linkage::cli::{Bootstrap, Cli, Command, Migrate, Serve};
use linkage::{Settings, SigningKey, settings};
use runtime::ServiceName;

use super::rendered::{COLLECTOR, Rendered, Workload};
use super::{certificates, mail};
use crate::sources;

/// For so many connections of a pool the data layer keeps one more in reserve.
const POOL_PER_RESERVE: u32 = 4;
/// Connections that PostgreSQL's operator, a person and a copy need.
const KEPT_FREE: u32 = 20;
/// What calls under way have after SIGTERM.
const DRAIN: (&str, &str) = ("crates/runtime/src/start/running.rs", "const DRAIN: Duration = Duration::from_secs(");

/// What is wrong with what pods are started with.
pub(super) fn mistakes(rendered: &Rendered) -> Vec<String> {
    let mut found = Vec::new();
    for workload in rendered.services().iter().chain(&rendered.jobs()) {
        let name = &workload.name;
        match Cli::try_parse_from(["linkage"].into_iter().chain(arguments(workload))) {
            Err(error) => found.push(format!("{name}: {error}")),
            Ok(cli) => {
                found.extend(is_other_command(name, cli.command.as_ref()));
                found.extend(files(workload, &cli));
                match load(rendered, workload, &cli) {
                    Err(error) => found.push(format!("{name}: {error}")),
                    Ok(settings) => {
                        found.extend(unfit(rendered, workload, &settings));
                        found.extend(certificates::unfit(rendered, workload, &settings));
                        found.extend(mail::unfit(rendered, workload, &settings));
                    }
                }
            }
        }
        found.extend(foreign_secrets(workload));
    }
    found.extend(without_job(rendered));
    found.extend(too_short(rendered));
    found.extend(rendered.kind("Secret").map(|secret| format!("a secret in the repository: {}", secret["metadata"])));
    found
}

fn arguments(workload: &Workload) -> impl Iterator<Item = &str> {
    workload.container().args.iter().flatten().map(String::as_str)
}

/// The service that a workload is of, or works for.
fn owner(name: &str) -> Option<ServiceName> {
    match name {
        "bootstrap" => Some(ServiceName::Enrollment),
        _ => ServiceName::parse(name.trim_start_matches("migrate-")),
    }
}

fn is_other_command(name: &str, command: Option<&Command>) -> Option<String> {
    let right = match command {
        Some(Command::Serve(Serve { service: Some(service), simulation: false, print_config: false })) => {
            ServiceName::parse(name) == Some((*service).into())
        }
        Some(Command::Migrate(Migrate { service: Some(service), restored: false })) => {
            name.starts_with("migrate-") && owner(name) == Some((*service).into())
        }
        Some(Command::Bootstrap(Bootstrap { if_absent: true, email: None, issuer: None, rebind: false })) => {
            name == "bootstrap"
        }
        _ => false,
    };
    (!right).then(|| format!("{name} runs another command: {command:?}"))
}

/// Files that the command names are mounted, and its keys are.
fn files(workload: &Workload, cli: &Cli) -> Vec<String> {
    let mut there = BTreeSet::new();
    let mut keys = None;
    for mount in workload.container().volume_mounts.iter().flatten() {
        let volume = workload.pod.volumes.iter().flatten().find(|volume| volume.name == mount.name);
        let Some(volume) = volume else { return vec![format!("{}: no volume {}", workload.name, mount.name)] };
        there.extend(paths(volume).into_iter().map(|file| Path::new(&mount.mount_path).join(file)));
        if volume.secret.is_some() {
            keys = Some(Path::new(&mount.mount_path));
        }
    }
    let missing = cli.source.config.iter().filter(|file| {
        // Made by a generator, whose files the settings are read from.
        let generated = ["linkage.toml", "site.toml", "tls.toml"].iter().any(|name| file.ends_with(name));
        !there.contains(*file) && !generated
    });
    let mut found: Vec<_> = missing.map(|file| format!("{}: no {}", workload.name, file.display())).collect();
    let data = cli.source.data.clone().unwrap_or_default();
    if keys != Some(data.join("keys").as_path()) {
        found.push(format!("{}: its keys are not where it looks for them", workload.name));
    }
    found
}

fn paths(volume: &Volume) -> Vec<String> {
    let sources = volume.projected.iter().flat_map(|projected| projected.sources.iter().flatten());
    let secrets = sources.filter_map(|source| source.secret.as_ref());
    secrets.flat_map(|secret| secret.items.iter().flatten()).map(|item| item.path.clone()).collect()
}

/// A pod holds no key and no password of another service.
fn foreign_secrets(workload: &Workload) -> Vec<String> {
    let Some(owner) = owner(&workload.name) else { return vec![format!("{} is nobody's", workload.name)] };
    let volumes = workload.pod.volumes.iter().flatten();
    let named = volumes.flat_map(|volume| {
        let whole = volume.secret.iter().filter_map(|secret| secret.secret_name.clone());
        let sources = volume.projected.iter().flat_map(|projected| projected.sources.iter().flatten());
        whole.chain(sources.filter_map(|source| Some(source.secret.as_ref()?.name.clone()))).collect::<Vec<_>>()
    });
    let mut named: BTreeSet<String> = named.collect();
    // Where there is TLS, its own certificate.
    named.remove(&format!("{}-tls", workload.name));
    // Where there is a mail server, the password there.
    named.remove(&format!("{}-smtp", workload.name));
    // Who migrates owns the tables, and who serves does not.
    let role = if workload.name.starts_with("migrate-") { "owner" } else { "database" };
    let own = [format!("{owner}-{role}"), format!("{owner}-keys"), "linkage-postgres-ca".to_owned()];
    if named == BTreeSet::from(own) { Vec::new() } else { vec![format!("{} holds {named:?}", workload.name)] }
}

/// The settings that the pod would have, with an address of a database as a Secret holds it.
fn load(rendered: &Rendered, workload: &Workload, cli: &Cli) -> anyhow::Result<Settings> {
    let volumes = workload.pod.volumes.iter().flatten().filter_map(|volume| volume.projected.as_ref());
    let maps: BTreeSet<_> = volumes
        .flat_map(|projected| projected.sources.iter().flatten())
        .filter_map(|source| Some(source.config_map.as_ref()?.name.clone()))
        .collect();
    let all = rendered.all::<ConfigMap>();
    let map = all.iter().find(|map| map.metadata.name.as_ref().is_some_and(|name| maps.contains(name)));
    let map = map.ok_or_else(|| anyhow::anyhow!("no ConfigMap among {maps:?}"))?;
    let folder = tempfile::tempdir()?;
    let issuer = SigningKey::load_or_create(&folder.path().join("issuer.pem"))?;
    fs::write(folder.path().join("issuer.pub.pem"), issuer.public().to_pem()?)?;
    for (name, text) in map.data.iter().flatten() {
        let here = folder.path().display().to_string();
        fs::write(folder.path().join(name), text.replace("/var/lib/linkage/keys", &here))?;
    }
    let owner = owner(&workload.name).map(ServiceName::as_str).unwrap_or_default();
    let database = format!("[{owner}]\ndatabase = \"postgres://{owner}:hush@linkage-postgres-rw/{owner}\"\n");
    fs::write(folder.path().join("database.toml"), database)?;
    let named = cli.source.config.iter().map(|file| folder.path().join(file.file_name().unwrap_or_default()));
    settings::load(&named.collect::<Vec<_>>(), std::collections::BTreeMap::new(), &[])
}

fn unfit(rendered: &Rendered, workload: &Workload, settings: &Settings) -> Vec<String> {
    let name = &workload.name;
    let mut found = Vec::new();
    // Jobs call nobody.
    let serves = ServiceName::parse(name).is_some();
    let scheme = if serves && certificates::is_encrypted(rendered) { "https" } else { "http" };
    for service in ServiceName::ALL {
        let common = settings.of(service);
        if common.listen.port() != service.port() || !common.listen.ip().is_unspecified() {
            found.push(format!("{name}: {service} listens on {}", common.listen));
        }
        // The name of each pod, as siblings balance by themselves.
        let address = settings.address(service, common.listen).map(|address| address.to_string());
        if address.as_ref().ok() != Some(&format!("{scheme}://{service}-pods:{}/", service.port())) {
            found.push(format!("{name}: {service} is looked for at {address:?}"));
        }
    }
    if settings.simulation.enabled || settings.is_embedded() {
        found.push(format!("{name}: a simulation, or no database"));
    }
    found
}

fn without_job(rendered: &Rendered) -> Vec<String> {
    let jobs: Vec<_> = rendered.jobs().into_iter().map(|job| job.name).collect();
    let needed =
        ServiceName::ALL.map(|service| format!("migrate-{service}")).into_iter().chain(["bootstrap".to_owned()]);
    needed.filter(|name| !jobs.contains(name)).map(|name| format!("no Job {name}")).collect()
}

/// Time to stop in, and connections to the database.
fn too_short(rendered: &Rendered) -> Vec<String> {
    let mut found = Vec::new();
    let drain = number_after(DRAIN.0, DRAIN.1);
    for deployment in rendered.kind("Deployment").filter(|one| one["metadata"]["name"] != COLLECTOR) {
        let seconds = |at: &str| deployment.pointer(at).and_then(serde_json::Value::as_u64).unwrap_or_default();
        let before = seconds("/spec/template/spec/containers/0/lifecycle/preStop/sleep/seconds");
        let grace = seconds("/spec/template/spec/terminationGracePeriodSeconds");
        if before == 0 || grace < before + u64::from(drain) + 5 {
            found.push(format!(
                "{grace} seconds are too few for {before} and {drain}: {}",
                deployment["metadata"]["name"]
            ));
        }
    }
    let held: u32 = rendered.deployments().iter().map(|deployment| held(rendered, deployment)).sum();
    let parameters =
        &rendered.kind("Cluster").next().expect("a PostgreSQL cluster")["spec"]["postgresql"]["parameters"];
    let room: u32 = parameters["max_connections"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
    if room < held + KEPT_FREE {
        found.push(format!("PostgreSQL takes {room} connections, the pods may hold {held}"));
    }
    found
}

/// The connections that all pods of a Deployment may hold at once, in the middle of a release.
fn held(rendered: &Rendered, deployment: &Deployment) -> u32 {
    let name = deployment.metadata.name.as_deref().unwrap_or_default();
    let spec = deployment.spec.as_ref().expect("a spec");
    let scalers = rendered.all::<HorizontalPodAutoscaler>();
    let most = scalers.iter().filter_map(|scaler| scaler.spec.as_ref()).find(|spec| spec.scale_target_ref.name == name);
    let rolling = spec.strategy.as_ref().and_then(|strategy| strategy.rolling_update.as_ref());
    let Some(IntOrString::Int(surge)) = rolling.and_then(|rolling| rolling.max_surge.clone()) else {
        panic!("{name} says how many pods a release may add");
    };
    let pods = u32::try_from(most.map(|spec| spec.max_replicas).or(spec.replicas).unwrap_or(1) + surge).expect("pods");
    let workload = rendered.services().into_iter().find(|one| one.name == name).expect("the Deployment");
    let cli = Cli::try_parse_from(["linkage"].into_iter().chain(arguments(&workload)));
    let settings = cli.map_err(anyhow::Error::from).and_then(|cli| load(rendered, &workload, &cli));
    // What can't be read is told elsewhere.
    let Ok(settings) = settings else { return 0 };
    let pool = ServiceName::parse(name).map_or(0, |service| settings.database(service).max_connections);
    pods * (pool + pool.div_ceil(POOL_PER_RESERVE))
}

fn number_after(path: &str, text: &str) -> u32 {
    let source = sources::find(path).unwrap_or_else(|| panic!("no {path}"));
    let (_, after) = source.text.split_once(text).unwrap_or_else(|| panic!("no `{text}` in {path}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}
