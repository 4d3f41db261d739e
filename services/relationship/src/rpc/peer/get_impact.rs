//! Enrollment asks what the suspension of an enrollment would hit.

use ids::{Id, Kind, kind};
use runtime::{Caller, Fault, Violations};
use wire::relationship as pb;

use crate::domain::standing::EnrollmentType;
use crate::store::read::Sample;
use crate::{App, store};

pub(crate) async fn get_impact(
    app: &App,
    caller: &Caller,
    request: pb::GetImpactRequest,
) -> Result<pb::GetImpactResponse, Fault> {
    let mut v = Violations::of(&request);
    let organization = v.name::<kind::Organization>("organization", &request.organization);
    let capacity = v.check("type", request.r#type.parse::<EnrollmentType>());
    let (organization, capacity) = v.all((organization, capacity))?;
    let (reader, now) = (&app.reader(caller), app.now());
    let partnerships = store::partnership::some_of(reader, organization, capacity).await?;
    let relationships = store::reseller_relationship::some_of(reader, organization, capacity).await?;
    let invitations = store::invitation::some_open(reader, organization, now).await?;
    let grants = store::admin_grant::some_live(reader, organization, now).await?;
    Ok(pb::GetImpactResponse {
        partnerships: impact::<kind::Partnership>(partnerships),
        reseller_relationships: impact::<kind::ResellerRelationship>(relationships),
        invitations: impact::<kind::Invitation>(invitations),
        admin_grants: impact::<kind::AdminGrant>(grants),
    })
}

fn impact<K: Kind>(found: Sample) -> Option<pb::ImpactOf> {
    let names = found.first.into_iter().map(|id| Id::<K>::from_uuid(id).name()).collect();
    Some(pb::ImpactOf { count: found.count, names })
}
