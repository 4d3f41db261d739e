//! How people first come in: an issuer that vouches for them, or a mail server that brings them a code; and who reaches that server.

use std::path::Path;

use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use linkage::Settings;
use notification::{Encryption, Server, Way};
use runtime::ServiceName;

use super::certificates::path;
use super::rendered::{Rendered, Workload, selects};

/// What is mounted of the password at the mail server.
const PASSWORD: (&str, &str) = ("notification-smtp", "password");

/// Whether nobody could come in, or notification could send no mail where there is a mail server.
pub(super) fn unfit(rendered: &Rendered, workload: &Workload, settings: &Settings) -> Vec<String> {
    let by_mail = settings.notification.service.transport == Way::Smtp;
    let mut found = Vec::new();
    if settings.enrollment.service.issuers.is_empty() && !by_mail {
        found.push(format!("{}: no issuer vouches for people, and no code reaches them by mail", workload.name));
    }
    let server = Some(&settings.notification.service.smtp).filter(|_| by_mail);
    match (ServiceName::parse(&workload.name), server) {
        (Some(ServiceName::Notification), Some(server)) => found.extend(sends_nothing(rendered, workload, server)),
        (Some(_), _) if sees_the_world(rendered, workload, server) => {
            found.push(format!("{} reaches a mail server that is not its to reach", workload.name));
        }
        _ => {}
    }
    found
}

fn sends_nothing(rendered: &Rendered, workload: &Workload, server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    if server.encryption == Encryption::None {
        found.push(format!("{}: what is mailed is read on the way to {}", workload.name, server.host));
    }
    let mounted = workload.container().volume_mounts.iter().flatten().any(|mount| {
        let volume = workload.pod.volumes.iter().flatten().find(|volume| volume.name == mount.name);
        let kept = volume.and_then(|volume| path(volume, PASSWORD.0, PASSWORD.1));
        kept.is_some_and(|kept| server.password_file == Path::new(&mount.mount_path).join(kept))
    });
    if !server.user.is_empty() && !mounted {
        found.push(format!("{}: {} is not of its Secret", workload.name, server.password_file.display()));
    }
    if !sees_the_world(rendered, workload, Some(server)) {
        found.push(format!("{}: no policy lets it out to a mail server on port {}", workload.name, server.port));
    }
    found
}

/// Whether a policy lets it out to addresses outside, on the port of the mail server.
fn sees_the_world(rendered: &Rendered, workload: &Workload, server: Option<&Server>) -> bool {
    let Some(port) = server.map(|server| IntOrString::Int(server.port.into())) else { return false };
    let policies = rendered.all::<NetworkPolicy>().into_iter().filter_map(|policy| policy.spec);
    let is_for = |policy: &NetworkPolicySpec| {
        policy.pod_selector.as_ref().is_none_or(|selector| selects(selector, &workload.labels))
    };
    let lets_out = |rule: NetworkPolicyEgressRule| {
        let world = rule.to.is_none_or(|peers| peers.iter().any(|peer| peer.ip_block.is_some()));
        world && rule.ports.is_none_or(|ports| ports.iter().any(|one| one.port.as_ref() == Some(&port)))
    };
    policies.filter(is_for).flat_map(|policy| policy.egress.unwrap_or_default()).any(lets_out)
}
