//! DownloadEvidence: a document, piece by piece.

use std::vec;

use futures::stream::{self, Iter};
use runtime::{Caller, Fault, Violations};
use tonic::Status;
use wire::verification as pb;

use super::named;
use crate::{App, store};

/// Bytes in a piece.
const PIECE: usize = 128 * 1024;

pub(super) type Pieces = Iter<vec::IntoIter<Result<pb::DownloadEvidenceResponse, Status>>>;

pub(super) async fn download(
    app: &App,
    caller: &Caller,
    request: pb::DownloadEvidenceRequest,
) -> Result<Pieces, Fault> {
    let mut v = Violations::of(&request);
    let name = named(&mut v, &request.name);
    let ((case, id),) = v.all((name,))?;
    let found = store::evidence::get(&app.reader(caller), caller.scope()?, case, id).await?;
    let evidence = found.ok_or_else(Fault::missing)?;
    let content = app.service().files.read(&evidence.digest).await.map_err(Fault::internal)?;
    let piece = |piece: &[u8]| Ok(pb::DownloadEvidenceResponse { chunk: piece.to_vec() });
    let pieces: Vec<_> = content.chunks(PIECE).map(piece).collect();
    Ok(stream::iter(pieces))
}
