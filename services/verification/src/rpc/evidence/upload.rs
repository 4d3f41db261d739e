//! UploadEvidence: a document in pieces, its receipt once all of it is there and is what was said.

use ids::{OrganizationId, VettingCaseId, kind};
use runtime::{Caller, Change, Fault, Outcome, Violations};
use tokio::sync::Mutex;
use tonic::{Code, Status, Streaming};
use wire::verification as pb;
use wire::verification::Reason;

use super::receipt;
use crate::domain::{CheckKind, Event, Evidence};
use crate::files::{Files, Whole};
use crate::policies::is_evidence;
use crate::rpc::convert;
use crate::{App, Verification, store};

/// The largest document.
const MOST: u64 = 10 * 1024 * 1024;
/// What is accepted, as the content shows it.
const MEDIA_TYPES: [&str; 3] = ["application/pdf", "image/jpeg", "image/png"];

/// What a document is said to be.
#[derive(Debug, PartialEq, Eq)]
struct Announced {
    case: (OrganizationId, VettingCaseId),
    check: CheckKind,
    kind: String,
    media_type: String,
    size: u64,
    digest: String,
}

pub(super) async fn upload(
    app: &App,
    caller: &Caller,
    mut pieces: Streaming<pb::UploadEvidenceRequest>,
) -> Result<pb::Evidence, Fault> {
    let mut first = next(&mut pieces).await?.unwrap_or_default();
    let piece = std::mem::take(&mut first.chunk);
    let announced = &parse(&first)?;
    let (scope, (organization, id)) = (caller.scope()?, announced.case);
    // Nobody sends ten megabytes to learn that the case is closed.
    let case = store::vetting_case::get(&app.reader(caller), scope, organization, id).await?;
    case.ok_or_else(Fault::missing)?.next_evidence(0, app.now())?;
    let whole = receive(&app.service().files, announced, piece, &mut pieces).await?;
    let (whole, by) = (&Mutex::new(Some(whole)), caller.user()?.user);
    app.change(caller, &first, move |change: Change<Verification>| async move {
        let (tx, now) = (&change.tx, change.now());
        if !is_evidence(announced.check, &announced.kind, now)? {
            return Err(unknown_kind());
        }
        let case = store::vetting_case::get(tx, scope, organization, id).await?.ok_or_else(Fault::missing)?;
        if let Some(same) = store::evidence::same(tx, id, announced.check, &announced.digest).await? {
            return Ok(Outcome::Done(receipt(&same), Vec::new()));
        }
        let number = case.next_evidence(store::evidence::count(tx, id).await?, now)?;
        let evidence = announced.received(change.id(), number, by, now);
        store::evidence::insert(tx, &evidence).await?;
        // Last, so that what is refused leaves no file; once, though the change may run again.
        if let Some(whole) = whole.lock().await.take() {
            app.service().files.keep(whole).await.map_err(Fault::internal)?;
        }
        Ok(Outcome::Done(receipt(&evidence), vec![Event::EvidenceReceived(evidence)]))
    })
    .await
}

async fn next(pieces: &mut Streaming<pb::UploadEvidenceRequest>) -> Result<Option<pb::UploadEvidenceRequest>, Fault> {
    pieces.message().await.map_err(|status: Status| match status.code() {
        Code::DeadlineExceeded => {
            Fault::new(status.code(), runtime::Reason::DeadlinePassed, "the document did not arrive in time")
        }
        Code::InvalidArgument | Code::OutOfRange => {
            let message = "the message can't be decoded";
            Fault::new(Code::InvalidArgument, runtime::Reason::FieldInvalid, message).violation("", status.message())
        }
        _ => Fault::new(Code::InvalidArgument, Reason::UploadIncomplete, "the upload was cut: send it again"),
    })
}

/// All of it, found to be what was said.
async fn receive(
    files: &Files,
    announced: &Announced,
    first: Vec<u8>,
    pieces: &mut Streaming<pb::UploadEvidenceRequest>,
) -> Result<Whole, Fault> {
    let mut incoming = files.begin().await.map_err(Fault::internal)?;
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if incoming.size() + bytes.len() as u64 > announced.size {
            return Err(incomplete(incoming.size() + bytes.len() as u64, announced.size));
        }
        incoming.write(&bytes).await.map_err(Fault::internal)?;
        piece = next(pieces).await?.map(|next| next.chunk);
    }
    let whole = incoming.end().await.map_err(Fault::internal)?;
    announced.judge(&whole)?;
    Ok(whole)
}

