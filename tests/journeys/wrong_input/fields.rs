//! Wrong requests, made from a right one and the descriptors: every field, every way to get it wrong.

use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value};

use super::samples::Sample;

/// Longer than any limit, but for the text of an agreement.
const LONG: usize = 10_000;
const AGREEMENT: usize = 100_001;
/// More elements than any list may have.
const MANY: usize = 1_001;
/// Stands for bytes that are no UTF-8, as long as they are.
const MARKER: &[u8] = b"~not~utf8~";

/// A wrong request.
pub(super) struct Case {
    /// The field, such as `user.email`.
    pub(super) path: String,
    /// Its `oneof`, which may be named instead.
    pub(super) oneof: Option<String>,
    /// What else may be named, because it follows from this field.
    pub(super) follows: Option<String>,
    /// What is wrong with it.
    pub(super) wrong: &'static str,
    /// What was sent there, shortened.
    pub(super) value: String,
    /// Whether a proof that doesn't match is as good an answer as a field that is wrong.
    pub(super) secret: bool,
    /// The request on the wire.
    pub(super) payload: Vec<u8>,
}

/// A right request of which wrong ones are made.
struct Maker<'a> {
    sample: &'a Sample,
    right: DynamicMessage,
    cases: Vec<Case>,
}

/// Every wrong request that the descriptors suggest.
pub(super) fn cases(sample: &Sample, method: &MethodDescriptor) -> Vec<Case> {
    let mut maker = Maker { sample, right: sample.message(method), cases: Vec::new() };
    maker.message(&method.input(), &[]);
    maker.bytes("cut off", vec![0x0a, 0xff, 0x01, 0x61]);
    // A field that nobody knows, of more bytes than a message may have.
    let large = [&[0xfa, 0x7f, 0x80, 0x80, 0x14][..], &vec![0; 20 << 14]].concat();
    maker.bytes("too large", large);
    maker.cases
}

/// The path of every field that a request has, lists without index.
pub(super) fn paths(message: &MessageDescriptor, before: &str) -> Vec<String> {
    let mut all = Vec::new();
    for field in message.fields() {
        let path = if before.is_empty() { field.name().to_owned() } else { format!("{before}.{}", field.name()) };
        match field.kind() {
            Kind::Message(inner) if !is_well_known(&inner) => all.extend(paths(&inner, &path)),
            Kind::Bool => {}
            _ => all.push(path),
        }
    }
    all
}

fn is_well_known(message: &MessageDescriptor) -> bool {
    message.full_name().starts_with("google.protobuf.")
}

