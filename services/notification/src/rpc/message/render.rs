//! Writes a letter that nobody gets.

use runtime::{Caller, Fault, Violations};
use wire::notification as pb;

use crate::domain::Contents;
use crate::rpc::variables;
use crate::{App, render};

/// The longest name for the greeting.
const NAME: usize = 120;

pub(crate) async fn render(
    app: &App,
    _: &Caller,
    request: pb::RenderMessageRequest,
) -> Result<pb::RenderMessageResponse, Fault> {
    let mut violations = Violations::of(&request);
    let v = &mut violations;
    let kind = variables::kind(v, &request.kind);
    let language = variables::language(v, "language_code", &request.language_code);
    let display_name = variables::line(v, "display_name", &request.display_name, NAME);
    let made_up = kind.map(render::sample).unwrap_or_default();
    let variables = variables::variables(v, kind, made_up, &request.variables);
    let (kind, language, display_name, variables) = violations.all((kind, language, display_name, variables))?;
    let contents = Contents { display_name, variables, ..Contents::default() };
    let letter = render::letter(kind, &language, &contents, &app.service().config().from).map_err(Fault::internal)?;
    let (subject, text, html) = (letter.subject, letter.text, letter.html);
    Ok(pb::RenderMessageResponse { language_code: letter.language, subject, text, html })
}
