//! An invitation as it is asked for: parsed, judged by the request alone.

use addresses::{Email, Language};
use chrono::{DateTime, TimeDelta, Utc};
use ids::{OrganizationId, PartnerLocationId, PartnershipId, kind};
use runtime::{Fault, Role, User, Violations};
use wire::relationship as pb;

use crate::domain::directory_role;
use crate::domain::invitation::{AdminRequest, Kind, LONGEST, SHORTEST};

/// An invitation as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) location: Option<PartnerLocationId>,
    pub(crate) partnership: Option<PartnershipId>,
    pub(crate) recipient_email: Email,
    pub(crate) message: String,
    pub(crate) language: Language,
    pub(crate) external_id: String,
    admin_requests: Vec<AdminDraft>,
    expire_time: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
struct AdminDraft {
    grantee: Option<OrganizationId>,
    roles: Vec<String>,
    days: i32,
}

/// Who may ask for administration of others: whoever may administer them for the own organization, or give that right.
const ASKERS: &[Role] = &[Role::GlobalAdmin, Role::AdminAgent];

impl Draft {
    /// Refuses whoever asks for administration without being one of those who administer.
    pub(crate) fn may_be_sent_by(&self, user: &User) -> Result<(), Fault> {
        let may_ask = user.roles.iter().any(|role| ASKERS.contains(role));
        if may_ask || self.admin_requests.is_empty() { Ok(()) } else { Err(Fault::role_required(ASKERS)) }
    }

    /// When it ends: as asked, within bounds that move with time.
    pub(crate) fn expire_time(&self, usual: TimeDelta, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
        let Some(asked) = self.expire_time else { return Ok(now + usual) };
        let mut v = Violations::default();
        if asked < now + SHORTEST || asked > now + LONGEST {
            v.add("invitation.expire_time", "must be 1 hour to 90 days ahead");
        }
        v.done().map(|()| asked)
    }

    /// Who would administer: only who takes part as a partner, each once.
    pub(crate) fn admin_requests(
        &self,
        sender: OrganizationId,
        partners: &[OrganizationId],
    ) -> Result<Vec<AdminRequest>, Fault> {
        let mut v = Violations::default();
        let mut requests: Vec<AdminRequest> = Vec::new();
        for (at, draft) in self.admin_requests.iter().enumerate() {
            let field = format!("invitation.admin_requests[{at}].grantee");
            let grantee = draft.grantee.unwrap_or(sender);
            if !partners.contains(&grantee) {
                v.add(&field, "must be the sender or its partner of the partnership");
            }
            if requests.iter().any(|other| other.grantee == grantee.uuid()) {
                v.add(&field, "must be named once");
            }
            requests.push(AdminRequest { grantee: grantee.uuid(), roles: draft.roles.clone(), days: draft.days });
        }
        v.done().map(|()| requests)
    }
}

/// Reads a request, with every violation at once.
pub(crate) fn parse(request: &pb::CreateInvitationRequest) -> Result<Draft, Fault> {
    let mut v = Violations::of(request);
    let Some(invitation) = &request.invitation else {
        v.add("invitation", "is required");
        return v.all((None::<Draft>,)).map(|(draft,)| draft);
    };
    let kind = v.choice::<pb::invitation::Kind>("invitation.kind", invitation.kind).and_then(kind_of);
    let location = v.optional_name::<kind::PartnerLocation>("invitation.location", &invitation.location);
    match (kind, location) {
        (Some(Kind::Partnership), Some(None)) => v.add("invitation.location", "is required for a partnership"),
        (Some(Kind::Customer), Some(Some(_))) => v.add("invitation.location", "is for partnerships only"),
        _ => {}
    }
    let partnership = v.optional_name::<kind::Partnership>("invitation.partnership", &invitation.partnership);
    if kind == Some(Kind::Partnership) && partnership.flatten().is_some() {
        v.add("invitation.partnership", "is for customers only");
    }
    let recipient_email = v.email("invitation.recipient_email", &invitation.recipient_email);
    let message = plain(&mut v, "invitation.message", &invitation.message, 1000);
    let language = v.language("invitation.language_code", &invitation.language_code);
    let external_id = v.optional_text("invitation.external_id", &invitation.external_id, 64);
    let expire_time = v.optional_time("invitation.expire_time", invitation.expire_time.as_ref());
    if invitation.admin_requests.len() > 2 {
        v.add("invitation.admin_requests", "at most one per partner");
    }
    let admin_requests: Option<Vec<_>> =
        invitation.admin_requests.iter().take(2).enumerate().map(|(at, request)| admin(&mut v, at, request)).collect();
    let texts = (recipient_email, message, language, external_id);
    let found = (kind, location, partnership, texts.0, texts.1, texts.2, texts.3, expire_time, admin_requests);
    let (kind, location, partnership, recipient_email, message, language, external_id, expire_time, admin_requests) =
        v.all(found)?;
    Ok(Draft {
        kind,
        location,
        partnership,
        recipient_email,
        message,
        language,
        external_id: external_id.unwrap_or_default(),
        admin_requests,
        expire_time,
    })
}

fn kind_of(kind: pb::invitation::Kind) -> Option<Kind> {
    match kind {
        pb::invitation::Kind::Partnership => Some(Kind::Partnership),
        pb::invitation::Kind::Customer => Some(Kind::Customer),
        pb::invitation::Kind::Unspecified => None,
    }
}

/// Words for people. A link would make our mail a vehicle for others' pages, and mail programs make one of any domain.
pub(super) fn plain(v: &mut Violations, field: &str, value: &str, most: usize) -> Option<String> {
    let text = v.text(field, value, 0..=most)?;
    if addresses::leads_somewhere(&text) {
        v.add(field, "must not contain links, domains or e-mail addresses");
        return None;
    }
    Some(text)
}

fn admin(v: &mut Violations, at: usize, request: &pb::AdminRequest) -> Option<AdminDraft> {
    let field = |name: &str| format!("invitation.admin_requests[{at}].{name}");
    let grantee = v.optional_name::<kind::Organization>(&field("grantee"), &request.grantee);
    let mut roles = request.directory_roles.clone();
    roles.sort_unstable();
    roles.dedup();
    if request.directory_roles.is_empty() || request.directory_roles.len() > 20 {
        v.add(field("directory_roles"), "must have 1 to 20 roles");
    } else if roles.len() < request.directory_roles.len() {
        v.add(field("directory_roles"), "must not name a role twice");
    }
    for role in roles.iter().take(20).filter(|role| directory_role::find(role).is_none()) {
        let shown: String = role.chars().take(40).filter(|c| !c.is_control()).collect();
        v.add(field("directory_roles"), format!("{shown:?} is not a directory role of the table"));
    }
    if !(1..=730).contains(&request.duration_days) {
        v.add(field("duration_days"), "must be 1 to 730");
    }
    Some(AdminDraft { grantee: grantee?, roles, days: request.duration_days })
}

#[cfg(test)]
mod tests;
