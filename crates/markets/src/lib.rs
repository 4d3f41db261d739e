//! The market table as data with effective dates, and its pure questions: where is this country, who may link with whom, who may sell where.
//!
//! Never imports tonic, prost, sea-orm, tokio or anything of ours. Time comes in as an argument.

mod code;
mod country;
mod market;
mod region;
mod table;

pub use code::{CountryCode, Currency, InvalidCode};
pub use market::{Change, Market};
pub use region::{RegionCode, UnknownRegion};
pub use table::{DataError, Markets, Mismatch};
