//! The calls by which organizations win, change and end what binds them.

use serde_json::{Value, json};

use super::Came;
use crate::harness::call::{list, text};
use crate::random::play::Journey;
use crate::random::requests::administration;
use crate::random::step::{Consents, Etag};
use crate::random::world::{GrantStage, Who, World};

impl Journey {
    pub(super) async fn invite_partner(&mut self, before: &World, target: usize, ask: bool, who: &str) -> Came {
        let locations = &before.cast[target].locations;
        let at = locations.iter().position(|location| location.associated).unwrap_or_default();
        let mut invitation = self.invitation("KIND_PARTNERSHIP", target);
        invitation["location"] = json!(self.locations[&(target, at)].0);
        if ask {
            invitation["admin_requests"] = json!([administration("")]);
        }
        let request = json!({ "invitation": invitation });
        self.caller.write(who, "relationship.InvitationService/CreateInvitation", request).await
    }

    pub(super) async fn invite_customer(
        &mut self,
        (before, by): (&World, Who),
        through: Option<usize>,
        target: usize,
        ask: bool,
        who: &str,
    ) -> Came {
        let mut invitation = self.invitation("KIND_CUSTOMER", target);
        let partnership = through.map(|at| before.partnerships[at].clone());
        if let Some(at) = through {
            invitation["partnership"] = json!(self.partnerships[at]);
        }
        if ask {
            let own = by.organization().into_iter().collect();
            let partners = partnership.map_or(own, |both| vec![both.provider, both.reseller]);
            let requests = partners.iter().map(|partner| administration(&self.organizations[*partner]));
            invitation["admin_requests"] = requests.collect();
        }
        let request = json!({ "invitation": invitation });
        self.caller.write(who, "relationship.InvitationService/CreateInvitation", request).await
    }

    pub(super) async fn accept(
        &mut self,
        (before, at): (&World, usize),
        who: &str,
        link: bool,
        consents: Consents,
        shown: bool,
    ) -> Came {
        let (name, invitation) = (self.invitations[at].clone(), &before.invitations[at]);
        let kind = if invitation.customer { "customer-invitation" } else { "partnership-invitation" };
        let token = self.mailed(&self.person(invitation.target, "founder"), kind, Some(&name)).await?;
        let offer = self.offer(&token).await?;
        let given = |consent: &&Value| match consents {
            Consents::All => true,
            Consents::Required => consent["required"] == json!(true),
            Consents::Nothing => false,
        };
        let given: Vec<Value> = list(&offer, "consents")
            .iter()
            .filter(given)
            .map(|consent| json!({ "kind": consent["kind"], "partner": consent["partner"] }))
            .collect();
        let revision = if shown { text(&offer, "revision") } else { "0".repeat(64) };
        let mut request = json!({ "revision": revision, "consents": given });
        let (field, value) = if link { ("token", token) } else { ("name", name) };
        request[field] = json!(value);
        self.caller.write(who, "relationship.InvitationService/AcceptInvitation", request).await
    }

    pub(super) async fn allow_orders(&mut self, partnership: usize, allowed: bool, etag: Etag, who: &str) -> Came {
        let name = self.partnerships[partnership].clone();
        let etag = self.partnership_version(etag, &name).await;
        let request = json!({ "name": name, "orders_allowed": allowed, "etag": etag });
        self.caller.write(who, "relationship.PartnershipService/SetOrdersAllowed", request).await
    }

    pub(super) async fn end(
        &mut self,
        partnership: usize,
        (cascade, dry): (bool, bool),
        etag: Etag,
        who: &str,
    ) -> Came {
        let name = self.partnerships[partnership].clone();
        let etag = self.partnership_version(etag, &name).await;
        let request = json!({ "name": name, "cascade": cascade, "etag": etag, "validate_only": dry });
        self.caller.write(who, "relationship.PartnershipService/EndPartnership", request).await
    }

    pub(super) async fn revoke(&mut self, before: &World, grant: usize, etag: Etag, who: &str) -> Came {
        // A grant changes once: when it ends.
        let version = if before.grants[grant].stage == GrantStage::Active { "1" } else { "2" };
        let etag = match etag {
            Etag::Absent => "",
            Etag::Present => version,
            Etag::Stale => "9999",
        };
        let request = json!({ "name": self.grants[grant], "etag": etag });
        self.caller.write(who, "relationship.AdminGrantService/RevokeAdminGrant", request).await
    }

    pub(super) async fn ask(&mut self, trio: [usize; 3], who: &str) -> Came {
        let request = self.order(trio);
        self.caller.try_read(who, "relationship.OrderEligibilityService/CheckOrderEligibility", request).await
    }

    async fn partnership_version(&mut self, etag: Etag, name: &str) -> String {
        let operator = self.address(Who::Operator);
        self.version(etag, &operator, "relationship.PartnershipService/GetPartnership", name).await
    }
}
