//! Whether the directory shows a profile.

use chrono::{DateTime, Utc};

use crate::domain::business::{BusinessProfile, Publication, Visibility};
use crate::domain::directory::is_listed;
use crate::domain::enrollment::Enrollment;
use crate::domain::picture::Picture;

pub(super) fn visibility(
    picture: &Picture,
    enrollments: &[Enrollment],
    profile: &BusinessProfile,
    now: DateTime<Utc>,
) -> Visibility {
    match profile.publication {
        Publication::Unpublished => Visibility::Unpublished,
        Publication::Published if is_listed(picture, enrollments, profile, now) => Visibility::Listed,
        Publication::Published => Visibility::NotInGoodStanding,
    }
}
