//! GetEmailVerification.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use crate::rpc::convert;
use crate::{App, store};

pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    request: pb::GetEmailVerificationRequest,
) -> Result<pb::EmailVerification, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::EmailVerification>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let reader = &app.reader(caller);
    let found = store::email_verification::get(reader, caller.scope()?, organization, id).await?;
    Ok(convert::email_verification(&found.ok_or_else(Fault::missing)?, app.now()))
}
