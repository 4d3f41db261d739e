//! What `deploy/` says fits together, and fits the code: manifests, typed; the compose file; the scripts.

mod certificates;
mod compose;
mod configuration;
mod mail;
mod network;
mod objects;
mod rendered;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use clap::Parser as _;
use k8s_openapi::api::batch::v1::Job;
use linkage::cli::{Cli, Command, Migrate};
use linkage::{Mode, Settings, Suite};
use runtime::ServiceName;
use serde::Deserialize;
use serde_json::{Value, json};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::{none, rpcs, sources};
use objects::Healthy;
use rendered::{OVERLAYS, Rendered};

fn violations(rendered: &Rendered, healthy: &Healthy) -> Vec<String> {
    let all = [
        objects::misfits(rendered, healthy),
        configuration::mistakes(rendered),
        network::differences(rendered),
        certificates::mismatches(rendered),
        roles::mistakes(rendered),
    ];
    all.concat().into_iter().map(|told| format!("{}: {told}", rendered.overlay)).collect()
}

/// Every name for which a service that runs says that it is serving: asked of each, and some that nobody knows.
async fn healthy() -> Healthy {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::shipped().expect("the shipped configuration");
    linkage::play::fresh(&mut settings, folder.path());
    let suite = Suite::start(&settings, &ServiceName::ALL, Mode::BY_HAND).await.expect("the services start");
    let of_rpcs = rpcs::ALL.iter().filter_map(|rpc| Some(format!("linkage.{}.v1.{}", rpc.owner?, rpc.service)));
    let names = of_rpcs.chain(["".to_owned(), "liveness".to_owned(), "readiness".to_owned()]);
    let names: Vec<String> = names.collect();
    let mut healthy = Healthy::new();
    for (service, address) in suite.addresses() {
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let mut client = HealthClient::new(channel.connect().await.expect("it listens"));
        for name in &names {
            let answer = client.check(HealthCheckRequest { service: name.clone() }).await;
            if answer.is_ok_and(|answer| answer.into_inner().status() == ServingStatus::Serving) {
                healthy.insert((service, name.clone()));
            }
        }
    }
    suite.stop().await;
    healthy
}

#[tokio::test]
async fn r65_manifests_fit_each_other_and_the_code() {
    let healthy = healthy().await;
    assert!(
        healthy.iter().filter(|(_, name)| name.starts_with("linkage.")).count() >= 4,
        "each service is known to health"
    );
    none(
        &OVERLAYS
            .iter()
            .filter_map(|name| Rendered::of(name))
            .flat_map(|r| violations(&r, &healthy))
            .collect::<Vec<_>>(),
    );
}

/// One object with one wrong value in it.
#[derive(Deserialize)]
struct Mistake {
    kind: String,
    name: String,
    at: String,
    value: Value,
}

#[tokio::test]
async fn the_judge_of_manifests_bites() {
    let Some(right) = Rendered::of("production") else { return };
    let healthy = healthy().await;
    let mistakes: Vec<Mistake> = serde_saphyr::from_str(include_str!("deploy/mistakes.yaml")).expect("the mistakes");
    let unseen = mistakes.iter().filter(|wrong| {
        violations(&right.with(&wrong.kind, &wrong.name, &wrong.at, wrong.value.clone()), &healthy).is_empty()
    });
    none(&unseen.map(|m| format!("nobody sees {} {} {} = {}", m.kind, m.name, m.at, m.value)).collect::<Vec<_>>());

    let map = right.kind("ConfigMap").find(|map| !map["data"]["linkage.toml"].is_null()).expect("a ConfigMap");
    let name = map["metadata"]["name"].as_str().expect("a name");
    for (file, correct, wrong) in [
        ("linkage.toml", "address =", "adress ="),
        ("linkage.toml", "0.0.0.0:50052", "0.0.0.0:50059"),
        ("linkage.toml", "//relationship-pods:", "//relationship:"),
        ("tls.toml", "https://relationship-pods:", "http://relationship-pods:"),
        ("tls.toml", "//relationship-pods:", "//relationship:"),
        ("tls.toml", "tls/tls.key", "tls/key.pem"),
        ("tls.toml", "0.0.0.0:50060", "0.0.0.0:50061"),
        ("site.toml", "transport = \"smtp\"", "transport = \"mailbox\""),
        ("site.toml", "encryption = \"starttls\"", "encryption = \"none\""),
        ("site.toml", "port = 587", "port = 465"),
        ("site.toml", "smtp/password", "smtp/words"),
    ] {
        let text = map["data"][file].as_str().expect("a file");
        assert!(text.contains(correct), "{correct}");
        let text = json!(text.replacen(correct, wrong, 1));
        let wrongly = right.with("ConfigMap", name, &format!("/data/{file}"), text);
        assert!(!violations(&wrongly, &healthy).is_empty(), "nobody sees {wrong}");
    }
}

