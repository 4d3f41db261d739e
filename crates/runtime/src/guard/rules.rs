//! Which rule a method has, and whom it lets in.

use std::collections::{BTreeMap, BTreeSet};

use database::Scope;
use ids::OrganizationId;
use tonic::Code;

use crate::{Application, Applications, Fault, Identity, Policy, Reason, Role, Rule, ServiceName, User};

/// What every service serves, beside its own policy.
pub const RUNTIME_POLICY: Policy = &[
    ("/linkage.event.v1.EventService/ListEvents", Rule::MemberOrOperator(&[], &[Role::Operator])),
    ("/linkage.event.v1.EventService/WatchEvents", Rule::MemberOrOperator(&[], &[Role::Operator])),
    ("/linkage.event.v1.OutboxService/ListOutboxRows", Rule::Operator(&[Role::Operator])),
    ("/linkage.event.v1.OutboxService/RetryOutboxRow", Rule::Operator(&[Role::Operator])),
    ("/linkage.event.v1.OutboxService/DropOutboxRow", Rule::Operator(&[Role::Operator])),
    ("/linkage.simulation.v1.ClockService/GetClock", Rule::Simulation),
    ("/linkage.simulation.v1.ClockService/SetOffset", Rule::Simulation),
    // Enrollment alone.
    ("/linkage.access.v1.KeyService/GetSigningKeys", Rule::Public),
    // All but enrollment.
    ("/linkage.access.v1.AccessPeerService/RecordAccessChange", Rule::Peer(&[ServiceName::Enrollment])),
];

/// What applications may call of it.
pub const RUNTIME_APPLICATIONS: Applications =
    &[(Role::EventRead, &["/linkage.event.v1.EventService/ListEvents", "/linkage.event.v1.EventService/WatchEvents"])];

/// Open to all, without caller and whatever else is under way: what a load balancer and a developer's tool ask.
const OPEN: &[&str] = &[
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Whether the method is open to all, without caller and whatever else is under way.
pub(crate) fn is_open(method: &str) -> bool {
    OPEN.contains(&method)
}

/// Whether the method tells the protos.
pub(super) fn is_reflection(method: &str) -> bool {
    method.starts_with("/grpc.reflection.")
}

/// The method's name for the log: a caller may ask for any path, of any length, and the log takes none of its words.
pub(crate) fn known(method: &str) -> &'static str {
    let open = OPEN.iter().find(|open| **open == method);
    let known = open.or_else(|| wire::METHODS.binary_search(&method).ok().and_then(|at| wire::METHODS.get(at)));
    known.copied().unwrap_or("unknown")
}

/// The whole table of one service.
pub(super) struct Rules {
    rows: BTreeMap<&'static str, Rule>,
    /// The roles by which applications may call a method.
    applications: BTreeMap<&'static str, Vec<Role>>,
    /// Every method of the gRPC services that are served here, so that one without a row is told from none.
    served: BTreeSet<&'static str>,
}

impl Rules {
    pub(super) fn new(name: ServiceName, policy: Policy, own: Applications) -> Rules {
        let mut applications: BTreeMap<_, Vec<Role>> = BTreeMap::new();
        for (role, methods) in RUNTIME_APPLICATIONS.iter().chain(own) {
            methods.iter().for_each(|method| applications.entry(*method).or_default().push(*role));
        }
        let rows: BTreeMap<_, _> = RUNTIME_POLICY
            .iter()
            .filter(|(method, _)| serves(name, service_of(method)))
            .chain(policy)
            .copied()
            .collect();
        let services: BTreeSet<_> = rows.keys().map(|method| service_of(method)).collect();
        let served = wire::METHODS.iter().copied().filter(|method| services.contains(service_of(method))).collect();
        Rules { rows, applications, served }
    }

    /// Whether this application may call the method, and whose rows it then reaches: never more than its organization's.
    pub(super) fn admit(&self, caller: &Application, method: &str, rule: Rule) -> Result<Option<Scope>, Fault> {
        let roles = self.applications.get(method).map(Vec::as_slice).unwrap_or_default();
        if matches!(rule, Rule::Public | Rule::Simulation) || roles.iter().any(|role| caller.roles.contains(role)) {
            return Ok(Some(Scope::Organization(caller.organization)));
        }
        Err(if roles.is_empty() { refused("no application may call this") } else { Fault::role_required(roles) })
    }

