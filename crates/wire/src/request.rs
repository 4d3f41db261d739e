/// What every request message tells about itself, whatever it asks.
pub trait Request: prost::Message + Clone + Default {
    /// The id that makes a write safe to repeat; `None` where the message has no such field.
    fn request_id(&self) -> Option<&str> {
        None
    }
    /// The event behind a sibling's call.
    fn origin(&self) -> Option<&crate::types::Origin> {
        None
    }
    /// The version the caller read; `None` where the message has no such field.
    fn etag(&self) -> Option<&str> {
        None
    }
    /// Page size and page token of a list.
    fn page(&self) -> Option<(i32, &str)> {
        None
    }
    /// True when nothing is to be changed.
    fn validate_only(&self) -> bool {
        false
    }
    /// The message without its request id, encoded: what a repetition must equal.
    fn payload(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
    /// The message without its page, encoded: what a page token is bound to.
    fn filter(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}

/// A value of a package's enum `Reason`, as `google.rpc.ErrorInfo` spells it.
pub trait ErrorReason {
    /// The proto package.
    fn domain(&self) -> &'static str;
    /// The name without its prefix.
    fn reason(&self) -> &'static str;
}
