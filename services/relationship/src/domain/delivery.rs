//! What became of a mail, as notification tells it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a mail stands. Nothing here decides by it: it is shown to whoever waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "UPPERCASE")]
pub(crate) enum Delivery {
    /// The recipient's server took it.
    Sent { at: DateTime<Utc> },
    /// Refused for good.
    Bounced { at: DateTime<Utc>, reason: String },
    /// Could not be sent so far; the operator looks into it.
    Parked { at: DateTime<Utc>, reason: String },
    /// Given up by the operator.
    Dropped { at: DateTime<Utc>, reason: String },
}
