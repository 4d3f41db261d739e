//! When two spellings mean the same: for what is vetted again, and for companies that are known already.

use super::contact::Contact;
use super::rules;

/// The words of a text, whatever their case, width and punctuation.
pub(crate) fn spelling(text: &str) -> String {
    let folded: String = text.chars().map(narrow).collect::<String>().to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What a company's name has of its own: its words without the tokens of legal forms, unless it has no others.
pub(crate) fn company_key(name: &str) -> String {
    // `A/S` and `L.L.C.` are one token each.
    let name: String = name.chars().filter(|c| !matches!(narrow(*c), '.' | '/')).collect();
    let words = spelling(&name);
    let own: Vec<&str> = words.split(' ').filter(|word| !rules::name::is_legal_form_token(word)).collect();
    if own.is_empty() { words } else { own.join(" ") }
}

/// Whether both are the same person: a new telephone number makes nobody another one.
pub(crate) fn is_same_person(one: &Contact, other: &Contact) -> bool {
    spelling(&one.name()) == spelling(&other.name())
}

/// A full-width character as its ordinary twin.
pub(crate) fn narrow(c: char) -> char {
    let wide = u32::from(c).checked_sub(0xFF01).filter(|above| *above <= 0x5D);
    wide.and_then(|above| char::from_u32(0x21 + above)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r19_spelling_is_case_width_and_punctuation() {
        assert_eq!(spelling("  Nordwind,  AB. "), "nordwind ab");
        assert_eq!(spelling("ＮＯＲＤＷＩＮＤ　ab"), "nordwind ab");
        assert_ne!(spelling("Storgatan 12 3"), spelling("Storgatan 1 23"), "words are kept apart");
        assert_eq!(spelling("---"), "");
    }

    #[test]
    fn r01_a_company_is_known_by_its_name_without_legal_form() {
        for twin in [
            "NORDWIND AB",
            "AB Nordwind",
            "Nordwind Ltd.",
            "Nordwind A/S",
            "Nordwind  L.L.C.",
            "Ｎｏｒｄｗｉｎｄ Sdn. Bhd.",
        ] {
            assert_eq!(company_key(twin), "nordwind", "{twin}");
        }
        assert_eq!(company_key("Nord Wind AB"), "nord wind");
        assert_eq!(company_key("AB"), "ab", "what has nothing of its own keeps what it has");
    }
}
