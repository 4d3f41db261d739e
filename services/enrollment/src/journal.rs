//! What the journal keeps of each event: what happened to what, never an address or a name of a person.

use ids::{EnrollmentId, OrganizationId, PartnerLocationId, UserId};
use runtime::Entry;

use crate::domain::Event;
use crate::domain::claim::LocationState;
use crate::domain::domain_name::Proof;
use crate::domain::enquiry::Enquiry;
use crate::domain::event::{ApplicationDeed, ApplicationFacts, Moved, OrganizationFacts, Standing, UserFacts};
use crate::domain::reminder::AgreementReminder;

impl runtime::Event for Event {
    fn entry(&self) -> Entry {
        match self {
            Event::OrganizationCreated(facts) => organization("OrganizationCreated", facts.organization.id),
            Event::OrganizationUpdated(facts, changed) => updated(facts, changed),
            Event::DomainClaimed(id) => organization("DomainClaimed", *id).changing(["domains"]),
            Event::DomainProven(facts, proof) => proven(facts, *proof),
            Event::DomainUpdated(id) => organization("DomainUpdated", *id).changing(["domains.trusted_issuer"]),
            Event::SignInCodeSent(mailed) => Entry::new("SignInCodeSent", mailed.code.id.name()),
            Event::UserCreated(facts) => user("UserCreated", facts).moved(None, facts.state.as_str()),
            Event::UserUpdated(facts, changed) => user_updated(facts, changed),
            Event::UserDeleted(facts, before) => user("UserDeleted", facts).moved(Some(before.as_str()), "DELETED"),
            Event::UserBound { organization, user } => bound("UserBound", *organization, *user),
            Event::UserUnbound { organization, user } => bound("UserUnbound", *organization, *user),
            Event::Application(facts, deed) => application(facts, deed),
            Event::LegalProfileUpdated { organization, changed, .. } => {
                profile("LegalProfileUpdated", *organization, "legalProfile", changed)
            }
            Event::LegalProfileAdopted { organization } => {
                profile("LegalProfileAdopted", *organization, "legalProfile", &["vetted_revision".to_owned()])
            }
            Event::LegalProfileChangeDropped { organization, reason, .. } => {
                profile("LegalProfileChangeDropped", *organization, "legalProfile", &[]).because(reason.as_str())
            }
            Event::SupportProfileUpdated { organization, changed } => {
                profile("SupportProfileUpdated", *organization, "supportProfile", changed)
            }
            Event::BusinessProfileUpdated { organization, changed } => {
                profile("BusinessProfileUpdated", *organization, "businessProfile", changed)
            }
            Event::PreapprovalCreated(id) => Entry::new("PreapprovalCreated", id.name()),
            Event::EnrollmentCreated(standing) => created(standing),
            Event::EnrollmentUpdated { organization, enrollment, changed } => {
                renamed(*organization, *enrollment, changed)
            }
            Event::EnrollmentSubmitted(moved, _) => moved_entry("EnrollmentSubmitted", moved),
            Event::EnrollmentQualified(moved) => moved_entry("EnrollmentQualified", moved),
            Event::EnrollmentRejected(moved) => moved_entry("EnrollmentRejected", moved),
            Event::EnrollmentReturned(moved) => moved_entry("EnrollmentReturned", moved),
            Event::EnrollmentReconsidered(moved) => moved_entry("EnrollmentReconsidered", moved),
            Event::EnrollmentActivated(moved) => moved_entry("EnrollmentActivated", moved),
            Event::EnrollmentWithdrawn(moved) => moved_entry("EnrollmentWithdrawn", moved),
            Event::EnrollmentReopened(moved) => moved_entry("EnrollmentReopened", moved),
            Event::EnrollmentSuspended(moved) => moved_entry("EnrollmentSuspended", moved),
            Event::EnrollmentResumed(moved) => moved_entry("EnrollmentResumed", moved),
            Event::EnrollmentEnded(moved) => moved_entry("EnrollmentEnded", moved),
            Event::EnrollmentLocated(standing) => enrollment("EnrollmentLocated", standing).changing(["location"]),
            Event::AgreementSigned(standing) => enrollment("AgreementSigned", standing).changing(["signed_version"]),
            Event::AgreementPublished(template) => Entry::new("AgreementPublished", template.id.name()),
            Event::AgreementReminded(reminder) => reminded(reminder),
            Event::EnquirySent(enquiry) => enquired(enquiry),
            Event::LocationCreated { organization, location } => location_created(*organization, *location),
            Event::LocationCodeReset { organization, location, from } => code_reset(*organization, *location, *from),
            Event::LocationAssociated { organization, location } => Entry::new("LocationAssociated", location.name())
                .moved(Some("AVAILABLE"), "ASSOCIATED")
                .between([*organization]),
            Event::LocationClaimFailed { organization, location, state } => {
                claim_failed(*organization, *location, *state)
            }
        }
    }
}

fn organization(kind: &'static str, id: OrganizationId) -> Entry {
    Entry::new(kind, id.name()).between([id])
}

fn bound(kind: &'static str, organization: OrganizationId, user: UserId) -> Entry {
    Entry::new(kind, organization.child(user)).between([organization])
}

