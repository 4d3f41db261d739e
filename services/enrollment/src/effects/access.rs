//! Rights that changed, as siblings are told of them.

use runtime::convert::timestamp;
use runtime::{Effect, ServiceName};
use wire::access::RecordAccessChangeRequest;

use crate::convert;
use crate::domain::application::ApplicationState;
use crate::domain::event::{ApplicationFacts, UserFacts};
use crate::domain::user::UserState;

pub(super) fn of_user(sibling: ServiceName, facts: &UserFacts) -> Effect {
    Effect::tell(
        sibling,
        RecordAccessChangeRequest {
            origin: None,
            user: facts.organization.child(facts.user),
            roles: facts.roles.iter().map(|role| convert::role(*role).into()).collect(),
            lowest_version: facts.lowest_version,
            disabled: facts.state == UserState::Disabled,
            change_time: Some(timestamp(facts.changed)),
            application: String::new(),
        },
    )
}

pub(super) fn of_application(sibling: ServiceName, facts: &ApplicationFacts) -> Effect {
    Effect::tell(
        sibling,
        RecordAccessChangeRequest {
            origin: None,
            user: String::new(),
            roles: facts.roles.iter().map(|role| convert::application_role(*role).into()).collect(),
            lowest_version: facts.lowest_version,
            disabled: facts.state == ApplicationState::Disabled,
            change_time: Some(timestamp(facts.changed)),
            application: facts.organization.child(facts.application),
        },
    )
}
