//! What an approval brings beside the enrollment's new state.

use addresses::Email;
use database::Scope;
use runtime::{Fault, clock};

use crate::domain::Event;
use crate::domain::enrollment::Enrollment;
use crate::domain::event::UserFacts;
use crate::domain::picture::Picture;
use crate::domain::user::Role;
use crate::domain::vetting::Vetting;
use crate::{Change, store};

/// Who submitted also becomes admin agent.
pub(in crate::rpc) async fn grant_admin_agent(
    change: &Change,
    enrollment: &Enrollment,
) -> Result<Option<Event>, Fault> {
    let Some(submission) = enrollment.submission else { return Ok(None) };
    let (tx, organization) = (&change.tx, enrollment.organization);
    let scope = Scope::Organization(organization);
    let Some(mut user) = store::user::get(tx, scope, organization, submission.by).await? else { return Ok(None) };
    if !user.grant(Role::AdminAgent, change.now()) {
        return Ok(None);
    }
    store::user::save(tx, &mut user).await?;
    store::user::record_access(tx, &user, clock::system_time()).await?;
    Ok(Some(Event::UserUpdated(UserFacts::of(&user), vec!["roles"])))
}

/// The contact's domain is the organization's own from now on, unless another one has proven it.
pub(super) async fn prove_domain(
    change: &Change,
    picture: &mut Picture,
    case: &Vetting,
) -> Result<Option<Event>, Fault> {
    let email = Email::parse(&picture.legal.primary_contact.email).ok();
    let Some(email) = email.filter(|_| case.proves_domain()) else { return Ok(None) };
    let domain = email.registrable_domain();
    if !store::domain_name::prove(&change.tx, picture.organization.id, domain, change.now()).await? {
        return Ok(None);
    }
    picture.proven_domains = store::domain_name::proven(&change.tx, picture.organization.id).await?;
    Ok(Some(Event::OrganizationUpdated(Box::new(picture.facts()), vec!["proven_domains"])))
}
