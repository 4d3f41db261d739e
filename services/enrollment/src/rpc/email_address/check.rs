//! CheckEmailAddress: whether an address would do for a primary contact. Nobody's data is looked at.

use addresses::{Email, InvalidEmail};
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::App;
use crate::convert::guide::unfit;
use crate::domain::rules::mail;

pub(crate) async fn check(
    app: &App,
    _caller: &Caller,
    request: pb::CheckEmailAddressRequest,
) -> Result<pb::CheckEmailAddressResponse, Fault> {
    let mut v = Violations::of(&request);
    let text = v.text("email", &request.email, 1..=254);
    let (text,) = v.all((text,))?;
    Ok(match Email::parse(&text) {
        Ok(email) => pb::CheckEmailAddressResponse {
            email: email.as_str().to_owned(),
            findings: mail::unfit(&email, app.now()).into_iter().map(unfit).collect(),
        },
        Err(wrong @ InvalidEmail) => {
            let kind = pb::email_finding::Kind::Malformed.into();
            let finding = pb::EmailFinding { kind, description: wrong.to_string() };
            pb::CheckEmailAddressResponse { email: String::new(), findings: vec![finding] }
        }
    })
}
