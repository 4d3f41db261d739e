//! What can be configured of this service.

use chrono::TimeDelta;
use serde::Deserialize;

/// The service's own configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How old knowledge of an organization's standing may be before orders are refused for it, in seconds.
    pub standing_age_seconds: u32,
    /// For how many days an invitation can be accepted when its sender doesn't say.
    pub invitation_days: u32,
    /// How many mails of invitations one sender may cause in a day of UTC, resends included.
    pub invitations_per_day: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config { standing_age_seconds: 300, invitation_days: 30, invitations_per_day: 200 }
    }
}

impl Config {
    pub(crate) fn standing_age(&self) -> TimeDelta {
        TimeDelta::seconds(self.standing_age_seconds.into())
    }

    pub(crate) fn invitation_time(&self) -> TimeDelta {
        TimeDelta::days(self.invitation_days.into())
    }
}
