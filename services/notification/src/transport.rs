//! How a letter leaves: into the simulated mailboxes, to a mail server, or into a folder.

mod folder;
mod mailbox;
mod smtp;

use std::time::Duration;

use crate::config::{Config, ConfigError, Way};
use crate::domain::{Letter, Message};
use crate::mime;

use folder::Folder;
use mailbox::Mailbox;
use smtp::Smtp;

/// So long may the whole of an offer take. Less than a try has, so that it is told before anybody else tries.
const LONGEST_OFFER: Duration = Duration::from_secs(180);

/// What the transport says to a letter. Reasons are codes: what a server says in words may repeat the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the recipient's server's now.
    Accepted,
    /// Not now.
    Later(String),
    /// Never.
    Never(String),
}

/// The one transport that is configured.
#[derive(Debug)]
pub(crate) enum Transport {
    Mailbox(Mailbox),
    Folder(Folder),
    Smtp(Box<Smtp>),
}

impl Transport {
    /// As configured; nothing is connected yet.
    pub(crate) fn open(config: &Config) -> Result<Transport, ConfigError> {
        mime::from(&config.from)?;
        Ok(match config.transport {
            Way::Mailbox => Transport::Mailbox(Mailbox::new(config)),
            Way::Folder => Transport::Folder(Folder::open(&config.folder)?),
            Way::Smtp => Transport::Smtp(Box::new(Smtp::open(&config.smtp)?)),
        })
    }

    /// Whether what it accepts is kept in the simulated mailboxes, in the very change that ends the try.
    pub(crate) fn is_simulated(&self) -> bool {
        matches!(self, Transport::Mailbox(_))
    }

    /// Offers a letter. No transaction is open meanwhile.
    pub(crate) async fn offer(&self, message: &Message, letter: &Letter) -> Verdict {
        let offer = async {
            match self {
                Transport::Mailbox(mailbox) => mailbox.offer(message, &letter.address).await,
                Transport::Folder(folder) => folder.offer(message, letter).await,
                Transport::Smtp(smtp) => smtp.offer(message, letter).await,
            }
        };
        let in_time = tokio::time::timeout(LONGEST_OFFER, offer).await;
        in_time.unwrap_or_else(|_| Verdict::Later("SERVER_SLOW".to_owned()))
    }
}
