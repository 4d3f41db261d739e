//! Each step as the call that its people would make.

mod enrolling;
mod relating;

use serde_json::Value;

use super::play::Journey;
use super::step::Step;
use super::world::World;

pub(super) use enrolling::REVIEWERS;

type Came = Result<Value, String>;

impl Journey {
    /// Makes the call of a step; `before` is the world that it is tried in.
    pub(super) async fn perform(&mut self, step: Step, before: &World) -> Came {
        let who = step.by().map(|by| self.address(by)).unwrap_or_default();
        let who = who.as_str();
        match step {
            Step::Found(of) => self.found(of, who).await,
            Step::Legal(of, _, form) => self.legal(of, form, who).await,
            Step::Support(of, _) => self.support(of, who).await,
            Step::Draft(of, capacity, _) => self.draft(of, capacity, who).await,
            Step::Preapprove(of, capacity, _) => self.preapprove(of, capacity, who).await,
            Step::Submit { of, capacity, etag, dry, .. } => self.submit((of, capacity), etag, dry, who).await,
            Step::Locate { of, home } => self.locate(of, home, who).await,
            Step::Associate { of, location, right, .. } => self.associate((of, location), right, who).await,
            Step::Sign { of, capacity, text, .. } => self.sign(of, capacity, text, who).await,
            Step::Answer { of, approver, yes } => self.answer(of, approver, yes).await,
            Step::Review { of, by, act, etag } => self.review(of, by, act, etag).await,
            Step::TakeOn { of, role, .. } => self.take_on(of, role, who).await,
            Step::ChangeUser { of, second, to, .. } => self.change_user(of, second, to, who).await,
            Step::InvitePartner { target, ask, .. } => self.invite_partner(before, target, ask, who).await,
            Step::InviteCustomer { by, through, target, ask } => {
                self.invite_customer((before, by), through, target, ask, who).await
            }
            Step::Accept { invitation, link, consents, shown, .. } => {
                self.accept((before, invitation), who, link, consents, shown).await
            }
            Step::AllowOrders { partnership, allowed, etag, .. } => {
                self.allow_orders(partnership, allowed, etag, who).await
            }
            Step::End { partnership, cascade, etag, dry, .. } => self.end(partnership, (cascade, dry), etag, who).await,
            Step::Revoke { grant, etag, .. } => self.revoke(before, grant, etag, who).await,
            Step::Ask { trio, .. } => self.ask(trio, who).await,
            Step::Again { same } => self.caller.again(same).await,
            Step::Turn => Ok(Value::Null),
        }
    }
}
