//! What spellings of one text have in common.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters and digits alone, in lower case, of their usual width and without marks.
pub(crate) fn folded(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// In upper case and of their usual width, with single blanks.
pub(crate) fn upper(text: &str) -> String {
    let wide: String = text.nfkc().flat_map(char::to_uppercase).collect();
    wide.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits alone, in upper case and of their usual width.
pub(crate) fn bare(text: &str) -> String {
    text.nfkc().flat_map(char::to_uppercase).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text() {
        for (one, other) in [("Île-de-France", "ILE DE FRANCE"), ("Ａｂｃ", "abc"), ("ÅLAND", "A\u{30a}land")] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("東京都"), folded("京都府"));
        assert_eq!(upper(" １２３  ab "), "123 AB");
        assert_eq!(bare("cp. 12-3"), "CP123");
    }
}
