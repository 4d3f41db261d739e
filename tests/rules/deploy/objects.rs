//! Objects that name each other: selectors and labels, ports, what is scaled and kept from being evicted, probes.

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Probe, Service, ServiceAccount};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use runtime::ServiceName;

use super::rendered::{Rendered, Workload, selects};

/// The name of the one port that a service has.
const PORT: &str = "grpc";

/// What health answers SERVING for, of which service.
pub(super) type Healthy = BTreeSet<(ServiceName, String)>;

/// Where objects don't fit together.
pub(super) fn misfits(rendered: &Rendered, healthy: &Healthy) -> Vec<String> {
    let services = rendered.services();
    let mut found: Vec<String> = ServiceName::ALL
        .into_iter()
        .filter(|name| !services.iter().any(|workload| workload.name == name.as_str()))
        .map(|name| format!("no Deployment {name}"))
        .collect();
    for workload in &services {
        let Some(name) = ServiceName::parse(&workload.name) else {
            found.push(format!("Deployment {} is none of the services", workload.name));
            continue;
        };
        if workload.port(PORT) != Some(name.port().into()) {
            found.push(format!("{name} has no port {PORT} that is {}", name.port()));
        }
        found.extend(probes(name, workload, healthy));
        found.extend(addresses(rendered, name, workload));
    }
    found.extend(selectors(rendered, &services));
    found.extend(scaled(rendered, &services));
    found.extend(accounts(rendered, &services));
    found.extend(shared(rendered));
    found
}

/// A volume that many write to is of a class that is named, as hardly any cluster's own can do that.
fn shared(rendered: &Rendered) -> Vec<String> {
    let claims = rendered.all::<PersistentVolumeClaim>().into_iter();
    let unnamed = claims.filter(|claim| {
        let spec = claim.spec.as_ref();
        let many = spec.and_then(|spec| spec.access_modes.as_ref()).is_some_and(|modes| modes == &["ReadWriteMany"]);
        many && spec.is_some_and(|spec| spec.storage_class_name.is_none())
    });
    unnamed.map(|claim| format!("{:?} is shared, but of no storage class", claim.metadata.name)).collect()
}