fn updated(facts: &OrganizationFacts, changed: &[&'static str]) -> Entry {
    let id = facts.organization.id;
    organization("OrganizationUpdated", id).changing(changed.iter().copied())
}

fn created(standing: &Standing) -> Entry {
    enrollment("EnrollmentCreated", standing).moved(None, standing.state.as_str())
}

fn proven(facts: &OrganizationFacts, proof: Proof) -> Entry {
    let id = facts.organization.id;
    organization("DomainProven", id).changing(["proven_domains"]).because(proof.as_str())
}

fn location_created(organization: OrganizationId, location: PartnerLocationId) -> Entry {
    Entry::new("LocationCreated", location.name()).moved(None, "AVAILABLE").between([organization])
}

fn renamed(organization: OrganizationId, enrollment: EnrollmentId, changed: &[&'static str]) -> Entry {
    let subject = organization.child(enrollment);
    Entry::new("EnrollmentUpdated", subject).changing(changed.iter().copied()).between([organization])
}

fn user_updated(facts: &UserFacts, changed: &[&'static str]) -> Entry {
    let entry = user("UserUpdated", facts).changing(changed.iter().copied());
    let from = facts.state.before();
    if changed.contains(&"state") { entry.moved(Some(from.as_str()), facts.state.as_str()) } else { entry }
}

fn reminded(reminder: &AgreementReminder) -> Entry {
    let entry = Entry::new("AgreementReminded", reminder.organization.child(reminder.enrollment));
    entry.because(reminder.due.stage.as_str()).between([reminder.organization])
}

fn enquired(enquiry: &Enquiry) -> Entry {
    Entry::new("EnquirySent", enquiry.id.name()).between([enquiry.sender, enquiry.provider])
}

fn code_reset(organization: OrganizationId, location: PartnerLocationId, from: LocationState) -> Entry {
    let entry = Entry::new("LocationCodeReset", location.name()).between([organization]);
    if from == LocationState::Locked { entry.moved(Some(from.as_str()), "AVAILABLE") } else { entry }
}

fn claim_failed(organization: OrganizationId, location: PartnerLocationId, state: LocationState) -> Entry {
    let entry = Entry::new("LocationClaimFailed", location.name()).between([organization]);
    let locked = state == LocationState::Locked;
    if locked { entry.moved(Some("AVAILABLE"), state.as_str()) } else { entry }
}

fn user(kind: &'static str, facts: &UserFacts) -> Entry {
    Entry::new(kind, facts.organization.child(facts.user)).between([facts.organization])
}

fn application(facts: &ApplicationFacts, deed: &ApplicationDeed) -> Entry {
    let entry = |kind| Entry::new(kind, facts.organization.child(facts.application)).between([facts.organization]);
    match deed {
        ApplicationDeed::Created => entry("ApplicationCreated").moved(None, facts.state.as_str()),
        ApplicationDeed::Updated(changed) => {
            let (entry, from) = (entry("ApplicationUpdated").changing(changed.iter().copied()), facts.state.before());
            if changed.contains(&"state") { entry.moved(Some(from.as_str()), facts.state.as_str()) } else { entry }
        }
        ApplicationDeed::CredentialRotated => entry("CredentialRotated").changing(["credentials"]),
        ApplicationDeed::Deleted(before) => entry("ApplicationDeleted").moved(Some(before.as_str()), "DELETED"),
    }
}

fn profile(kind: &'static str, organization: OrganizationId, singleton: &str, changed: &[String]) -> Entry {
    Entry::new(kind, organization.singleton(singleton)).changing(changed).between([organization])
}

fn enrollment(kind: &'static str, standing: &Standing) -> Entry {
    Entry::new(kind, standing.organization.child(standing.enrollment)).between([standing.organization])
}

fn moved_entry(kind: &'static str, moved: &Moved) -> Entry {
    let entry = enrollment(kind, &moved.standing).moved(Some(moved.from.as_str()), moved.standing.state.as_str());
    match &moved.reason {
        Some(reason) => entry.because(reason.as_str()),
        None => entry,
    }
}

#[cfg(test)]
mod tests {
    use runtime::Event as _;

    use super::*;
    use crate::domain::samples::{self, id};
    use crate::domain::user::{User, UserState};

    fn moved(event: &Event) -> (Option<String>, Option<String>) {
        let entry = event.entry();
        (entry.from, entry.to)
    }

    #[test]
    fn a_state_is_told_where_it_changed_and_nowhere_else() {
        let text = |state: &str| Some(state.to_owned());
        let away = User { state: UserState::Disabled, ..samples::user(1, &[]) };
        let updated = |user: &User, changed| moved(&Event::UserUpdated(UserFacts::of(user), vec![changed]));
        assert_eq!(moved(&Event::UserCreated(UserFacts::of(&away))), (None, text("DISABLED")));
        assert_eq!(updated(&away, "state"), (text("ACTIVE"), text("DISABLED")));
        assert_eq!(updated(&samples::user(1, &[]), "state"), (text("DISABLED"), text("ACTIVE")));
        assert_eq!(updated(&away, "roles"), (None, None));
        let deleted = moved(&Event::UserDeleted(UserFacts::of(&away), UserState::Active));
        assert_eq!(deleted, (text("ACTIVE"), text("DELETED")));
        let failed = |state| moved(&Event::LocationClaimFailed { organization: id(1), location: id(2), state });
        assert_eq!(failed(LocationState::Available { tries: 4 }), (None, None));
        assert_eq!(failed(LocationState::Locked), (text("AVAILABLE"), text("LOCKED")));
        let reset = |from| moved(&Event::LocationCodeReset { organization: id(1), location: id(2), from });
        assert_eq!(reset(LocationState::Available { tries: 4 }), (None, None));
        assert_eq!(reset(LocationState::Locked), (text("LOCKED"), text("AVAILABLE")));
    }
}
