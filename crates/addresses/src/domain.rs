//! Domains of the public network: in lower case and ASCII.

/// The domain under which somebody can register, in lower-case ASCII; none for a public suffix or no domain at all.
pub fn registrable(domain: &str) -> Option<String> {
    under_suffix(&ascii(domain)?).map(str::to_owned)
}

/// Whether this is a host's name under a suffix that the public network has.
pub fn is_on_public_network(host: &str) -> bool {
    let known = |ascii: String| psl::domain(ascii.as_bytes()).is_some_and(|domain| domain.suffix().is_known());
    ascii(host).is_some_and(known)
}

/// Whether a text for people names a page, a domain of the public network or an address: what mail programs make links of.
pub fn leads_somewhere(text: &str) -> bool {
    let lower = text.to_lowercase();
    let marked = ["://", "www.", "mailto:", "@"].iter().any(|mark| lower.contains(mark));
    let apart = |c: char| !(c.is_alphanumeric() || "-_.。．｡".contains(c));
    let edges: &[char] = &['-', '_', '.', '。', '．', '｡'];
    let mut words = lower.split(apart).map(|word| word.trim_matches(edges));
    marked || words.any(is_on_public_network)
}

/// A host's name of several labels, in lower-case ASCII.
pub fn ascii(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    // The last label of an IP address is a number, and that of a domain with a dot at its end is empty.
    let named = ascii.rsplit_once('.').is_some_and(|(_, last)| last.bytes().any(|byte| !byte.is_ascii_digit()));
    named.then_some(ascii)
}

/// The registrable part of a domain in lower-case ASCII.
pub(crate) fn under_suffix(ascii: &str) -> Option<&str> {
    psl::domain_str(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_the_public_network_has_a_suffix_that_is_there() {
        for host in ["contoso.com", "a.b.contoso.co.uk", "Bücher.DE", "evil。com"] {
            assert!(is_on_public_network(host), "{host}");
        }
        for other in ["contoso.example", "t.ex", "node.js", "com", "co.uk", "1.2", "", "a b.com"] {
            assert!(!is_on_public_network(other), "{other}");
        }
    }

    #[test]
    fn a_text_leads_somewhere_by_a_page_a_domain_or_an_address() {
        for text in ["https://x", "see www.evil.se", "contoso.com!", "write to ada@firm", "(evil。com)"] {
            assert!(leads_somewhere(text), "{text}");
        }
        for text in ["", "Let us work together. Soon.", "node.js 2.0, t.ex. i Norden"] {
            assert!(!leads_somewhere(text), "{text}");
        }
    }

    #[test]
    fn what_somebody_can_register_is_a_label_under_a_public_suffix() {
        for (domain, expected) in [
            ("Shop.Example.CO.UK", Some("example.co.uk")),
            ("mail.contoso.com", Some("contoso.com")),
            ("contoso.com", Some("contoso.com")),
            ("BÜCHER.example", Some("xn--bcher-kva.example")),
            ("shop.xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("ada.github.io", Some("ada.github.io")),
            ("co.uk", None),
            ("com", None),
            ("localhost", None),
            ("", None),
            ("example.com.", None),
            (".example.com", None),
            ("a..example.com", None),
            ("127.0.0.1", None),
            ("[::1]", None),
            ("-a.example.com", None),
            ("a b.com", None),
            ("a@b.com", None),
            ("xn--a.example.com", None),
        ] {
            assert_eq!(registrable(domain).as_deref(), expected, "{domain:?}");
        }
    }
    #[test]
    fn a_public_domain_ends_as_the_public_list_has_it() {
        for public in ["nordwind.com", "www.nordwind.co.uk", "bücher.de"] {
            assert!(is_on_public_network(public), "{public}");
        }
        for not in ["s.p.a", "nordwind.example", "com", "co.uk", ""] {
            assert!(!is_on_public_network(not), "{not}");
        }
    }
}
