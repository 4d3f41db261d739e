//! Enrollments.

pub(super) mod create;
pub(super) mod end;
pub(super) mod get;
pub(super) mod get_program_information;
mod impact;
pub(super) mod list;
mod measure;
pub(super) mod reopen;
pub(super) mod resume;
pub(super) mod submit;
pub(super) mod suspend;
pub(super) mod update;
pub(super) mod withdraw;

use database::Scope;
use ids::{EnrollmentId, OrganizationId};
use runtime::{Fault, clock};

use crate::domain::enrollment::{Enrollment, hold_registration};
use crate::domain::picture::Picture;
use crate::{Change, store};

/// An enrollment of a locked organization, with all that its moves depend on.
struct Loaded {
    enrollment: Enrollment,
    /// The organization's other ones.
    others: Vec<Enrollment>,
    picture: Picture,
    before: Picture,
}

impl Loaded {
    async fn new(
        change: &Change,
        scope: Scope,
        (organization, id): (OrganizationId, EnrollmentId),
        etag: &str,
    ) -> Result<Loaded, Fault> {
        let tx = &change.tx;
        if !store::organization::lock(tx, scope, organization).await? {
            return Err(Fault::missing());
        }
        let all = store::enrollment::all(tx, organization).await?;
        let (mut own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.id == id);
        let enrollment = own.pop().ok_or_else(Fault::missing)?;
        Fault::unless_fresh(etag, enrollment.version)?;
        let picture = store::picture::load(tx, scope, organization, change.now()).await?.ok_or_else(Fault::missing)?;
        Ok(Loaded { enrollment, others, before: picture.clone(), picture })
    }

    /// Writes what has changed; whoever holds no profile any more lets its registration number go.
    async fn save(&mut self, change: &Change) -> Result<(), Fault> {
        let tx = &change.tx;
        store::picture::save(tx, &self.before, &mut self.picture, clock::system_time()).await?;
        store::enrollment::save(tx, &mut self.enrollment).await?;
        if !self.enrollment.state.holds_profile() && !hold_registration(&self.others) {
            store::profile::enroll_registration(tx, self.enrollment.organization, None, change.now()).await?;
        }
        Ok(())
    }
}