fn probes(name: ServiceName, workload: &Workload, healthy: &Healthy) -> Vec<String> {
    let container = workload.container();
    // Where there is TLS, health has a port of its own.
    let port = workload.port("health").unwrap_or(name.port().into());
    let probe = |what: &str, probe: Option<&Probe>, is_liveness: bool| {
        let Some(asked) = probe.and_then(|probe| probe.grpc.as_ref()) else {
            return Some(format!("{name} has no {what} by gRPC"));
        };
        let service = asked.service.clone().unwrap_or_default();
        let known = healthy.contains(&(name, service.clone()));
        let right = known && asked.port == port && (service == "liveness") == is_liveness;
        (!right).then(|| format!("{name}: its {what} asks port {} for {service:?}", asked.port))
    };
    [
        probe("readiness probe", container.readiness_probe.as_ref(), false),
        probe("liveness probe", container.liveness_probe.as_ref(), true),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A Service by the workload's name, and one without an address of its own for who balances by itself.
fn addresses(rendered: &Rendered, name: ServiceName, workload: &Workload) -> Vec<String> {
    let all = rendered.all::<Service>();
    let mut found = Vec::new();
    for (service, headless) in [(name.to_string(), false), (format!("{name}-pods"), true)] {
        let Some(spec) =
            all.iter().find(|one| one.metadata.name.as_deref() == Some(&service)).and_then(|one| one.spec.as_ref())
        else {
            found.push(format!("no Service {service}"));
            continue;
        };
        let selector = LabelSelector { match_labels: spec.selector.clone(), match_expressions: None };
        let chosen: Vec<_> = rendered
            .services()
            .into_iter()
            .chain(rendered.jobs())
            .filter(|one| selects(&selector, &one.labels))
            .map(|one| one.name)
            .collect();
        if spec.selector.is_none() || chosen != [workload.name.clone()] {
            found.push(format!("Service {service} is for {chosen:?}"));
        }
        let right = |ports: &Vec<k8s_openapi::api::core::v1::ServicePort>| {
            ports.len() == 1
                && ports[0].port == i32::from(name.port())
                && ports[0].target_port == Some(IntOrString::String(PORT.to_owned()))
        };
        if !spec.ports.as_ref().is_some_and(right) {
            found.push(format!("Service {service} is not on port {} to {PORT}", name.port()));
        }
        if (spec.cluster_ip.as_deref() == Some("None")) != headless {
            found.push(format!("Service {service} has the wrong kind of address"));
        }
    }
    found
}

fn selectors(rendered: &Rendered, services: &[Workload]) -> Vec<String> {
    let mut found = Vec::new();
    for deployment in rendered.deployments() {
        let (name, spec) = (deployment.metadata.name.unwrap_or_default(), deployment.spec.expect("a spec"));
        let chosen: Vec<_> = services.iter().filter(|one| selects(&spec.selector, &one.labels)).collect();
        if chosen.len() != 1 || chosen[0].name != name {
            found.push(format!("Deployment {name} selects other pods than its own"));
        }
    }
    for workload in services {
        let spread = workload.pod.topology_spread_constraints.iter().flatten();
        let own = spread.filter_map(|one| one.label_selector.as_ref()).filter(|s| selects(s, &workload.labels)).count();
        if own != 2 {
            found.push(format!("{} is not spread over hosts and zones", workload.name));
        }
    }
    found
}

/// Each service is kept from being evicted whole; each that is scaled is scaled by one, which alone says how many there are.
fn scaled(rendered: &Rendered, services: &[Workload]) -> Vec<String> {
    let budgets = rendered.all::<PodDisruptionBudget>();
    let scalers = rendered.all::<HorizontalPodAutoscaler>();
    let deployments = rendered.deployments();
    let replicas = |name: &str| {
        let own = deployments.iter().find(|one| one.metadata.name.as_deref() == Some(name));
        own.and_then(|one| one.spec.as_ref()?.replicas)
    };
    let mut found = Vec::new();
    for workload in services {
        let name = workload.name.as_str();
        let kept = |budget: &&PodDisruptionBudget| {
            let selector = budget.spec.as_ref().and_then(|spec| spec.selector.as_ref());
            selector.is_some_and(|selector| services.iter().filter(|one| selects(selector, &one.labels)).count() == 1)
                && selector.is_some_and(|selector| selects(selector, &workload.labels))
        };
        if budgets.iter().filter(kept).count() != 1 {
            found.push(format!("{name} has no disruption budget of its own"));
        }
        let targets = |scaler: &&HorizontalPodAutoscaler| {
            let target = scaler.spec.as_ref().map(|spec| &spec.scale_target_ref);
            target.is_some_and(|target| target.kind == "Deployment" && target.name == name)
        };
        match (scalers.iter().filter(targets).count(), replicas(name)) {
            (0, Some(_)) if scalers.is_empty() => {}
            (1, None) => {}
            (scalers, replicas) => found.push(format!("{name}: {scalers} autoscalers beside replicas {replicas:?}")),
        }
    }
    // What is nobody's to scale says itself how many there are.
    let ours: BTreeSet<_> = services.iter().map(|one| Some(one.name.as_str())).collect();
    let others = rendered.all::<Deployment>();
    let others = others.iter().filter(|one| !ours.contains(&one.metadata.name.as_deref()));
    let silent = others.filter(|one| one.spec.as_ref().is_none_or(|spec| spec.replicas.is_none()));
    found.extend(silent.map(|one| format!("{:?} doesn't say how many there are", one.metadata.name)));
    found
}

fn accounts(rendered: &Rendered, services: &[Workload]) -> Vec<String> {
    let known: Vec<_> = rendered.all::<ServiceAccount>().into_iter().filter_map(|one| one.metadata.name).collect();
    let jobs = rendered.jobs();
    let missing = services.iter().chain(&jobs).filter(|one| {
        let account = one.pod.service_account_name.as_deref();
        !known.iter().any(|known| account == Some(known)) || one.pod.automount_service_account_token != Some(false)
    });
    missing.map(|one| format!("{} runs as an account that is not there, or holds its token", one.name)).collect()
}
