//! Who calls, as the guard has proven it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use database::Scope;
use ids::{ApplicationId, OrganizationId, PersonId, UserId};
use tonic::Code;
use uuid::Uuid;

use crate::guard::Proof;
use crate::{Fault, Reason, Role, ServiceName, source};

/// Who calls, from where, and which method.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who it is.
    pub identity: Identity,
    /// The address it calls from; none for the service's own sweep.
    pub source: Option<IpAddr>,
    /// Full path of the method, such as `/linkage.enrollment.v1.UserService/GetSelf`.
    pub method: String,
    /// W3C traceparent of the call.
    pub trace_parent: Option<String>,
    /// What the rule that let it in lets it reach; none where rows are nobody's or found by a link.
    pub(crate) scope: Option<Scope>,
    /// The token it showed; none for who showed none.
    pub(crate) proof: Option<Proof>,
    replayed: Arc<AtomicBool>,
}

/// The kinds of caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A user of an organization.
    User(User),
    /// A signed-in person without organization.
    Person(Person),
    /// A machine of an organization.
    Application(Application),
    /// A sibling service.
    Service(ServiceName),
    /// Whoever holds a mailed link.
    Link(Link),
    /// Nobody signed in.
    Anonymous,
    /// This service itself, when time alone changes something.
    Sweep,
}

/// A person in one organization, with the rights of the access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The person.
    pub person: PersonId,
    /// The user.
    pub user: UserId,
    /// The organization it acts for.
    pub organization: OrganizationId,
    /// Verified e-mail address.
    pub email: String,
    /// Name for people; empty when unknown.
    pub display_name: String,
    /// Roles held.
    pub roles: Vec<Role>,
    /// True in the operator's organization.
    pub operator: bool,
}

/// A signed-in person who belongs to no organization yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub person: PersonId,
    /// Verified e-mail address.
    pub email: String,
    /// Name for people; empty when unknown.
    pub display_name: String,
}

/// An application, with the rights of its access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Roles held.
    pub roles: Vec<Role>,
}

/// A mailed link, once its token is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: &'static str,
    /// The row it opens.
    pub id: Uuid,
}

impl Caller {
    /// A caller of this method.
    pub fn new(identity: Identity, method: impl Into<String>) -> Caller {
        let scope = matches!(identity, Identity::Service(_) | Identity::Sweep).then_some(Scope::Peer);
        let method = method.into();
        Caller { identity, source: None, method, trace_parent: None, scope, proof: None, replayed: Arc::default() }
    }

    /// Refused once the caller's token has run out or its rights were taken away: for answers that go on for longer than a call.
    pub fn still_counts(&self) -> Result<(), Fault> {
        self.proof.as_ref().map_or(Ok(()), |proof| proof.identity().map(drop))
    }

    /// The same call, made by the holder of a link whose token is proven.
    #[must_use]
    pub fn holding(&self, purpose: &'static str, id: Uuid) -> Caller {
        Caller { identity: Identity::Link(Link { purpose, id }), scope: Some(Scope::Link), ..self.clone() }
    }

    /// The same call, made as a person, whatever organization the token is for.
    pub fn as_person(&self) -> Result<(Caller, Person), Fault> {
        let person = match &self.identity {
            Identity::Person(person) => person.clone(),
            Identity::User(user) => {
                let (email, display_name) = (user.email.clone(), user.display_name.clone());
                Person { person: user.person, email, display_name }
            }
            _ => return Err(Fault::missing()),
        };
        Ok((Caller { identity: Identity::Person(person.clone()), ..self.clone() }, person))
    }

    /// The user, where the policy asks for one.
    pub fn user(&self) -> Result<&User, Fault> {
        match &self.identity {
            Identity::User(user) => Ok(user),
            _ => Err(Fault::new(Code::PermissionDenied, Reason::RoleRequired, "sign in for an organization")),
        }
    }

    /// The organization that is acted for, where the policy asks for a user or an application.
    pub fn organization(&self) -> Result<OrganizationId, Fault> {
        match &self.identity {
            Identity::Application(application) => Ok(application.organization),
            _ => Ok(self.user()?.organization),
        }
    }

    /// Whether a machine calls, and not a person.
    pub fn is_application(&self) -> bool {
        matches!(self.identity, Identity::Application(_))
    }

    /// Whose rows the caller may touch, by the rule that let it in.
    pub fn scope(&self) -> Result<Scope, Fault> {
        self.scope.ok_or_else(Fault::missing)
    }

    /// The same, where the request names whose rows they are: foreign ones answer like absent ones.
    pub fn scope_of(&self, organization: OrganizationId) -> Result<Scope, Fault> {
        self.scope().and_then(|scope| if scope.permits(organization) { Ok(scope) } else { Err(Fault::missing()) })
    }

    /// On whose behalf the database is read and written. Who belongs to no organization yet, or only holds a link, has no rows that the database
    /// could keep to: the statements alone do.
    pub(crate) fn wall(&self) -> Scope {
        self.scope.unwrap_or(Scope::Link)
    }

    /// The same call, whose statements look at rows of others too.
    #[must_use]
    pub fn beyond_its_wall(&self) -> Caller {
        Caller { scope: Some(Scope::Peer), ..self.clone() }
    }

    /// What the call counts under where sources are limited: whoever holds one IPv6 address holds its whole /64.
    pub fn network(&self) -> IpAddr {
        source::network(self.source)
    }

    /// Whether the caller holds this role.
    pub fn has(&self, role: Role) -> bool {
        matches!(&self.identity, Identity::User(user) if user.roles.contains(&role))
    }

    /// Whose request ids these are: two callers never share one.
    pub fn key(&self) -> String {
        match &self.identity {
            Identity::User(user) => format!("user/{}", user.user),
            Identity::Person(person) => format!("person/{}", person.person),
            Identity::Application(application) => format!("application/{}", application.application),
            Identity::Service(service) => format!("service/{service}"),
            Identity::Link(link) => format!("link/{}/{}", link.purpose, link.id),
            Identity::Anonymous => "anonymous".to_owned(),
            Identity::Sweep => "sweep".to_owned(),
        }
    }

    /// The actor as the journal names it: a resource name, never an address.
    pub fn actor(&self) -> String {
        match &self.identity {
            Identity::User(user) => user.organization.child(user.user),
            Identity::Person(person) => person.person.name(),
            Identity::Application(application) => application.organization.child(application.application),
            Identity::Service(service) => format!("services/{service}"),
            Identity::Link(link) => format!("links/{}/{}", link.purpose, link.id),
            Identity::Anonymous => "anonymous".to_owned(),
            Identity::Sweep => "sweep".to_owned(),
        }
    }

    /// The organization acted for, as the journal names it.
    pub fn on_behalf_of(&self) -> Option<String> {
        match &self.identity {
            Identity::User(user) => Some(user.organization.name()),
            Identity::Application(application) => Some(application.organization.name()),
            _ => None,
        }
    }

    pub(crate) fn mark_replayed(&self) {
        self.replayed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn was_replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }
}
