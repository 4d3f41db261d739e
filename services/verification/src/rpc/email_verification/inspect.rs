//! InspectEmailVerification: what a link asks. Reads only, since mail scanners open links too.

use database::Scope;
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::token::{Shown, TOKEN};
use crate::domain::Refusal;
use crate::rpc::convert;
use crate::{App, questions, store};

pub(crate) async fn inspect(
    app: &App,
    _caller: &Caller,
    request: pb::InspectEmailVerificationRequest,
) -> Result<pb::EmailVerificationQuestions, Fault> {
    let mut v = Violations::of(&request);
    let token = v.text("token", &request.token, 1..=TOKEN);
    let (token,) = v.all((token,))?;
    let shown = Shown::token(&token)?;
    let (reader, now) = (&app.database().reader_for(Scope::Link), app.now());
    let found = store::email_verification::find(reader, Scope::Link, shown.id()).await?;
    let verification = found.ok_or(Refusal::Unknown)?.at(now);
    verification.inspect(shown.prove(app.links(), &verification)?)?;
    let case = store::vetting_case::find(reader, Scope::Link, verification.case).await?.ok_or_else(Fault::missing)?;
    let subject = &case.subject;
    let questions = questions::ask(verification.purpose, &subject.language, &subject.legal_name, subject.applicant())?;
    Ok(convert::questions(&verification, subject, questions))
}
