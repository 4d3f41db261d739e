//! The simulated transport: a mail server that knows every address but those under `.invalid`, and a few that fail on purpose.
//!
//! What it accepts lies in the table of mailboxes, written in one transaction with the message's own end.

use std::time::Duration;

use crate::config::Config;
use crate::domain::Message;

use super::Verdict;

/// So often is a mail to `flaky@` refused before it is taken.
const FLAKY: u32 = 2;

#[derive(Debug)]
pub(crate) struct Mailbox {
    unreachable_domains: Vec<String>,
    slow: Duration,
}

impl Mailbox {
    pub(super) fn new(config: &Config) -> Mailbox {
        let slow = Duration::from_millis(config.slow_milliseconds.into());
        Mailbox { unreachable_domains: config.unreachable_domains.clone(), slow }
    }

    /// `bounce@` any domain is unknown, `flaky@` is refused twice and then taken, `busy@` is never
    /// taken though it might be, `slow@` is taken after a while.
    pub(super) async fn offer(&self, message: &Message, address: &str) -> Verdict {
        let (local, domain) = address.rsplit_once('@').unwrap_or(("", address));
        let never = |reason: &str| Verdict::Never(reason.to_owned());
        let later = |reason: &str| Verdict::Later(reason.to_owned());
        if domain.ends_with(".invalid") {
            return never("DOMAIN_UNKNOWN");
        }
        if self.unreachable_domains.iter().any(|unreachable| unreachable.eq_ignore_ascii_case(domain)) {
            return later("SERVER_UNREACHABLE");
        }
        match local {
            "bounce" => never("MAILBOX_UNKNOWN"),
            "flaky" if message.attempts <= FLAKY => later("SERVER_BUSY"),
            "busy" => later("SERVER_BUSY"),
            "slow" => {
                tokio::time::sleep(self.slow).await;
                Verdict::Accepted
            }
            _ => Verdict::Accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::tests::queued;

    #[tokio::test]
    async fn r51_some_mail_is_refused_for_now_and_some_for_good() {
        let config =
            Config { unreachable_domains: vec!["Busy.example".to_owned()], slow_milliseconds: 1, ..Config::default() };
        let mailbox = Mailbox::new(&config);
        let offer = async |address: &str, attempts| {
            let message = Message { attempts, ..queued() };
            match mailbox.offer(&message, address).await {
                Verdict::Accepted => "accepted".to_owned(),
                Verdict::Later(reason) => format!("later {reason}"),
                Verdict::Never(reason) => format!("never {reason}"),
            }
        };
        assert_eq!(offer("ada@example.com", 1).await, "accepted");
        assert_eq!(offer("ada@busy.EXAMPLE", 1).await, "later SERVER_UNREACHABLE");
        assert_eq!(offer("ada@company.invalid", 1).await, "never DOMAIN_UNKNOWN");
        assert_eq!(offer("ada@company.notinvalid", 1).await, "accepted");
        assert_eq!(offer("bounce@example.com", 1).await, "never MAILBOX_UNKNOWN");
        assert_eq!(offer("bounces@example.com", 1).await, "accepted");
        assert_eq!(offer("busy@example.com", 9).await, "later SERVER_BUSY");
        assert_eq!(offer("slow@example.com", 1).await, "accepted");
        let mut flaky = Vec::new();
        for attempts in 1..=3 {
            flaky.push(offer("flaky@example.com", attempts).await);
        }
        assert_eq!(flaky, ["later SERVER_BUSY", "later SERVER_BUSY", "accepted"]);
    }
}
