//! The calls by which an organization enrols, and those of its reviewers.

use serde_json::{Value, json};

use super::Came;
use crate::harness::call::{list, text};
use crate::random::caller::NOBODY;
use crate::random::play::Journey;
use crate::random::requests::{address, kind, name_of};
use crate::random::step::{Change, Etag, Form, Review, Reviewer, Text};
use crate::random::world::{CAST, CHECKS, Capacity, PREAPPROVAL_HOURS, Role, Status, Who};

pub(crate) const REVIEWERS: [&str; 2] = ["rita.reviewer@linkage.example", "rune.reviewer@linkage.example"];

impl Journey {
    pub(super) async fn found(&mut self, of: usize, who: &str) -> Came {
        let organization =
            json!({ "display_name": self.name(of), "region_code": CAST[of].country, "language_code": "en" });
        let request = json!({ "organization": organization });
        self.caller.write(who, "enrollment.OrganizationService/CreateOrganization", request).await
    }

    pub(super) async fn legal(&mut self, of: usize, form: Form, who: &str) -> Came {
        let request = json!({ "legal_profile": self.legal_profile(of, form) });
        self.caller.write(who, "enrollment.OrganizationService/UpdateLegalProfile", request).await
    }

    pub(super) async fn support(&mut self, of: usize, who: &str) -> Came {
        let profile = json!({
            "name": format!("{}/supportProfile", self.organizations[of]), "email": self.person(of, "support"),
            "phone": "+46812345679", "website": format!("https://www.{}/support", self.domain(of)),
        });
        let request = json!({ "support_profile": profile });
        self.caller.write(who, "enrollment.OrganizationService/UpdateSupportProfile", request).await
    }

    pub(super) async fn draft(&mut self, of: usize, capacity: Capacity, who: &str) -> Came {
        let request = json!({ "parent": self.organizations[of], "enrollment": { "type": kind(capacity) } });
        self.caller.write(who, "enrollment.EnrollmentService/CreateEnrollment", request).await
    }

    pub(super) async fn preapprove(&mut self, of: usize, capacity: Capacity, who: &str) -> Came {
        let until = self.in_hours(PREAPPROVAL_HOURS);
        let preapproval = json!({ "domain": self.domain(of), "type": kind(capacity), "expire_time": until });
        let request = json!({ "preapproval": preapproval });
        self.caller.write(who, "enrollment.EnrollmentService/CreatePreapproval", request).await
    }

    pub(super) async fn submit(&mut self, (of, capacity): (usize, Capacity), etag: Etag, dry: bool, who: &str) -> Came {
        let name = self.enrollments[&(of, capacity)].clone();
        let operator = self.address(Who::Operator);
        let etag = self.version(etag, &operator, "enrollment.EnrollmentService/GetEnrollment", &name).await;
        let request = json!({ "name": name, "etag": etag, "validate_only": dry });
        self.caller.write(who, "enrollment.EnrollmentService/SubmitEnrollment", request).await
    }

    pub(super) async fn locate(&mut self, of: usize, home: bool, who: &str) -> Came {
        let location = json!({
            "organization": self.organizations[of], "display_name": "Main office", "address": address(of, home),
        });
        let request = json!({ "partner_location": location });
        self.caller.write(who, "enrollment.PartnerLocationService/CreatePartnerLocation", request).await
    }

    pub(super) async fn associate(&mut self, (of, location): (usize, usize), right: bool, who: &str) -> Came {
        let (name, code) = self.locations[&(of, location)].clone();
        let request = json!({ "name": name, "claim_code": if right { code } else { "WRONG".to_owned() } });
        self.caller.write(who, "enrollment.PartnerLocationService/AssociatePartnerLocation", request).await
    }

    pub(super) async fn sign(&mut self, of: usize, capacity: Capacity, text: Text, who: &str) -> Came {
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

    pub(super) async fn answer(&mut self, of: usize, approver: bool, yes: bool) -> Came {
        let (person, kind) =
            if approver { ("approver", "approver-verification") } else { ("contact", "email-verification") };
        let token = self.mailed(&self.person(of, person), kind, None).await?;
        let answer = if yes { "ANSWER_YES" } else { "ANSWER_NO" };
        let request = json!({ "token": token, "claim_answer": answer, "address_answer": "ANSWER_YES" });
        let rpc = "verification.EmailVerificationService/ConfirmEmailVerification";
        self.caller.write(NOBODY, rpc, request).await
    }

    pub(super) async fn review(&mut self, of: usize, by: Reviewer, act: Review, etag: Etag) -> Came {
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

    pub(super) async fn take_on(&mut self, of: usize, role: Role, who: &str) -> Came {
        let user =
            json!({ "email": self.address(Who::Second(of)), "display_name": "Sam Second", "roles": [name_of(role)] });
        let request = json!({ "parent": self.organizations[of], "user": user });
        self.caller.write(who, "enrollment.UserService/CreateUser", request).await
    }

    pub(super) async fn change_user(&mut self, of: usize, second: bool, to: Change, who: &str) -> Came {
        let name = self.user(of, second).await;
        let user = match to {
            Change::Roles(role) => json!({ "name": name, "roles": [name_of(role)] }),
            Change::Disable => json!({ "name": name, "state": "STATE_DISABLED" }),
            Change::Enable => json!({ "name": name, "state": "STATE_ACTIVE" }),
        };
        self.caller.write(who, "enrollment.UserService/UpdateUser", json!({ "user": user })).await
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
