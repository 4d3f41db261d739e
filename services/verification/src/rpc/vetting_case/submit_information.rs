//! SubmitInformation: the applicant's answers.

use std::collections::BTreeMap;

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::applied;
use crate::{App, Change, deadlines};

/// As many answers at once.
const ANSWERS: usize = 50;
/// The longest answer.
const TEXT: usize = 2_000;

type Answers = ((OrganizationId, VettingCaseId), BTreeMap<usize, String>);

pub(crate) async fn submit_information(
    app: &App,
    caller: &Caller,
    request: pb::SubmitInformationRequest,
) -> Result<pb::VettingCase, Fault> {
    let (name, answers) = &parse(&request)?;
    let (scope, etag) = (caller.scope()?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        let deadlines = deadlines::at(change.now())?;
        applied(&change, (caller, scope), *name, etag, |case| case.submit(answers, change.now(), &deadlines)).await
    })
    .await
}

fn parse(request: &pb::SubmitInformationRequest) -> Result<Answers, Fault> {
    let mut v = Violations::of(request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    if request.answers.is_empty() {
        v.add("answers", "is required");
    }
    let mut answers = BTreeMap::new();
    for (at, answer) in v.list("answers", &request.answers, ANSWERS).iter().enumerate() {
        let number = usize::try_from(answer.number).ok().filter(|number| *number > 0);
        if number.is_none() {
            v.add(format!("answers[{at}].number"), "must be a question's number, from 1");
        }
        let text = v.text(&format!("answers[{at}].text"), &answer.text, 1..=TEXT);
        if let Some((number, text)) = number.zip(text)
            && answers.insert(number, text).is_some()
        {
            v.add(format!("answers[{at}].number"), "is answered twice");
        }
    }
    v.all((name, Some(answers)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::convert;

    #[test]
    fn every_wrong_answer_is_told_at_once() {
        let answer = |number: i32, text: &str| pb::NewAnswer { number, text: text.to_owned() };
        let request = pb::SubmitInformationRequest {
            answers: vec![answer(1, "Yes."), answer(0, "No."), answer(1, "Twice."), answer(2, "")],
            ..Default::default()
        };
        let fields = convert::fields(&parse(&request).unwrap_err().into());
        assert_eq!(fields, ["name", "answers[1].number", "answers[2].number", "answers[3].text"]);
        assert_eq!(convert::fields(&parse(&Default::default()).unwrap_err().into()), ["name", "answers"]);
    }
}
