//! What an access token says of an application.

use ids::{ApplicationId, OrganizationId};

use crate::{Application, Identity, Role};

/// What an application's access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationClaims {
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Its access version; a change of rights raises it.
    pub version: i64,
}

impl ApplicationClaims {
    pub(super) fn identity(&self) -> Identity {
        let (application, organization, roles) = (self.application, self.organization, self.roles.clone());
        Identity::Application(Application { application, organization, roles })
    }
}
