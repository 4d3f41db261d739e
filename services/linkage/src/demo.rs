//! The main job: plays a journey file over real gRPC and says whether every expectation held.

pub mod journey;
mod judge;
pub mod matching;
pub mod play;
pub mod print;
pub mod vars;

pub use journey::Journey;
pub use play::{Ending, Player};
pub use print::Printer;

/// The journey that ships.
pub const SHIPPED: &str = include_str!("../journeys/first-order.yaml");
