//! Between whom an invitation is, once its sender may invite at all.

use database::{Scope, Tx};
use ids::{OrganizationId, PartnerLocationId, PartnershipId};
use runtime::{Fault, Violations};

use crate::domain::Refusal;
use crate::domain::invitation::Kind;
use crate::domain::standing::Side;
use crate::rpc::invitation::draft::Draft;
use crate::rpc::invitation::judge::{AS_PROVIDER, AS_RESELLER, Judge};
use crate::store;

/// Who takes part.
pub(super) struct Terms {
    pub(super) provider: Option<OrganizationId>,
    pub(super) reseller: Option<OrganizationId>,
    /// The invited organization, where it is known.
    pub(super) recipient: Option<OrganizationId>,
}

impl Terms {
    pub(super) async fn judge(
        judge: &Judge<'_>,
        tx: &Tx,
        sender: OrganizationId,
        draft: &Draft,
    ) -> Result<Terms, Fault> {
        match (draft.kind, draft.location, draft.partnership) {
            (Kind::Partnership, location, _) => partnership(judge, tx, sender, location).await,
            (Kind::Customer, _, Some(partnership)) => through(judge, tx, sender, partnership).await,
            (Kind::Customer, _, None) => alone(judge, sender).await,
        }
    }
}

async fn partnership(
    judge: &Judge<'_>,
    tx: &Tx,
    sender: OrganizationId,
    location: Option<PartnerLocationId>,
) -> Result<Terms, Fault> {
    let own = judge.capable(Side::Sender, sender, AS_PROVIDER).await??;
    let location = location.ok_or_else(Fault::missing)?;
    let (recipient, standings) = store::standing::of_owner(tx, location).await?.ok_or_else(Fault::missing)?;
    let mut v = Violations::default();
    if recipient == sender {
        v.add("invitation.location", "must be another organization's");
    }
    v.done()?;
    // The country is the location's own, whichever enrollment it serves.
    let country = standings
        .iter()
        .filter_map(|standing| standing.location)
        .find(|of_recipient| of_recipient.id == location)
        .map(|of_recipient| of_recipient.country)
        .ok_or_else(Fault::missing)?;
    judge.linkable(own.country, country)?;
    if store::partnership::live(tx, sender, recipient).await? {
        return Err(Refusal::PartnershipExists.into());
    }
    Ok(Terms { provider: Some(sender), reseller: Some(recipient), recipient: Some(recipient) })
}

async fn through(
    judge: &Judge<'_>,
    tx: &Tx,
    sender: OrganizationId,
    partnership: PartnershipId,
) -> Result<Terms, Fault> {
    let scope = Scope::Organization(sender);
    let partnership = store::partnership::get(tx, scope, partnership).await?.ok_or_else(Fault::missing)?;
    let capacities = if partnership.provider == sender { AS_PROVIDER } else { AS_RESELLER };
    let _ = judge.capable(Side::Sender, sender, capacities).await??;
    partnership.active()?;
    Ok(Terms { provider: Some(partnership.provider), reseller: Some(partnership.reseller), recipient: None })
}

/// As reseller where it can be one, else as provider.
async fn alone(judge: &Judge<'_>, sender: OrganizationId) -> Result<Terms, Fault> {
    let as_reseller = judge.capable(Side::Sender, sender, AS_RESELLER).await?;
    if as_reseller.is_ok() {
        return Ok(Terms { provider: None, reseller: Some(sender), recipient: None });
    }
    // Of two refusals the one counts that is about an enrollment it has taken up.
    let either: Vec<_> = AS_RESELLER.iter().chain(AS_PROVIDER).copied().collect();
    let _ = judge.capable(Side::Sender, sender, &either).await??;
    Ok(Terms { provider: Some(sender), reseller: None, recipient: None })
}
