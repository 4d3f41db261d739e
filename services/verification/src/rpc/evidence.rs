//! Documents: sent and given back in pieces, so beside the table of RPCs that answer at once.

mod download;
mod list;
mod upload;

use ids::{EvidenceId, OrganizationId, VettingCaseId, kind};
use runtime::Violations;
use runtime::convert::timestamp;
use tonic::{Request, Response, Status, Streaming};
use wire::verification as pb;
use wire::verification::evidence_service_server::{EvidenceService, EvidenceServiceServer};

use crate::App;
use crate::domain::Evidence;
use crate::rpc::convert;

pub(super) struct Rpc(App);

/// The gRPC service, with the limits of message sizes.
pub(super) fn service(app: &App) -> EvidenceServiceServer<Rpc> {
    EvidenceServiceServer::new(Rpc(app.clone()))
        .max_decoding_message_size(runtime::serve::DECODE_LIMIT)
        .max_encoding_message_size(runtime::serve::ENCODE_LIMIT)
}

#[tonic::async_trait]
impl EvidenceService for Rpc {
    type DownloadEvidenceStream = download::Pieces;

    async fn upload_evidence(
        &self,
        request: Request<Streaming<pb::UploadEvidenceRequest>>,
    ) -> Result<Response<pb::Evidence>, Status> {
        runtime::handle!(self, request, upload::upload)
    }

    async fn list_evidence(
        &self,
        request: Request<pb::ListEvidenceRequest>,
    ) -> Result<Response<pb::ListEvidenceResponse>, Status> {
        runtime::handle!(self, request, list::list)
    }

    async fn download_evidence(
        &self,
        request: Request<pb::DownloadEvidenceRequest>,
    ) -> Result<Response<download::Pieces>, Status> {
        runtime::handle!(self, request, download::download)
    }
}

fn receipt(evidence: &Evidence) -> pb::Evidence {
    pb::Evidence {
        name: evidence.name(),
        check: convert::wire_kind(evidence.check).into(),
        kind: evidence.kind.clone(),
        media_type: evidence.media_type.clone(),
        size: evidence.size,
        sha256: evidence.digest.clone(),
        uploader: evidence.organization.child(evidence.by),
        receive_time: Some(timestamp(evidence.received)),
    }
}

type Named = ((OrganizationId, VettingCaseId), EvidenceId);

/// `organizations/{o}/vettingCases/{c}/evidence/{e}`.
fn named(v: &mut Violations, name: &str) -> Option<Named> {
    let parts = name.match_indices('/').nth(3).map(|(at, _)| name.split_at(at));
    let Some((case, evidence)) = parts else {
        v.add("name", "must be a name like organizations/{id}/vettingCases/{id}/evidence/{id}");
        return None;
    };
    let case = v.child::<kind::Organization, kind::VettingCase>("name", case)?;
    let evidence = v.name::<kind::Evidence>("name", evidence.trim_start_matches('/'))?;
    Some((case, evidence))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_documents_name_is_read_whole_or_not_at_all() {
        let (organization, case) =
            (OrganizationId::from_uuid(Uuid::from_u128(2)), VettingCaseId::from_uuid(Uuid::from_u128(4)));
        let evidence = EvidenceId::from_uuid(Uuid::from_u128(5));
        let whole = format!("{}/{}", organization.child(case), evidence.name());
        let read = |name: &str| {
            let mut v = Violations::default();
            let found = named(&mut v, name);
            assert_eq!(found.is_none(), !v.is_empty(), "{name}");
            found
        };
        assert_eq!(read(&whole), Some(((organization, case), evidence)));
        for odd in
            ["", "evidence", &organization.child(case), &format!("{whole}/x"), &whole.replace("evidence", "notes")]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
