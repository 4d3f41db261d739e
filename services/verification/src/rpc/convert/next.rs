//! What a caller may do next with a case: what can be done now, as far as the policy lets it.

use addresses::Email;
use chrono::{DateTime, Utc};
use runtime::Caller;
use runtime::guard::reaches;
use wire::verification as pb;

use crate::domain::action::Action;
use crate::domain::{Reviewer, VettingCase};
use crate::policy::POLICY;

/// What this caller may do.
pub(super) fn actions(case: &VettingCase, caller: &Caller, now: DateTime<Utc>) -> Vec<pb::NextAction> {
    let may = |action: &Action| {
        let rule = POLICY.iter().find(|(path, _)| path.strip_prefix('/') == Some(action.method()));
        rule.is_some_and(|(_, rule)| reaches(*rule, &caller.identity, case.organization))
    };
    let told = |action: Action| pb::NextAction {
        method: action.method().to_owned(),
        description: action.description().to_owned(),
    };
    let user = caller.user().ok();
    let address = user.and_then(|user| Email::parse(&user.email).ok());
    let reviewer = user.map(|user| Reviewer { organization: user.organization, user: user.user });
    case.actions(reviewer.zip(address.as_ref()), now).into_iter().filter(may).map(told).collect()
}
