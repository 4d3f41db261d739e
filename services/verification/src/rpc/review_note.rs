//! Notes that reviewers write for each other.

pub(super) mod create;
pub(super) mod list;

use wire::verification as pb;

use crate::domain::ReviewNote;
use runtime::convert::timestamp;

fn shown(note: &ReviewNote) -> pb::ReviewNote {
    pb::ReviewNote {
        name: note.name(),
        author: note.by.organization.child(note.by.user),
        text: note.text.clone(),
        create_time: Some(timestamp(note.created)),
    }
}
