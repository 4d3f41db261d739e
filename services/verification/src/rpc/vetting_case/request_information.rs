//! RequestInformation: questions to the applicant, each about a field.

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Fault, Violations};
use wire::verification as pb;

use super::{review, reviewer};
use crate::rpc::convert;
use crate::{App, Change, deadlines};

/// The fields that can be asked about.
const FIELDS: [&str; 6] =
    ["legal_name", "address", "registration_number", "primary_contact", "company_approver", "domain"];
/// As many questions at once.
const QUESTIONS: usize = 20;
/// The longest question.
const TEXT: usize = 1_000;

type Asked = ((OrganizationId, VettingCaseId), Vec<(String, String)>);

pub(crate) async fn request_information(
    app: &App,
    caller: &Caller,
    request: pb::RequestInformationRequest,
) -> Result<pb::VettingCase, Fault> {
    let (name, questions) = &parse(&request)?;
    let (reviewer, etag) = (reviewer(caller)?, request.etag.as_str());
    app.change(caller, &request, move |change: Change| async move {
        let deadlines = deadlines::at(change.now())?;
        review(&change, caller, *name, etag, |case| case.ask(reviewer, questions, change.now(), &deadlines)).await
    })
    .await
}

fn parse(request: &pb::RequestInformationRequest) -> Result<Asked, Fault> {
    let mut v = Violations::of(request);
    let name = v.child::<kind::Organization, kind::VettingCase>("name", &request.name);
    convert::required_etag(&mut v, &request.etag);
    if request.questions.is_empty() {
        v.add("questions", "is required");
    }
    let mut questions = Vec::new();
    for (at, question) in v.list("questions", &request.questions, QUESTIONS).iter().enumerate() {
        let field = format!("questions[{at}].field_path");
        let path = v.text(&field, &question.field_path, 1..=40);
        if path.as_deref().is_some_and(|path| !FIELDS.contains(&path)) {
            v.add(field, format!("must be one of {}", FIELDS.join(", ")));
        }
        let text = v.text(&format!("questions[{at}].text"), &question.text, 1..=TEXT);
        questions.extend(path.zip(text));
    }
    v.all((name, Some(questions)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_question_is_told_at_once() {
        let question =
            |field_path: &str, text: &str| pb::NewQuestion { field_path: field_path.to_owned(), text: text.to_owned() };
        let request = pb::RequestInformationRequest {
            questions: vec![question("address", "Which?"), question("password", "What?"), question("domain", " ")],
            ..Default::default()
        };
        let fields = convert::fields(&parse(&request).unwrap_err().into());
        assert_eq!(fields, ["name", "etag", "questions[1].field_path", "questions[2].text"]);
        let none = convert::fields(&parse(&Default::default()).unwrap_err().into());
        assert_eq!(none, ["name", "etag", "questions"]);
    }
}
