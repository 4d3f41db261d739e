//! The calls that are measured, with clients and credentials made beforehand.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use linkage::ServiceName;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport;
use uuid::Uuid;
use wire::relationship as pb;
use wire::relationship::invitation_service_client::InvitationServiceClient;
use wire::relationship::order_eligibility_service_client::OrderEligibilityServiceClient;
use wire::relationship::reseller_relationship_service_client::ResellerRelationshipServiceClient;

use crate::cast::{Channel, Of, Signer, by, id, organization};
use crate::suite::Suite;

/// Callers of a suite that serves. Tokens last five minutes, so this is made anew for each group of rounds.
pub(crate) struct Callers {
    pub(crate) channel: Channel,
    signer: Signer,
    connections: Vec<transport::Channel>,
    /// Of each provider.
    providers: Vec<MetadataValue<Ascii>>,
    mint: runtime::Mint,
}

/// An invitation with what accepting it must name.
#[derive(Clone)]
pub(crate) struct Open {
    bearer: MetadataValue<Ascii>,
    request: pb::AcceptInvitationRequest,
}

impl Callers {
    pub(crate) async fn of(suite: &Suite, channel: Channel) -> Result<Arc<Callers>> {
        let signer = Signer::of(suite)?;
        let connections = crate::load::channels(suite.address(ServiceName::Relationship)?).await?;
        let providers = (0..channel.providers()).map(|n| signer.bearer(Of::Provider, n)).collect::<Result<_>>()?;
        Ok(Arc::new(Callers { channel, signer, connections, providers, mint: runtime::Mint::default() }))
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// One of the shared connections.
    pub(crate) fn connection(&self, at: usize) -> Result<transport::Channel> {
        self.connections.get(at).cloned().context("so many connections are open")
    }

    fn provider(&self, n: u64) -> Result<&MetadataValue<Ascii>> {
        self.providers.get(usize::try_from(n)?).context("a provider of the channel")
    }

    /// The request of order number `n`, and the parties' ids.
    pub(crate) fn order(&self, n: u64) -> (pb::CheckOrderEligibilityRequest, [Uuid; 3]) {
        let (provider, reseller, customer) = self.channel.trio(n);
        let request = order(
            organization(Of::Provider, provider),
            organization(Of::Reseller, reseller),
            organization(Of::Customer, customer),
        );
        let ids = [(Of::Provider, provider), (Of::Reseller, reseller), (Of::Customer, customer)];
        (request, ids.map(|(of, n)| crate::cast::uuid(of, n)))
    }

    /// A provider asks whether it may order; it may, or the run ends.
    pub(crate) async fn check(&self, n: u64, connection: usize) -> Result<()> {
        let answer = self.ask(n, connection).await?;
        ensure!(answer.eligible, "order {n} is refused: {answer:?}");
        Ok(())
    }

    pub(crate) async fn ask(&self, n: u64, connection: usize) -> Result<pb::OrderEligibility> {
        let (request, _) = self.order(n);
        let (provider, _, _) = self.channel.trio(n);
        let mut client = OrderEligibilityServiceClient::new(self.connection(connection)?);
        Ok(client.check_order_eligibility(by(self.provider(provider)?, request)).await?.into_inner())
    }

    /// A provider invites a reseller; gives the request id.
    pub(crate) async fn invite(&self, provider: u64, reseller: u64, connection: usize) -> Result<String> {
        let request_id = self.request_id();
        let invitation = pb::Invitation {
            kind: pb::invitation::Kind::Partnership as i32,
            location: id::<ids::kind::PartnerLocation>(Of::ResellerLocation, reseller).name(),
            recipient_email: crate::cast::email(Of::Reseller, reseller),
            language_code: "en".to_owned(),
            message: "We would like to work with you.".to_owned(),
            ..Default::default()
        };
        let request = pb::CreateInvitationRequest {
            request_id: request_id.clone(),
            invitation: Some(invitation),
            validate_only: false,
        };
        let mut client = InvitationServiceClient::new(self.connection(connection)?);
        client.create_invitation(by(self.provider(provider)?, request)).await?;
        Ok(request_id)
    }

    /// What accepting invitation number `n` takes: a reseller's by its name.
    pub(crate) async fn partnership(&self, n: u64, strangers: u64, connection: usize) -> Result<Open> {
        let (_, reseller) = self.channel.strangers(strangers + n);
        let bearer = self.signer.bearer(Of::Reseller, reseller)?;
        let name = id::<ids::kind::Invitation>(Of::Invitation, n).name();
        let mut client = InvitationServiceClient::new(self.connection(connection)?);
        let get = pb::GetInvitationRequest { name: name.clone() };
        let revision = client.get_invitation(by(&bearer, get)).await?.into_inner().revision;
        let consents = [pb::ConsentKind::PartnershipTerms, pb::ConsentKind::OrderSubmission].map(|kind| pb::Consent {
            kind: kind as i32,
            partner: organization(Of::Provider, self.channel.strangers(strangers + n).0),
        });
        let request = pb::AcceptInvitationRequest {
            request_id: self.request_id(),
            name,
            revision,
            consents: consents.to_vec(),
            ..Default::default()
        };
        Ok(Open { bearer, request })
    }

    /// The same for a customer's, by its link: customer number `customer` without partner, invitation number `n`.
    pub(crate) async fn customer(&self, n: u64, customer: u64, connection: usize) -> Result<Open> {
        let token = self.signer.link(n);
        let mut client = InvitationServiceClient::new(self.connection(connection)?);
        let inspect = pb::InspectInvitationRequest { token: token.clone() };
        let offer = client.inspect_invitation(inspect).await?.into_inner();
        let consents = offer.consents.into_iter().map(|asked| pb::Consent { kind: asked.kind, partner: asked.partner });
        let request = pb::AcceptInvitationRequest {
            request_id: self.request_id(),
            token,
            revision: offer.revision,
            consents: consents.collect(),
            ..Default::default()
        };
        Ok(Open { bearer: self.signer.bearer(Of::Customer, customer)?, request })
    }

    /// Accepts; gives the request id.
    pub(crate) async fn accept(&self, open: &Open, connection: usize) -> Result<String> {
        let mut client = InvitationServiceClient::new(self.connection(connection)?);
        client.accept_invitation(by(&open.bearer, open.request.clone())).await?;
        Ok(open.request.request_id.clone())
    }

    /// A page of the large reseller's shared customers.
    pub(crate) async fn customers(&self, bearer: &MetadataValue<Ascii>, after: &str, size: i32) -> Result<String> {
        let large = self.channel.large();
        let request = pb::ListResellerRelationshipsRequest {
            partner: organization(Of::Reseller, large),
            partnership: id::<ids::kind::Partnership>(Of::Partnership, large).name(),
            page_size: size,
            page_token: after.to_owned(),
            ..Default::default()
        };
        let mut client = ResellerRelationshipServiceClient::new(self.connection(0)?);
        let page = client.list_reseller_relationships(by(bearer, request)).await?.into_inner();
        ensure!(page.reseller_relationships.len() == usize::try_from(size)?, "the page is not full");
        Ok(page.next_page_token)
    }

    fn request_id(&self) -> String {
        self.mint.uuid(runtime::clock::system_time()).to_string()
    }
}

/// May this provider order?
pub(crate) fn order(provider: String, reseller: String, customer: String) -> pb::CheckOrderEligibilityRequest {
    pb::CheckOrderEligibilityRequest {
        provider,
        partner_of_record: reseller,
        customer,
        action: pb::OrderAction::PlaceOrder as i32,
        fresh: false,
    }
}
