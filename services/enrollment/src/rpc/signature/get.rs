//! GetSignature.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use super::covering::shown;
use crate::{App, store};

pub(crate) async fn get(app: &App, caller: &Caller, request: pb::GetSignatureRequest) -> Result<pb::Signature, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::Signature>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let scope = caller.scope_of(organization)?;
    let signature = store::signature::get(&app.reader(caller), scope, organization, id).await?;
    let signature = signature.ok_or_else(Fault::missing)?;
    shown(app, organization, &[signature], app.now()).await?.pop().ok_or_else(Fault::missing)
}