    /// The method's rule; `None` when it is open to all. A served method without a row is refused.
    pub(super) fn of(&self, method: &str) -> Result<Option<Rule>, Fault> {
        if is_open(method) {
            return Ok(None);
        }
        match self.rows.get(method) {
            Some(rule) => Ok(Some(*rule)),
            None if self.served.contains(method) => Err(refused("nobody may call this")),
            None => Err(unknown_method()),
        }
    }
}

/// Whether the rule lets this caller in, if it is no application, and whose rows it then reaches: all only by a rule and a role that are for it.
/// [`Rule::Simulation`] is judged before, by the caller's address.
pub(super) fn decide(rule: Rule, identity: &Identity) -> Result<Option<Scope>, Fault> {
    let refusal = match (rule, identity) {
        (Rule::Public | Rule::Simulation, identity) => return Ok(own(identity)),
        (_, Identity::Anonymous) => {
            let message = "this needs a bearer token: sign in first";
            return Err(Fault::new(Code::Unauthenticated, Reason::CredentialMissing, message));
        }
        (Rule::Person, Identity::User(_) | Identity::Person(_)) => return Ok(own(identity)),
        (Rule::Person, _) => refused("this is for people who signed in"),
        (Rule::Peer(services), Identity::Service(service)) if services.contains(service) => {
            return Ok(Some(Scope::Peer));
        }
        (Rule::Peer(_), _) => refused("this is for sibling services"),
        (Rule::Member(roles), Identity::User(user)) if holds(user, roles) => return Ok(own(identity)),
        (Rule::Operator(roles) | Rule::MemberOrOperator(_, roles), Identity::User(user))
            if user.operator && holds(user, roles) =>
        {
            return Ok(Some(Scope::Operator));
        }
        (Rule::MemberOrOperator(roles, _), Identity::User(user)) if holds(user, roles) => return Ok(own(identity)),
        (Rule::Member([]) | Rule::MemberOrOperator([], _), _) => refused("sign in for an organization"),
        (Rule::Operator([]), _) => refused("this is for the operator"),
        (Rule::Member(roles) | Rule::Operator(roles), _) => Fault::role_required(roles),
        (Rule::MemberOrOperator(roles, operator_roles), _) => Fault::role_required(&[roles, operator_roles].concat()),
    };
    Err(refusal)
}

/// Whether the rule lets this caller in to what is this organization's: for answers that tell what may be called next.
pub fn reaches(rule: Rule, identity: &Identity, organization: OrganizationId) -> bool {
    matches!(decide(rule, identity), Ok(Some(scope)) if scope.permits(organization))
}

/// What is the caller's own.
fn own(identity: &Identity) -> Option<Scope> {
    match identity {
        Identity::User(user) => Some(Scope::Organization(user.organization)),
        Identity::Application(application) => Some(Scope::Organization(application.organization)),
        Identity::Service(_) | Identity::Sweep => Some(Scope::Peer),
        Identity::Link(_) => Some(Scope::Link),
        Identity::Person(_) | Identity::Anonymous => None,
    }
}

pub(super) fn unknown_method() -> Fault {
    let message = "there is no such method here, or it is switched off";
    Fault::new(Code::Unimplemented, Reason::MethodUnknown, message)
}

fn refused(message: &str) -> Fault {
    Fault::new(Code::PermissionDenied, Reason::RoleRequired, message)
}

fn holds(user: &User, roles: &[Role]) -> bool {
    roles.is_empty() || roles.iter().any(|role| user.roles.contains(role))
}

fn serves(name: ServiceName, service: &str) -> bool {
    match service {
        "/linkage.access.v1.KeyService" => name == ServiceName::Enrollment,
        "/linkage.access.v1.AccessPeerService" => name != ServiceName::Enrollment,
        _ => true,
    }
}

fn service_of(method: &str) -> &str {
    method.rsplit_once('/').map_or(method, |(service, _)| service)
}
