//! Parsing of requests: every violation is collected, so that the caller learns all of them at once.

use std::fmt::Display;
use std::ops::RangeInclusive;

use addresses::{Email, Language};
use chrono::{DateTime, Utc};
use ids::{Id, Kind};
use prost_types::Timestamp;
use tonic::Code;
use uuid::Uuid;
use wire::{ErrorReason, Request};

use crate::unseen::has_unseen;
use crate::{Fault, Reason, convert};

/// The longest page token that we give, and so the longest that we take.
const PAGE_TOKEN: usize = 200;
/// As many violations are told; of more only the number, or a small request would make a large answer.
const TOLD: usize = 50;

/// What is wrong with a request.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<(String, String)>,
    more: usize,
    fault: Option<Fault>,
}

impl Violations {
    /// Begins with what is alike in every request: request id, etag and page.
    pub fn of(request: &impl Request) -> Violations {
        let mut violations = Violations::default();
        if let Some(id) = request.request_id().filter(|id| !id.is_empty())
            && (id.len() != 36 || Uuid::try_parse(id).is_err())
        {
            violations.add("request_id", "must be a UUID of 36 characters");
        }
        if let Some(etag) = request.etag() {
            let _ = violations.optional_text("etag", etag, 64);
        }
        if let Some((size, token)) = request.page() {
            if size < 0 {
                violations.add("page_size", "must not be negative");
            }
            let _ = violations.optional_text("page_token", token, PAGE_TOKEN);
        }
        violations
    }

    /// Notes a violation.
    pub fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        if self.found.len() < TOLD {
            self.found.push((field.into(), description.into()));
        } else {
            self.more += 1;
        }
    }

    /// Notes a violation that has a reason of its own, which takes the place of FIELD_INVALID (the first one wins).
    pub fn add_for(&mut self, reason: impl ErrorReason, field: impl Into<String>, description: impl Into<String>) {
        if self.fault.is_none() {
            self.fault = Some(Fault::new(Code::InvalidArgument, reason, "fields are missing or wrong; see each"));
        }
        self.add(field, description);
    }

    /// Takes the value of a parse, or notes why there is none.
    pub fn check<T, E: Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(field, error.to_string())).ok()
    }

    /// Text without characters that are not seen, trimmed, of this many characters.
    pub fn text(&mut self, field: &str, value: &str, characters: RangeInclusive<usize>) -> Option<String> {
        let text = value.trim();
        let count = text.chars().count();
        if text.is_empty() && *characters.start() > 0 {
            self.add(field, "is required");
        } else if !characters.contains(&count) {
            self.add(field, format!("must have {} to {} characters", characters.start(), characters.end()));
        } else if has_unseen(text) {
            self.add(field, "must not contain control or invisible characters");
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// Text that may be empty, which gives `Some(None)`.
    pub fn optional_text(&mut self, field: &str, value: &str, most: usize) -> Option<Option<String>> {
        self.text(field, value, 0..=most).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    /// An e-mail address. Blanks around it are nobody's; a line break there is more than an address.
    pub fn email(&mut self, field: &str, value: &str) -> Option<Email> {
        self.required(field, value)?;
        self.check(field, Email::parse(value.trim_matches(' ')))
    }

    /// A language.
    pub fn language(&mut self, field: &str, value: &str) -> Option<Language> {
        self.required(field, value)?;
        self.check(field, Language::parse(value.trim_matches(' ')))
    }

    /// The elements of a list that has at most so many; of a longer one only the first, which are looked at all the same.
    pub fn list<'a, T>(&mut self, field: &str, items: &'a [T], most: usize) -> &'a [T] {
        if items.len() > most {
            self.add(field, format!("must have at most {most} elements"));
        }
        &items[..items.len().min(most)]
    }

    /// A resource name `collection/{id}`.
    pub fn name<K: Kind>(&mut self, field: &str, value: &str) -> Option<Id<K>> {
        self.required(field, value)?;
        let parsed = ids::parse::<K>(value);
        self.check(field, parsed)
    }

    /// A resource name `collection/{id}` that may be empty, which gives `Some(None)`.
    pub fn optional_name<K: Kind>(&mut self, field: &str, value: &str) -> Option<Option<Id<K>>> {
        if value.is_empty() { Some(None) } else { self.name(field, value).map(Some) }
    }

    /// A resource name `parents/{id}/children/{id}`.
    pub fn child<P: Kind, C: Kind>(&mut self, field: &str, value: &str) -> Option<(Id<P>, Id<C>)> {
        self.required(field, value)?;
        let parsed = ids::parse_child::<P, C>(value);
        self.check(field, parsed)
    }

    /// A resource name `parents/{id}/singleton`.
    pub fn singleton<P: Kind>(&mut self, field: &str, value: &str, singleton: &str) -> Option<Id<P>> {
        self.required(field, value)?;
        let parsed = ids::parse_singleton::<P>(value, singleton);
        self.check(field, parsed)
    }

    /// A value of an enum: known, and not the unspecified zero.
    pub fn choice<E: TryFrom<i32>>(&mut self, field: &str, value: i32) -> Option<E> {
        match E::try_from(value) {
            Ok(choice) if value != 0 => Some(choice),
            Ok(_) => {
                self.add(field, "is required");
                None
            }
            Err(_) => {
                self.add(field, format!("{value} is not a value of this enum"));
                None
            }
        }
    }

    /// A value of an enum that may be unspecified, which gives `Some(None)`.
    pub fn optional_choice<E: TryFrom<i32>>(&mut self, field: &str, value: i32) -> Option<Option<E>> {
        if value == 0 { Some(None) } else { self.choice(field, value).map(Some) }
    }

    /// A time.
    pub fn time(&mut self, field: &str, value: Option<&Timestamp>) -> Option<DateTime<Utc>> {
        let Some(timestamp) = value else {
            self.add(field, "is required");
            return None;
        };
        self.check(field, convert::time(timestamp).ok_or("must be a time of the years 1 to 9999"))
    }

    /// A time that may be absent, which gives `Some(None)`.
    pub fn optional_time(&mut self, field: &str, value: Option<&Timestamp>) -> Option<Option<DateTime<Utc>>> {
        if value.is_none() { Some(None) } else { self.time(field, value).map(Some) }
    }

    /// All values, if nothing was wrong with any of them or with anything else.
    pub fn all<V: Values>(self, values: V) -> Result<V::Found, Fault> {
        match values.found() {
            Some(found) if self.found.is_empty() => Ok(found),
            _ => Err(self.into_fault()),
        }
    }

    /// Fails if anything was wrong.
    pub fn done(self) -> Result<(), Fault> {
        if self.found.is_empty() { Ok(()) } else { Err(self.into_fault()) }
    }

    /// Whether nothing was wrong so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    fn required(&mut self, field: &str, value: &str) -> Option<()> {
        if value.is_empty() {
            self.add(field, "is required");
            return None;
        }
        Some(())
    }

    fn into_fault(self) -> Fault {
        let fault = self.fault.unwrap_or_else(|| {
            Fault::new(Code::InvalidArgument, Reason::FieldInvalid, "fields are missing or wrong; see each")
        });
        let fault =
            self.found.into_iter().fold(fault, |fault, (field, description)| fault.violation(field, description));
        if self.more == 0 { fault } else { fault.violation("", format!("and {} more", self.more)) }
    }
}

