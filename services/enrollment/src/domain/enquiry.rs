//! What a reseller asks a provider of the directory.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{EnquiryId, OrganizationId};

use super::Refusal;
use super::enrollment::{Enrollment, EnrollmentType};
use super::lifecycle::State;
use super::reminder::Addressee;

/// As many may one organization send in [`WINDOW`].
pub(crate) const PER_DAY: usize = 10;
pub(crate) const WINDOW: TimeDelta = TimeDelta::hours(24);

/// An enquiry as it is mailed. The text is kept nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enquiry {
    pub(crate) id: EnquiryId,
    pub(crate) sender: OrganizationId,
    pub(crate) provider: OrganizationId,
    /// The sender's name for people.
    pub(crate) company: String,
    /// Who wrote it.
    pub(crate) person: String,
    pub(crate) reply_to: String,
    pub(crate) recipient: Addressee,
    pub(crate) message: String,
}

/// The text leads somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must not contain links, domains or e-mail addresses: replies reach you without them")]
pub(crate) struct Leads;

/// Refused unless the organization is a reseller of whom somebody has verified who it is.
pub(crate) fn sendable(enrollments: &[Enrollment]) -> Result<(), Refusal> {
    let verified = |enrollment: &Enrollment| {
        enrollment.kind == EnrollmentType::IndirectReseller
            && matches!(enrollment.state, State::Qualified | State::Active)
    };
    if enrollments.iter().any(verified) { Ok(()) } else { Err(Refusal::NotAReseller) }
}

/// How many more may be sent after this one; `sent` are the times of those before, the oldest first.
pub(crate) fn remaining(sent: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<usize, Refusal> {
    let recent: Vec<_> = sent.iter().filter(|time| **time > now - WINDOW).collect();
    match recent.len().checked_sub(PER_DAY) {
        None => Ok(PER_DAY - recent.len() - 1),
        // So many must grow old that one fewer than the limit is left.
        Some(more) => Err(Refusal::EnquiriesSpent { wait: *recent[more] + WINDOW - now }),
    }
}

/// The text, if it leads nowhere.
pub(crate) fn plain(text: String) -> Result<String, Leads> {
    if addresses::leads_somewhere(&text) { Err(Leads) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{day, enrollment, now};

    #[test]
    fn r15_only_a_verified_reseller_sends() {
        for kind in EnrollmentType::ALL {
            for state in State::ALL {
                let may =
                    kind == EnrollmentType::IndirectReseller && [State::Qualified, State::Active].contains(&state);
                assert_eq!(sendable(&[enrollment(kind, state)]).is_ok(), may, "{kind:?} {state:?}");
            }
        }
        assert_eq!(sendable(&[]), Err(Refusal::NotAReseller));
    }

    #[test]
    fn r15_ten_a_day_and_the_wait_is_told_to_the_second() {
        let second = TimeDelta::seconds(1);
        let mut sent = Vec::new();
        for number in 0..10 {
            assert_eq!(remaining(&sent, now()), Ok(9 - number));
            sent.push(now() - WINDOW + second);
        }
        assert_eq!(remaining(&sent, now()), Err(Refusal::EnquiriesSpent { wait: second }));
        assert_eq!(remaining(&sent, now() + second), Ok(9), "a day old counts no more");
        sent.splice(0..0, [day(-5), day(-1)]);
        assert_eq!(remaining(&sent, now()), Err(Refusal::EnquiriesSpent { wait: second }));
        let mut more = vec![now() - TimeDelta::hours(23); 2];
        more.extend([now(); 10]);
        assert_eq!(remaining(&more, now()), Err(Refusal::EnquiriesSpent { wait: WINDOW }), "ten of them are new");
    }

    #[test]
    fn r15_a_text_that_leads_somewhere_is_refused() {
        for good in [
            "Vi söker en leverantör, t.ex. för Norden. Har ni utbildning?",
            "We sell to 40 firms m.fl. (e.g. schools): what are your credit terms?Or financing...",
            "Version 2.0 of node.js; we pay 3.500,00 EUR.",
            "クラウド。再販",
        ] {
            assert_eq!(plain(good.to_owned()), Ok(good.to_owned()), "{good}");
        }
        for bad in [
            "See https://evil.example/x",
            "see WWW.evil.se",
            "evil.com",
            "go to evil.co.uk/offer now",
            "(evil.se)",
            "write to me@firm",
            "ftp://x",
            "evil。com",
            "EVIL．COM",
            "bücher.de!",
        ] {
            assert_eq!(plain(bad.to_owned()), Err(Leads), "{bad}");
        }
    }
}