impl Maker<'_> {
    fn message(&mut self, message: &MessageDescriptor, before: &[FieldDescriptor]) {
        for field in message.fields() {
            let place = [before, std::slice::from_ref(&field)].concat();
            let path = path_of(&place);
            if field.kind() == Kind::String {
                self.not_text(&place);
            }
            if self.sample.ignores(&path) {
                continue;
            }
            let right = get(&self.right, &place);
            if right.is_some() && !self.sample.may_lack(&path) && field.kind() != Kind::Bool {
                self.add(&place, "empty", None);
            }
            if let (true, Some(right)) = (field.is_list(), &right) {
                self.add(&place, "too many", Some(Value::List(vec![right.clone(); MANY])));
            }
            self.kind(&field, &place, right.as_ref());
        }
    }

    fn kind(&mut self, field: &FieldDescriptor, place: &[FieldDescriptor], right: Option<&Value>) {
        match field.kind() {
            Kind::String => self.string(field, place, right),
            Kind::Enum(_) => self.add(place, "unknown value", Some(Value::EnumNumber(99))),
            Kind::Int32 => self.add(place, "negative", Some(Value::I32(-1))),
            Kind::Int64 => self.add(place, "negative", Some(Value::I64(-1))),
            Kind::Message(message) => match message.full_name() {
                "google.protobuf.Timestamp" => {
                    self.well_known(place, &message, "no such time", &[("seconds", Value::I64(i64::MAX))]);
                    self.well_known(place, &message, "no such time", &[("nanos", Value::I32(-1))]);
                }
                "google.protobuf.Duration" => {
                    self.well_known(place, &message, "negative", &[("seconds", Value::I64(-1))]);
                    self.well_known(place, &message, "too long", &[("seconds", Value::I64(i64::MAX))]);
                }
                "google.protobuf.FieldMask" => {
                    let paths = |path: String| Value::List(vec![Value::String(path)]);
                    self.well_known(place, &message, "unknown path", &[("paths", paths("nonsense".to_owned()))]);
                    self.well_known(place, &message, "control characters", &[("paths", paths("a\0".to_owned()))]);
                    self.well_known(place, &message, "too long", &[("paths", paths("a".repeat(LONG)))]);
                }
                _ if right.is_some() => self.message(&message, place),
                _ => {}
            },
            Kind::Bool => {}
            // Any bytes may be a piece of a file: the file as a whole is right or wrong.
            Kind::Bytes => {}
            other => panic!("{}: no wrong value of {other:?} is known", path_of(place)),
        }
    }

    fn string(&mut self, field: &FieldDescriptor, place: &[FieldDescriptor], right: Option<&Value>) {
        if right.is_none() && !self.sample.may_lack(&path_of(place)) {
            // Another way to ask the same: another sample has it.
            return;
        }
        let mut add = |wrong, text: String| self.add(place, wrong, Some(Value::String(text)));
        let length = if field.full_name().ends_with("AgreementTemplate.text") { AGREEMENT } else { LONG };
        add("too long", "a".repeat(length));
        let text = right.and_then(Value::as_str).unwrap_or("a").to_owned();
        add("control characters", format!("{text}\0{text}"));
        add("control characters", format!("{text}\u{1b}"));
        // Turns what follows around, begins a line, and is nothing to see.
        for unseen in ["\u{202e}", "\u{2028}", "\u{200b}"] {
            add("invisible characters", format!("{text}{unseen}{text}"));
        }
        match field.name() {
            "page_token" | "resume_token" => {
                add("never given", "0000000000000000000000000000000000000000".to_owned());
                add("never given", "Nonsense!".to_owned());
            }
            "request_id" if place.len() == 1 => add("no UUID", "nonsense".to_owned()),
            _ => {}
        }
        if text.contains('/') && !text.contains("://") && !self.sample.text.contains(&path_of(place)) {
            self.names(place, &text);
        }
    }

    /// Names that no resource has.
    fn names(&mut self, place: &[FieldDescriptor], right: &str) {
        let (collection, rest) = right.split_once('/').expect("a name has a slash");
        let wrong = [
            "nonsense".to_owned(),
            format!("{collection}/"),
            format!("{collection}/nonsense"),
            format!("persons/{rest}"),
            format!("{right}/"),
            format!("/{right}"),
            format!("{right}/more"),
            format!("{collection}/../{rest}"),
        ];
        for name in wrong {
            self.add(place, "wrong name", Some(Value::String(name)));
        }
    }

    fn well_known(
        &mut self,
        place: &[FieldDescriptor],
        message: &MessageDescriptor,
        wrong: &'static str,
        fields: &[(&str, Value)],
    ) {
        let mut value = DynamicMessage::new(message.clone());
        for (name, field) in fields {
            value.set_field_by_name(name, field.clone());
        }
        self.add(place, wrong, Some(Value::Message(value)));
    }

    fn not_text(&mut self, place: &[FieldDescriptor]) {
        let marker = String::from_utf8_lossy(MARKER).into_owned();
        self.add(place, "no UTF-8", Some(Value::String(marker)));
        if let Some(case) = self.cases.last_mut() {
            let at = case.payload.windows(MARKER.len()).position(|bytes| bytes == MARKER).expect("the marker");
            case.payload[at..at + MARKER.len()].fill(0xff);
        }
    }

    /// A request that is no message.
    fn bytes(&mut self, wrong: &'static str, payload: Vec<u8>) {
        let value = format!("{} bytes", payload.len());
        self.cases.push(Case { path: String::new(), oneof: None, follows: None, wrong, value, secret: false, payload });
    }

    fn add(&mut self, place: &[FieldDescriptor], wrong: &'static str, value: Option<Value>) {
        let shown = value.as_ref().map(|value| format!("{value:?}").chars().take(120).collect()).unwrap_or_default();
        let mut message = self.right.clone();
        set(&mut message, place, value);
        let path = path_of(place);
        let oneof = place.last().and_then(FieldDescriptor::containing_oneof).map(|oneof| oneof.name().to_owned());
        let follows = self.sample.follows.get(&path).cloned();
        let secret = self.sample.is_secret(&path);
        self.cases.push(Case { path, oneof, follows, wrong, value: shown, secret, payload: message.encode_to_vec() });
    }
}

fn path_of(place: &[FieldDescriptor]) -> String {
    place.iter().map(FieldDescriptor::name).collect::<Vec<_>>().join(".")
}

/// The value there, of a list its first element; none when it isn't set.
fn get(message: &DynamicMessage, place: &[FieldDescriptor]) -> Option<Value> {
    let (field, rest) = place.split_first()?;
    if !message.has_field(field) {
        return None;
    }
    let value = match message.get_field(field).into_owned() {
        Value::List(items) => items.into_iter().next()?,
        value => value,
    };
    match (&value, rest) {
        (_, []) => Some(value),
        (Value::Message(inner), rest) => get(inner, rest),
        _ => None,
    }
}

/// Sets the value there, of a list its first element; none clears it.
fn set(message: &mut DynamicMessage, place: &[FieldDescriptor], value: Option<Value>) {
    let Some((field, rest)) = place.split_first() else { return };
    match (rest, value) {
        ([], None) => message.clear_field(field),
        ([], Some(value)) if field.is_list() && !matches!(value, Value::List(_)) => {
            if let Value::List(items) = message.get_field_mut(field) {
                match items.first_mut() {
                    Some(first) => *first = value,
                    None => items.push(value),
                }
            }
        }
        ([], Some(value)) => message.set_field(field, value),
        (rest, value) => match message.get_field_mut(field) {
            Value::Message(inner) => set(inner, rest, value),
            Value::List(items) => {
                if let (true, Kind::Message(inner)) = (items.is_empty(), field.kind()) {
                    items.push(Value::Message(DynamicMessage::new(inner)));
                }
                if let Some(Value::Message(inner)) = items.first_mut() {
                    set(inner, rest, value);
                }
            }
            other => panic!("nothing can be set in {other:?}"),
        },
    }
}