/// Parsed values, each there unless it was wrong.
pub trait Values {
    /// The same values, all there.
    type Found;
    /// All of them, or none.
    fn found(self) -> Option<Self::Found>;
}

macro_rules! values {
    ($($name:ident),+) => {
        impl<$($name),+> Values for ($(Option<$name>,)+) {
            type Found = ($($name,)+);
            #[expect(non_snake_case, reason = "the type's letter also names its value")]
            fn found(self) -> Option<Self::Found> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

values!(A);
values!(A, B);
values!(A, B, C);
values!(A, B, C, D);
values!(A, B, C, D, E);
values!(A, B, C, D, E, F);
values!(A, B, C, D, E, F, G);
values!(A, B, C, D, E, F, G, H);
values!(A, B, C, D, E, F, G, H, I);
values!(A, B, C, D, E, F, G, H, I, J);
values!(A, B, C, D, E, F, G, H, I, J, K);
values!(A, B, C, D, E, F, G, H, I, J, K, L);

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;

    use super::*;

    fn told(violations: Violations) -> Vec<(String, String)> {
        let status = violations.done().unwrap_err().into_status();
        let details = status.get_details_bad_request().unwrap();
        details.field_violations.into_iter().map(|one| (one.field, one.description)).collect()
    }

    #[test]
    fn of_very_many_violations_fifty_are_told_and_the_rest_counted() {
        let of = |count: i32| {
            let mut v = Violations::default();
            for value in 0..count {
                let _ = v.choice::<crate::Role>("roles", 1_000 + value);
            }
            told(v)
        };
        assert_eq!(of(50).len(), 50);
        let many = of(130_000);
        assert_eq!(many.len(), 51);
        assert_eq!(many[50], (String::new(), "and 129950 more".to_owned()));
    }

    #[test]
    fn a_long_list_is_a_violation_and_its_rest_is_not_looked_at() {
        let mut v = Violations::default();
        assert_eq!(v.list("roles", &[1, 2, 3], 3), [1, 2, 3]);
        assert!(v.is_empty());
        assert_eq!(v.list("roles", &[1, 2, 3], 2), [1, 2]);
        assert_eq!(told(v), [("roles".to_owned(), "must have at most 2 elements".to_owned())]);
    }
}
