//! A real mail server, spoken to by a library: TLS, authentication, connections that are used again.

use std::error::Error as StdError;
use std::time::Duration;
use std::{fs, io, iter};

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::time::timeout;

use crate::config::{ConfigError, Encryption, Server};
use crate::domain::{Letter, Message};
use crate::mime;

use super::Verdict;

/// As many connections as there are tries at once.
const CONNECTIONS: u32 = 16;
/// A server closes idle connections by itself; sooner is politer.
const IDLE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    /// The library bounds the making of a connection alone.
    patience: Duration,
}

impl Smtp {
    pub(super) fn open(server: &Server) -> Result<Smtp, ConfigError> {
        if server.host.is_empty() {
            return Err(ConfigError::Host);
        }
        let patience = Duration::from_secs(server.timeout_seconds.into());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(encryption(server)?)
            .timeout(Some(patience))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE));
        if !server.user.is_empty() {
            let password = read(&server.password_file)?;
            builder = builder.credentials(Credentials::new(server.user.clone(), password.trim_end().to_owned()));
        }
        Ok(Smtp { transport: builder.build(), patience })
    }

    pub(super) async fn offer(&self, message: &Message, letter: &Letter) -> Verdict {
        let Ok(mail) = mime::mail(message.id, letter, message.create_time) else {
            return Verdict::Never("ADDRESS_UNSENDABLE".to_owned());
        };
        // A refusal before the first word about this mail is about us, not about its recipient: a wrong password bounces nobody.
        match timeout(self.patience, self.transport.test_connection()).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return later("SERVER_UNREACHABLE"),
            Ok(Err(error)) => {
                // Nobody's address was said so far.
                tracing::warn!(%error, "the mail server can't be used");
                return Verdict::Later(reason(&error).unwrap_or("SERVER_UNREACHABLE".to_owned()));
            }
            Err(_) => return later("SERVER_SLOW"),
        }
        match timeout(self.patience, self.transport.send(mail)).await {
            Ok(Ok(_)) => Verdict::Accepted,
            Ok(Err(error)) if error.is_permanent() && !wants_sign_in(&error) => {
                Verdict::Never(reason(&error).unwrap_or("SMTP_5".to_owned()))
            }
            Ok(Err(error)) => Verdict::Later(reason(&error).unwrap_or("CONNECTION_LOST".to_owned())),
            Err(_) => later("SERVER_SLOW"),
        }
    }
}

/// Refused for good, but for want of who we are: the recipient has nothing to do with it. RFC 4954.
fn wants_sign_in(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| ["530", "534", "535", "538"].contains(&code.to_string().as_str()))
}

fn later(reason: &str) -> Verdict {
    Verdict::Later(reason.to_owned())
}

fn encryption(server: &Server) -> Result<Tls, ConfigError> {
    let parameters = || {
        let mut parameters = TlsParameters::builder(server.host.clone());
        if !server.ca_file.as_os_str().is_empty() {
            let unusable = |error: smtp::Error| ConfigError::Tls(error.to_string());
            let certificate = Certificate::from_pem(read(&server.ca_file)?.as_bytes()).map_err(unusable)?;
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build().map_err(|error| ConfigError::Tls(error.to_string()))
    };
    Ok(match server.encryption {
        Encryption::None => Tls::None,
        Encryption::Starttls => Tls::Required(parameters()?),
        Encryption::Tls => Tls::Wrapper(parameters()?),
    })
}

fn read(file: &std::path::Path) -> Result<String, ConfigError> {
    fs::read_to_string(file).map_err(|error| ConfigError::File(file.display().to_string(), error.to_string()))
}

/// A code of ours, with the server's reply code and its enhanced one where it gave them. Never its words.
fn reason(error: &smtp::Error) -> Option<String> {
    if let Some(code) = error.status() {
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let enhanced = said.split_whitespace().next().filter(|word| is_enhanced(word)).map(|word| format!("_{word}"));
        return Some(format!("SMTP_{code}{}", enhanced.unwrap_or_default()));
    }
    if error.is_timeout() {
        return Some("SERVER_SLOW".to_owned());
    }
    // A certificate that is not trusted comes as data that makes no sense.
    let senseless = |cause: &(dyn StdError + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData)
    };
    if error.is_tls()
        || iter::successors(error.source(), |cause: &&(dyn StdError + 'static)| (*cause).source()).any(senseless)
    {
        return Some("TLS_FAILED".to_owned());
    }
    // It offers no encryption, or no way to sign in.
    error.is_client().then(|| "SERVER_UNSUITABLE".to_owned())
}

/// Such as `5.1.1`, RFC 3463.
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    let short = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && matches!(parts[0], "4" | "5") && parts.iter().all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_enhanced_code_is_one() {
        assert!(is_enhanced("5.1.1") && is_enhanced("4.7.650"));
        for word in ["", "5.1", "2.0.0", "5.1.1.1", "5.1.ada@example.com", "5.1.1234", "<ada@example.com>"] {
            assert!(!is_enhanced(word), "{word}");
        }
    }
}
