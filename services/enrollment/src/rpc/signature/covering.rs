//! What signatures cover, as answers show it.

use chrono::{DateTime, Utc};
use database::Scope;
use ids::OrganizationId;
use runtime::Fault;
use wire::enrollment as pb;

use crate::domain::agreement::{Signature, Template};
use crate::domain::coverage::covering;
use crate::{App, convert, store};

/// These signatures of an organization, each with what it covers now.
pub(super) async fn shown(
    app: &App,
    organization: OrganizationId,
    signatures: &[Signature],
    now: DateTime<Utc>,
) -> Result<Vec<pb::Signature>, Fault> {
    let reader = &app.database().reader_for(Scope::Organization(organization));
    let all = store::signature::all(reader, organization).await?;
    let signed = store::agreement::many(reader, signatures.iter().map(|signature| signature.template)).await?;
    let mut published: Vec<Template> = Vec::new();
    for template in &signed {
        if published.iter().all(|known| known.region != template.region) {
            published.extend(store::agreement::of_region(reader, &template.region).await?);
        }
    }
    let one = |signature: &Signature| {
        let template = signed.iter().find(|template| template.id == signature.template)?;
        Some(convert::signature(&covering(signature, &all, template, &published, now)))
    };
    let shown =
        signatures.iter().map(|signature| one(signature).ok_or_else(|| Fault::internal("a signature of no template")));
    shown.collect()
}
