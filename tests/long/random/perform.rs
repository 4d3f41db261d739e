//! Each step as the call that its people would make.

use serde_json::{Value, json};

use super::caller::NOBODY;
use super::play::Journey;
use super::requests::{address, administration, kind, name_of};
use super::step::{Change, Consents, Etag, Review, Reviewer, Step, Text};
use super::world::{CAST, CHECKS, Capacity, GrantStage, PREAPPROVAL_HOURS, Status, Who, World};
use crate::harness::call::{list, text};

type Came = Result<Value, String>;

pub(super) const REVIEWERS: [&str; 2] = ["rita.reviewer@linkage.example", "rune.reviewer@linkage.example"];

impl Journey {
    /// Makes the call of a step; `before` is the world that it is tried in.
    pub(super) async fn perform(&mut self, step: Step, before: &World) -> Came {
        let who = step.by().map(|by| self.address(by)).unwrap_or_default();
        let who = who.as_str();
        match step {
            Step::Found(of) => {
                let organization =
                    json!({ "display_name": self.name(of), "region_code": CAST[of].country, "language_code": "en" });
                let request = json!({ "organization": organization });
                self.caller.write(who, "enrollment.OrganizationService/CreateOrganization", request).await
            }
            Step::Legal(of, _, form) => {
                let request = json!({ "legal_profile": self.legal_profile(of, form) });
                self.caller.write(who, "enrollment.OrganizationService/UpdateLegalProfile", request).await
            }
            Step::Support(of, _) => {
                let profile = json!({
                    "name": format!("{}/supportProfile", self.organizations[of]), "email": self.person(of, "support"),
                    "phone": "+46812345679", "website": format!("https://www.{}/support", self.domain(of)),
                });
                let request = json!({ "support_profile": profile });
                self.caller.write(who, "enrollment.OrganizationService/UpdateSupportProfile", request).await
            }
            Step::Draft(of, capacity, _) => {
                let request = json!({ "parent": self.organizations[of], "enrollment": { "type": kind(capacity) } });
                self.caller.write(who, "enrollment.EnrollmentService/CreateEnrollment", request).await
            }
            Step::Preapprove(of, capacity, _) => {
                let until = self.in_hours(PREAPPROVAL_HOURS);
                let preapproval = json!({ "domain": self.domain(of), "type": kind(capacity), "expire_time": until });
                let request = json!({ "preapproval": preapproval });
                self.caller.write(who, "enrollment.EnrollmentService/CreatePreapproval", request).await
            }
            Step::Submit { of, capacity, etag, dry, .. } => {
                let name = self.enrollments[&(of, capacity)].clone();
                let operator = self.address(Who::Operator);
                let etag = self.version(etag, &operator, "enrollment.EnrollmentService/GetEnrollment", &name).await;
                let request = json!({ "name": name, "etag": etag, "validate_only": dry });
                self.caller.write(who, "enrollment.EnrollmentService/SubmitEnrollment", request).await
            }
            Step::Locate { of, home } => {
                let location = json!({
                    "organization": self.organizations[of], "display_name": "Main office", "address": address(of, home),
                });
                let request = json!({ "partner_location": location });
                self.caller.write(who, "enrollment.PartnerLocationService/CreatePartnerLocation", request).await
            }
            Step::Associate { of, location, right, .. } => {
                let (name, code) = self.locations[&(of, location)].clone();
                let request = json!({ "name": name, "claim_code": if right { code } else { "WRONG".to_owned() } });
                self.caller.write(who, "enrollment.PartnerLocationService/AssociatePartnerLocation", request).await
            }
            Step::Sign { of, capacity, text, .. } => self.sign(of, capacity, text, who).await,
            Step::Answer { of, approver, yes } => self.answer(of, approver, yes).await,
            Step::Review { of, by, act, etag } => self.review(of, by, act, etag).await,
            Step::TakeOn { of, role, .. } => {
                let user = json!({ "email": self.address(Who::Second(of)), "display_name": "Sam Second", "roles": [name_of(role)] });
                let request = json!({ "parent": self.organizations[of], "user": user });
                self.caller.write(who, "enrollment.UserService/CreateUser", request).await
            }
            Step::ChangeUser { of, second, to, .. } => {
                let name = self.user(of, second).await;
                let user = match to {
                    Change::Roles(role) => json!({ "name": name, "roles": [name_of(role)] }),
                    Change::Disable => json!({ "name": name, "state": "STATE_DISABLED" }),
                    Change::Enable => json!({ "name": name, "state": "STATE_ACTIVE" }),
                };
                self.caller.write(who, "enrollment.UserService/UpdateUser", json!({ "user": user })).await
            }
            Step::InvitePartner { target, ask, .. } => {
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
            Step::InviteCustomer { by, through, target, ask } => {
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
            Step::Accept { invitation, link, consents, shown, .. } => {
                let about = (before, invitation);
                self.accept(about, who, link, consents, shown).await
            }
            Step::AllowOrders { partnership, allowed, etag, .. } => {
                let name = self.partnerships[partnership].clone();
                let etag = self.partnership_version(etag, &name).await;
                let request = json!({ "name": name, "orders_allowed": allowed, "etag": etag });
                self.caller.write(who, "relationship.PartnershipService/SetOrdersAllowed", request).await
            }
            Step::End { partnership, cascade, etag, dry, .. } => {
                let name = self.partnerships[partnership].clone();
                let etag = self.partnership_version(etag, &name).await;
                let request = json!({ "name": name, "cascade": cascade, "etag": etag, "validate_only": dry });
                self.caller.write(who, "relationship.PartnershipService/EndPartnership", request).await
            }
            Step::Revoke { grant, etag, .. } => {
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
            Step::Ask { trio, .. } => {
                let request = self.order(trio);
                self.caller.try_read(who, "relationship.OrderEligibilityService/CheckOrderEligibility", request).await
            }
            Step::Again { same } => self.caller.again(same).await,
            Step::Turn => Ok(Value::Null),
        }
    }

    async fn sign(&mut self, of: usize, capacity: Capacity, text: Text, who: &str) -> Came {
        let other = if capacity == Capacity::Provider { Capacity::Reseller } else { Capacity::Provider };
        let of_capacity = if text == Text::OtherCapacity { other } else { capacity };
        let newest = self.world.newest(of_capacity) - i32::from(text == Text::Older);
        let (template, mut sha256) = self.texts[&(of_capacity, CAST[of].region.to_owned(), newest)].clone();
        if text == Text::OtherHash {
            sha256 = "0".repeat(64);
        }
        let enrollment = &self.enrollments[&(of, capacity)];
        let signature = json!({ "enrollment": enrollment, "agreement_template": template, "sha256": sha256 });
        let request = json!({ "parent": self.organizations[of], "signature": signature });
        self.caller.write(who, "enrollment.AgreementService/CreateSignature", request).await
    }

    async fn answer(&mut self, of: usize, approver: bool, yes: bool) -> Came {
        let (person, kind) =
            if approver { ("approver", "approver-verification") } else { ("contact", "email-verification") };
        let token = self.mailed(&self.person(of, person), kind, None).await?;
        let answer = if yes { "ANSWER_YES" } else { "ANSWER_NO" };
        let request = json!({ "token": token, "claim_answer": answer, "address_answer": "ANSWER_YES" });
        let rpc = "verification.EmailVerificationService/ConfirmEmailVerification";
        self.caller.write(NOBODY, rpc, request).await
    }

    async fn review(&mut self, of: usize, by: Reviewer, act: Review, etag: Etag) -> Came {
        let who = match by {
            Reviewer::Staff(staff) => REVIEWERS[staff].to_owned(),
            Reviewer::Other(who) => self.address(who),
        };
        let case = self.case(of).await;
        let etag = match etag {
            Etag::Absent => String::new(),
            Etag::Present => text(&case, "etag"),
            Etag::Stale => "9999".to_owned(),
        };
        let mut request = json!({ "name": case["name"], "etag": etag });
        let rpc = match act {
            Review::Claim => "ClaimVettingCase",
            Review::Approve => "ApproveVettingCase",
            Review::Judge(check, verdict) => {
                request["kind"] = json!(format!("CHECK_KIND_{}", CHECKS[check]));
                let (status, reason) = match verdict {
                    Status::Failed => ("FAILED", "NOT_SHOWN"),
                    Status::Waived => ("WAIVED", "KNOWN"),
                    Status::Pending | Status::Passed => ("PASSED", ""),
                };
                request["status"] = json!(format!("CHECK_STATUS_{status}"));
                request["reason"] = json!(reason);
                "DecideCheck"
            }
        };
        let came = self.caller.write(&who, &format!("verification.VettingService/{rpc}"), request).await;
        if let Ok(case) = &came {
            self.cases.insert(of, case.clone());
        }
        came
    }

    /// The newest case of an organization, as it was answered last or as it is read.
    async fn case(&mut self, of: usize) -> Value {
        if let Some(case) = self.cases.get(&of) {
            return case.clone();
        }
        let request = json!({ "parent": self.organizations[of], "page_size": 200 });
        let cases = self.caller.read(REVIEWERS[0], "verification.VettingService/ListVettingCases", request).await;
        list(&cases, "vetting_cases").pop().expect("a case")
    }

    async fn accept(
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

    async fn partnership_version(&mut self, etag: Etag, name: &str) -> String {
        let operator = self.address(Who::Operator);
        self.version(etag, &operator, "relationship.PartnershipService/GetPartnership", name).await
    }

    async fn user(&mut self, of: usize, second: bool) -> String {
        let key = (of, usize::from(second));
        if let Some(name) = self.users.get(&key) {
            return name.clone();
        }
        let (operator, address) = (self.address(Who::Operator), self.address(Who::Founder(of)));
        let request = json!({ "parent": self.organizations[of] });
        let users = self.caller.read(&operator, "enrollment.UserService/ListUsers", request).await;
        let users = list(&users, "users");
        let user = users.iter().find(|user| user["email"] == json!(address)).expect("the founder");
        self.users.insert(key, text(user, "name"));
        text(user, "name")
    }
}
