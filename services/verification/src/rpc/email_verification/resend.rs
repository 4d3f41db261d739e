//! ResendEmailVerification: another mail with another link and code.

use ids::kind;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::verification as pb;

use crate::domain::quota::Dispatch;
use crate::domain::{Event, Refusal};
use crate::rpc::convert;
use crate::{App, Change, deadlines, limits, store};

pub(crate) async fn resend(
    app: &App,
    caller: &Caller,
    request: pb::ResendEmailVerificationRequest,
) -> Result<pb::EmailVerification, Fault> {
    let mut v = Violations::of(&request);
    let name = v.child::<kind::Organization, kind::EmailVerification>("name", &request.name);
    let ((organization, id),) = v.all((name,))?;
    let (scope, asker) = (caller.scope()?, &caller.key());
    app.change(caller, &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let deadlines = deadlines::at(now)?;
        let found = store::email_verification::get(tx, scope, organization, id).await?;
        let mut verification = found.ok_or_else(Fault::missing)?;
        let case = store::vetting_case::find(tx, scope, verification.case).await?;
        let mut case = case.ok_or_else(Fault::missing)?;
        let newer = store::email_verification::unanswered(tx, case.id).await?;
        if newer.iter().any(|one| one.id != id && one.purpose == verification.purpose) {
            return Err(Refusal::AsksNoMore { state: "SUPERSEDED" }.into());
        }
        let resent = verification.resend(&case, app.service().tries(), now, &deadlines)?;
        let to = &verification.recipient.email;
        if store::email_verification::is_refused(tx, organization, &to.mailbox()).await? {
            return Err(Refusal::AddressRefused.into());
        }
        let dispatch = Dispatch { to, organization, caller: Some(asker) };
        if let Some(until) = store::mail_count::take(tx, &dispatch.counts(&limits::at(now)?, now)).await? {
            return Err(Refusal::QuotaReached { wait: until - now }.into());
        }
        let extended = case.extend(&verification, now);
        store::email_verification::save(tx, scope, &mut verification).await?;
        store::vetting_case::save(tx, scope, &mut case).await?;
        let events = vec![Event::from(resent), Event::from(extended)];
        Ok(Outcome::Done(convert::email_verification(&verification, now), events))
    })
    .await
}
