//! Who may reach whom by the NetworkPolicies, held against who calls whom by the policies of the code.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use linkage::calls::callers;
use runtime::ServiceName;

use super::certificates::HEALTH_PORT;
use super::rendered::{COLLECTOR, Labels, Rendered, selects};

const POSTGRES_PORT: u16 = 5432;
const COLLECTOR_PORT: u16 = 4317;
const METRICS_PORT: u16 = 8889;
/// What marks a namespace whose pods may read metrics.
const MONITOR: (&str, &str) = ("linkage.example/monitor", "true");
/// What marks a namespace whose pods may call.
const CALLER: (&str, &str) = ("linkage.example/caller", "true");

/// What marks a pod of `deploy/doctor`.
const DOCTOR: (&str, &str) = ("app.kubernetes.io/component", "doctor");

/// A pod, as a policy sees it.
struct Pod {
    name: String,
    labels: Labels,
    namespace: Labels,
}

fn is_port(ports: Option<&Vec<NetworkPolicyPort>>, port: i32) -> bool {
    ports.is_none_or(|ports| ports.iter().any(|one| one.port == Some(IntOrString::Int(port))))
}

fn is_peer(peers: Option<&Vec<NetworkPolicyPeer>>, own: &Labels, pod: &Pod) -> bool {
    let one = |peer: &NetworkPolicyPeer| {
        let namespace = match &peer.namespace_selector {
            Some(selector) => selects(selector, &pod.namespace),
            None => pod.namespace == *own,
        };
        namespace && peer.ip_block.is_none() && peer.pod_selector.as_ref().is_none_or(|s| selects(s, &pod.labels))
    };
    peers.is_none_or(|peers| peers.iter().any(one))
}

/// Whether the policies of our namespace let a call out of the one pod, and into the other.
fn ways(policies: &[NetworkPolicySpec], namespace: &Labels, from: &Pod, to: &Pod, port: i32) -> (bool, bool) {
    let of = |pod: &Pod, way: &str| -> Vec<&NetworkPolicySpec> {
        let is_for = |policy: &&NetworkPolicySpec| {
            let selected = policy.pod_selector.as_ref().is_none_or(|selector| selects(selector, &pod.labels));
            selected && policy.policy_types.iter().flatten().any(|kind| kind == way)
        };
        policies.iter().filter(is_for).collect()
    };
    let (out, into) = (of(from, "Egress"), of(to, "Ingress"));
    let leaves = out.iter().flat_map(|policy| policy.egress.iter().flatten());
    let enters = into.iter().flat_map(|policy| policy.ingress.iter().flatten());
    (
        out.is_empty()
            || leaves
                .into_iter()
                .any(|rule| is_peer(rule.to.as_ref(), namespace, to) && is_port(rule.ports.as_ref(), port)),
        into.is_empty()
            || enters
                .into_iter()
                .any(|rule| is_peer(rule.from.as_ref(), namespace, from) && is_port(rule.ports.as_ref(), port)),
    )
}

fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn can(can: bool) -> &'static str {
    if can { "can" } else { "can't" }
}

