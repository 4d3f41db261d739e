//! Generated messages, clients and servers of every proto package, and their descriptor set. Nothing else.
#![expect(clippy::allow_attributes, clippy::allow_attributes_without_reason, reason = "the generators write `allow`")]
#![expect(missing_docs, reason = "generated code carries the comments of the protos, which the proto lint demands")]

mod codec;
mod request;

pub use codec::Utf8Codec;
pub use request::{ErrorReason, PeerRequest, Request};

include!(concat!(env!("OUT_DIR"), "/packages.rs"));
include!(concat!(env!("OUT_DIR"), "/requests.rs"));

pub use linkage::access::v1 as access;
pub use linkage::enrollment::v1 as enrollment;
pub use linkage::event::v1 as event;
pub use linkage::notification::v1 as notification;
pub use linkage::relationship::v1 as relationship;
pub use linkage::simulation::v1 as simulation;
pub use linkage::r#type::v1 as types;
pub use linkage::verification::v1 as verification;

/// The encoded `FileDescriptorSet` of all packages, comments included.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/linkage.bin"));
