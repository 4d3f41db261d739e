//! Enrollment tells how an organization is.

use runtime::{Caller, Fault, Inbox, Outcome, Violations};
use wire::relationship as pb;

use crate::rpc::record::{Told, organization};
use crate::{App, Change, store};

pub(crate) async fn record_organization(
    app: &App,
    caller: &Caller,
    request: pb::RecordOrganizationRequest,
) -> Result<pb::RecordOrganizationResponse, Fault> {
    let mut v = Violations::of(&request);
    let told = organization(
        &mut v,
        &Told {
            organization: &request.organization,
            display_name: &request.display_name,
            region_code: &request.region_code,
            language_code: &request.language_code,
            mail_address: &request.mail_address,
            proven_domains: &request.proven_domains,
            version: request.origin.as_ref().map_or(0, |origin| origin.version),
        },
    );
    let (told,) = v.all((told,))?;
    let told = &told;
    app.receive(caller, &request, Inbox::Newest, move |change: Change| async move {
        store::organization::put(&change.tx, told).await?;
        Ok(Outcome::Done(pb::RecordOrganizationResponse {}, Vec::new()))
    })
    .await
}
