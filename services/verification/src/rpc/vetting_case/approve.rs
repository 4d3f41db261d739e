//! ApproveVettingCase.

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer};
use crate::rpc::convert;
use crate::{App, Change};

pub(crate) async fn approve(
    app: &App,
    caller: &Caller,
    request: pb::ApproveVettingCaseRequest,
) -> Result<pb::VettingCase, Fault> {
    let name = parse(&request)?;
    let (reviewer, etag) = (reviewer(caller)?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        review(&change, caller, name, etag, |case| case.approve(reviewer, change.now())).await
    })
    .await
}

fn parse(request: &pb::ApproveVettingCaseRequest) -> Result<(OrganizationId, VettingCaseId), Fault> {
    let mut v = Violations::of(request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    convert::required_etag(&mut v, &request.etag);
    v.all((name,)).map(|(name,)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approval_says_which_version_it_approves() {
        let (organization, case) =
            (OrganizationId::from_uuid(uuid::Uuid::nil()), VettingCaseId::from_uuid(uuid::Uuid::nil()));
        let mut request = pb::ApproveVettingCaseRequest { name: organization.child(case), ..Default::default() };
        assert_eq!(parse(&request).unwrap_err().reason(), "FIELD_INVALID");
        request.etag = "3".to_owned();
        assert_eq!(parse(&request).unwrap(), (organization, case));
    }
}
