//! TLS to callers and siblings, and what is served beside it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use runtime::tls::{Authorities, Certificate};
use serde::{Deserialize, Deserializer, de};

/// TLS to callers and siblings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate that callers are shown, behind it those by which it is believed; empty = plaintext.
    pub certificate_file: PathBuf,
    /// Its private key.
    pub key_file: PathBuf,
    /// Whom certificates of services are believed from whose address is `https://`; empty = nobody.
    pub authorities_file: PathBuf,
}

impl Tls {
    /// What callers are shown, if anything.
    pub fn certificate(&self) -> anyhow::Result<Option<Arc<Certificate>>> {
        let (chain, key) = (named(&self.certificate_file), named(&self.key_file));
        let (chain, key) = match (chain, key) {
            (None, None) => return Ok(None),
            (Some(chain), Some(key)) => (chain, key),
            _ => anyhow::bail!("tls.certificate_file and tls.key_file go together: name both, or neither"),
        };
        let certificate = Certificate::load(chain, key).context("tls.certificate_file and tls.key_file")?;
        Ok(Some(Arc::new(certificate)))
    }

    /// Whom certificates of services are believed from, if anybody.
    pub fn authorities(&self) -> anyhow::Result<Option<Arc<Authorities>>> {
        let Some(file) = named(&self.authorities_file) else { return Ok(None) };
        Ok(Some(Arc::new(Authorities::load(file).context("tls.authorities_file")?)))
    }

    /// How a service is spoken to that says nothing of its address.
    pub(super) fn scheme(&self) -> &'static str {
        if named(&self.certificate_file).is_some() { "https" } else { "http" }
    }
}

fn named(file: &Path) -> Option<&Path> {
    (!file.as_os_str().is_empty()).then_some(file)
}

/// An address to listen on; none where the text is empty.
pub(super) fn address_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| de::Error::custom(format!("{text:?} is no address such as 127.0.0.1:50061")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use runtime::ServiceName;

    use crate::settings::{Settings, load};

    fn with(variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(&[], variables.collect::<BTreeMap<_, _>>(), &[])
    }

    #[test]
    fn an_address_is_what_is_configured_and_else_where_it_listens_and_how() {
        let address = |variables: &[(&str, &str)]| {
            let settings = with(variables).unwrap();
            settings.addresses().unwrap()[&ServiceName::Enrollment].to_string()
        };
        let certificate = ("LINKAGE_TLS__CERTIFICATE_FILE", "tls.crt");
        assert_eq!(address(&[]), "http://127.0.0.1:50051/");
        assert_eq!(address(&[certificate]), "https://127.0.0.1:50051/");
        let told = ("LINKAGE_ENROLLMENT__ADDRESS", "https://enrollment:50051");
        assert_eq!(
            (address(&[told]), address(&[told, certificate])),
            (told.1.to_owned() + "/", told.1.to_owned() + "/")
        );
    }

    #[test]
    fn health_has_an_address_of_its_own_or_none() {
        let health =
            |value| with(&[("LINKAGE_RELATIONSHIP__HEALTH_LISTEN", value)]).map(|it| it.relationship.health_listen);
        assert_eq!(health("").unwrap(), None);
        assert_eq!(health("127.0.0.1:50063").unwrap(), Some(([127, 0, 0, 1], 50063).into()));
        assert!(format!("{:#}", health("50063").unwrap_err()).contains("no address"));
    }

    #[test]
    fn a_certificate_goes_with_its_key() {
        for name in ["LINKAGE_TLS__CERTIFICATE_FILE", "LINKAGE_TLS__KEY_FILE"] {
            let settings = with(&[(name, "somewhere")]).unwrap();
            let told = settings.tls.certificate().err().map(|error| error.to_string());
            assert!(told.is_some_and(|told| told.contains("go together")), "{name}");
        }
        let settings = with(&[]).unwrap();
        assert!(settings.tls.certificate().unwrap().is_none() && settings.tls.authorities().unwrap().is_none());
    }
}
