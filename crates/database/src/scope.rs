//! On whose behalf rows are read and written: an argument of each store function that finds what a caller named. What is read beside it belongs
//! to what that one found.

use ids::OrganizationId;

/// Whose rows may be touched. A foreign row answers like an absent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those this organization is a party to.
    Organization(OrganizationId),
    /// All: the operator of the programme.
    Operator,
    /// All: a sibling service, or this service's own sweep.
    Peer,
    /// The one row that a mailed link opens.
    Link,
}

impl Scope {
    /// Whether rows of this organization may be touched.
    pub fn permits(self, organization: OrganizationId) -> bool {
        match self {
            Scope::Organization(own) => own == organization,
            Scope::Operator | Scope::Peer | Scope::Link => true,
        }
    }
}
