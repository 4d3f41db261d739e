//! What happens to administration.

use chrono::{DateTime, Utc};
use ids::{AdminGrantId, OrganizationId};

use crate::domain::admin_grant::{AdminGrant, State};
use crate::domain::organization::{Addressee, Parties};

#[derive(Debug, Clone)]
pub struct AdminGrantCreated {
    pub(crate) grant: AdminGrantId,
    pub(crate) parties: Vec<OrganizationId>,
}

#[derive(Debug, Clone)]
pub struct AdminGrantReminded {
    pub(crate) grant: AdminGrantId,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) grantor_name: String,
    pub(crate) grantee_name: String,
    pub(crate) expire_time: DateTime<Utc>,
    pub(crate) tell: Vec<Addressee>,
}

#[derive(Debug, Clone)]
pub struct AdminGrantEnded {
    pub(crate) grant: AdminGrantId,
    pub(crate) to: State,
    /// What it ended with, when not for itself.
    pub(crate) reason: Option<&'static str>,
    pub(crate) parties: Vec<OrganizationId>,
    pub(crate) grantor_name: String,
    pub(crate) grantee_name: String,
    pub(crate) tell: Vec<Addressee>,
}

impl AdminGrantReminded {
    /// Told to both sides.
    pub(crate) fn of(grant: &AdminGrant, parties: &Parties) -> Self {
        let sides = [grant.grantor, grant.grantee];
        AdminGrantReminded {
            grant: grant.id,
            parties: sides.to_vec(),
            grantor_name: parties.name(grant.grantor),
            grantee_name: parties.name(grant.grantee),
            expire_time: grant.expire_time,
            tell: parties.addressees(sides),
        }
    }
}

impl AdminGrantEnded {
    /// Told to both sides.
    pub(crate) fn of(grant: &AdminGrant, to: State, reason: Option<&'static str>, parties: &Parties) -> Self {
        let sides = [grant.grantor, grant.grantee];
        AdminGrantEnded {
            grant: grant.id,
            to,
            reason,
            parties: sides.to_vec(),
            grantor_name: parties.name(grant.grantor),
            grantee_name: parties.name(grant.grantee),
            tell: parties.addressees(sides),
        }
    }
}