/// Where the policies differ from the calls that the code makes, from who may call at all, and from who has a database.
pub(super) fn differences(rendered: &Rendered) -> Vec<String> {
    let policies: Vec<_> = rendered.all::<NetworkPolicy>().into_iter().filter_map(|policy| policy.spec).collect();
    let namespaces = rendered.all::<Namespace>();
    let namespace = namespaces.first().and_then(|one| one.metadata.labels.clone()).expect("a namespace");
    let ours = |name: &str, labels: Labels| Pod { name: name.to_owned(), labels, namespace: namespace.clone() };
    let pods = rendered.services().into_iter().filter_map(|one| {
        let name = ServiceName::parse(&one.name)?;
        Some((name, ours(name.as_str(), one.labels)))
    });
    let pods: BTreeMap<_, _> = pods.collect();
    if let Some(name) = ServiceName::ALL.into_iter().find(|name| !pods.contains_key(name)) {
        return vec![format!("no pods of {name}")];
    }
    let caller = Pod { name: "a caller".to_owned(), labels: Labels::new(), namespace: labels([CALLER]) };
    let stranger = Pod { name: "a stranger".to_owned(), labels: Labels::new(), namespace: labels([("of", "others")]) };
    let jobs: Vec<_> = rendered.jobs().into_iter().map(|job| ours(&job.name, job.labels)).collect();
    let neighbour = ours("a neighbour", Labels::new());
    let cluster = rendered.kind("Cluster").next().expect("a PostgreSQL cluster");
    let cluster = cluster["metadata"]["name"].as_str().expect("its name");
    let postgres = ours("PostgreSQL", labels([("cnpg.io/cluster", cluster)]));

    let mut found = Vec::new();
    let mut expect = |from: &Pod, to: &Pod, port: u16, expected: bool| {
        let (leaves, enters) = ways(&policies, &namespace, from, to, port.into());
        // What is not ours has policies of its own.
        let ours = |pod: &Pod| pod.namespace == namespace;
        if ours(from) && leaves != expected {
            found.push(format!("{} {} leave for {} on port {port}", from.name, can(leaves), to.name));
        }
        if ours(to) && enters != expected {
            found.push(format!("{} {} be reached by {} on port {port}", to.name, can(enters), from.name));
        }
    };
    for (name, to) in &pods {
        let callers = callers(*name);
        for (from_name, from) in pods.iter().filter(|(from, _)| *from != name) {
            expect(from, to, name.port(), callers.contains(from_name));
            expect(from, to, POSTGRES_PORT, false);
        }
        expect(&caller, to, name.port(), true);
        for nobody in jobs.iter().chain([&stranger, &neighbour]) {
            expect(nobody, to, name.port(), false);
        }
        expect(to, &postgres, POSTGRES_PORT, true);
        expect(to, &stranger, 443, false);
        examined(&mut expect, *name, &pods, &postgres);
    }
    let others = jobs.iter().chain([&caller, &stranger, &neighbour, &postgres]);
    told(&mut expect, &ours("the collector", collector(rendered)), &pods, others);
    for job in &jobs {
        expect(job, &postgres, POSTGRES_PORT, true);
    }
    // What no policy names is let out to nobody, and nobody in to it.
    expect(&neighbour, &stranger, 443, false);
    expect(&stranger, &neighbour, 443, false);
    for nobody in [&caller, &stranger, &neighbour] {
        expect(nobody, &postgres, POSTGRES_PORT, false);
    }
    found
}

/// What looks at a service reaches what the service does.
fn examined(
    expect: &mut impl FnMut(&Pod, &Pod, u16, bool),
    name: ServiceName,
    services: &BTreeMap<ServiceName, Pod>,
    postgres: &Pod,
) {
    let labels = labels([DOCTOR, ("app.kubernetes.io/name", name.as_str())]);
    let doctor = &Pod { name: format!("the doctor of {name}"), labels, namespace: postgres.namespace.clone() };
    expect(doctor, postgres, POSTGRES_PORT, true);
    for (called, service) in services.iter().filter(|(called, _)| **called != name) {
        expect(doctor, service, called.port(), callers(*called).contains(&name));
    }
}

/// The labels of the collector's pods.
fn collector(rendered: &Rendered) -> Labels {
    let mut deployments = rendered.all::<Deployment>().into_iter();
    let collector = deployments.find(|one| one.metadata.name.as_deref() == Some(COLLECTOR));
    let template = collector.and_then(|one| one.spec).and_then(|spec| spec.template.metadata);
    template.and_then(|metadata| metadata.labels).unwrap_or_default()
}

/// Services tell the collector, nobody else does; who reads metrics comes from a namespace that is marked. For health nobody asks but a node.
fn told<'p>(
    expect: &mut impl FnMut(&Pod, &Pod, u16, bool),
    collector: &Pod,
    services: &BTreeMap<ServiceName, Pod>,
    others: impl Iterator<Item = &'p Pod>,
) {
    let monitor = Pod { name: "a monitor".to_owned(), labels: Labels::new(), namespace: labels([MONITOR]) };
    expect(&monitor, collector, METRICS_PORT, true);
    expect(&monitor, collector, COLLECTOR_PORT, false);
    for (name, service) in services {
        expect(service, collector, COLLECTOR_PORT, true);
        expect(service, collector, METRICS_PORT, false);
        expect(collector, service, name.port(), false);
        for other in services.values().filter(|other| other.name != service.name).chain([collector]) {
            expect(other, service, HEALTH_PORT, false);
        }
    }
    for other in others {
        expect(other, collector, COLLECTOR_PORT, false);
        expect(other, collector, METRICS_PORT, false);
        expect(collector, other, POSTGRES_PORT, false);
        services.values().for_each(|service| expect(other, service, HEALTH_PORT, false));
    }
}
