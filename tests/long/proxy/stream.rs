//! Where the proxy forwards to, and the sockets that it reads and writes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// Where bytes are forwarded to.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// A connected socket of either kind.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Target {
    pub(super) fn connect(&self) -> io::Result<Stream> {
        match self {
            Target::Tcp(address) => TcpStream::connect(address).map(Stream::Tcp),
            Target::Unix(path) => UnixStream::connect(path).map(Stream::Unix),
        }
    }
}

impl Stream {
    /// The same socket once more.
    pub(super) fn again(&self) -> Stream {
        match self {
            Stream::Tcp(stream) => {
                // What passes is passed on at once; it fails only for a socket that is closed already.
                let _ = stream.set_nodelay(true);
                Stream::Tcp(stream.try_clone().expect("another handle"))
            }
            Stream::Unix(stream) => Stream::Unix(stream.try_clone().expect("another handle")),
        }
    }

    /// Says that no more will be written.
    pub(super) fn finish(&self) {
        self.shut(Shutdown::Write);
    }

    /// Closes it for everybody who has a handle.
    pub(super) fn close(&self) {
        self.shut(Shutdown::Both);
    }

    fn shut(&self, how: Shutdown) {
        // The other side may have closed it before.
        let _ = match self {
            Stream::Tcp(stream) => stream.shutdown(how),
            Stream::Unix(stream) => stream.shutdown(how),
        };
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.read(buffer),
            Stream::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => stream.write(bytes),
            Stream::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
