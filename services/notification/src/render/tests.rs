use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::domain::kind::Form;

const LANGUAGES: [&str; 2] = ["en", "sv"];

/// Values that stand out: each names its variable, and wants escaping.
fn variables(kind: Kind) -> BTreeMap<String, String> {
    let value = |name: &str, form| match (name, form) {
        ("recipient_name", _) => "Åsa Öberg".to_owned(),
        ("company" | "reseller", _) => "Nordic Cloud & Söner AB".to_owned(),
        ("provider", _) => "Rheintal \"Distribution\" GmbH".to_owned(),
        ("message", _) => "Let's work together <soon>.".to_owned(),
        ("cause", _) => "NOT_SHOWN".to_owned(),
        (name, Form::Text | Form::Optional) => format!("<{name}>"),
        (name, Form::Link) => format!("https://linkage.example/{name}#1.abc.1.def"),
        (_, Form::Code) => "k3f9d2aa".to_owned(),
        (_, Form::Date | Form::OptionalDate) => "2026-11-29T14:05:30Z".to_owned(),
        (_, Form::State) => "QUALIFIED".to_owned(),
        (_, Form::Steps) => "LOCATION,AGREEMENT".to_owned(),
        (_, Form::Invitation) => "PARTNERSHIP".to_owned(),
        (_, Form::YesNo) => "no".to_owned(),
    };
    kind.variables().iter().map(|(name, form)| ((*name).to_owned(), value(name, *form))).collect()
}

fn write(kind: Kind, language: &str, variables: BTreeMap<String, String>) -> Letter {
    write_as(kind, language, "Bo \"B\" Ek", variables).unwrap()
}

fn write_as(
    kind: Kind,
    language: &str,
    display_name: &str,
    variables: BTreeMap<String, String>,
) -> Result<Letter, Unwritable> {
    let (address, reply_to) = ("bo@example.com".to_owned(), "re@example.com".to_owned());
    let contents = Contents { address, display_name: display_name.to_owned(), reply_to, variables };
    letter(kind, language, &contents, "Linkage <no-reply@linkage.example>")
}

/// The pieces of text between the tags of the body.
fn pieces(html: &str) -> Vec<String> {
    let body = &html[html.find("<body").unwrap()..];
    let unescape = |piece: &str| {
        ["&#60; <", "&#62; >", "&#34; \"", "&#39; '", "&#38; &"].iter().fold(piece.to_owned(), |piece, pair| {
            let (entity, plain) = pair.split_once(' ').unwrap();
            piece.replace(entity, plain)
        })
    };
    let between = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    between.filter(|text| !text.is_empty()).map(unescape).collect()
}

fn lines(text: &str) -> Vec<String> {
    let bare = |line: &str| line.trim_start_matches("- ").trim().to_owned();
    text.lines().map(bare).filter(|line| !line.is_empty() && line != "--").collect()
}

#[test]
fn r50_every_message_in_every_language() {
    for kind in Kind::ALL {
        for language in LANGUAGES {
            let letter = write(kind, language, variables(kind));
            let headers = format!(
                "To: {}\nFrom: {}\nReply-To: {}\nSubject: {}",
                letter.to(),
                letter.from,
                letter.reply_to,
                letter.subject
            );
            insta::assert_snapshot!(
                format!("{}.{language}.text", kind.name()),
                format!("{headers}\n\n{}", letter.text)
            );
            insta::assert_snapshot!(format!("{}.{language}.html", kind.name()), letter.html);
        }
    }
}

#[test]
fn text_and_html_say_the_same() {
    for kind in Kind::ALL {
        for language in LANGUAGES {
            for given in [variables(kind), sparse(kind)] {
                let letter = write(kind, language, given);
                let hint = |piece: &String| piece.contains("webbläsaren:") || piece.contains("browser:");
                let html: Vec<_> = pieces(&letter.html).into_iter().filter(|piece| !hint(piece)).collect();
                let text = lines(&letter.text);
                let both = |first: &[String], second: &[String]| {
                    first.iter().filter(|piece| !second.contains(*piece)).cloned().collect::<Vec<_>>()
                };
                assert_eq!(both(&html, &text), [""; 0], "{} {language}: only in HTML", kind.name());
                assert_eq!(both(&text, &html), [""; 0], "{} {language}: only in text", kind.name());
            }
        }
    }
}

/// Everything that may be left empty is.
fn sparse(kind: Kind) -> BTreeMap<String, String> {
    let mut given = variables(kind);
    for (name, form) in kind.variables() {
        if matches!(form, Form::Optional | Form::OptionalDate | Form::Steps) {
            given.insert((*name).to_owned(), String::new());
        }
    }
    given
}

