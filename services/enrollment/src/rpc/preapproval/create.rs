//! CreatePreapproval: the operator's leave to enroll in a type.

use addresses::registrable;
use chrono::TimeDelta;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::store::preapproval::Preapproval;
use crate::{App, convert, store};

const SHORTEST: TimeDelta = TimeDelta::days(1);
const LONGEST: TimeDelta = TimeDelta::days(366);

pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    request: pb::CreatePreapprovalRequest,
) -> Result<pb::Preapproval, Fault> {
    let mut v = Violations::of(&request);
    let given = request.preapproval.clone().unwrap_or_default();
    let text = v.text("preapproval.domain", &given.domain, 1..=253);
    let domain = text.and_then(|text| {
        v.check("preapproval.domain", registrable(&text).ok_or("must be a domain, such as example.com"))
    });
    let kind = v.choice::<pb::EnrollmentType>("preapproval.type", given.r#type).and_then(convert::type_of);
    let expires = v.time("preapproval.expire_time", given.expire_time.as_ref());
    let (domain, kind, expires) = v.all((domain, kind, expires))?;
    let domain = &domain;
    app.change(caller, &request, |change| async move {
        let now = change.now();
        let mut v = Violations::default();
        if expires < now + SHORTEST || expires > now + LONGEST {
            v.add("preapproval.expire_time", "must be from 1 day to 1 year ahead");
        }
        v.done()?;
        let preapproval = Preapproval { id: change.id(), domain: domain.clone(), kind, expires, created: now };
        store::preapproval::insert(&change.tx, &preapproval).await?;
        Ok(Outcome::Done(convert::preapproval(&preapproval), vec![Event::PreapprovalCreated(preapproval.id)]))
    })
    .await
}
