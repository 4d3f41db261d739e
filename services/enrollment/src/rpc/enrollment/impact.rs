//! What a measure would hit, as relationship knows it: read before the transaction, and only for who asks before doing it.

use runtime::{Fault, ServiceName};
use wire::enrollment as pb;
use wire::relationship::relationship_peer_service_client::RelationshipPeerServiceClient;
use wire::relationship::{GetImpactRequest, ImpactOf};

use super::measure::Asked;
use crate::{App, store};

/// What the measure would hit; refused at once where the enrollment's state does not allow it.
pub(super) async fn read(app: &App, asked: &Asked<'_>) -> Result<Vec<pb::Affected>, Fault> {
    let (organization, id) = asked.name;
    let found = store::enrollment::get(&app.reader(asked.caller), asked.scope, organization, id).await?;
    let enrollment = found.ok_or_else(Fault::missing)?;
    enrollment.may(asked.measure.command())?;
    let channel = app.peers().client(ServiceName::Relationship).traced(asked.caller.trace_parent.as_deref());
    let request = GetImpactRequest { organization: organization.name(), r#type: enrollment.kind.as_str().to_owned() };
    let answer = RelationshipPeerServiceClient::new(channel).get_impact(request).await;
    let impact = answer.map_err(Fault::unavailable)?.into_inner();
    let affected = |collection: &str, of: Option<ImpactOf>| {
        let ImpactOf { count, names } = of.unwrap_or_default();
        pb::Affected { collection: collection.to_owned(), count, names }
    };
    Ok(vec![
        affected("partnerships", impact.partnerships),
        affected("resellerRelationships", impact.reseller_relationships),
        affected("invitations", impact.invitations),
        affected("adminGrants", impact.admin_grants),
    ])
}
