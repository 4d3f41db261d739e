//! The yardstick of the order check: a trivial unary call with messages of the same size, bare or with four bare point reads.

use std::convert::Infallible;
use std::io::BufRead;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::task::{Context as Polled, Poll};

use anyhow::{Context, Result};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use wire::Utf8Codec;

use crate::process::Pid;

const PATH: &str = "/bench.Echo/Echo";
/// As many readers as the service has.
const READERS: u32 = 4;

/// Four of the reads that an order check cannot do without, by the keys that the product reads by.
const LOOKUPS: [&str; 4] = [
    "SELECT id, version, state, orders_allowed FROM partnership WHERE provider = ?1 AND reseller = ?2",
    "SELECT id, version, state FROM reseller_relationship WHERE customer = ?3 AND partner = ?2 AND capacity = 'RESELLER'",
    "SELECT id, version, state FROM reseller_relationship WHERE customer = ?3 AND partner = ?1 AND capacity = 'PROVIDER'",
    "SELECT id, state, location, location_country, signed_version FROM standing WHERE organization = ?1 AND capacity = 'INDIRECT_PROVIDER'",
];

#[derive(Clone)]
struct Echo {
    lookups: Option<SqlitePool>,
}

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Polled<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Grpc::new(Utf8Codec::<Vec<u8>, Vec<u8>>::default()).unary(echo, request).await) })
    }
}

impl UnaryService<Vec<u8>> for Echo {
    type Response = Vec<u8>;
    type Future = BoxFuture<Response<Vec<u8>>, Status>;

    fn call(&mut self, request: Request<Vec<u8>>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { echo.answer(&request.into_inner()).await.map(Response::new) })
    }
}

impl Echo {
    /// The request tells how long the answer is to be, and whom to look up.
    async fn answer(&self, request: &[u8]) -> Result<Vec<u8>, Status> {
        let malformed = || Status::invalid_argument("not a request of the bench");
        let (length, rest) = request.split_first_chunk::<4>().ok_or_else(malformed)?;
        if let Some(pool) = &self.lookups {
            let (ids, _) = rest.as_chunks::<16>();
            let [provider, reseller, customer] = ids.first_chunk::<3>().ok_or_else(malformed)?.map(Uuid::from_bytes);
            let failed = |error: sqlx::Error| Status::internal(error.to_string());
            let mut connection = pool.acquire().await.map_err(failed)?;
            for lookup in LOOKUPS {
                let query = sqlx::query(lookup).bind(provider).bind(reseller).bind(customer);
                query.fetch_one(&mut *connection).await.map_err(failed)?;
            }
        }
        Ok(vec![0; u32::from_be_bytes(*length) as usize])
    }
}

/// Serves until the process ends, and says on standard output where.
#[expect(clippy::print_stdout, reason = "read by the process that started this one")]
pub(crate) async fn serve(database: &str) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    let lookups = match database {
        "" => None,
        url => {
            let options = url.parse::<SqliteConnectOptions>()?.read_only(true);
            // As the service has it: no connection is asked whether it is still there.
            let pool = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
            Some(pool.connect_with(options).await?)
        }
    };
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(Server::builder().add_service(Echo { lookups }).serve_with_incoming(incoming).await?)
}

/// The yardstick as a process of its own, like the service; ended when dropped.
pub(crate) struct Yardstick {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Yardstick {
    /// Bare, or with the look-ups of this SQLite database.
    pub(crate) fn start(database: Option<&str>) -> Result<Yardstick> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(format!("--yardstick={}", database.unwrap_or_default()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = command.spawn().context("the yardstick does not start")?;
        let mut line = String::new();
        let out = process.stdout.take().context("it has an output")?;
        std::io::BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().parse().context("the yardstick tells no address")?;
        Ok(Yardstick { process, address })
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid(self.process.id())
    }
}

impl Drop for Yardstick {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A request as long as the real one, for an answer as long as the real one.
pub(crate) fn request(length: usize, answer: usize, parties: [Uuid; 3]) -> Vec<u8> {
    let mut request = u32::try_from(answer).unwrap_or_default().to_be_bytes().to_vec();
    request.extend(parties.iter().flat_map(|party| *party.as_bytes()));
    request.resize(length.max(request.len()), 0);
    request
}

/// One call.
pub(crate) async fn call(channel: tonic::transport::Channel, request: Vec<u8>) -> Result<()> {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await?;
    let path = http::uri::PathAndQuery::from_static(PATH);
    client.unary(Request::new(request), path, Utf8Codec::<Vec<u8>, Vec<u8>>::default()).await?;
    Ok(())
}
