//! Characters that a reader does not see, and that may change what is seen.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether the text has a character that is not seen. The two joiners are part of how some languages are written, so they may stand between
/// letters.
pub fn has_unseen(text: &str) -> bool {
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && is_letter(before) && is_letter(rest.clone().next());
        if is_unseen(c) && !joins {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Controls, marks of format such as those that turn the direction, line and paragraph separators, and code points that do not mean the same
/// to all.
pub fn is_unseen(c: char) -> bool {
    let separates =
        matches!(c.general_category(), GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator);
    separates || c.general_category_group() == GeneralCategoryGroup::Other
}

fn is_letter(c: Option<char>) -> bool {
    use GeneralCategoryGroup::{Letter, Mark};
    c.is_some_and(|c| matches!(c.general_category_group(), Letter | Mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_refused_and_what_languages_need_is_not() {
        for seen in ["Fjällmoln AB", "株式会社クラウド", "می\u{200c}خواهم", "क\u{94d}\u{200d}ष", "e\u{301} ✓ 🙂", ""]
        {
            assert!(!has_unseen(seen), "{seen}");
        }
        for unseen in [
            "a\0",
            "a\nb",
            "a\u{7f}",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{200b}b",
            "a\u{feff}b",
            "a\u{ad}b",
            "a\u{e000}b",
            "a\u{e0041}b",
            "a\u{378}b",
            "a\u{ffff}",
            "\u{200d}a",
            "a\u{200c}",
            "a\u{200c}\u{200c}b",
            "1\u{200d}2",
        ] {
            assert!(has_unseen(unseen), "{unseen:?}");
        }
    }
}
