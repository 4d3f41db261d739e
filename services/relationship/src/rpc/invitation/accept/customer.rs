//! What comes of a customer invitation: the relationships asked for, both or neither, the customer agreement, and the administration consented to.

use database::Error;
use ids::OrganizationId;
use runtime::Fault;

use super::{Accepting, Birth};
use crate::domain::admin_grant::{AdminGrant, Parent, State as GrantState, next_reminder};
use crate::domain::consent::Kind;
use crate::domain::event::{AdminGrantCreated, CustomerAgreementAccepted, ResellerRelationshipCreated};
use crate::domain::invitation::Born;
use crate::domain::organization::Parties;
use crate::domain::reseller_relationship::{Capacity, ResellerRelationship};
use crate::domain::standing::Side;
use crate::domain::state::State;
use crate::domain::{Event, Refusal};
use crate::rpc::invitation::judge::{AS_PROVIDER, AS_RESELLER, Judge};
use crate::store;

pub(super) async fn bear(accepting: &Accepting<'_>, parties: &Parties) -> Result<Birth, Fault> {
    let (change, invitation) = (accepting.change, accepting.invitation);
    let customer = accepting.user.organization;
    hold_partnership(accepting).await?;
    let asked = partners(accepting);
    judge(accepting, parties, &asked).await?;
    let live = store::reseller_relationship::live_of(&change.tx, customer, invitation.partnership).await?;
    let mut birth = Birth { born: Born::Relationships(Vec::new()), events: Vec::new(), effects: Vec::new() };
    let mut ids = Vec::new();
    let mut new = false;
    for (partner, capacity) in &asked {
        let there = live.iter().find(|live| live.partner == *partner && live.capacity == *capacity);
        let id = match there {
            Some(there) => there.id,
            None => {
                new = true;
                relate(accepting, (*partner, *capacity), parties, &mut birth).await?
            }
        };
        ids.push(id);
        // Administration that ran out is given anew like this, though the relationships are there.
        new |= accepting.grant(*partner, Parent::Relationship(id), parties, &mut birth).await?;
    }
    if !new {
        return Err(Refusal::RelationshipExists.into());
    }
    agree(accepting, &mut birth).await?;
    birth.born = Born::Relationships(ids);
    Ok(birth)
}

/// The partnership must be active, and stay so until this is committed.
async fn hold_partnership(accepting: &Accepting<'_>) -> Result<(), Fault> {
    let Some(id) = accepting.invitation.partnership else { return Ok(()) };
    let tx = &accepting.change.tx;
    let partnership = store::partnership::get(tx, database::Scope::Link, id).await?;
    partnership.ok_or(Refusal::NoActivePartnership)?.active()?;
    store::partnership::hold(tx, id).await?;
    Ok(())
}

fn partners(accepting: &Accepting<'_>) -> Vec<(OrganizationId, Capacity)> {
    let provider = accepting.invitation.provider.map(|provider| (provider, Capacity::Provider));
    let reseller = accepting.invitation.reseller.map(|reseller| (reseller, Capacity::Reseller));
    provider.into_iter().chain(reseller).collect()
}

/// Each partner must still be in good standing, and may sell where the customer is.
async fn judge(
    accepting: &Accepting<'_>,
    parties: &Parties,
    asked: &[(OrganizationId, Capacity)],
) -> Result<(), Fault> {
    let judge = Judge::load(accepting.app, accepting.change).await?;
    // Known: it was just read if it wasn't.
    let customer = parties.get(accepting.user.organization).ok_or(Refusal::RecipientMismatch)?;
    for (partner, capacity) in asked {
        let capacities = match capacity {
            Capacity::Provider => AS_PROVIDER,
            Capacity::Reseller => AS_RESELLER,
        };
        let location = judge.capable(Side::Sender, *partner, capacities).await??;
        judge.sellable(location.country, customer.country)?;
    }
    Ok(())
}

async fn relate(
    accepting: &Accepting<'_>,
    (partner, capacity): (OrganizationId, Capacity),
    parties: &Parties,
    birth: &mut Birth,
) -> Result<ids::ResellerRelationshipId, Fault> {
    let (change, invitation) = (accepting.change, accepting.invitation);
    let joint = invitation.partnership.is_some();
    let relationship = ResellerRelationship {
        id: change.id(),
        version: 1,
        partner,
        customer: accepting.user.organization,
        capacity,
        partnership: invitation.partnership,
        other_partner: invitation.partners().find(|other| joint && *other != partner),
        state: State::Active,
        create_time: change.now(),
        update_time: change.now(),
    };
    store::reseller_relationship::insert(&change.tx, &relationship).await.map_err(|error| match error {
        // Another acceptance was faster; running again finds what it made.
        Error::Duplicate { .. } => Fault::from(Error::Contended),
        error => Fault::from(error),
    })?;
    birth.effects.push(format!("{} becomes {} of record.", parties.name(partner), capacity.as_str().to_lowercase()));
    birth.events.push(Event::ResellerRelationshipCreated(ResellerRelationshipCreated {
        relationship: relationship.id,
        parties: relationship.parties(),
    }));
    Ok(relationship.id)
}

/// Recorded once per customer and version, however often it is accepted.
async fn agree(accepting: &Accepting<'_>, birth: &mut Birth) -> Result<(), Fault> {
    let Some(text) = accepting.has(Kind::CustomerAgreement) else { return Ok(()) };
    let (change, user) = (accepting.change, accepting.user);
    let shown = (text.text_version, text.text_sha256.as_str());
    if store::agreement::accept(&change.tx, user.organization, shown, user.user, change.now()).await? {
        birth.effects.push(format!("The customer agreement of {} is accepted.", text.text_version));
        let partners = accepting.invitation.partners().chain([accepting.invitation.sender]);
        let mut parties: Vec<_> = partners.chain([user.organization]).collect();
        parties.sort_unstable();
        parties.dedup();
        birth.events.push(Event::CustomerAgreementAccepted(CustomerAgreementAccepted {
            customer: user.organization,
            version: text.text_version.to_owned(),
            parties,
        }));
    }
    Ok(())
}

impl Accepting<'_> {
    /// Grants this partner the administration that was consented to; says whether it was.
    pub(super) async fn grant(
        &self,
        partner: OrganizationId,
        parent: Parent,
        parties: &Parties,
        birth: &mut Birth,
    ) -> Result<bool, Fault> {
        let consented =
            |granted: &&&super::Asked| granted.kind == Kind::DelegatedAdmin && granted.partner == Some(partner);
        let Some(consent) = self.granted.iter().find(consented) else { return Ok(false) };
        let now = self.change.now();
        let expire_time = now + chrono::TimeDelta::days(consent.days.into());
        let grant = AdminGrant {
            id: self.change.id(),
            version: 1,
            grantor: self.user.organization,
            grantee: partner,
            roles: consent.roles.clone(),
            parent,
            state: GrantState::Active,
            expire_time,
            remind_time: next_reminder(expire_time, now),
            create_time: now,
            update_time: now,
        };
        store::admin_grant::insert(&self.change.tx, &grant).await?;
        let until = grant.expire_time.to_rfc3339();
        let roles = grant.roles.join(", ");
        birth.effects.push(format!("{} administers as {roles} until {until}.", parties.name(partner)));
        birth.events.push(Event::AdminGrantCreated(AdminGrantCreated {
            grant: grant.id,
            parties: vec![grant.grantor, grant.grantee],
        }));
        Ok(true)
    }
}
