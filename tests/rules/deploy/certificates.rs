//! TLS: who shows which certificate, for which names, from which issuer; and the port at which probes find health.

use std::collections::BTreeSet;
use std::path::Path;

use k8s_openapi::api::core::v1::{Service, Volume};
use linkage::Settings;
use runtime::ServiceName;
use serde_json::Value;

use super::rendered::{Rendered, Workload};

/// Where health alone is served, at which nobody but a node knocks.
pub(super) const HEALTH_PORT: u16 = 50060;
/// The overlay that others are copied from.
const ENCRYPTED: &str = "production";

/// Whether TLS is on in this overlay.
pub(super) fn is_encrypted(rendered: &Rendered) -> bool {
    rendered.overlay == ENCRYPTED
}

/// What is wrong with certificates, and with what is said of the port that shows them.
pub(super) fn mismatches(rendered: &Rendered) -> Vec<String> {
    let mut found = Vec::new();
    let protocol = if is_encrypted(rendered) { "https" } else { "kubernetes.io/h2c" };
    for name in ServiceName::ALL {
        let services = rendered.all::<Service>().into_iter();
        let own = services.filter(|one| one.metadata.name.as_deref().is_some_and(|of| of.starts_with(name.as_str())));
        let ports = own.flat_map(|one| one.spec.and_then(|spec| spec.ports).unwrap_or_default());
        let other = ports.filter(|port| port.app_protocol.as_deref() != Some(protocol)).count();
        if other > 0 {
            found.push(format!("{name} is said to speak another protocol than {protocol}"));
        }
        if is_encrypted(rendered) {
            found.extend(certificate(rendered, name));
        }
    }
    found
}

fn certificate(rendered: &Rendered, name: ServiceName) -> Option<String> {
    let Some(certificate) = rendered.kind("Certificate").find(|one| one["metadata"]["name"] == name.as_str()) else {
        return Some(format!("no Certificate {name}"));
    };
    let spec = &certificate["spec"];
    let issuer = rendered.kind("Issuer").any(|one| one["metadata"]["name"] == spec["issuerRef"]["name"]);
    let named: BTreeSet<_> = spec["dnsNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let all = [name.to_string(), format!("{name}-pods")].iter().all(|host| named.contains(host.as_str()));
    let hours = |at: &str| spec[at].as_str()?.strip_suffix('h')?.parse::<u32>().ok();
    let lasts = hours("duration").zip(hours("renewBefore")).is_some_and(|(lasts, before)| before < lasts);
    let secret = spec["secretName"] == format!("{name}-tls");
    let right = issuer && all && lasts && secret && spec["isCA"].is_null();
    (!right)
        .then(|| format!("Certificate {name}: issuer {issuer}, names {all}, renewed in time {lasts}, Secret {secret}"))
}

/// Whether a service has TLS where this overlay has it, with files that its pod holds, and health where its probes ask.
pub(super) fn unfit(rendered: &Rendered, workload: &Workload, settings: &Settings) -> Vec<String> {
    let Some(name) = ServiceName::parse(&workload.name) else { return Vec::new() };
    let mut found = Vec::new();
    let files = [&settings.tls.certificate_file, &settings.tls.key_file, &settings.tls.authorities_file];
    let expected: &[_] = if is_encrypted(rendered) { &["tls.crt", "tls.key", "ca.crt"] } else { &["", "", ""] };
    for (file, key) in files.into_iter().zip(expected) {
        let mounted = workload.container().volume_mounts.iter().flatten().any(|mount| {
            let volume = workload.pod.volumes.iter().flatten().find(|volume| volume.name == mount.name);
            let kept = volume.and_then(|volume| path(volume, &format!("{name}-tls"), key));
            mount.read_only == Some(true) && kept.is_some_and(|kept| *file == Path::new(&mount.mount_path).join(kept))
        });
        let none = key.is_empty() && file.as_os_str().is_empty();
        if !(mounted || none) {
            found.push(format!("{name}: {} is not {key:?} of its own Secret", file.display()));
        }
    }
    let health = settings.of(name).health_listen.map(|listen| i32::from(listen.port()));
    let wanted = is_encrypted(rendered).then_some(i32::from(HEALTH_PORT));
    if health != wanted || workload.port("health") != wanted {
        found.push(format!("{name}: health is served on {health:?}, its container has {:?}", workload.port("health")));
    }
    found
}

/// Where the volume keeps this key of this Secret.
pub(super) fn path(volume: &Volume, secret: &str, key: &str) -> Option<String> {
    let sources = volume.projected.iter().flat_map(|projected| projected.sources.iter().flatten());
    let mut own = sources.filter_map(|source| source.secret.as_ref()).filter(|source| source.name == secret);
    own.find_map(|source| source.items.iter().flatten().find(|item| item.key == key).map(|item| item.path.clone()))
}
