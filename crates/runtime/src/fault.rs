//! Why a call was not done: told to the caller with everything needed to go on, and to the log with its cause.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use wire::ErrorReason;

use crate::{Reason, Role};

/// A refusal or failure of one call.
#[derive(Debug)]
pub struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    reason: &'static str,
    domain: &'static str,
    message: String,
    metadata: Vec<(String, String)>,
    violations: Vec<(String, String)>,
    preconditions: Vec<Precondition>,
    retry_after: Option<Duration>,
    database: Option<database::Error>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// One thing that must be so before the call can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precondition {
    /// The kind of requirement, upper case, such as `AGREEMENT`.
    pub kind: String,
    /// The resource or field it is about.
    pub subject: String,
    /// What to do, one sentence.
    pub description: String,
}

impl Fault {
    /// A refusal with the reason of a package's enum and a sentence for people: what is wrong and what to do next.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a reason is a small enum; references would be noise at every call"
    )]
    pub fn new(code: Code, reason: impl ErrorReason, message: impl Into<String>) -> Fault {
        Fault(Box::new(Inner {
            code,
            reason: reason.reason(),
            domain: reason.domain(),
            message: message.into(),
            metadata: Vec::new(),
            violations: Vec::new(),
            preconditions: Vec::new(),
            retry_after: None,
            database: None,
            cause: None,
        }))
    }

    /// The one answer for what does not exist and for what is not the caller's to see: byte for byte the same.
    pub fn missing() -> Fault {
        Fault::new(Code::NotFound, Reason::ResourceMissing, "there is no such resource, or it is not yours to see")
    }

    /// The state does not allow it; `allowed` names the states that do.
    pub fn state_forbids(state: &str, allowed: &[&str]) -> Fault {
        Fault::new(Code::FailedPrecondition, Reason::StateForbids, format!("not possible while {state}"))
            .with("state", state)
            .with("allowed", allowed.join(","))
    }

    /// None of the caller's roles allows it.
    pub fn role_required(roles: &[Role]) -> Fault {
        let names: Vec<_> = roles.iter().map(|role| role.as_str_name().trim_start_matches("ROLE_")).collect();
        Fault::new(Code::PermissionDenied, Reason::RoleRequired, format!("this needs the role {}", names.join(" or ")))
            .with("roles", names.join(","))
    }

    /// The caller is not a party that the request names.
    pub fn not_a_party() -> Fault {
        Fault::new(Code::PermissionDenied, Reason::NotAParty, "your organization is none of the parties named")
    }

    /// Refused where the caller read another version than the present one; nothing is asked where it gave none.
    pub fn unless_fresh(etag: &str, version: i64) -> Result<(), Fault> {
        if etag.is_empty() || etag == version.to_string() {
            return Ok(());
        }
        Err(Fault::new(Code::Aborted, Reason::EtagMismatch, "it changed since you read it: read it again"))
    }

    /// A sibling or the database is away.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Fault {
        let mut fault =
            Fault::new(Code::Unavailable, Reason::DependencyDown, "something this needs is away: try again")
                .retry_after(Duration::from_secs(1));
        fault.0.cause = Some(cause.into());
        fault
    }

    /// Our own fault. The caller gets an incident id only; the log gets the cause.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Fault {
        let mut fault = Fault::new(Code::Internal, Reason::Internal, "this failed on our side");
        fault.0.cause = Some(cause.into());
        fault
    }

    /// Adds a dynamic part that programs may read.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Fault {
        self.0.metadata.push((key.to_owned(), value.into()));
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn violation(mut self, field: impl Into<String>, description: impl Into<String>) -> Fault {
        self.0.violations.push((field.into(), description.into()));
        self
    }

    /// Adds something that must be so first.
    #[must_use]
    pub fn precondition(mut self, precondition: Precondition) -> Fault {
        self.0.preconditions.push(precondition);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Fault {
        self.0.retry_after = Some(delay);
        self
    }

    /// The status code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The reason, without its prefix.
    pub fn reason(&self) -> &'static str {
        self.0.reason
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The status as it goes over the wire. What is our own fault is logged here, once, under an incident id.
    pub fn into_status(mut self) -> Status {
        if self.0.code == Code::Internal {
            let incident = incident();
            tracing::error!(incident, cause = self.0.cause.as_deref().map(tracing::field::display), "internal fault");
            self.0.metadata.push(("incident".to_owned(), incident));
        } else if self.0.code == Code::Unavailable {
            tracing::warn!(cause = self.0.cause.as_deref().map(tracing::field::display), "unavailable");
        }
        let inner = *self.0;
        let mut details = ErrorDetails::new();
        details.set_error_info(inner.reason, inner.domain, inner.metadata.into_iter().collect::<HashMap<_, _>>());
        for (field, description) in inner.violations {
            details.add_bad_request_violation(field, description);
        }
        for precondition in inner.preconditions {
            details.add_precondition_failure_violation(
                precondition.kind,
                precondition.subject,
                precondition.description,
            );
        }
        if let Some(delay) = inner.retry_after {
            details.set_retry_info(Some(delay));
        }
        Status::with_error_details(inner.code, inner.message, details)
    }
}

fn incident() -> String {
    crate::Mint::default().nonce()
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.reason, self.0.message)?;
        self.0.cause.as_deref().map_or(Ok(()), |cause| write!(f, " ({cause})"))
    }
}

impl StdError for Fault {}

impl From<database::Error> for Fault {
    fn from(error: database::Error) -> Fault {
        let mut fault = match &error {
            database::Error::Contended => Fault::new(
                Code::Unavailable,
                Reason::DependencyDown,
                "others are changing the same thing: try again with the same request id",
            )
            .retry_after(Duration::from_millis(200)),
            database::Error::Unavailable(_) => Fault::unavailable(error.to_string()),
            database::Error::Full => {
                Fault::new(Code::ResourceExhausted, Reason::StorageFull, "the storage is full; nothing was changed")
            }
            _ => Fault::internal(error.to_string()),
        };
        fault.0.database = Some(error);
        fault
    }
}

impl database::AsDatabaseError for Fault {
    fn as_database_error(&self) -> Option<&database::Error> {
        self.0.database.as_ref()
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Status {
        fault.into_status()
    }
}
