//! Partners who found each other, and the customer they serve.

use serde_json::{Value, json};

use super::{Applicant, Capacity, Company};
use crate::harness::Stage;
use crate::harness::call::{NOBODY, list, text};

/// A provider and a reseller who work together.
#[derive(Debug, Clone)]
pub(crate) struct Partnership {
    pub(crate) provider: Applicant,
    pub(crate) reseller: Applicant,
    /// `partnerships/{p}`.
    pub(crate) name: String,
}

/// Who buys from them.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    /// `organizations/{o}`.
    pub(crate) organization: String,
    /// Its global administrator's address.
    pub(crate) admin: String,
}

/// Provider, reseller and customer, with all that an order needs.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) partnership: Partnership,
    pub(crate) customer: Customer,
}

impl Stage {
    /// An active provider and an active reseller.
    pub(crate) async fn partners(&mut self) -> (Applicant, Applicant) {
        let provider = self.partner(Company::RHEINWOLKE, Capacity::Provider).await;
        let reseller = self.partner(Company::FJALLMOLN, Capacity::Reseller).await;
        (provider, reseller)
    }

    /// The request by which a provider invites a reseller, asking for administration.
    pub(crate) fn inviting(&self, reseller: &Applicant) -> Value {
        json!({ "invitation": {
            "kind": "KIND_PARTNERSHIP", "location": reseller.location, "recipient_email": reseller.admin,
            "language_code": reseller.company.language, "message": "We look forward to working with you.",
            "admin_requests": [{ "directory_roles": ["directory-reader", "helpdesk-administrator"], "duration_days": 365 }],
        } })
    }

    /// The provider invites the reseller; the invitation.
    pub(crate) async fn invite(&mut self, provider: &Applicant, reseller: &Applicant) -> Value {
        let request = self.inviting(reseller);
        let made = self.ok(&provider.admin, "relationship.InvitationService/CreateInvitation", request).await;
        made["invitation"].clone()
    }

    /// The request that accepts what a link asks, with these of its consents.
    pub(crate) async fn accepting(&mut self, token: &str, consents: impl Fn(&Value) -> bool) -> Value {
        let offer =
            self.ok(NOBODY, "relationship.InvitationService/InspectInvitation", json!({ "token": token })).await;
        let given: Vec<Value> = list(&offer, "consents")
            .iter()
            .filter(|consent| consents(consent))
            .map(|consent| json!({ "kind": consent["kind"], "partner": consent["partner"] }))
            .collect();
        json!({ "token": token, "revision": offer["revision"], "consents": given })
    }

    /// The reseller accepts the provider's newest invitation with these consents; the partnership.
    pub(crate) async fn join(
        &mut self,
        provider: Applicant,
        reseller: Applicant,
        consents: impl Fn(&Value) -> bool,
    ) -> Partnership {
        self.invite(&provider, &reseller).await;
        let token = self.token(&reseller.admin, "partnership-invitation").await;
        let request = self.accepting(&token, consents).await;
        let accepted = self.ok(&reseller.admin, "relationship.InvitationService/AcceptInvitation", request).await;
        let name = text(&accepted, "invitation.result_partnership");
        self.settle().await;
        Partnership { provider, reseller, name }
    }

    /// An active provider and an active reseller in partnership, with every consent.
    pub(crate) async fn partnership(&mut self) -> Partnership {
        let (provider, reseller) = self.partners().await;
        self.join(provider, reseller, |_| true).await
    }

    /// The request by which a reseller invites a customer for both sides of a partnership.
    pub(crate) fn inviting_customer(&self, partnership: &Partnership, email: &str) -> Value {
        json!({ "invitation": {
            "kind": "KIND_CUSTOMER", "partnership": partnership.name, "recipient_email": email, "language_code": "en",
            "message": "Everything from one hand.",
            "admin_requests": [{ "directory_roles": ["directory-reader"], "duration_days": 180 }],
        } })
    }

    /// A customer who creates its organization and accepts both relationships by the mailed link.
    pub(crate) async fn customer(&mut self, partnership: &Partnership, company: Company) -> Customer {
        let admin = company.admin();
        let request = self.inviting_customer(partnership, &admin);
        let reseller = partnership.reseller.admin.clone();
        self.ok(&reseller, "relationship.InvitationService/CreateInvitation", request).await;
        let token = self.token(&admin, "customer-invitation").await;
        let organization = self.organization(company).await;
        let request = self.accepting(&token, |_| true).await;
        self.ok(&admin, "relationship.InvitationService/AcceptInvitation", request).await;
        self.settle().await;
        Customer { organization, admin }
    }

    /// Everything an order needs.
    pub(crate) async fn channel(&mut self) -> Channel {
        let partnership = self.partnership().await;
        let customer = self.customer(&partnership, Company::JARVIPILVI).await;
        Channel { partnership, customer }
    }

    /// Whether the provider may order for the customer, as the provider asks.
    pub(crate) async fn order_check(&mut self, channel: &Channel) -> Value {
        let request = channel.order_check();
        let provider = channel.partnership.provider.admin.clone();
        self.ok(&provider, "relationship.OrderEligibilityService/CheckOrderEligibility", request).await
    }
}

impl Channel {
    /// The request that asks whether the provider may order for the customer.
    pub(crate) fn order_check(&self) -> Value {
        json!({
            "provider": self.partnership.provider.organization, "partner_of_record": self.partnership.reseller.organization,
            "customer": self.customer.organization, "action": "ORDER_ACTION_PLACE_ORDER",
        })
    }
}

/// The reasons of an order check, without their prefix.
pub(crate) fn reasons(check: &Value) -> Vec<String> {
    list(check, "reasons")
        .iter()
        .map(|reason| text(reason, "reason").trim_start_matches("INELIGIBILITY_REASON_").to_owned())
        .collect()
}
