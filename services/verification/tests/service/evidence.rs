//! Documents as they come in: whole, cut, wrong, twice, at once. What is refused leaves nothing behind.

use futures::stream;
use ring::digest::{SHA256, digest};
use runtime::Role;
use tonic::Status;
use wire::verification as pb;
use wire::verification::CheckKind;

use crate::desk::claimed;
use crate::house::{Code, House, OPERATOR, houses, metadata, reason};

const MOST: usize = 10 * 1024 * 1024;

fn pdf(size: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7 ".to_vec();
    content.resize(size, b'x');
    content
}

fn hex(content: &[u8]) -> String {
    digest(&SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn head(case: &pb::VettingCase, content: &[u8]) -> pb::UploadEvidenceRequest {
    pb::UploadEvidenceRequest {
        parent: case.name.clone(),
        check: CheckKind::Business.into(),
        kind: "LEASE".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: i64::try_from(content.len()).unwrap(),
        sha256: hex(content),
        ..Default::default()
    }
}

/// What it is said to be, then its pieces.
async fn send(house: &House, head: pb::UploadEvidenceRequest, content: &[u8]) -> Result<pb::Evidence, Status> {
    let piece = |chunk: &[u8]| pb::UploadEvidenceRequest { chunk: chunk.to_vec(), ..Default::default() };
    let pieces: Vec<_> = std::iter::once(head).chain(content.chunks(200 * 1024).map(piece)).collect();
    let request = house.applicant(stream::iter(pieces));
    house.evidence().upload_evidence(request).await.map(tonic::Response::into_inner)
}

async fn listed(house: &House, case: &pb::VettingCase) -> Vec<pb::Evidence> {
    let request = pb::ListEvidenceRequest { parent: case.name.clone(), ..Default::default() };
    house.evidence().list_evidence(house.applicant(request)).await.unwrap().into_inner().evidence
}

#[tokio::test]
async fn r23_a_document_gets_a_receipt_once_and_is_given_back_as_it_was() {
    for house in houses().await {
        let case = claimed(&house).await;
        let content = pdf(300_000);
        let receipt = send(&house, head(&case, &content), &content).await.unwrap();
        assert_eq!((receipt.size, receipt.sha256.as_str()), (300_000, hex(&content).as_str()));
        assert!(receipt.receive_time.is_some() && receipt.media_type == "application/pdf");
        let again = send(&house, head(&case, &content), &content).await.unwrap();
        assert_eq!(again, receipt, "the same file again, the same receipt");
        let other = pb::UploadEvidenceRequest {
            check: CheckKind::Employment.into(),
            kind: "ASSIGNMENT_LETTER".to_owned(),
            ..head(&case, &content)
        };
        send(&house, other, &content).await.unwrap();
        assert_eq!(listed(&house, &case).await.len(), 2);
        assert_eq!(house.evidence_files(), [hex(&content)], "one file for each digest");
        let request = pb::DownloadEvidenceRequest { name: receipt.name.clone() };
        let reviewer = house.signed(request.clone(), OPERATOR, 101, &[Role::Reviewer]);
        let mut pieces = house.evidence().download_evidence(reviewer).await.unwrap().into_inner();
        let mut back = Vec::new();
        while let Some(piece) = pieces.message().await.unwrap() {
            back.extend(piece.chunk);
        }
        assert!(back == content, "byte for byte");
        let foreign = house.signed(request, 7, 700, &[Role::GlobalAdmin]);
        assert_eq!(reason(house.evidence().download_evidence(foreign).await).1, "RESOURCE_MISSING");
    }
}

#[tokio::test]
async fn r23_what_is_not_what_was_said_is_refused_and_leaves_nothing() {
    for house in houses().await {
        let case = claimed(&house).await;
        let content = pdf(500_000);
        let zip = [b"PK\x03\x04".as_slice(), &[7; 60_000]].concat();
        let of = |request: pb::UploadEvidenceRequest| request;
        let right = || head(&case, &content);
        let cases = [
            ("cut in the middle", right(), &content[..200_000], "UPLOAD_INCOMPLETE"),
            ("nothing came", right(), &content[..0], "UPLOAD_INCOMPLETE"),
            (
                "another checksum",
                of(pb::UploadEvidenceRequest { sha256: hex(b"x"), ..right() }),
                &content[..],
                "CHECKSUM_MISMATCH",
            ),
            (
                "more than was said",
                of(pb::UploadEvidenceRequest { size: 400_000, ..right() }),
                &content[..],
                "UPLOAD_INCOMPLETE",
            ),
            ("a ZIP named .pdf", head(&case, &zip), &zip[..], "MEDIA_TYPE_REFUSED"),
            (
                "a ZIP",
                of(pb::UploadEvidenceRequest { media_type: "application/zip".to_owned(), ..head(&case, &zip) }),
                &zip[..],
                "MEDIA_TYPE_REFUSED",
            ),
            (
                "a PDF named .png",
                of(pb::UploadEvidenceRequest { media_type: "image/png".to_owned(), ..right() }),
                &content[..],
                "MEDIA_TYPE_REFUSED",
            ),
            (
                "no such kind",
                of(pb::UploadEvidenceRequest { kind: "SCREENSHOT".to_owned(), ..right() }),
                &content[..],
                "FIELD_INVALID",
            ),
            ("nothing said", pb::UploadEvidenceRequest::default(), &content[..], "FIELD_INVALID"),
        ];
        for (what, head, content, expected) in cases {
            let refused = send(&house, head, content).await;
            assert_eq!(reason(refused), (Code::InvalidArgument, expected.to_owned()), "{what}");
        }
        let zipped = send(&house, head(&case, &zip), &zip).await;
        assert_eq!(metadata(zipped, "found"), "application/zip");
        assert!(house.evidence_files().is_empty(), "no orphan: {:?}", house.evidence_files());
        assert!(listed(&house, &case).await.is_empty());
    }
}

#[tokio::test]
async fn r23_ten_mebibytes_are_taken_and_not_one_byte_more() {
    for house in houses().await {
        let case = claimed(&house).await;
        let most = pdf(MOST);
        let more = pdf(MOST + 1);
        let refused = send(&house, head(&case, &more), &more).await;
        assert_eq!(reason(refused), (Code::InvalidArgument, "TOO_LARGE".to_owned()));
        let hidden = pb::UploadEvidenceRequest { size: i64::try_from(MOST).unwrap(), ..head(&case, &more) };
        assert_eq!(reason(send(&house, hidden, &more).await).1, "UPLOAD_INCOMPLETE");
        assert!(house.evidence_files().is_empty());
        send(&house, head(&case, &most), &most).await.unwrap();
        assert_eq!(house.evidence_files(), [hex(&most)]);
    }
}

#[tokio::test]
async fn r23_the_same_document_at_once_is_kept_once() {
    for house in houses().await {
        let case = claimed(&house).await;
        let (one, two) = (pdf(100_000), pdf(100_001));
        let sent = [&one, &one, &one, &two].map(|content| send(&house, head(&case, content), content));
        let receipts = futures::future::join_all(sent).await;
        let names: Vec<_> = receipts.into_iter().map(|receipt| receipt.unwrap().name).collect();
        assert!(names[0] == names[1] && names[1] == names[2] && names[2] != names[3], "{names:?}");
        assert_eq!(listed(&house, &case).await.len(), 2);
        assert_eq!(house.evidence_files().len(), 2);
    }
}

#[tokio::test]
async fn r23_who_goes_away_while_sending_leaves_nothing() {
    for house in houses().await {
        let case = claimed(&house).await;
        let content = pdf(400_000);
        let first = pb::UploadEvidenceRequest { chunk: content[..200_000].to_vec(), ..head(&case, &content) };
        let never = stream::unfold(Some(first), |next| async move {
            match next {
                Some(first) => Some((first, None)),
                None => std::future::pending().await,
            }
        });
        let request = house.applicant(never);
        let mut evidence = house.evidence();
        {
            let upload = evidence.upload_evidence(request);
            futures::pin_mut!(upload);
            // Until the first piece has come in, and no further.
            let arrived = async {
                while house.evidence_files().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            futures::pin_mut!(arrived);
            futures::future::select(upload, arrived).await;
        }
        while !house.evidence_files().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(listed(&house, &case).await.is_empty());
    }
}

#[tokio::test]
async fn r23_nobody_sends_evidence_for_what_is_closed_or_not_theirs() {
    for house in houses().await {
        let case = claimed(&house).await;
        let content = pdf(1_000);
        let foreign = house.signed(stream::iter([head(&case, &content)]), 7, 700, &[Role::GlobalAdmin]);
        assert_eq!(reason(house.evidence().upload_evidence(foreign).await).1, "RESOURCE_MISSING");
        house.close(crate::requests::close_case(3, 2)).await.unwrap();
        let closed = send(&house, head(&case, &content), &content).await;
        assert_eq!(reason(closed), (Code::FailedPrecondition, "STATE_FORBIDS".to_owned()));
    }
}

#[tokio::test]
async fn r23_what_a_killed_process_left_half_is_swept_and_what_is_kept_stays() {
    for house in houses().await {
        let case = claimed(&house).await;
        let content = pdf(9_000);
        send(&house, head(&case, &content), &content).await.unwrap();
        house.leave_half("long ago", 3_600);
        house.leave_half("just now", 60);
        house.service.sweep_once().await.unwrap();
        let mut files = house.evidence_files();
        files.sort();
        assert_eq!(files, [hex(&content), "just now".to_owned()]);
        house.advance(48).await;
        house.service.sweep_once().await.unwrap();
        assert_eq!(house.evidence_files().len(), 2, "business time moves no file");
    }
}