#[test]
fn after_a_restore_the_jobs_tell_every_database() {
    let Some(rendered) = Rendered::of("../by-hand/restored") else { return };
    let told = rendered.all::<Job>().into_iter().filter_map(|job| {
        let arguments = job.spec?.template.spec?.containers.into_iter().next()?.args?;
        let cli = Cli::try_parse_from(["linkage".to_owned()].into_iter().chain(arguments)).ok()?;
        match cli.command {
            Some(Command::Migrate(Migrate { service: Some(service), restored: true })) => {
                Some(ServiceName::from(service))
            }
            _ => None,
        }
    });
    assert_eq!(told.collect::<BTreeSet<_>>(), ServiceName::ALL.into_iter().collect());
}

#[test]
fn r65_the_compose_file_fits_its_files_and_the_code() {
    let file = sources::find("deploy/compose.yaml").expect("the compose file");
    none(&compose::mistakes(&file.text));
    let wrong = BTreeMap::from([
        ("[serve, relationship,", "[serve, relation,"),
        ("127.0.0.1:50051:50051", "0.0.0.0:50051:50051"),
        ("./kubernetes/base/linkage.toml:", "./kubernetes/base/linkages.toml:"),
        ("./secret/verification:/var", "./secret/enrollment:/var"),
        ("./secret/database/enrollment-owner/", "./secret/database/enrollment/"),
        ("http://verification:50052", "http://verification-pods:50052"),
        ("/etc/linkage/site.toml:ro", "/etc/linkage/sites.toml:ro"),
        ("evidence:uid=${LINKAGE_USER:-65532},", "evidence:uid=65532,"),
    ]);
    for (right, wrong) in wrong {
        assert!(file.text.contains(right), "{right}");
        assert!(!compose::mistakes(&file.text.replace(right, wrong)).is_empty(), "nobody sees {wrong}");
    }
}

#[test]
fn one_user_runs_everywhere() {
    let says = |path: &str, what: &str| sources::find(path).is_some_and(|source| source.text.contains(what));
    for (path, what) in [
        ("deploy/assemble", "user=65532\n"),
        ("deploy/Dockerfile", "USER 65532:65532\n"),
        ("deploy/try", "serves 65532:65532 "),
        ("deploy/kubernetes/base/every-service.yaml", "runAsUser: 65532\n"),
        ("deploy/kubernetes/components/jobs/every-job.yaml", "runAsUser: 65532\n"),
        ("deploy/compose.yaml", "LINKAGE_USER:-65532}"),
    ] {
        assert!(says(path, what), "{path} doesn't say `{}`", what.trim());
    }
}

/// The major version of PostgreSQL that a manifest names.
fn major<'t>(text: &'t str, image: &str) -> Option<&'t str> {
    let (_, tag) = text.split_once(image)?;
    tag.split(|c: char| !c.is_ascii_digit()).next().filter(|major| !major.is_empty())
}

#[test]
fn one_postgresql_runs_everywhere() {
    let of = |path: &str, image: &str| sources::find(path).and_then(|source| major(&source.text, image));
    let tried = of("deploy/compose.yaml", "image: postgres:");
    assert!(tried.is_some(), "the compose file says which PostgreSQL");
    let cluster = of("deploy/kubernetes/components/postgres-cnpg/cluster.yaml", "/postgresql:");
    assert_eq!(cluster, tried, "the cluster's PostgreSQL is another than the compose file's");
    assert_eq!(major("image: postgres:latest", "image: postgres:"), None);
}

#[test]
fn the_image_is_built_from_all_that_cargo_reads() {
    let left_in = std::fs::read_to_string(sources::root().join("deploy/Dockerfile.dockerignore")).expect("the list");
    let scripts = ["deploy/assemble", "deploy/describe"];
    for needed in [".cargo", "Cargo.lock", "Cargo.toml", "crates", "proto", "services", "tests"].iter().chain(&scripts)
    {
        assert!(left_in.lines().any(|line| line == format!("!{needed}")), "the image is built without {needed}");
    }
}
