//! Files of TLS, where any are named: there, of use, and the key readable by its owner alone.

use runtime::ServiceName;

use super::keys::is_open;
use super::{Finding, Verdict};
use crate::settings::Settings;

pub(super) fn look(settings: &Settings, service: ServiceName) -> Vec<Finding> {
    let tls = &settings.tls;
    let finding = |what, told: Result<String, String>| match told {
        Ok(told) => Finding::new(service, what, Verdict::Well, told),
        Err(told) => Finding::new(service, what, Verdict::Wrong, told),
    };
    let certificate = match tls.certificate() {
        Ok(None) => None,
        Ok(Some(_)) if is_open(&tls.key_file) => {
            Some(Err(format!("{} can be read by anybody: chmod o= it", tls.key_file.display())))
        }
        Ok(Some(_)) => Some(Ok(format!("{} and its key", tls.certificate_file.display()))),
        Err(error) => Some(Err(format!("{error:#}"))),
    };
    let authorities = match tls.authorities() {
        Ok(None) => None,
        Ok(Some(_)) => Some(Ok(tls.authorities_file.display().to_string())),
        Err(error) => Some(Err(format!("{error:#}"))),
    };
    let certificate = certificate.map(|told| finding("certificate", told));
    certificate.into_iter().chain(authorities.map(|told| finding("authorities", told))).collect()
}
