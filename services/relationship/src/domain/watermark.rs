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
    fn parks(&self, subjects: impl IntoIterator<Item = String>) -> bool {
        // Mostly nothing is parked, and no name needs to be put together.
        !self.parked.is_empty() && subjects.into_iter().any(|subject| self.parked.contains(&subject))
    }

    /// Whether a published agreement may be missing here.
    fn agreements_parked(&self) -> bool {
        self.parked.iter().any(|subject| subject.starts_with("agreementTemplates/"))
    }
}

/// The instant as of which these subjects are known; `None` when they can't be trusted at all.
///
/// A parked subject counts only while it was read directly later than the watermark.
pub(crate) fn as_of(
    watermark: Option<&Watermark>,
    subjects: impl IntoIterator<Item = String>,
    confirmed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let told = watermark.map(|watermark| watermark.as_of);
    if watermark.is_some_and(|watermark| watermark.parks(subjects)) {
        confirmed_at.filter(|confirmed| told.is_none_or(|told| *confirmed >= told))
    } else {
        told.max(confirmed_at)
    }
}

/// The same of a partner, whose agreement matters too: no direct reading tells which agreements were published.
pub(crate) fn partner_as_of(
    watermark: Option<&Watermark>,
    subjects: impl IntoIterator<Item = String>,
    confirmed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let trusted = !watermark.is_some_and(Watermark::agreements_parked);
    as_of(watermark, subjects, confirmed_at).filter(|_| trusted)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn told(parked: &[&str]) -> Watermark {
        Watermark { epoch: 1, as_of: at(5), parked: parked.iter().map(ToString::to_string).collect() }
    }

    const OWN: &str = "organizations/1";

    #[test]
    fn r43_a_parked_subject_is_unknown_at_once_unless_read_since() {
        let subjects = [OWN.to_owned(), "organizations/1/enrollments/2".to_owned()];
        let known =
            |parked: &[&str], confirmed: Option<i64>| as_of(Some(&told(parked)), subjects.clone(), confirmed.map(at));
        for parked in [&[][..], &["organizations/2"]] {
            assert_eq!(known(parked, None), Some(at(5)));
            assert_eq!(known(parked, Some(7)), Some(at(7)));
            assert_eq!(known(parked, Some(3)), Some(at(5)));
        }
        for parked in [OWN, &subjects[1]] {
            assert_eq!(known(&["organizations/2", parked], None), None);
            assert_eq!(known(&[parked], Some(4)), None);
            assert_eq!(known(&[parked], Some(5)), Some(at(5)));
            assert_eq!(known(&[parked], Some(6)), Some(at(6)));
        }
        assert_eq!(as_of(None, subjects.clone(), None), None);
        assert_eq!(as_of(None, subjects.clone(), Some(at(1))), Some(at(1)));
    }

    #[test]
    fn r43_no_partner_is_known_while_a_published_agreement_may_be_missing() {
        let subjects = || [OWN.to_owned()];
        let parked = told(&["agreementTemplates/1"]);
        assert_eq!(partner_as_of(Some(&parked), subjects(), Some(at(9))), None);
        assert_eq!(as_of(Some(&parked), subjects(), Some(at(9))), Some(at(9)), "a customer signs none of them");
        assert_eq!(partner_as_of(Some(&told(&["organizations/2"])), subjects(), None), Some(at(5)));
        assert_eq!(partner_as_of(Some(&told(&[OWN])), subjects(), None), None);
        assert_eq!(partner_as_of(None, subjects(), Some(at(9))), Some(at(9)));
    }
}
