//! A small proxy of the tests: it stands between a process and what it talks to, and holds, cuts, delays, loses, records and
//! replays what passes, at moments that the test chooses.

mod pump;
mod stream;
#[cfg(test)]
mod tests;
mod trap;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use stream::Stream;
pub(crate) use stream::Target;
use trap::Progress;
pub(crate) use trap::{Sprung, Trap};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From who connected to the target.
    Up,
    /// From the target to who connected.
    Down,
}

/// A connection that is lost is lost within so many bytes.
const LOST_WITHIN: usize = 4_000;

/// Listens on a port of its own and forwards to its target. It ends when dropped, and so do its connections.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: Target,
    state: Mutex<State>,
    /// Told of every change that a waiting connection may have waited for.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ended: bool,
    refusing: bool,
    held: [bool; 2],
    delay: [Duration; 2],
    loss: Option<(f64, StdRng)>,
    lost: usize,
    trap: Option<Set>,
    recordings: Option<BTreeMap<u64, Vec<u8>>>,
    links: BTreeMap<u64, Link>,
    accepted: u64,
}

/// A trap that was set.
struct Set {
    trap: Trap,
    sprung: bool,
    tell: Sender<()>,
}

/// A connection.
struct Link {
    ends: [Stream; 2],
    cut: bool,
    held: [bool; 2],
    progress: Progress,
    /// How many more bytes it lives, when it is one to be lost.
    left: Option<usize>,
    /// How many of its two ways still run.
    running: usize,
}

impl Proxy {
    /// Begins to forward.
    pub(crate) fn start(target: Target) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port for the proxy");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared { target, state: Mutex::default(), changed: Condvar::new() });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.state().ended {
                    return;
                }
                accepting.accept(Stream::Tcp(client));
            }
        });
        Proxy { address, shared }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Keeps back all bytes of this way, of connections to come too; the sockets stay open.
    pub(crate) fn hold(&self, way: Way) {
        self.change(|state| state.held[way as usize] = true);
    }

    /// Lets everything pass again, what was kept back first; sets no trap any more.
    pub(crate) fn release(&self) {
        self.change(|state| {
            state.held = [false; 2];
            state.delay = [Duration::ZERO; 2];
            state.refusing = false;
            state.loss = None;
            state.trap = None;
            state.links.values_mut().for_each(|link| link.held = [false; 2]);
        });
    }

    /// Closes every connection on both sides; what was kept back is dropped. Says how many there were.
    pub(crate) fn cut(&self) -> usize {
        let mut cut = 0;
        self.change(|state| {
            cut = state.links.len();
            state.links.values_mut().for_each(Link::cut);
        });
        cut
    }

    /// Cuts every connection, and each new one at once, until released.
    pub(crate) fn refuse(&self) {
        self.change(|state| state.refusing = true);
        self.cut();
    }

    /// Makes everything of this way late.
    pub(crate) fn delay(&self, way: Way, by: Duration) {
        self.change(|state| state.delay[way as usize] = by);
    }

    /// Loses this share of the connections to come, each after some of its first bytes.
    pub(crate) fn lose(&self, share: f64, seed: u64) {
        self.change(|state| state.loss = Some((share, StdRng::seed_from_u64(seed))));
    }

    /// How many connections there were, and how many of them were lost.
    pub(crate) fn losses(&self) -> (u64, usize) {
        let state = self.shared.state();
        (state.accepted, state.lost)
    }

    /// Sets a trap in place of the one before: it springs once, on the connection that first shows what it waits for.
    pub(crate) fn set(&self, trap: Trap) -> Sprung {
        let (tell, told) = channel();
        self.change(|state| {
            state.links.values_mut().for_each(|link| link.progress = Progress::default());
            state.trap = Some(Set { trap, sprung: false, tell });
        });
        Sprung(told)
    }

    /// Keeps what is sent to the target on connections to come.
    pub(crate) fn record(&self) {
        self.change(|state| state.recordings = Some(BTreeMap::new()));
    }

    /// What was sent to the target since, a recording for each connection.
    pub(crate) fn recorded(&self) -> Vec<Vec<u8>> {
        self.shared.state().recordings.iter().flat_map(BTreeMap::values).cloned().collect()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.state());
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.change(|state| state.ended = true);
        self.cut();
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects a client to the target, or closes it where that can't be.
    fn accept(self: &Arc<Self>, client: Stream) {
        let mut state = self.state();
        state.accepted += 1;
        let id = state.accepted;
        let left = state
            .loss
            .as_mut()
            .and_then(|(share, random)| random.random_bool(*share).then(|| random.random_range(0..LOST_WITHIN)));
        state.lost += usize::from(left.is_some());
        if state.refusing {
            client.close();
            return;
        }
        drop(state);
        let Ok(target) = self.target.connect() else {
            client.close();
            return;
        };
        let link = Link {
            ends: [client.again(), target.again()],
            cut: false,
            held: [false; 2],
            progress: Progress::default(),
            left,
            running: 2,
        };
        let mut state = self.state();
        if let Some(recordings) = &mut state.recordings {
            recordings.insert(id, Vec::new());
        }
        state.links.insert(id, link);
        drop(state);
        for (way, from, to) in [(Way::Up, client.again(), target.again()), (Way::Down, target, client)] {
            let shared = Arc::clone(self);
            thread::spawn(move || shared.pump(id, way, from, to));
        }
    }
}

impl Link {
    fn cut(&mut self) {
        self.cut = true;
        self.ends.iter().for_each(Stream::close);
    }
}
