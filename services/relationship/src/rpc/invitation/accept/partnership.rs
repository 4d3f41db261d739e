//! What comes of a partnership invitation: the partnership, and the administration consented to.

use database::Error;
use runtime::Fault;

use super::{Accepting, Birth};
use crate::domain::admin_grant::Parent;
use crate::domain::consent::Kind;
use crate::domain::event::PartnershipCreated;
use crate::domain::invitation::Born;
use crate::domain::organization::Parties;
use crate::domain::partnership::Partnership;
use crate::domain::standing::{EnrollmentType, Side};
use crate::domain::state::State;
use crate::domain::{Event, Refusal};
use crate::rpc::invitation::judge::{AS_PROVIDER, Judge};
use crate::store;

pub(super) async fn bear(accepting: &Accepting<'_>, parties: &Parties) -> Result<Birth, Fault> {
    let Accepting { app, change, invitation, user, .. } = *accepting;
    let (tx, now) = (&change.tx, change.now());
    let (provider, reseller) = (invitation.sender, user.organization);
    let judge = Judge::load(app, change).await?;
    let own = judge.capable(Side::Receiver, reseller, &[EnrollmentType::IndirectReseller]).await??;
    // The sender's standing was judged when it invited; where it is may have changed since.
    if let Ok(location) = judge.capable(Side::Sender, provider, AS_PROVIDER).await? {
        judge.linkable(location.country, own.country)?;
    }
    if store::partnership::live(tx, provider, reseller).await? {
        return Err(Refusal::PartnershipExists.into());
    }
    let partnership = Partnership {
        id: change.id(),
        version: 1,
        provider,
        reseller,
        orders_allowed: accepting.has(Kind::OrderSubmission).is_some(),
        state: State::Active,
        create_time: now,
        update_time: now,
    };
    store::partnership::insert(tx, &partnership).await.map_err(|error| match error {
        // Another acceptance was faster; running again finds what it made.
        Error::Duplicate { .. } => Fault::from(Error::Contended),
        error => Fault::from(error),
    })?;
    let sides = vec![provider, reseller];
    let mut birth = Birth {
        born: Born::Partnership(partnership.id),
        events: vec![Event::PartnershipCreated(PartnershipCreated { partnership: partnership.id, parties: sides })],
        effects: vec![
            format!("{} and {} become partners.", parties.name(provider), parties.name(reseller)),
            format!(
                "{} {} place orders for the customers of {}.",
                parties.name(provider),
                if partnership.orders_allowed { "may" } else { "may not" },
                parties.name(reseller)
            ),
        ],
    };
    accepting.grant(provider, Parent::Partnership(partnership.id), parties, &mut birth).await?;
    Ok(birth)
}
