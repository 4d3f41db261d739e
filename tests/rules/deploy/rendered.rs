//! The manifests as Kubernetes is given them, in its own types.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;

use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sources;

/// What a deployment is made of, each rendered whole.
pub(crate) const OVERLAYS: [&str; 2] = ["local", "production"];
/// The programs that render, and how they are asked.
const RENDERERS: [(&str, &str); 2] = [("kustomize", "build"), ("kubectl", "kustomize")];

/// What services tell of themselves to.
pub(crate) const COLLECTOR: &str = "collector";

pub(crate) type Labels = BTreeMap<String, String>;

/// All objects of one overlay.
#[derive(Clone)]
pub(crate) struct Rendered {
    pub(crate) overlay: String,
    documents: Vec<Value>,
}

/// What runs pods.
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) pod: PodSpec,
}

impl Rendered {
    /// The overlay as it is rendered; none where no program can.
    pub(crate) fn of(overlay: &str) -> Option<Rendered> {
        let folder = sources::root().join("deploy/kubernetes/overlays").join(overlay);
        let text = RENDERERS.iter().find_map(|(program, verb)| render(program, verb, &folder));
        if text.is_none() {
            let required = std::env::var_os("LINKAGE_REQUIRE_KUSTOMIZE").is_some_and(|value| value == "1");
            assert!(!required, "kustomize is required, but neither it nor kubectl is there");
            // Past the capture of the test harness: a part that did not run must be seen.
            let _ = writeln!(std::io::stderr(), "the manifests of {overlay} left out: no kustomize, no kubectl");
        }
        let documents = serde_saphyr::from_multiple(&text?).expect("what was rendered is YAML");
        Some(Rendered { overlay: overlay.to_owned(), documents })
    }

    /// All objects of a kind that Kubernetes itself knows.
    pub(crate) fn all<T: Resource + DeserializeOwned>(&self) -> Vec<T> {
        let of_kind = self.kind(T::KIND).filter(|object| object["apiVersion"] == T::API_VERSION);
        let typed = of_kind.map(|object| serde_json::from_value(object.clone()));
        typed.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("a {} of {}: {error}", T::KIND, self.overlay))
    }

    /// All objects of any kind.
    pub(crate) fn kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.documents.iter().filter(move |object| object["kind"] == kind)
    }

    /// The same with another value somewhere in one object.
    pub(crate) fn with(&self, kind: &str, name: &str, at: &str, value: Value) -> Rendered {
        let mut changed = self.clone();
        let of_name = |object: &&mut Value| object["kind"] == kind && object["metadata"]["name"] == name;
        let object = changed.documents.iter_mut().find(of_name).unwrap_or_else(|| panic!("no {kind} {name}"));
        *object.pointer_mut(at).unwrap_or_else(|| panic!("no {at} in {kind} {name}")) = value;
        changed
    }

    /// Deployments, but for the collector's, which runs no program of ours.
    pub(crate) fn deployments(&self) -> Vec<Deployment> {
        let all = self.all::<Deployment>().into_iter();
        all.filter(|deployment| deployment.metadata.name.as_deref() != Some(COLLECTOR)).collect()
    }

    /// The services' Deployments.
    pub(crate) fn services(&self) -> Vec<Workload> {
        let deployments = self.deployments().into_iter();
        deployments.map(|d| Workload::new(d.metadata.name, d.spec.expect("a Deployment's spec").template)).collect()
    }

    /// What runs once.
    pub(crate) fn jobs(&self) -> Vec<Workload> {
        let jobs = self.all::<Job>().into_iter();
        jobs.map(|job| Workload::new(job.metadata.name, job.spec.expect("a Job's spec").template)).collect()
    }
}

impl Workload {
    fn new(name: Option<String>, template: PodTemplateSpec) -> Workload {
        let labels = template.metadata.and_then(|metadata| metadata.labels).unwrap_or_default();
        Workload { name: name.expect("a name"), labels, pod: template.spec.expect("a pod") }
    }

    /// Its one container.
    pub(crate) fn container(&self) -> &Container {
        let [container] = &self.pod.containers[..] else { panic!("{} has one container", self.name) };
        container
    }

    /// The port of that name that its container has.
    pub(crate) fn port(&self, name: &str) -> Option<i32> {
        let mut ports = self.container().ports.iter().flatten();
        ports.find(|port| port.name.as_deref() == Some(name)).map(|port| port.container_port)
    }
}

/// Whether the selector is for what has these labels.
pub(crate) fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    let equal = selector.match_labels.iter().flatten().all(|(name, value)| labels.get(name) == Some(value));
    equal
        && selector.match_expressions.iter().flatten().all(|expression| {
            assert_eq!(expression.operator, "In", "only `In` is understood here");
            labels.get(&expression.key).is_some_and(|label| expression.values.iter().flatten().any(|one| one == label))
        })
}

fn render(program: &str, verb: &str, folder: &Path) -> Option<String> {
    match Command::new(program).arg(verb).arg(folder).output() {
        Ok(told) if told.status.success() => Some(String::from_utf8(told.stdout).expect("text")),
        Ok(told) => panic!("{program} {verb} {}: {}", folder.display(), String::from_utf8_lossy(&told.stderr)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}
