//! What the stories share: inviting, looking, accepting.

use prost::Message;
use runtime::Role;
use tonic::Status;
use tonic::transport::Endpoint;
use uuid::Uuid;
use wire::notification::SendMessageRequest;
use wire::relationship as pb;
use wire::relationship::invitation_service_client::InvitationServiceClient;
use wire::types::variable::Value;

use crate::stage::{CUSTOMER, PROVIDER, RESELLER, Stage, email, location, reason};

pub(crate) fn request_id() -> String {
    runtime::Mint::default().uuid(chrono::DateTime::UNIX_EPOCH).to_string()
}

/// A provider's invitation to the reseller, asking for administration too.
pub(crate) fn to_reseller() -> pb::Invitation {
    pb::Invitation {
        kind: pb::invitation::Kind::Partnership as i32,
        location: location(RESELLER),
        recipient_email: email(RESELLER),
        message: "Let us work together".to_owned(),
        language_code: "sv".to_owned(),
        admin_requests: vec![pb::AdminRequest {
            grantee: String::new(),
            directory_roles: vec!["directory-reader".to_owned(), "directory-writer".to_owned()],
            duration_days: 365,
        }],
        ..Default::default()
    }
}

/// The reseller's invitation to the customer, for both partners.
pub(crate) fn to_customer(partnership: &str) -> pb::Invitation {
    pb::Invitation {
        kind: pb::invitation::Kind::Customer as i32,
        partnership: partnership.to_owned(),
        recipient_email: email(CUSTOMER),
        language_code: "en".to_owned(),
        ..Default::default()
    }
}

impl Stage {
    pub(crate) fn invitations(&self) -> InvitationServiceClient<tonic::transport::Channel> {
        InvitationServiceClient::new(self.channel())
    }

    pub(crate) async fn invite(&self, by: u128, invitation: pb::Invitation) -> Result<pb::Invitation, Status> {
        let request = pb::CreateInvitationRequest {
            request_id: request_id(),
            invitation: Some(invitation),
            validate_only: false,
        };
        let created = self.invitations().create_invitation(self.by(by, request)).await?;
        Ok(created.into_inner().invitation.unwrap())
    }

    pub(crate) async fn inspect(&self, token: &str) -> Result<pb::InvitationOffer, Status> {
        let request = pb::InspectInvitationRequest { token: token.to_owned() };
        Ok(self.invitations().inspect_invitation(request).await?.into_inner())
    }

    pub(crate) async fn accept(
        &self,
        by: u128,
        request: pb::AcceptInvitationRequest,
    ) -> Result<pb::Invitation, Status> {
        let accepted = self.invitations().accept_invitation(self.by(by, request)).await?;
        Ok(accepted.into_inner().invitation.unwrap())
    }

    /// A provider and a reseller who became partners, with administration.
    pub(crate) async fn partners(&self) -> pb::Invitation {
        self.invite(PROVIDER, to_reseller()).await.unwrap();
        let token = self.token("partnership-invitation").await;
        let request = whole(&self.inspect(&token).await.unwrap(), &token);
        self.accept(RESELLER, request).await.unwrap()
    }

    /// A customer of both, who accepted all that was asked.
    pub(crate) async fn customer(&self, partnership: &str) -> pb::Invitation {
        self.register(CUSTOMER, "FI");
        self.invite(RESELLER, to_customer(partnership)).await.unwrap();
        let token = self.token("customer-invitation").await;
        let request = whole(&self.inspect(&token).await.unwrap(), &token);
        let accepted = self.accept(CUSTOMER, request).await.unwrap();
        self.tell_watermark(&[]).await;
        accepted
    }
}

/// Accepts all that is offered.
pub(crate) fn whole(offer: &pb::InvitationOffer, token: &str) -> pb::AcceptInvitationRequest {
    let consents = offer.consents.iter();
    pb::AcceptInvitationRequest {
        request_id: request_id(),
        name: String::new(),
        token: token.to_owned(),
        revision: offer.revision.clone(),
        consents: consents.map(|asked| pb::Consent { kind: asked.kind, partner: asked.partner.clone() }).collect(),
        validate_only: false,
    }
}

#[tokio::test]
async fn r33_who_sells_invites_but_asks_for_no_administration() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let create = async |role: Role, admin_requests: Vec<pb::AdminRequest>| {
        let invitation = Some(pb::Invitation { admin_requests, ..to_reseller() });
        let request = pb::CreateInvitationRequest { request_id: request_id(), invitation, validate_only: true };
        stage.invitations().create_invitation(stage.with(PROVIDER, &[role], request)).await
    };
    let asked = to_reseller().admin_requests;
    let refused = create(Role::SalesAgent, asked.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_REQUIRED");
    create(Role::SalesAgent, Vec::new()).await.unwrap();
    create(Role::AdminAgent, asked).await.unwrap();
}

#[tokio::test]
async fn n02_a_link_leads_where_the_configuration_says_whatever_host_the_request_names() {
    let stage = Stage::ready(testkit::sqlite()).await;
    let forged = Endpoint::try_from(format!("http://{}", stage.relationship.address())).unwrap();
    let forged = forged.origin("http://evil.example".parse().unwrap()).connect_lazy();
    let request = pb::CreateInvitationRequest { invitation: Some(to_reseller()), ..Default::default() };
    let mut request = stage.by(PROVIDER, request);
    for name in ["host", "x-forwarded-host", "forwarded", "x-original-host", "origin", "referer"] {
        request.metadata_mut().insert(name, "evil.example".parse().unwrap());
    }
    InvitationServiceClient::new(forged).create_invitation(request).await.unwrap();
    // As the relay does it just before a delivery.
    let row = stage.relationship.outbox_rows().await.unwrap().pop().unwrap();
    let sealed = stage.relationship.app().links().seal(&row.method, row.payload).unwrap();
    let mail = SendMessageRequest::decode(sealed.as_slice()).unwrap();
    let texts: Vec<_> = mail.variables.into_iter().map(|variable| variable.value.unwrap()).collect();
    let texts: Vec<_> =
        texts.into_iter().map(|value| if let Value::Text(text) = value { text } else { panic!() }).collect();
    assert!(texts.iter().any(|text| text.starts_with("https://linkage.example/")), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("evil")), "{texts:?}");
}

#[test]
fn request_ids_differ() {
    assert_ne!(request_id(), request_id());
    assert!(Uuid::try_parse(&request_id()).is_ok());
}