#[test]
fn what_is_left_empty_leaves_no_trace() {
    let letter = write_as(Kind::CustomerInvitation, "en", "", sparse(Kind::CustomerInvitation)).unwrap();
    insta::assert_snapshot!(letter.text, @r"
Hello,

<sender> asks your company to authorise a reseller relationship.

See the invitation
https://linkage.example/accept_link#1.abc.1.def

Please answer by 29 November 2026 at 14:05 UTC.

Relationships come to be together or not at all; administration, where it is asked for, you grant only if you wish. A global administrator of your company can accept or decline. Opening the page changes nothing.

-- 
This message was sent automatically by Linkage.
");
    assert_eq!(letter.to(), "bo@example.com");
}

/// What the mail says of each state, as enrollment tells it.
#[test]
fn r07_the_status_mail_in_every_state_it_is_sent_for() {
    let told = [
        ("submitted", "VERIFYING", "", "", "EMAIL,AUTHORITY,LOCATION", ""),
        ("nobody answered", "DRAFT", "EXPIRED", "", "SUBMISSION,LOCATION", ""),
        ("reopened", "DRAFT", "", "", "SUBMISSION", ""),
        ("approved", "QUALIFIED", "", "", "LOCATION,AGREEMENT", ""),
        ("in force", "ACTIVE", "", "", "", ""),
        ("suspended", "SUSPENDED", "", "The invoice of May is not paid.", "", ""),
        ("rejected", "REJECTED", "NOT_SHOWN", "No extract was sent.", "", "2026-12-30T09:00:00Z"),
        ("not us", "ENDED", "NOT_US", "", "", ""),
        ("not appealed", "ENDED", "NOT_A_COMPANY", "It is not in the register.", "", ""),
        ("rejected for a newer reason", "ENDED", "NEWER", "It is new.", "", ""),
        ("ended by the operator", "ENDED", "", "Sold elsewhere.", "", ""),
        ("withdrawn", "WITHDRAWN", "", "", "", ""),
    ];
    for language in LANGUAGES {
        let mut all = String::new();
        for (title, state, cause, reason, next_step, appeal_by) in told {
            let values = [
                ("state", state),
                ("cause", cause),
                ("reason", reason),
                ("next_step", next_step),
                ("appeal_by", appeal_by),
            ];
            let mut given = variables(Kind::EnrollmentStatus);
            given.extend(values.map(|(name, text)| (name.to_owned(), text.to_owned())));
            let letter = write(Kind::EnrollmentStatus, language, given);
            let body = letter.text.split("\n\n-- ").next().unwrap().to_owned();
            all += &format!("== {title}\n{}\n\n{body}\n\n", letter.subject);
        }
        insta::assert_snapshot!(format!("enrollment-status.{language}.states"), all);
    }
}

#[test]
fn every_state_and_step_has_words_in_every_language() {
    let states = ["DRAFT", "VERIFYING", "QUALIFIED", "ACTIVE", "SUSPENDED", "REJECTED", "WITHDRAWN", "ENDED"];
    let steps = "LEGAL_PROFILE,SUPPORT_PROFILE,EMAIL,DOMAIN,EMPLOYMENT,AUTHORITY,BUSINESS,LOCATION,AGREEMENT,\
                 ADMIN_AGENT,SUBMISSION";
    for language in LANGUAGES {
        let mut seen = BTreeSet::new();
        for state in states {
            let mut given = variables(Kind::EnrollmentStatus);
            given.insert("state".to_owned(), state.to_owned());
            given.insert("next_step".to_owned(), steps.to_owned());
            let letter = write(Kind::EnrollmentStatus, language, given);
            assert_eq!(letter.text.lines().filter(|line| line.starts_with("- ")).collect::<BTreeSet<_>>().len(), 11);
            assert!(seen.insert(letter.subject), "{state} in {language} is said like another");
        }
    }
}

#[test]
fn variables_are_escaped_in_html_and_only_there() {
    let letter = write(Kind::PartnershipInvitation, "en", variables(Kind::PartnershipInvitation));
    assert!(letter.text.contains("Let's work together <soon>."));
    assert!(!letter.html.contains("<soon>") && letter.html.contains("&#60;soon&#62;"));
    assert_eq!(letter.subject, "<sender> invites you to a partnership");
    assert_eq!(letter.to(), "\"Bo \\\"B\\\" Ek\" <bo@example.com>");
}

#[test]
fn a_template_is_no_way_in_for_a_variable() {
    let mut given = variables(Kind::AdministrationEnded);
    given.insert("grantor".to_owned(), "{ $grantee } {{ words.kind() }} {% raw %}".to_owned());
    let letter = write(Kind::AdministrationEnded, "en", given);
    assert!(letter.text.contains("{ $grantee } {{ words.kind() }} {% raw %}"));
}

#[test]
fn links_are_named_as_they_were_given() {
    let letter = write(Kind::EmailVerification, "sv", variables(Kind::EmailVerification));
    let link = "https://linkage.example/confirm_link#1.abc.1.def";
    let expected = [("confirm_code", "k3f9d2aa"), ("confirm_link", link)];
    assert_eq!(letter.links, expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    assert!(letter.html.contains(&format!("<a href=\"{link}\"")));
}

#[test]
fn times_are_written_as_the_language_does() {
    let write = |language| write(Kind::EmailVerification, language, variables(Kind::EmailVerification));
    assert!(write("en").text.contains("29 November 2026 at 14:05 UTC"));
    assert!(write("sv").text.contains("29 november 2026 kl. 14.05 UTC"));
}

#[test]
fn r50_a_language_we_lack_falls_back_to_english_and_says_so() {
    let note = "(fi) yet, so it is in English.";
    for (wished, language, told) in [
        ("", "en", false),
        ("en-GB", "en", false),
        ("sv-FI", "sv", false),
        ("fi", "en", true),
        ("zh-Hant-TW", "en", true),
    ] {
        let letter = write(Kind::AdministrationEnded, wished, variables(Kind::AdministrationEnded));
        assert_eq!(letter.language, language, "{wished}");
        for body in [letter.text, letter.html] {
            assert_eq!(body.contains("yet, so it is in English."), told, "{wished}: {body}");
            assert!(wished != "fi" || body.contains(note), "{body}");
        }
    }
}

#[test]
fn r50_one_is_told_otherwise_than_many() {
    let missing = |language, steps: &str| {
        let mut given = variables(Kind::EnrollmentStatus);
        given.insert("next_step".to_owned(), steps.to_owned());
        let text = write(Kind::EnrollmentStatus, language, given).text;
        text.lines().find(|line| line.ends_with(':')).unwrap().to_owned()
    };
    assert_eq!(missing("en", "LOCATION"), "One thing is still missing:");
    assert_eq!(missing("en", "LOCATION,AGREEMENT"), "2 things are still missing:");
    assert_eq!(missing("sv", "LOCATION"), "En sak saknas fortfarande:");
    assert_eq!(missing("sv", "LOCATION,AGREEMENT,BUSINESS"), "3 saker saknas fortfarande:");
}

#[test]
fn r50_every_word_is_found_at_the_start() {
    check().unwrap();
}

#[test]
fn no_language_adds_invisible_marks() {
    for kind in Kind::ALL {
        for language in LANGUAGES {
            let letter = write(kind, language, variables(kind));
            let all = [letter.subject, letter.text, letter.html].concat();
            assert!(!all.contains(['\u{2068}', '\u{2069}']), "{} {language}", kind.name());
        }
    }
}

#[test]
fn a_line_break_never_reaches_a_header() {
    for (name, display_name) in [("<sender>\r\nBcc: eve@example.com", "Bo"), ("<sender>", "Bo\r\nBcc: eve@example.com")]
    {
        let mut given = variables(Kind::PartnershipInvitation);
        given.insert("sender".to_owned(), name.to_owned());
        let refused = write_as(Kind::PartnershipInvitation, "en", display_name, given);
        assert!(matches!(refused, Err(Unwritable::Headers)));
    }
}

#[test]
fn variables_that_no_longer_fit_are_an_error_and_no_half_letter() {
    let refused = write_as(Kind::EmailVerification, "en", "Bo", BTreeMap::new());
    assert!(matches!(refused, Err(Unwritable::Variables)));
}

/// Message ids of a file, each with the variables it uses.
fn messages(language: &str, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language).join(file);
    let source = std::fs::read_to_string(path).unwrap();
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            current = line.split_once(" = ").unwrap().0.to_owned();
            assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{current} twice in {language}/{file}");
        }
        let names = line.split("{ $").skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned());
        found.entry(current.clone()).or_default().extend(names);
    }
    found
}

