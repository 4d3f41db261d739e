//! The simulated transport: a mail server that knows every address but those under `.invalid`.
//!
//! What it accepts lies in the table of mailboxes, written in one transaction with the message's own end.

use addresses::Email;

/// What the transport says to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is in the mailbox once the transaction commits.
    Accepted,
    /// Not now.
    Later(&'static str),
    /// Never.
    Never(&'static str),
}

/// Offers a mail to the server of the recipient's domain.
pub(crate) fn offer(recipient: &Email, unreachable_domains: &[String]) -> Verdict {
    let domain = recipient.domain();
    if domain.ends_with(".invalid") {
        Verdict::Never("DOMAIN_UNKNOWN")
    } else if unreachable_domains.iter().any(|unreachable| unreachable.eq_ignore_ascii_case(domain)) {
        Verdict::Later("SERVER_UNREACHABLE")
    } else {
        Verdict::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r51_some_mail_is_refused_for_now_and_some_for_good() {
        let offer = |address| offer(&Email::parse(address).unwrap(), &["Busy.example".to_owned()]);
        assert_eq!(offer("ada@example.com"), Verdict::Accepted);
        assert_eq!(offer("ada@busy.EXAMPLE"), Verdict::Later("SERVER_UNREACHABLE"));
        assert_eq!(offer("ada@company.invalid"), Verdict::Never("DOMAIN_UNKNOWN"));
        assert_eq!(offer("ada@company.notinvalid"), Verdict::Accepted);
    }
}
