//! Who may call what.

use crate::{Role, ServiceName};

/// A service's table: full path of each RPC, and who may call it. What has no row is refused.
pub type Policy = &'static [(&'static str, Rule)];

/// What each role of applications may call: full paths of RPCs, each within the organization of the application. Whatever stands in no such
/// list is refused, but for what anyone may call.
pub type Applications = &'static [(Role, &'static [&'static str])];

/// Who may call an RPC: people and siblings. Applications have a table of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anyone, without credential; limited per source. Also for what the token of a mailed link authorises.
    Public,
    /// Whoever is signed in, with or without an organization.
    Person,
    /// A user holding one of these roles; any role when the list is empty.
    Member(&'static [Role]),
    /// A user of the operator's organization holding one of these roles.
    Operator(&'static [Role]),
    /// A user of any organization holding one of the first roles (any when empty), or of the operator's holding one of the second.
    MemberOrOperator(&'static [Role], &'static [Role]),
    /// One of these sibling services.
    Peer(&'static [ServiceName]),
    /// Anyone on loopback, where simulation is on.
    Simulation,
}
