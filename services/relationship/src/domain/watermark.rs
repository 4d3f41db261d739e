//! How far what enrollment had to tell has arrived, and so how old knowledge is.

use chrono::{DateTime, Utc};

/// Up to when everything has arrived, and of which subjects it has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watermark {
    pub(crate) epoch: i64,
    pub(crate) as_of: DateTime<Utc>,
    pub(crate) parked: Vec<String>,
}

impl Watermark {
    /// Whether a published agreement may be missing here.
    pub(crate) fn agreements_parked(&self) -> bool {
        self.parked.iter().any(|subject| subject.starts_with("agreementTemplates/"))
    }
}

/// The instant as of which a subject is known; `None` when it can't be trusted at all.
///
/// A parked subject counts only while it was read directly later than the watermark.
pub(crate) fn as_of(
    watermark: Option<&Watermark>,
    parked: bool,
    confirmed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let told = watermark.map(|watermark| watermark.as_of);
    if parked {
        confirmed_at.filter(|confirmed| told.is_none_or(|told| *confirmed >= told))
    } else {
        told.max(confirmed_at)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn r43_a_parked_subject_is_unknown_at_once_unless_read_since() {
        let told = Watermark { epoch: 1, as_of: at(5), parked: Vec::new() };
        assert_eq!(as_of(Some(&told), false, None), Some(at(5)));
        assert_eq!(as_of(Some(&told), false, Some(at(7))), Some(at(7)));
        assert_eq!(as_of(Some(&told), false, Some(at(3))), Some(at(5)));
        assert_eq!(as_of(Some(&told), true, None), None);
        assert_eq!(as_of(Some(&told), true, Some(at(4))), None);
        assert_eq!(as_of(Some(&told), true, Some(at(6))), Some(at(6)));
        assert_eq!(as_of(None, false, None), None);
    }
}
