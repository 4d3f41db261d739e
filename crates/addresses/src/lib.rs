//! E-mail addresses, domains and languages: one canonical spelling each, so that equal text means the same; and what became of mail to them. Never
//! touches a network, a database or a clock.

mod delivery;
mod domain;
mod email;
mod language;

pub use delivery::{Delivery, Mailing};
pub use domain::{ascii, is_on_public_network, leads_somewhere, registrable};
pub use email::{Email, InvalidEmail};
pub use language::{InvalidLanguage, Language};
