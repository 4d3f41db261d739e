//! The mail that asks about a check, as far as the case depends on it: whether its reader can answer at all.

use addresses::Delivery;
use serde::{Deserialize, Serialize};

use super::{EmailState, EmailVerification, Purpose, Todo, WaitsFor};

/// The mail that asks about a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) fate: Fate,
    /// How often it can still be sent anew.
    pub(crate) resends_left: i64,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Fate {
    /// Sent, or on its way.
    Sent,
    /// A limit on mail holds it back.
    Withheld,
    /// Its reader wants no more of them.
    Refused,
    /// The address is wrong.
    Bounced,
    /// It could not be sent so far; the operator looks into it.
    Parked,
    /// The operator gave it up.
    Dropped,
    /// Too many wrong codes.
    Locked,
}

impl Post {
    /// As a verification stands whose mail had this fate.
    pub(crate) fn of(verification: &EmailVerification, fate: Fate) -> Post {
        Post { fate, resends_left: verification.mails_left() }
    }

    /// Who must act while it asks for this purpose.
    pub(crate) fn waits_for(self, purpose: Purpose) -> WaitsFor {
        match self.fate {
            Fate::Sent => WaitsFor::LinkHolder(purpose),
            Fate::Withheld | Fate::Dropped | Fate::Locked if self.resends_left > 0 => WaitsFor::Applicant(Todo::Resend),
            Fate::Withheld | Fate::Dropped | Fate::Locked | Fate::Refused | Fate::Bounced => {
                WaitsFor::Applicant(Todo::Person)
            }
            Fate::Parked => WaitsFor::Operator,
        }
    }
}

impl Fate {
    /// What notification told of a verification's newest mail; wrong codes lock what arrived.
    pub(crate) fn of(delivery: &Delivery, state: EmailState) -> Fate {
        match delivery {
            _ if state == EmailState::Locked => Fate::Locked,
            Delivery::Sent { .. } => Fate::Sent,
            Delivery::Bounced { .. } => Fate::Bounced,
            Delivery::Parked { .. } => Fate::Parked,
            Delivery::Dropped { .. } => Fate::Dropped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::now;

    #[test]
    fn r21_a_mail_has_the_fate_that_notification_tells_until_wrong_codes_lock_it() {
        let (at, reason) = (now(), String::new);
        for (delivery, fate) in [
            (Delivery::Sent { at }, Fate::Sent),
            (Delivery::Bounced { at, reason: reason() }, Fate::Bounced),
            (Delivery::Parked { at, reason: reason() }, Fate::Parked),
            (Delivery::Dropped { at, reason: reason() }, Fate::Dropped),
        ] {
            assert_eq!(Fate::of(&delivery, EmailState::Pending { tries_left: 1 }), fate);
            assert_eq!(Fate::of(&delivery, EmailState::Locked), Fate::Locked, "{fate:?}");
        }
    }
}
