//! The fields of a business profile: read from a request one by one, and put into the profile.

use std::collections::BTreeSet;

use addresses::Email;
use runtime::Violations;
use wire::enrollment as pb;
use wire::enrollment::business_profile::State;
use wire::types::Contact;

use crate::convert;
use crate::domain::business::{BusinessProfile, Publication};
use crate::domain::contact::{phone, website};
use crate::rpc::mask::Paths;
use crate::rpc::parse::{country, given, text};

pub(super) const PATHS: Paths<'static> = Paths {
    leaves: &[
        "state",
        "summary",
        "training",
        "marketing",
        "financing",
        "credit_terms",
        "support",
        "billing",
        "programme_terms",
        "served_region_codes",
        "language_codes",
        "sales_contact.given_name",
        "sales_contact.family_name",
        "sales_contact.email",
        "sales_contact.phone",
        "website",
    ],
    ignored: &["name", "etag", "visibility", "update_time"],
    immutable: &[],
};

/// As many countries, and as many languages, a profile names.
const COUNTRIES: usize = 250;
const LANGUAGES: usize = 20;
/// Of a text, so many characters.
const TEXT: usize = 1_000;

/// What a field is to be.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Publication(Publication),
    Text(String),
    List(Vec<String>),
}

/// Whether the request says something of this field.
pub(super) fn is_set(profile: &pb::BusinessProfile, leaf: &str) -> bool {
    match leaf {
        "state" => profile.state != 0,
        "served_region_codes" => !profile.served_region_codes.is_empty(),
        "language_codes" => !profile.language_codes.is_empty(),
        leaf => !raw(profile, leaf).is_empty(),
    }
}

/// The field's value; none where it is wrong, or says nothing.
pub(super) fn parsed(v: &mut Violations, leaf: &str, profile: &pb::BusinessProfile) -> Option<Value> {
    let field = format!("business_profile.{leaf}");
    let value = raw(profile, leaf);
    Some(match leaf {
        "state" => {
            let state = v.optional_choice::<State>(&field, profile.state)?;
            Value::Publication(convert::publication_of(state?)?)
        }
        "served_region_codes" => Value::List(codes(v, &field, &profile.served_region_codes, COUNTRIES, country)),
        "language_codes" => {
            let language = |text: &str| addresses::Language::parse(text).map(|language| language.to_string());
            Value::List(codes(v, &field, &profile.language_codes, LANGUAGES, language))
        }
        "sales_contact.given_name" | "sales_contact.family_name" => Value::Text(text(v, &field, value, 50)),
        "sales_contact.email" => Value::Text(given(v, &field, value, |text| Email::parse(text).map(String::from))),
        "sales_contact.phone" => Value::Text(given(v, &field, value, phone)),
        "website" if value.chars().count() > 500 => {
            v.add(field, "must have at most 500 characters");
            return None;
        }
        "website" => Value::Text(given(v, &field, value, website)),
        _ => Value::Text(text(v, &field, value, TEXT)),
    })
}

/// The elements of a list, each once and in order.
fn codes<E: std::fmt::Display>(
    v: &mut Violations,
    field: &str,
    given: &[String],
    most: usize,
    parse: impl Fn(&str) -> Result<String, E>,
) -> Vec<String> {
    let parsed = v.list(field, given, most).iter().filter_map(|code| v.check(field, parse(code)));
    parsed.collect::<BTreeSet<String>>().into_iter().collect()
}

fn raw<'p>(profile: &'p pb::BusinessProfile, leaf: &str) -> &'p str {
    let contact = |part: fn(&'p Contact) -> &'p String| profile.sales_contact.as_ref().map_or("", |one| part(one));
    match leaf {
        "summary" => &profile.summary,
        "training" => &profile.training,
        "marketing" => &profile.marketing,
        "financing" => &profile.financing,
        "credit_terms" => &profile.credit_terms,
        "support" => &profile.support,
        "billing" => &profile.billing,
        "programme_terms" => &profile.programme_terms,
        "sales_contact.given_name" => contact(|contact| &contact.given_name),
        "sales_contact.family_name" => contact(|contact| &contact.family_name),
        "sales_contact.email" => contact(|contact| &contact.email),
        "sales_contact.phone" => contact(|contact| &contact.phone),
        "website" => &profile.website,
        _ => "",
    }
}

impl Value {
    /// Puts it where it belongs.
    pub(super) fn put(&self, profile: &mut BusinessProfile, leaf: &str) {
        match (self, leaf) {
            (Value::Publication(publication), _) => profile.publication = *publication,
            (Value::List(list), "served_region_codes") => profile.countries.clone_from(list),
            (Value::List(list), _) => profile.languages.clone_from(list),
            (Value::Text(text), leaf) => place(profile, leaf).clone_from(text),
        }
    }
}

fn place<'p>(profile: &'p mut BusinessProfile, leaf: &str) -> &'p mut String {
    match leaf {
        "summary" => &mut profile.offer.summary,
        "training" => &mut profile.offer.training,
        "marketing" => &mut profile.offer.marketing,
        "financing" => &mut profile.offer.financing,
        "credit_terms" => &mut profile.offer.credit_terms,
        "support" => &mut profile.offer.support,
        "billing" => &mut profile.offer.billing,
        "programme_terms" => &mut profile.offer.programme_terms,
        "sales_contact.given_name" => &mut profile.sales_contact.given_name,
        "sales_contact.family_name" => &mut profile.sales_contact.family_name,
        "sales_contact.email" => &mut profile.sales_contact.email,
        "sales_contact.phone" => &mut profile.sales_contact.phone,
        _ => &mut profile.website,
    }
}
