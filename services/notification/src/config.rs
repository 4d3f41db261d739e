//! The section of the configuration that is this service's own.

use std::path::PathBuf;

use chrono::TimeDelta;
use serde::Deserialize;

use crate::domain::Tries;
use crate::domain::pace::Limits;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whom mail is from, as it stands in the header.
    pub from: String,
    /// Where mail goes.
    pub transport: Way,
    /// How often a message is tried before it waits for the operator.
    pub attempts: u32,
    /// The longest rest after the first try, in seconds; doubled with each further one.
    pub first_pause_seconds: u32,
    /// The longest rest of all, in seconds.
    pub longest_pause_seconds: u32,
    /// So many tries a minute to one recipient, by each replica; 0 = as many as there are.
    pub recipient_per_minute: u32,
    /// So many tries a minute to one domain, by each replica; 0 = as many as there are.
    pub domain_per_minute: u32,
    /// Domains that the simulated transport can't reach for now.
    pub unreachable_domains: Vec<String>,
    /// For how long the simulated transport holds mail to `slow@`.
    pub slow_milliseconds: u32,
    /// Where the transport `folder` puts its files.
    pub folder: PathBuf,
    /// The mail server of the transport `smtp`.
    pub smtp: Server,
}

/// Where mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Into simulated mailboxes, which are read over gRPC.
    Mailbox,
    /// To a mail server.
    Smtp,
    /// Into a folder, a file per mail.
    Folder,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is said to it is kept from others.
    pub encryption: Encryption,
    /// A PEM file with a certificate authority to trust beside the public ones; empty = none.
    pub ca_file: PathBuf,
    /// Who signs in; empty = nobody.
    pub user: String,
    /// The file with the user's password.
    pub password_file: PathBuf,
    /// How long it has to be there, and then for a mail.
    pub timeout_seconds: u32,
}

/// How what is said to a mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Not at all: for a server on the same machine.
    None,
    /// By STARTTLS, without which nothing is sent.
    Starttls,
    /// From the first byte.
    Tls,
}

/// A configuration that no mail can be sent by.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not one sender.
    #[error("notification.service.from `{0}` is no `Name <address>`")]
    From(String),
    /// No server is named.
    #[error("notification.service.smtp.host is empty: `transport = \"smtp\"` needs it")]
    Host,
    /// The folder can't be used.
    #[error("notification.service.folder `{0}`: {1}")]
    Folder(String, String),
    /// A file can't be read.
    #[error("reading `{0}`: {1}")]
    File(String, String),
    /// Certificates can't be used.
    #[error("notification.service.smtp: {0}")]
    Tls(String),
    /// A language lacks words, or its words use variables that there are none of.
    #[error("the words of the messages: {0}")]
    Words(String),
}

impl Default for Config {
    fn default() -> Config {
        Config {
            from: "Linkage <no-reply@linkage.example>".to_owned(),
            transport: Way::Mailbox,
            attempts: 16,
            first_pause_seconds: 1,
            longest_pause_seconds: 600,
            recipient_per_minute: 60,
            domain_per_minute: 1200,
            unreachable_domains: Vec::new(),
            slow_milliseconds: 5_000,
            folder: PathBuf::new(),
            smtp: Server::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Server {
        Server {
            host: String::new(),
            port: 587,
            encryption: Encryption::Starttls,
            ca_file: PathBuf::new(),
            user: String::new(),
            password_file: PathBuf::new(),
            timeout_seconds: 30,
        }
    }
}

impl Config {
    pub(crate) fn tries(&self) -> Tries {
        Tries {
            most: self.attempts,
            first: TimeDelta::seconds(self.first_pause_seconds.into()),
            longest: TimeDelta::seconds(self.longest_pause_seconds.into()),
        }
    }

    pub(crate) fn pace(&self) -> Limits {
        let limit = |per_minute: u32| usize::try_from(per_minute).ok().filter(|most| *most > 0);
        Limits { recipient: limit(self.recipient_per_minute), domain: limit(self.domain_per_minute) }
    }
}
