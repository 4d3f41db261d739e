//! Page tokens: opaque, and good only for the caller, the method and the filter they were given for.

use chrono::DateTime;
use database::Cursor;
use tonic::Code;
use uuid::Uuid;
use wire::Request;

use crate::links::BASE32;
use crate::{Caller, Fault, Links, Reason};

const DEFAULT_SIZE: u64 = 50;
const LARGEST_SIZE: u64 = 200;
const MAC_BYTES: usize = 16;

/// Which page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The last row of the page before.
    pub after: Option<Cursor>,
    /// How many rows at most.
    pub size: u64,
}

/// Reads page size and token of a list request.
pub fn read<R: Request>(links: &Links, caller: &Caller, request: &R) -> Result<PageRequest, Fault> {
    let (position, size) = position(links, caller, request)?;
    let after = position.map(|position| cursor(&position).ok_or_else(unknown_token)).transpose()?;
    Ok(PageRequest { after, size })
}

/// The token that continues after this row; empty at the end.
pub fn token<R: Request>(links: &Links, caller: &Caller, request: &R, next: Option<Cursor>) -> String {
    let Some(cursor) = next else { return String::new() };
    let mut position = cursor.time.timestamp_micros().to_be_bytes().to_vec();
    position.extend_from_slice(cursor.id.as_bytes());
    seal(links, caller, request, position)
}

/// Page size and position of a list with an order of its own.
pub(crate) fn position<R: Request>(
    links: &Links,
    caller: &Caller,
    request: &R,
) -> Result<(Option<Vec<u8>>, u64), Fault> {
    let (size, token) = request.page().unwrap_or_default();
    let size = match u64::try_from(size).unwrap_or(0) {
        0 => DEFAULT_SIZE,
        size => size.min(LARGEST_SIZE),
    };
    if token.is_empty() {
        return Ok((None, size));
    }
    let position = open(links, caller, request, token).ok_or_else(unknown_token)?;
    Ok((Some(position), size))
}

/// The position of a token that [`seal`] gave to the same caller for the same request.
pub(crate) fn open<R: Request>(links: &Links, caller: &Caller, request: &R, token: &str) -> Option<Vec<u8>> {
    let bytes = BASE32.decode(token.as_bytes()).ok()?;
    let (position, mac) = bytes.split_last_chunk::<MAC_BYTES>()?;
    (bind(links, caller, request, position) == mac).then(|| position.to_vec())
}

/// The token of a position, bound to who asks for what.
pub(crate) fn seal<R: Request>(links: &Links, caller: &Caller, request: &R, mut position: Vec<u8>) -> String {
    let mac = bind(links, caller, request, &position);
    position.extend_from_slice(&mac);
    BASE32.encode(&position)
}

fn cursor(position: &[u8]) -> Option<Cursor> {
    let (time, id) = position.split_first_chunk::<8>()?;
    Some(Cursor { time: DateTime::from_timestamp_micros(i64::from_be_bytes(*time))?, id: Uuid::from_slice(id).ok()? })
}

fn bind<R: Request>(links: &Links, caller: &Caller, request: &R, position: &[u8]) -> Vec<u8> {
    let key = caller.key();
    let mut mac = links.fingerprint("page", &[key.as_bytes(), caller.method.as_bytes(), &request.filter(), position]);
    mac.truncate(MAC_BYTES);
    mac
}

pub(crate) fn unknown_token() -> Fault {
    Fault::new(
        Code::InvalidArgument,
        Reason::PageTokenInvalid,
        "this page token was not given to you for this filter: begin with the first page",
    )
    .violation("page_token", "unknown")
}
