//! Everybody who calls: a user per role in each organization that samples are about, in another one and in the operator's; in all but the
//! operator's an application per role too; a person, nobody, and the services.

use std::collections::BTreeMap;
use std::fmt;

use linkage::{ServiceName, SigningKey};
use serde_json::json;

use super::super::samples::Sample;
use super::super::tokens;
use crate::harness::Stage;
use crate::harness::call::text;

const ROLES: [&str; 6] =
    ["GLOBAL_ADMIN", "ADMIN_AGENT", "SALES_AGENT", "HELPDESK_AGENT", "USER_ADMIN", "BILLING_ADMIN"];
const OPERATORS: [&str; 2] = ["REVIEWER", "OPERATOR"];
const MACHINES: [&str; 4] = ["ORDER_CHECK", "ACCESS_CHECK", "PARTNER_READ", "EVENT_READ"];
const STRANGER: &str = "stella.stranger@stranger.example";
const PERSON: &str = "petra.person@nowhere.example";

/// What a caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    User { organization: String, role: &'static str, operator: bool },
    Machine { organization: String, role: &'static str },
    Person,
    Nobody,
    Service(ServiceName),
}

/// Somebody who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) who: Who,
    /// Of people and machines.
    token: Option<String>,
}

/// Everybody.
pub(super) struct Cast {
    callers: Vec<Caller>,
    /// By address, whose organization is whose.
    homes: BTreeMap<String, String>,
    foreign: String,
}

impl Cast {
    /// Adds the users that the samples need.
    pub(super) async fn of(stage: &mut Stage, samples: &[Sample]) -> Cast {
        let mut cast = Cast { callers: Vec::new(), homes: BTreeMap::new(), foreign: String::new() };
        let operator = stage.operator();
        for sample in samples.iter().filter(|sample| sample.caller.contains('@')) {
            let caller = &sample.caller;
            if cast.homes.contains_key(caller) {
                continue;
            }
            let organization = organization(stage, caller).await;
            let known = cast.homes.values().any(|home| *home == organization);
            cast.homes.insert(caller.clone(), organization.clone());
            // Reviewers belong to the operator's organization too, which its administrator peoples.
            if !known && organization != self::organization(stage, &operator).await {
                cast.people(stage, caller, &organization, false).await;
                cast.machines(stage, caller, &organization).await;
            }
        }
        let home = organization(stage, &operator).await;
        cast.people(stage, &operator, &home, true).await;
        let stranger = json!({ "display_name": "Stranger AB", "region_code": "SE", "language_code": "en" });
        let request = json!({ "organization": stranger });
        let made = stage.ok(STRANGER, "enrollment.OrganizationService/CreateOrganization", request).await;
        cast.foreign = text(&made, "name");
        let foreign = cast.foreign.clone();
        cast.people(stage, STRANGER, &foreign, false).await;
        cast.machines(stage, STRANGER, &foreign).await;
        let token = Some(tokens::user(stage, PERSON).await);
        cast.callers.push(Caller { who: Who::Person, token });
        cast.callers.push(Caller { who: Who::Nobody, token: None });
        cast.callers.extend(ServiceName::ALL.map(|service| Caller { who: Who::Service(service), token: None }));
        stage.settle().await;
        cast
    }

    /// A user per role, added by its administrator.
    async fn people(&mut self, stage: &mut Stage, admin: &str, organization: &str, operator: bool) {
        let more: &[&'static str] = if operator { &OPERATORS } else { &[] };
        for role in ROLES.iter().chain(more) {
            let id = organization.rsplit('/').next().expect("an id");
            let email = format!("{}@{id}.example", role.to_lowercase());
            let user = json!({ "email": email, "roles": [format!("ROLE_{role}")] });
            let request = json!({ "parent": organization, "user": user });
            stage.ok(admin, "enrollment.UserService/CreateUser", request).await;
            let token = Some(tokens::user(stage, &email).await);
            let who = Who::User { organization: organization.to_owned(), role, operator };
            self.callers.push(Caller { who, token });
        }
    }

    /// An application per role, registered by its administrator.
    async fn machines(&mut self, stage: &mut Stage, admin: &str, organization: &str) {
        for role in MACHINES {
            let key = SigningKey::generate().expect("a key");
            let application = stage.application(admin, organization, &[role], &key).await;
            let token = Some(text(&stage.machine_session(&application, &key).await, "access_token"));
            let who = Who::Machine { organization: organization.to_owned(), role };
            self.callers.push(Caller { who, token });
        }
    }

    /// The organization that this address acts for.
    pub(super) fn home(&self, address: &str) -> Option<&str> {
        self.homes.get(address).map(String::as_str)
    }

    /// Who calls about this organization: its own, strangers, the operator's, and who belongs to none.
    pub(super) fn callers<'a>(&'a self, home: Option<&'a str>) -> impl Iterator<Item = &'a Caller> {
        self.callers.iter().filter(move |caller| match &caller.who {
            Who::User { organization, operator, .. } => {
                *operator || Some(organization.as_str()) == home || *organization == self.foreign
            }
            Who::Machine { organization, .. } => Some(organization.as_str()) == home || *organization == self.foreign,
            _ => true,
        })
    }

    /// The caller's token at this service.
    pub(super) async fn token(&self, stage: &Stage, caller: &Caller, at: ServiceName) -> Option<String> {
        match &caller.who {
            Who::Service(service) => Some(tokens::of_service(stage, *service, at).await),
            _ => caller.token.clone(),
        }
    }
}

async fn organization(stage: &mut Stage, who: &str) -> String {
    let name = text(&stage.myself(who).await, "name");
    name.split("/users/").next().unwrap_or_default().to_owned()
}

impl fmt::Display for Caller {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Who::User { organization, role, operator } => {
                let of = if *operator { "the operator" } else { organization.as_str() };
                write!(out, "{role} of {of}")
            }
            Who::Machine { organization, role } => write!(out, "{role}, a machine of {organization}"),
            other => write!(out, "{other:?}"),
        }
    }
}
