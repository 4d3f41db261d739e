//! What issuers of identity tokens are called, and whose word counts for an address.

/// The issuer of those who sign in with a code that was mailed to them. No other can be called so, as it is no address.
pub(crate) const MAILED_CODE: &str = "mailed-code";
/// As long may a tenant's name be.
const LONGEST_TENANT: usize = 64;

/// What an issuer calls itself: one name, or one for each of its tenants, as `https://login.example/{tenant}/v2.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuerName {
    before: String,
    /// What follows the tenant; none where there is no place for one.
    after: Option<String>,
}

/// How far an issuer's word reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// It speaks for this domain.
    Own,
    /// It speaks for whoever has nobody else, as a mailed code does.
    Anybody,
}

/// Why an issuer's word does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Untrusted {
    #[error("it is not configured")]
    Unknown,
    #[error(
        "it is not trusted for this address: prove the domain and name it as its trusted issuer, or sign in with a mailed code"
    )]
    Nobody,
    #[error("people of this domain sign in with another issuer, which was chosen for it")]
    Other,
    #[error("people of this domain sign in with their organization's own issuer")]
    NoCode,
}

/// What is known of a domain and of an issuer that speaks of somebody in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimant<'a> {
    /// Who speaks.
    pub(crate) issuer: &'a str,
    /// Whether configuration knows it.
    pub(crate) configured: bool,
    /// Whether configuration lets it speak for this domain, and for all.
    pub(crate) named: bool,
    pub(crate) for_all: bool,
    /// Whom the organization that has proven the domain has chosen.
    pub(crate) chosen: Option<&'a str>,
    /// Whether configuration lets anybody speak for this very domain.
    pub(crate) domain_is_named: bool,
}

impl Claimant<'_> {
    /// How far its word reaches. The choice of the domain's owner goes before what is configured.
    pub(crate) fn word(self) -> Result<Word, Untrusted> {
        if self.issuer == MAILED_CODE {
            let theirs = self.chosen.is_some() || self.domain_is_named;
            return if theirs { Err(Untrusted::NoCode) } else { Ok(Word::Anybody) };
        }
        if !self.configured {
            return Err(Untrusted::Unknown);
        }
        match self.chosen {
            Some(chosen) if chosen == self.issuer => Ok(Word::Own),
            Some(_) => Err(Untrusted::Other),
            None if self.named => Ok(Word::Own),
            None if self.domain_is_named => Err(Untrusted::Other),
            None if self.for_all => Ok(Word::Anybody),
            None => Err(Untrusted::Nobody),
        }
    }
}

impl IssuerName {
    /// A name, with a place in braces for the tenant or without.
    pub(crate) fn parse(text: &str) -> Option<IssuerName> {
        let Some((before, rest)) = text.split_once('{') else {
            let whole = !text.contains('}');
            return whole.then(|| IssuerName { before: text.to_owned(), after: None });
        };
        let (place, after) = rest.split_once('}')?;
        let named = !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // A place of its own between slashes: else the end of one tenant's name could be taken for what follows.
        let apart = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let once = !after.contains(['{', '}']);
        (named && apart && once).then(|| IssuerName { before: before.to_owned(), after: Some(after.to_owned()) })
    }

    /// This name, whatever it looks like.
    pub(crate) fn exactly(name: &str) -> IssuerName {
        IssuerName { before: name.to_owned(), after: None }
    }

    /// Whether there is a place for a tenant.
    pub(crate) fn has_tenants(&self) -> bool {
        self.after.is_some()
    }

    /// The tenant in a name of this form, empty where there is no place for one; none for other names.
    pub(crate) fn tenant<'n>(&self, name: &'n str) -> Option<&'n str> {
        let rest = name.strip_prefix(self.before.as_str())?;
        let Some(after) = &self.after else { return rest.is_empty().then_some("") };
        let tenant = rest.strip_suffix(after.as_str())?;
        let plain = tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (plain && (1..=LONGEST_TENANT).contains(&tenant.len())).then_some(tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: &str = "https://login.example/acme/v2.0";

    #[test]
    fn r17_a_tenant_is_read_from_its_place_and_from_nowhere_else() {
        let many = IssuerName::parse("https://login.example/{tenant}/v2.0").unwrap();
        assert!(many.has_tenants());
        assert_eq!(many.tenant(ACME), Some("acme"));
        for other in [
            "https://login.example//v2.0",
            "https://login.example/acme",
            "https://login.example/acme/v2.0/",
            "https://login.example/acme/evil/v2.0",
            "https://login.example/{tenant}/v2.0",
            "https://login.example/a%2fb/v2.0",
            "https://login.example.evil.example/acme/v2.0",
            &format!("https://login.example/{}/v2.0", "a".repeat(65)),
            "",
        ] {
            assert_eq!(many.tenant(other), None, "{other}");
        }
        let one = IssuerName::parse("https://login.example").unwrap();
        assert!(!one.has_tenants());
        assert_eq!((one.tenant("https://login.example"), one.tenant("https://login.example/")), (Some(""), None));
        let last = IssuerName::parse("https://login.example/{tenant}").unwrap();
        assert_eq!(last.tenant("https://login.example/acme"), Some("acme"));
        for wrong in
            ["https://{tenant}.login.example/", "https://l/{a}/{b}", "https://l/x{a}", "https://l/{}", "https://l/}"]
        {
            assert_eq!(IssuerName::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn r17_whose_word_counts_for_a_domain() {
        let idle = Claimant {
            issuer: ACME,
            configured: true,
            named: false,
            for_all: false,
            chosen: None,
            domain_is_named: false,
        };
        assert_eq!(idle.word(), Err(Untrusted::Nobody));
        assert_eq!(Claimant { for_all: true, ..idle }.word(), Ok(Word::Anybody));
        let theirs = Claimant { for_all: true, domain_is_named: true, ..idle };
        assert_eq!(theirs.word(), Err(Untrusted::Other), "all is all but what configuration gives to another");
        assert_eq!(Claimant { chosen: Some(ACME), ..theirs }.word(), Ok(Word::Own), "but for the owner's choice");
        assert_eq!(Claimant { domain_is_named: true, ..idle }.word(), Err(Untrusted::Other));
        let named = Claimant { named: true, domain_is_named: true, ..idle };
        assert_eq!((named.word(), Claimant { for_all: true, ..named }.word()), (Ok(Word::Own), Ok(Word::Own)));
        assert_eq!(Claimant { chosen: Some(ACME), ..idle }.word(), Ok(Word::Own));
        let other = Claimant { chosen: Some("https://other.example"), named: true, for_all: true, ..idle };
        assert_eq!(other.word(), Err(Untrusted::Other), "the owner's choice goes before what is configured");
        let gone = Claimant { configured: false, chosen: Some(ACME), named: true, for_all: true, ..idle };
        assert_eq!(gone.word(), Err(Untrusted::Unknown), "a choice that configuration has dropped");
    }

    #[test]
    fn r17_a_mailed_code_counts_where_the_domain_has_nobody() {
        let code = Claimant {
            issuer: MAILED_CODE,
            configured: false,
            named: false,
            for_all: false,
            chosen: None,
            domain_is_named: false,
        };
        assert_eq!(code.word(), Ok(Word::Anybody));
        assert_eq!(Claimant { chosen: Some(ACME), ..code }.word(), Err(Untrusted::NoCode));
        assert_eq!(Claimant { domain_is_named: true, ..code }.word(), Err(Untrusted::NoCode));
    }
}
