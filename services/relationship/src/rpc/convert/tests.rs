use super::*;
use crate::domain::admin_grant::State as GrantState;
use crate::domain::consent::Kind as ConsentKind;
use crate::domain::eligibility::Reason;
use crate::domain::invitation::{DeclineReason, Kind, Stage};
use crate::domain::reseller_relationship::Capacity;
use crate::domain::standing::{EnrollmentState, EnrollmentType, Lack};
use crate::domain::state::Stage as BondStage;

#[test]
fn every_reason_has_a_value_on_the_wire_and_a_method_that_exists() {
    let methods = String::from_utf8_lossy(wire::DESCRIPTOR_SET);
    for reason in Reason::ALL.iter().copied() {
        let states = [None].into_iter().chain(EnrollmentState::ALL.iter().copied().map(Some));
        for remedy in states.map(|state| reason.while_in(state)).chain([reason.remedy()]) {
            let organization = OrganizationId::from_uuid(uuid::Uuid::nil());
            let told = ineligibility(Ineligibility { reason, organization, remedy });
            assert_ne!(told.reason, 0, "{reason:?}");
            assert!(!told.remedy.is_empty() && told.actor != 0, "{reason:?}");
            if let Some((_, method)) = told.method.split_once('/') {
                assert!(methods.contains(method), "{}", told.method);
            }
        }
    }
}

#[test]
fn every_code_has_a_value_on_the_wire() {
    for stage in Stage::ALL {
        assert_ne!(wire!(pb::invitation::State, "STATE", stage), 0);
    }
    for kind in Kind::ALL {
        assert_ne!(wire!(pb::invitation::Kind, "KIND", kind), 0);
    }
    for stage in BondStage::ALL {
        assert_ne!(wire!(pb::partnership::State, "STATE", stage), 0);
        assert_ne!(wire!(pb::reseller_relationship::State, "STATE", stage), 0);
    }
    for reason in DeclineReason::ALL {
        assert_ne!(wire!(pb::DeclineReason, "DECLINE_REASON", reason), 0);
    }
    for capacity in Capacity::ALL {
        assert_ne!(wire!(pb::reseller_relationship::Capacity, "CAPACITY", capacity), 0);
    }
    for state in GrantState::ALL {
        assert_ne!(wire!(pb::admin_grant::State, "STATE", state), 0);
    }
    for kind in ConsentKind::ALL {
        assert_ne!(wire!(pb::ConsentKind, "CONSENT_KIND", kind), 0);
    }
    for kind in EnrollmentType::ALL {
        assert_ne!(wire!(wire::enrollment::EnrollmentType, "ENROLLMENT_TYPE", kind), 0);
    }
    for lack in Lack::ALL {
        assert_eq!(lack.as_str().parse(), Ok(*lack), "as a refusal names it");
    }
    for state in EnrollmentState::ALL {
        assert_ne!(wire!(wire::enrollment::enrollment::State, "STATE", state), 0);
    }
}