impl Announced {
    fn judge(&self, whole: &Whole) -> Result<(), Fault> {
        if whole.size != self.size {
            return Err(incomplete(whole.size, self.size));
        }
        if whole.digest != self.digest {
            let message = "the content has another SHA-256 than was said: send it again";
            let fault = Fault::new(Code::InvalidArgument, Reason::ChecksumMismatch, message);
            return Err(fault.with("received", &whole.digest).violation("sha256", "is not that of the content"));
        }
        if whole.media_type != Some(self.media_type.as_str()) {
            let found = whole.media_type.unwrap_or("unknown");
            let message = format!("the content is {found}, whatever its name: send {}", MEDIA_TYPES.join(", "));
            let fault = Fault::new(Code::InvalidArgument, Reason::MediaTypeRefused, message);
            return Err(fault.with("found", found).violation("media_type", "is not what the content shows"));
        }
        Ok(())
    }

    fn received(
        &self,
        id: ids::EvidenceId,
        number: i64,
        by: ids::UserId,
        received: chrono::DateTime<chrono::Utc>,
    ) -> Evidence {
        let (organization, case) = self.case;
        Evidence {
            id,
            organization,
            case,
            number,
            check: self.check,
            kind: self.kind.clone(),
            media_type: self.media_type.clone(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            digest: self.digest.clone(),
            by,
            received,
        }
    }
}

fn incomplete(received: u64, size: u64) -> Fault {
    let message = format!("{received} bytes came, {size} were said: send it again");
    Fault::new(Code::InvalidArgument, Reason::UploadIncomplete, message).with("received", received.to_string())
}

fn unknown_kind() -> Fault {
    Fault::new(Code::InvalidArgument, runtime::Reason::FieldInvalid, "fields are missing or wrong; see each")
        .violation("kind", "shows nothing of this check: PolicyService.ListEvidencePolicies tells what does")
}

fn parse(request: &pb::UploadEvidenceRequest) -> Result<Announced, Fault> {
    let mut v = Violations::of(request);
    let case = v.child::<kind::Organization, kind::VettingCase>("parent", &request.parent);
    let check = v.choice::<pb::CheckKind>("check", request.check).and_then(convert::check_kind);
    if check == Some(CheckKind::Email) {
        v.add("check", "the mailed link alone shows EMAIL");
    }
    let kind = v.text("kind", &request.kind, 1..=63);
    let media_type = v.text("media_type", &request.media_type, 1..=127);
    if media_type.as_deref().is_some_and(|given| !MEDIA_TYPES.contains(&given)) {
        v.add_for(Reason::MediaTypeRefused, "media_type", format!("must be one of {}", MEDIA_TYPES.join(", ")));
    }
    let size = u64::try_from(request.size).ok().filter(|size| *size > 0);
    match size {
        None => v.add("size", "must be at least 1"),
        Some(size) if size > MOST => v.add_for(Reason::TooLarge, "size", format!("must be at most {MOST} bytes")),
        Some(_) => {}
    }
    let digest = v.text("sha256", &request.sha256, 64..=64).map(|digest| digest.to_lowercase());
    if digest.as_deref().is_some_and(|digest| !digest.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        v.add("sha256", "must be 64 hexadecimal digits");
    }
    let (case, check, kind, media_type, size, digest) = v.all((case, check, kind, media_type, size, digest))?;
    Ok(Announced { case, check, kind, media_type, size, digest })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn request() -> pb::UploadEvidenceRequest {
        let case = VettingCaseId::from_uuid(Uuid::from_u128(4));
        pb::UploadEvidenceRequest {
            parent: OrganizationId::from_uuid(Uuid::from_u128(2)).child(case),
            check: pb::CheckKind::Business.into(),
            kind: "LEASE".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 5,
            sha256: "AB".repeat(32),
            ..Default::default()
        }
    }

    #[test]
    fn what_a_document_is_said_to_be_is_read_whole_or_every_flaw_is_told() {
        assert_eq!(parse(&request()).unwrap().digest, "ab".repeat(32));
        let fields = |request| convert::fields(&parse(&request).unwrap_err().into());
        assert_eq!(fields(Default::default()), ["parent", "check", "kind", "media_type", "size", "sha256"]);
        let reason = |request| parse(&request).unwrap_err().reason();
        let most = i64::try_from(MOST).unwrap();
        assert!(parse(&pb::UploadEvidenceRequest { size: most, ..request() }).is_ok());
        assert_eq!(reason(pb::UploadEvidenceRequest { size: most + 1, ..request() }), "TOO_LARGE");
        let zip = pb::UploadEvidenceRequest { media_type: "application/zip".to_owned(), ..request() };
        assert_eq!(reason(zip), "MEDIA_TYPE_REFUSED");
        for (field, wrong) in [
            ("sha256", pb::UploadEvidenceRequest { sha256: "g".repeat(64), ..request() }),
            ("size", pb::UploadEvidenceRequest { size: -1, ..request() }),
            ("check", pb::UploadEvidenceRequest { check: pb::CheckKind::Email.into(), ..request() }),
        ] {
            assert_eq!(fields(wrong), [field]);
        }
    }
}
