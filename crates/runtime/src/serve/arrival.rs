//! A request's message that is here in time, or given up: whoever sends it slowly holds a place meanwhile.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;
use tonic::body::Body;
use tonic::{Code, Status};

use crate::{Fault, Reason};

/// How long a whole message may take to arrive.
pub(super) const ARRIVAL: Duration = Duration::from_secs(2);

pub(super) struct Arriving {
    body: Body,
    end: Pin<Box<Sleep>>,
}

impl Arriving {
    /// A body that must be here within this time.
    pub(super) fn within(limit: Duration, body: Body) -> Body {
        Body::new(Arriving { body, end: Box::pin(tokio::time::sleep(limit)) })
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => self.end.as_mut().poll(context).map(|()| Some(Err(late().into_status()))),
            ready => ready,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn late() -> Fault {
    Fault::new(Code::DeadlineExceeded, Reason::DeadlinePassed, "the message did not arrive in time")
}
