//! ListAgreementTemplates: without their texts.

use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::store::agreement::Filter;
use crate::{App, convert, store};

pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    request: pb::ListAgreementTemplatesRequest,
) -> Result<pb::ListAgreementTemplatesResponse, Fault> {
    let mut v = Violations::of(&request);
    let kind = v.optional_choice::<pb::EnrollmentType>("type", request.r#type);
    let region = v.optional_text("region", &request.region, 40);
    let language = match request.language_code.as_str() {
        "" => Some(None),
        code => v.language("language_code", code).map(|language| Some(language.to_string())),
    };
    let in_force = v.optional_time("in_force_time", request.in_force_time.as_ref());
    let (kind, region, language, in_force) = v.all((kind, region, language, in_force))?;
    let filter = Filter { kind: kind.and_then(convert::type_of), region, language, in_force };
    let page = app.page(caller, &request)?;
    let reader = app.database().reader();
    let found = store::agreement::list(reader, &filter, page.after, page.size).await?;
    Ok(pb::ListAgreementTemplatesResponse {
        agreement_templates: found.items.iter().map(|template| convert::template(template, "")).collect(),
        next_page_token: app.next_page(caller, &request, found.next),
    })
}
