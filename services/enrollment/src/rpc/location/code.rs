//! What a claim code is bound to, and the code itself: derived whenever an answer is rendered, never kept.

use database::Scope;
use ids::kind;
use runtime::Fault;
use runtime::links::Bond;

use crate::domain::claim::Location;
use crate::{App, store};

pub(super) fn bond(location: &Location) -> Bond<'_> {
    Bond { purpose: "location-claim", id: location.id.uuid(), generation: 1, nonce: &location.nonce }
}

/// The claim code of the location of this name, as it is now.
pub(super) async fn claim_code(app: &App, name: &str) -> Result<String, Fault> {
    let id = ids::parse::<kind::PartnerLocation>(name).map_err(Fault::internal)?;
    let location = store::location::get(&app.database().reader_for(Scope::Operator), Scope::Operator, id).await?;
    Ok(app.links().code(bond(&location.ok_or_else(Fault::missing)?)))
}
