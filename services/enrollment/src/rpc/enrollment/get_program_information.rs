//! GetProgramInformation: what an organization is in the programme, in one read.

use ids::kind;
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::{App, convert, store};

pub(crate) async fn get_program_information(
    app: &App,
    caller: &Caller,
    request: pb::GetProgramInformationRequest,
) -> Result<pb::ProgramInformation, Fault> {
    let mut v = Violations::of(&request);
    let name = v.name::<kind::Organization>("name", &request.name);
    let (id,) = v.all((name,))?;
    let scope = caller.scope_of(id)?;
    let (reader, now) = (&app.reader(caller), app.now());
    let picture = store::picture::load(reader, scope, id, now).await?.ok_or_else(Fault::missing)?;
    let enrollments = store::enrollment::all(reader, id).await?;
    let signatures = store::signature::all(reader, id).await?;
    Ok(convert::program_information(&picture, &enrollments, &signatures, now))
}
