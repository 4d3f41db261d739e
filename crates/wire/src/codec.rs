//! A codec that blames the caller, not the server, for a message that can't be decoded.

use std::collections::HashMap;
use std::marker::PhantomData;

use prost::Message;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic::{Code, Status};
use tonic_prost::{ProstCodec, ProstEncoder};
use tonic_types::{ErrorDetails, StatusExt};

/// `ProstCodec`, but what can't be decoded (a string that isn't UTF-8, a cut message) is INVALID_ARGUMENT.
#[derive(Debug, Clone)]
pub struct Utf8Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Utf8Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for Utf8Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = Utf8Decoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        Utf8Decoder(PhantomData)
    }
}

/// Decodes one message.
#[derive(Debug, Clone)]
pub struct Utf8Decoder<U>(PhantomData<U>);

impl<U: Message + Default> Decoder for Utf8Decoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        U::decode(buffer).map(Some).map_err(|error| undecodable(&error))
    }
}

fn undecodable(error: &prost::DecodeError) -> Status {
    let mut details = ErrorDetails::new();
    details
        .set_error_info("FIELD_INVALID", "linkage.type.v1", HashMap::new())
        .add_bad_request_violation("", error.to_string());
    Status::with_error_details(Code::InvalidArgument, "the message can't be decoded", details)
}
