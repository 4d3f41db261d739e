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
    /// The message without its page or where to go on, encoded: what a token for either is bound to.
    fn filter(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}

/// What one service tells another: it knows the one RPC that takes it.
pub trait PeerRequest: Request {
    /// Full path of the RPC.
    const METHOD: &'static str;
    /// Sets the event behind the call.
    fn set_origin(&mut self, origin: crate::types::Origin);
}

/// A value of a package's enum `Reason`, as `google.rpc.ErrorInfo` spells it.
pub trait ErrorReason {
    /// The proto package.
    fn domain(&self) -> &'static str;
    /// The name without its prefix.
    fn reason(&self) -> &'static str;
}

impl crate::types::Variable {
    /// A variable with a value of its own.
    pub fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: Some(crate::types::variable::Value::Text(text.into())) }
    }

    /// A variable whose link or code is made when it is delivered.
    pub fn seed(name: &str, seed: crate::types::LinkSeed) -> Self {
        Self { name: name.to_owned(), value: Some(crate::types::variable::Value::Seed(seed)) }
    }
}
