//! GetVettingCase.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let (reader, scope) = (&app.reader(caller), caller.scope()?);
    let case = store::vetting_case::get(reader, scope, organization, id).await?;
    let case = case.ok_or_else(Fault::missing)?;
    convert::vetting_case(&case, scope, caller, app.now())
}
