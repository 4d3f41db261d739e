//! Callers who mean harm: forged tokens without end, and paths made for the log.

use std::io;
use std::sync::Mutex;

use super::*;

#[tokio::test]
async fn failed_tokens_are_limited_by_source() {
    let door = door(false);
    let proven = door.token(1);
    assert!(door.knock(SELF, &[&proven], ELSEWHERE).await.is_ok());
    let forged = format!("Bearer {}", AccessSigner::new(SigningKey::generate().unwrap()).sign(&claims(1)).unwrap().0);
    let (void, limited) = (Err("CREDENTIAL_INVALID".to_owned()), Err("RATE_LIMITED".to_owned()));
    for _ in 0..Limits::default().burst.get() {
        assert_eq!(door.knock(SELF, &[&forged], ELSEWHERE).await, void);
    }
    assert_eq!(door.knock(SELF, &[&forged], ELSEWHERE).await, limited);
    assert!(door.knock(SELF, &[&proven], ELSEWHERE).await.is_ok(), "what was proven before is looked at no more");
    assert_eq!(door.knock(SELF, &[&door.token(2)], ELSEWHERE).await, limited);
    assert!(door.knock(SELF, &[&door.token(2)], LOOPBACK).await.is_ok(), "another source has failed nothing");
    let sibling = ServiceTokens::new(ServiceName::Relationship, door.siblings[&ServiceName::Relationship].clone());
    let sibling = format!("Bearer {}", sibling.token_for(ServiceName::Enrollment).unwrap());
    let heard = door.knock(PEER, &[&sibling], ELSEWHERE).await;
    assert_eq!(heard, Ok(Identity::Service(ServiceName::Relationship)), "siblings go on at the same address");
    let forged = format!("Bearer {}", SigningKey::generate().unwrap().sign_jwt(SERVICE, &()).unwrap());
    assert_eq!(door.knock(PEER, &[&forged], ELSEWHERE).await, limited, "who only says to be one does not");
}

#[tokio::test]
async fn tokens_that_count_are_no_failures() {
    let door = door(false);
    for version in 0..i64::from(Limits::default().burst.get()) + 1 {
        assert!(door.knock(SELF, &[&door.token(version)], ELSEWHERE).await.is_ok());
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_path_that_is_no_method_is_not_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _here = tracing::subscriber::set_default(subscriber);
    let handler = tower::service_fn(async |_: Request<Body>| Ok::<_, std::convert::Infallible>(Response::default()));
    let guarded = tower::Layer::layer(&Guard(Arc::new(door(false).gate)), handler);
    let traced = tower::Layer::layer(&crate::serve::TraceLayer, guarded);
    for path in ["/forged.by/somebody", SELF] {
        let request = Request::builder().uri(path).body(Body::default()).unwrap();
        tower::ServiceExt::oneshot(traced.clone(), request).await.unwrap();
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("METHOD_UNKNOWN") && text.contains("method=\"unknown\""), "{text}");
    assert!(text.contains(SELF) && !text.contains("forged"), "{text}");
}
