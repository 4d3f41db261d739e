use tonic_types::StatusExt;
use wire::types::{LinkSeed, Origin, Variable, variable};

use super::*;

fn text(name: &str, text: &str) -> Variable {
    Variable { name: name.to_owned(), value: Some(variable::Value::Text(text.to_owned())) }
}

fn request() -> pb::SendMessageRequest {
    pb::SendMessageRequest {
        origin: Some(Origin {
            source: "relationship".to_owned(),
            event_id: EventId::from_uuid(ids::RawId::from_u128(7)).to_string(),
            ..Default::default()
        }),
        kind: "administration-ended".to_owned(),
        recipients: vec![pb::Recipient {
            email: "Ada@example.com".to_owned(),
            display_name: "Ada Lovelace".to_owned(),
            language_code: "sv-FI".to_owned(),
        }],
        reply_to: "bo@example.com".to_owned(),
        variables: vec![text("grantor", "Kund Oy"), text("grantee", "Nordic Cloud AB")],
    }
}

/// The reason, and each field that is wrong.
fn refusal(request: &pb::SendMessageRequest) -> (&'static str, Vec<String>) {
    let fault = parse(request).unwrap_err();
    let reason = fault.reason();
    let details = fault.into_status().get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    (reason, violations.into_iter().map(|violation| violation.field).collect())
}

#[test]
fn send_message_understands_what_is_asked() {
    let asked = parse(&request()).unwrap();
    assert_eq!(asked.kind, Kind::AdministrationEnded);
    assert_eq!(asked.cause.source, "relationship");
    assert_eq!(asked.recipients[0].address.as_str(), "ada@example.com");
    assert_eq!(asked.recipients[0].language, "sv-FI");
    assert_eq!(asked.variables.len(), 2);
}

#[test]
fn a_language_is_kept_in_its_one_spelling_and_none_is_no_mistake() {
    for (code, expected) in [("", ""), ("SV", "sv"), ("en-gb", "en-GB"), ("zh-hant-tw", "zh-Hant-TW")] {
        let mut request = request();
        request.recipients[0].language_code = code.to_owned();
        assert_eq!(parse(&request).unwrap().recipients[0].language, expected, "{code}");
    }
    let mut request = request();
    request.recipients[0].language_code = "sv_SE".to_owned();
    assert_eq!(refusal(&request), ("FIELD_INVALID", vec!["recipients[0].language_code".to_owned()]));
}

#[test]
fn an_unknown_kind_has_a_reason_of_its_own() {
    let mut request = request();
    request.kind = "gossip".to_owned();
    assert_eq!(refusal(&request), ("KIND_UNKNOWN", vec!["kind".to_owned()]));
}

#[test]
fn all_missing_variables_are_named() {
    let mut request = request();
    request.variables.clear();
    let fields = vec!["variables.grantor".to_owned(), "variables.grantee".to_owned()];
    assert_eq!(refusal(&request), ("VARIABLE_MISSING", fields));
}

#[test]
fn a_seed_is_refused_and_not_called_missing() {
    let mut request = request();
    request.variables[1].value = Some(variable::Value::Seed(LinkSeed::default()));
    assert_eq!(refusal(&request), ("FIELD_INVALID", vec!["variables[1].seed".to_owned()]));
}

#[test]
fn no_header_can_be_smuggled_in() {
    for bad in ["Ada\r\nBcc: eve@example.com", "Ada\n", "\rAda", "Ada\0", "Ada\u{85}"] {
        let mut named = request();
        named.recipients[0].display_name = bad.to_owned();
        assert_eq!(refusal(&named), ("FIELD_INVALID", vec!["recipients[0].display_name".to_owned()]), "{bad:?}");
        let mut told = request();
        told.variables[0] = text("grantor", bad);
        assert_eq!(refusal(&told), ("FIELD_INVALID", vec!["variables[0].text".to_owned()]), "{bad:?}");
        for field in ["email", "reply_to"] {
            let mut addressed = request();
            let address = format!("{bad}@example.com");
            let place = match field {
                "email" => &mut addressed.recipients[0].email,
                _ => &mut addressed.reply_to,
            };
            *place = address;
            assert_eq!(refusal(&addressed).0, "FIELD_INVALID", "{field} {bad:?}");
        }
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let request = pb::SendMessageRequest {
        origin: None,
        kind: String::new(),
        recipients: vec![
            pb::Recipient { email: "a@example.se, b@example.se".to_owned(), ..Default::default() },
            pb::Recipient { email: "ok@example.se".to_owned(), display_name: "x".repeat(121), ..Default::default() },
        ],
        reply_to: "nobody".to_owned(),
        variables: vec![
            text("Grantor", "x"),
            Variable { name: "grantee".to_owned(), value: None },
            text("grantor", &"x".repeat(1_001)),
            text("twice", "1"),
            text("twice", "2"),
        ],
    };
    let fields = [
        "origin",
        "kind",
        "recipients[0].email",
        "recipients[1].display_name",
        "reply_to",
        "variables[0].name",
        "variables[1].value",
        "variables[2].text",
        "variables[4].name",
    ];
    assert_eq!(refusal(&request), ("FIELD_INVALID", fields.map(str::to_owned).to_vec()));
}

#[test]
fn at_least_one_recipient_and_at_most_twenty() {
    for (count, fits) in [(0, false), (1, true), (20, true), (21, false)] {
        let mut request = request();
        request.recipients = vec![request.recipients[0].clone(); count];
        assert_eq!(parse(&request).is_ok(), fits, "{count}");
    }
}