#[test]
fn r50_languages_have_the_same_messages_with_the_same_variables() {
    for file in Kind::ALL.map(Kind::name).into_iter().chain(["letter"]).map(|name| format!("{name}.ftl")) {
        let english = messages("en", &file);
        assert!(english.keys().all(|id| id.starts_with(file.trim_end_matches(".ftl"))), "{file}");
        for language in LANGUAGES {
            assert_eq!(messages(language, &file), english, "{language}/{file}");
        }
    }
}

#[test]
fn every_folder_of_words_and_templates_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("locales"), LANGUAGES.map(str::to_owned).into());
    let expected = |suffix: &str| Kind::ALL.map(|kind| format!("{}{suffix}", kind.name()));
    for language in LANGUAGES {
        let files = names(&format!("locales/{language}"));
        assert_eq!(files, expected(".ftl").into_iter().chain(["letter.ftl".to_owned()]).collect());
    }
    let shared = ["layout.html", "layout.txt", "parts.html"].map(str::to_owned);
    assert_eq!(names("templates"), expected("").into_iter().chain(shared).collect());
}

#[test]
fn r13_what_is_overdue_is_told_otherwise_than_what_is_due_in_every_language() {
    for language in LANGUAGES {
        let told = ["yes", "no"].map(|overdue| {
            let mut given = variables(Kind::AgreementDue);
            given.insert("overdue".to_owned(), overdue.to_owned());
            let letter = write(Kind::AgreementDue, language, given);
            assert!(letter.text.contains("2026"), "{language}: by when");
            (letter.subject, letter.text)
        });
        assert!(told[0].0 != told[1].0 && told[0].1 != told[1].1, "{language}: {told:?}");
    }
}
