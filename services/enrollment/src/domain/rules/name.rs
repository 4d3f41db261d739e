//! What a company can't be called, and what is odd about a name.

use super::spelling::folded;
use super::table::rows;

const LEGAL_FORMS: &str = include_str!("../../../data/legal_forms.csv");

/// Something odd about a name that is taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Oddity {
    #[error("contains a web address; give the name as it is registered")]
    WebAddress,
    #[error("is one character repeated; give the name as it is registered")]
    Repeated,
    #[error("has blanks between its letters; give the name as it is registered")]
    Spaced,
}

/// Whether a text is no company's name: one character, no letter or digit, or a legal form and nothing else.
pub(crate) fn is_none(name: &str) -> bool {
    let letters = folded(name);
    let is_one = name.trim().chars().nth(1).is_none();
    is_one || letters.is_empty() || rows(LEGAL_FORMS, ',').any(|[form, ..]: [&str; 3]| folded(form) == letters)
}

/// Whether a word is one of a legal form's.
pub(crate) fn is_legal_form_token(word: &str) -> bool {
    rows(LEGAL_FORMS, ',').any(|[form, ..]: [&str; 3]| form.split(' ').any(|token| token == word))
}

/// What is odd about a name.
pub(crate) fn oddities(name: &str) -> Vec<Oddity> {
    let letters = folded(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_single = |word: &&str| word.chars().nth(1).is_none();
    let mut found = Vec::new();
    if words.iter().any(|word| is_web_address(word)) {
        found.push(Oddity::WebAddress);
    }
    if letters.chars().count() >= 3 && letters.chars().all(|c| letters.starts_with(c)) {
        found.push(Oddity::Repeated);
    }
    if words.len() >= 3 && words.iter().all(is_single) {
        found.push(Oddity::Spaced);
    }
    found
}

/// Whether a word ends as the domains of companies do. `S.p.A.` and `A/S` don't.
fn is_web_address(word: &str) -> bool {
    let host = word.rsplit("//").next().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let word = host.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    word.rsplit_once('.').is_some_and(|(before, _)| before.chars().nth(1).is_some())
        && addresses::is_on_public_network(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r04_what_is_no_companys_name() {
        for none in [
            "",
            " ",
            "A",
            "株",
            "---",
            "!?.",
            "GmbH",
            "  L.L.C.",
            "Sdn. Bhd.",
            "AB",
            "ＬＬＣ",
            "株式会社",
            "ООО",
            "(A)(/)S",
        ] {
            assert!(is_none(none), "{none}");
        }
        for name in ["Nordwind AB", "3M", "SAS AB", "株式会社東京", "ООО Ромашка", "شركة النور", "7&i"]
        {
            assert!(!is_none(name), "{name}");
        }
    }

    #[test]
    fn r04_what_is_odd_is_told_and_taken() {
        for (name, odd) in [
            ("nordwind.com", Oddity::WebAddress),
            ("Booking.com B.V.", Oddity::WebAddress),
            ("www.nordwind.co.uk", Oddity::WebAddress),
            ("https://nordwind.com/se", Oddity::WebAddress),
            ("aaa", Oddity::Repeated),
            ("ZZZZ", Oddity::Repeated),
            ("A c m e", Oddity::Spaced),
        ] {
            assert!(!is_none(name) && oddities(name) == [odd], "{name}: {:?}", oddities(name));
        }
        for name in
            ["Nordwind AB", "Enel S.p.A.", "Novo Nordisk A/S", "AA", "A B", "Yahoo! Inc.", "St. Gobain", "東京都庁"]
        {
            assert_eq!(oddities(name), [], "{name}");
        }
    }
}
