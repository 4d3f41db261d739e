//! What applications are let in to, and until when.

use uuid::Uuid;

use super::*;
use crate::{Application, ApplicationClaims};

fn application(roles: &[Role]) -> Application {
    Application {
        application: ids::Id::from_uuid(Uuid::from_u128(4)),
        organization: ids::Id::from_uuid(Uuid::from_u128(3)),
        roles: roles.to_vec(),
    }
}

#[test]
fn r67_an_application_calls_what_its_roles_are_for_and_what_anyone_may() {
    let rules = Rules::new(ServiceName::Enrollment, POLICY, APPLICATIONS);
    let (orders, partners, events, nothing) =
        (&[Role::OrderCheck][..], &[Role::PartnerRead][..], &[Role::EventRead][..], &[][..]);
    let decided = |roles: &[Role], method: &str| {
        let rule = rules.of(method).unwrap().unwrap();
        letter(&rules.admit(&application(roles), method, rule))
    };
    // Let in: o, to its own organization's rows; n = refused.
    let row = |method: &str| {
        [orders, partners, events, nothing].map(|roles| decided(roles, method)).iter().collect::<String>()
    };
    assert_eq!((row(SELF), row(LIST), row(EVENTS)), ("oonn".into(), "onnn".into(), "nnon".into()));
    assert_eq!((row(SESSION), row(PEER)), ("oooo".into(), "nnnn".into()));
    // People's roles open nothing to a machine, whatever a token says.
    assert_eq!(decided(&[Role::GlobalAdmin, Role::Operator], SELF), 'n');
    let fault = rules.admit(&application(events), SELF, rules.of(SELF).unwrap().unwrap()).unwrap_err();
    assert!(fault.message().contains("ORDER_CHECK or PARTNER_READ"), "{fault}");
}

#[tokio::test]
async fn r67_an_applications_token_is_void_once_its_rights_were_taken_away() {
    let door = door(false);
    let Application { application, organization, roles } = application(&[Role::OrderCheck]);
    let claims = |version| ApplicationClaims { application, organization, roles: roles.clone(), version };
    let token = |version| format!("Bearer {}", door.signer.sign_application(&claims(version), None).unwrap().0);
    let identity = Identity::Application(self::application(&[Role::OrderCheck]));
    assert_eq!(door.knock(SELF, &[&token(1)], None).await, Ok(identity.clone()));
    assert_eq!(door.knock(SESSION, &[&token(1)], None).await, Ok(identity));
    assert_eq!(door.knock(PEER, &[&token(1)], None).await, Err("ROLE_REQUIRED".to_owned()));
    let access = database::access::Access {
        holder: application.uuid(),
        organization: organization.uuid(),
        roles: Vec::new(),
        lowest_version: 2,
        disabled: false,
        received_at: chrono::DateTime::UNIX_EPOCH,
    };
    door.rights.replace(vec![access]);
    assert_eq!(door.knock(SELF, &[&token(1)], None).await, Err("CREDENTIAL_INVALID".to_owned()));
    assert!(door.knock(SELF, &[&token(2)], None).await.is_ok());
}
