//! A language that somebody reads, and which of ours they get.

use std::fmt;
use std::str::FromStr;

use unic_langid::LanguageIdentifier;

const LONGEST: usize = 35;

/// A BCP 47 language in its one spelling, such as `sv` or `en-GB`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language(String);

/// Not a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a BCP 47 language of at most 35 characters, such as sv or en-GB")]
pub struct InvalidLanguage;

impl Language {
    /// Reads a language, in any case.
    pub fn parse(text: &str) -> Result<Language, InvalidLanguage> {
        // The library also takes `sv_SE`, a spelling of other systems.
        if text.len() > LONGEST || text.contains('_') {
            return Err(InvalidLanguage);
        }
        let read = |text: &str| text.parse().ok().filter(|read: &LanguageIdentifier| !read.language.is_empty());
        let language = read(text).ok_or(InvalidLanguage)?;
        let spelled = language.to_string();
        // Of four letters it also takes variants, which its own spelling turns into scripts.
        if read(&spelled) == Some(language) { Ok(Language(spelled)) } else { Err(InvalidLanguage) }
    }

    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of our languages its readers get: itself, else the one without script and region.
    pub fn among<'a>(&self, ours: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let primary = self.0.split('-').next().unwrap_or_default();
        let mut next = None;
        for own in ours {
            if own == self.0 {
                return Some(own);
            }
            next = next.or((own == primary).then_some(own));
        }
        next
    }
}

impl FromStr for Language {
    type Err = InvalidLanguage;

    fn from_str(text: &str) -> Result<Language, InvalidLanguage> {
        Language::parse(text)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_language_has_one_spelling() {
        for (given, kept) in [
            ("SV", "sv"),
            ("pt-br", "pt-BR"),
            ("EN-gb", "en-GB"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("de-1996", "de-1996"),
            ("es-419", "es-419"),
        ] {
            let language: Language = given.parse().expect(given);
            assert_eq!((language.as_str(), language.to_string()), (kept, kept.to_owned()));
        }
    }

    #[test]
    fn a_language_has_at_most_35_characters() {
        let long = |last: usize| format!("gsw-aaaaaaa-bbbbbbb-ccccccc-{}", "d".repeat(last));
        assert_eq!(Language::parse(&long(7)).map(|language| language.as_str().len()), Ok(35));
        assert_eq!(Language::parse(&long(8)), Err(InvalidLanguage));
    }

    #[test]
    fn what_is_no_language_is_none() {
        let long = format!("sv{}", "-abcde".repeat(6));
        for bad in [
            "",
            "-",
            "s",
            "sv-",
            "und",
            "swedish please",
            "swedish language",
            "sv_SE",
            " sv",
            "sv\n",
            "svå",
            "sv-ab1c-aaaa",
            &long,
        ] {
            assert_eq!(Language::parse(bad), Err(InvalidLanguage), "{bad:?}");
        }
    }

    #[test]
    fn a_reader_gets_their_own_language_else_without_its_region_else_none() {
        let among = |reader| Language::parse(reader).expect(reader).among(["en", "pt", "pt-BR", "sv"]);
        assert_eq!(among("pt-br"), Some("pt-BR"));
        assert_eq!(among("pt-PT"), Some("pt"));
        assert_eq!(among("sv-Latn-FI"), Some("sv"));
        assert_eq!(among("SV"), Some("sv"));
        assert_eq!(among("fi"), None);
        assert_eq!(Language::parse("sv").expect("sv").among(["sv-FI"]), None, "another's region is no answer");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_as_itself(text in "\\PC{0,40}|[a-zA-Z]{2,8}(-[a-zA-Z0-9]{2,8}){0,4}") {
            if let Ok(language) = Language::parse(&text) {
                prop_assert_eq!(Language::parse(language.as_str()), Ok(language.clone()));
            }
        }
    }
}
