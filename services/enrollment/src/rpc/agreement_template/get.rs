//! GetAgreementTemplate: the whole text.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get(
    app: &App,
    _caller: &Caller,
    request: pb::GetAgreementTemplateRequest,
) -> Result<pb::AgreementTemplate, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::AgreementTemplate>("name", &request.name);
    let (id,) = v.all((name,))?;
    let (template, text) = store::agreement::get(app.database().reader(), id).await?.ok_or_else(Fault::missing)?;
    Ok(convert::template(&template, &text))
}
