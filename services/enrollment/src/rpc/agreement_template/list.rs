//! ListAgreementTemplates: without their texts.

use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListAgreementTemplatesRequest,
) -> Result<pb::ListAgreementTemplatesResponse, Fault> {
    let mut v = Violations::of(&request);
    let kind = v.optional_choice::<pb::EnrollmentType>("type", request.r#type);
    let region = v.optional_text("region", &request.region, 40);
    let (kind, region) = v.all((kind, region))?;
    let kind = kind.and_then(convert::type_of);
    let page = app.page(caller, &request)?;
    let reader = app.database().reader();
    let found = store::agreement::list(reader, kind, region.as_deref(), page.after, page.size).await?;
    Ok(pb::ListAgreementTemplatesResponse {
        agreement_templates: found.items.iter().map(|template| convert::template(template, "")).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
