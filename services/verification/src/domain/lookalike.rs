//! Domains that people take for each other: compared by the skeleton of Unicode Technical Standard 39.

use unicode_security::confusable_detection::skeleton as of;

/// What is left of a registrable domain when every character that looks like others is written like them. Two domains of one skeleton are
/// confusable; that two letters can look like one, as vv like w, the standard does not say of all.
pub(crate) fn skeleton(domain: &str) -> String {
    let (shown, _) = idna::domain_to_unicode(domain);
    // Twice, since what capital letters look like is small letters again: I, l and 1, or O and 0.
    let once: String = of(&shown.to_lowercase()).collect();
    of(&once.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r22_what_looks_alike_has_one_skeleton() {
        for (ours, theirs) in [
            ("example.com", "examp1e.com"),
            ("example.com", "exаmple.com"),
            ("contoso.se", "cont0so.se"),
            ("contoso.se", "соntоsо.se"),
            ("modern.se", "modem.se"),
            ("fjall.se", "fja11.se"),
            ("paypal.se", "pаypаl.se"),
            ("xn--exmple-4nf.com", "example.com"),
            ("scope.se", "ѕсоре.se"),
        ] {
            assert_eq!(skeleton(ours), skeleton(theirs), "{ours} {theirs}");
        }
    }

    #[test]
    fn what_does_not_look_alike_has_another() {
        for (ours, theirs) in
            [("example.com", "example.se"), ("bücher.example", "bucher.example"), ("fjord.se", "fjards.se")]
        {
            assert_ne!(skeleton(ours), skeleton(theirs), "{ours} {theirs}");
        }
    }
}
