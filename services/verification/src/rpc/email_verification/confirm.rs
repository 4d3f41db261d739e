//! ConfirmEmailVerification: the two answers, once, and what they mean for the case.

use database::Scope;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::verification as pb;

use super::token::{CODE, Shown, TOKEN};
use crate::domain::{Alert, AlertCause, Answers, EmailState, EmailVerification, Event, Fate, Proof, Purpose, Refusal};
use crate::rpc::convert;
use crate::rpc::peer::{issue, note_mail};
use crate::{App, Change, deadlines, link, store};

#[derive(Debug, PartialEq, Eq)]
struct Confirmation {
    shown: Shown,
    answers: Answers,
}

pub(crate) async fn confirm(
    app: &App,
    caller: &Caller,
    request: pb::ConfirmEmailVerificationRequest,
) -> Result<pb::EmailVerification, Fault> {
    let confirmation = &parse(&request)?;
    let shown = &confirmation.shown;
    // The request is bound to token or code by its hash, so that a replay proves itself.
    let holder = caller.holding(link::PURPOSE, shown.id().uuid());
    app.change(&holder, &request, move |change: Change| async move {
        let (tx, now) = (&change.tx, change.now());
        let mut verification =
            store::email_verification::find(tx, Scope::Link, shown.id()).await?.ok_or(Refusal::Unknown)?;
        let proof = shown.prove(app.links(), &verification)?;
        if proof == Proof::WrongCode {
            let (refusal, event) = verification.miss(now);
            let Some(event) = event else { return Ok(Outcome::Refused(refusal.into(), Vec::new())) };
            store::email_verification::save(tx, Scope::Link, &mut verification).await?;
            let mut events = vec![Event::from(event)];
            if verification.state == EmailState::Locked {
                events.extend(note_mail(&change, &verification, Fate::Locked).await?);
            }
            return Ok(Outcome::Refused(refusal.into(), events));
        }
        let answered = verification.answer(proof, confirmation.answers, now)?;
        store::email_verification::save(tx, Scope::Link, &mut verification).await?;
        let mut events = vec![Event::from(answered)];
        events.extend(tell_case(app, &change, &verification, confirmation.answers).await?);
        Ok(Outcome::Done(convert::email_verification(&verification, now), events))
    })
    .await
}

/// What the answers do to the case, and the next mail they call for.
async fn tell_case(
    app: &App,
    change: &Change,
    verification: &EmailVerification,
    answers: Answers,
) -> Result<Vec<Event>, Fault> {
    let (tx, now) = (&change.tx, change.now());
    let deadlines = deadlines::at(now)?;
    let Some(mut case) = store::vetting_case::find(tx, Scope::Link, verification.case).await? else {
        return Ok(Vec::new());
    };
    let event = match verification.purpose {
        Purpose::Contact => case.contact_answered(answers.yes(), now, &deadlines),
        Purpose::Approver => case.approver_answered(answers.yes(), now),
    };
    let Some(event) = event else { return Ok(Vec::new()) };
    let mut events = vec![Event::from(event)];
    if !answers.yes() {
        let cause = match verification.purpose {
            Purpose::Contact => AlertCause::NotUs,
            Purpose::Approver => AlertCause::ApproverDenied,
        };
        let to = app.service().operator.clone();
        events.push(Alert { cause, to, case: Box::new(case.clone()) }.into());
    }
    if verification.purpose == Purpose::Contact && case.state.is_open() {
        events.extend(issue(app, change, &mut case, &deadlines).await?);
    }
    store::vetting_case::save(tx, Scope::Link, &mut case).await?;
    Ok(events)
}

fn parse(request: &pb::ConfirmEmailVerificationRequest) -> Result<Confirmation, Fault> {
    let mut v = Violations::of(request);
    let by_code = !request.name.is_empty() || !request.code.is_empty();
    if !request.token.is_empty() && by_code {
        v.add("token", "give the token alone, or name and code");
    }
    let code = if by_code {
        let name = v.child("name", &request.name);
        let code = v.text("code", &request.code, 1..=CODE);
        name.zip(code).map(|((organization, id), code)| Some(Shown::Code { organization, id, code }))
    } else {
        Some(None)
    };
    let token = if by_code { Some(None) } else { v.text("token", &request.token, 1..=TOKEN).map(Some) };
    let claim = v.choice::<pb::Answer>("claim_answer", request.claim_answer);
    let address = v.choice::<pb::Answer>("address_answer", request.address_answer);
    let (code, token, claim, address) = v.all((code, token, claim, address))?;
    let shown = match (code, token) {
        (Some(code), _) => code,
        (None, token) => Shown::token(&token.unwrap_or_default())?,
    };
    let answers = Answers { claim: claim == pb::Answer::Yes, address: address == pb::Answer::Yes };
    Ok(Confirmation { shown, answers })
}

#[cfg(test)]
mod tests;
