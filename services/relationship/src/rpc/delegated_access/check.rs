//! May this user of a partner administer that organization?

use chrono::{DateTime, Utc};
use database::access::Access as Known;
use ids::{OrganizationId, UserId, kind};
use runtime::convert::timestamp;
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::domain::access::{Access, Agent, judge};
use crate::domain::admin_grant::AdminGrant;
use crate::{App, store};

pub(crate) async fn check(
    app: &App,
    caller: &Caller,
    request: pb::CheckDelegatedAccessRequest,
) -> Result<pb::CheckDelegatedAccessResponse, Fault> {
    let mut v = Violations::of(&request);
    let question = read(&mut v, "", caller, &request);
    let (question,) = v.all((question,))?;
    let question = question.by(caller)?;
    let (reserve, now) = (app.database().reserve(), app.now());
    let known = database::access::get(reserve, question.user.uuid()).await?;
    let grants = match &known {
        Some(_) => store::admin_grant::live(reserve, (question.organization, question.grantee), now).await?,
        None => Vec::new(),
    };
    Ok(answer(&question, known.as_ref(), &grants, now))
}

/// Whether this user administers that organization.
pub(super) struct Question {
    pub(super) grantee: OrganizationId,
    pub(super) user: UserId,
    pub(super) organization: OrganizationId,
}

/// The same as it is asked: a user who names none means itself.
pub(super) struct Asked {
    user: Option<(OrganizationId, UserId)>,
    organization: OrganizationId,
}

/// Reads a question; `at` is where it stands in the request.
pub(super) fn read(
    v: &mut Violations,
    at: &str,
    caller: &Caller,
    request: &pb::CheckDelegatedAccessRequest,
) -> Option<Asked> {
    let user = if request.user.is_empty() {
        if caller.is_application() {
            v.add(format!("{at}user"), "is required: an application is no user");
        }
        Some(None)
    } else {
        v.child::<kind::Organization, kind::User>(&format!("{at}user"), &request.user).map(Some)
    };
    let organization = v.name::<kind::Organization>(&format!("{at}organization"), &request.organization);
    Some(Asked { user: user?, organization: organization? })
}

impl Asked {
    /// The question, if it is the caller's to ask.
    pub(super) fn by(self, caller: &Caller) -> Result<Question, Fault> {
        let scope = caller.scope()?;
        let (grantee, user) = match self.user {
            Some(named) => named,
            None => caller.user().map(|own| (own.organization, own.user))?,
        };
        if scope.permits(grantee) || scope.permits(self.organization) {
            Ok(Question { grantee, user, organization: self.organization })
        } else {
            Err(Fault::not_a_party())
        }
    }
}

/// By what is known of the user, and by the grants of the two organizations that are in force.
pub(super) fn answer(
    question: &Question,
    known: Option<&Known>,
    grants: &[AdminGrant],
    now: DateTime<Utc>,
) -> pb::CheckDelegatedAccessResponse {
    let access = match known.filter(|known| known.organization == question.grantee.uuid() && !known.disabled) {
        Some(known) => judge(Agent::of(&known.roles), grants, now),
        None => Access::none("The user is not known, or may not act for the partner any more."),
    };
    pb::CheckDelegatedAccessResponse {
        allowed: !access.roles.is_empty(),
        directory_roles: access.roles,
        expire_time: access.until.map(timestamp),
        explanation: access.explanation.to_owned(),
        evaluate_time: Some(timestamp(now)),
    }
}
