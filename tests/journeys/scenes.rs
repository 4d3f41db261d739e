//! What most stories begin with, built by the calls that its people would make.

// Paths, since `tests/long` takes this file too.
#[path = "scenes/applicant.rs"]
mod applicant;
#[path = "scenes/channel.rs"]
mod channel;
#[path = "scenes/company.rs"]
mod company;

pub(crate) use applicant::Applicant;
pub(crate) use channel::{Channel, reasons};
pub(crate) use company::{Capacity, Company};

use linkage::demo::matching::at;
use serde_json::{Value, json};

use crate::harness::Stage;
use crate::harness::call::{list, text};

/// What the operator has prepared.
#[derive(Debug, Clone)]
pub(crate) struct Programme {
    /// The operator's organization.
    pub(crate) organization: String,
    /// A reviewer's address.
    pub(crate) reviewer: String,
}

impl Stage {
    /// The operator's organization with a reviewer, and a partner agreement per capacity and region; made once.
    pub(crate) async fn programme(&mut self) -> Programme {
        if let Some(programme) = &self.programme {
            return programme.clone();
        }
        let operator = self.operator();
        let organization = at(&self.myself(&operator).await, "name^").expect("an organization");
        let organization = organization.as_str().expect("a name").to_owned();
        let reviewer = "rita.reviewer@linkage.example".to_owned();
        let user = json!({ "email": reviewer, "display_name": "Rita Reviewer", "roles": ["ROLE_REVIEWER"] });
        self.ok(&operator, "enrollment.UserService/CreateUser", json!({ "parent": organization, "user": user })).await;
        for region in ["EUROPE", "UNITED_STATES"] {
            for capacity in [Capacity::Provider, Capacity::Reseller] {
                self.publish(capacity, region, 1, None).await;
            }
        }
        let programme = Programme { organization, reviewer };
        self.programme = Some(programme.clone());
        programme
    }

    /// Publishes a version of the partner agreement, in force since the year began.
    pub(crate) async fn publish(
        &mut self,
        capacity: Capacity,
        region: &str,
        version: i32,
        sign_by: Option<String>,
    ) -> Value {
        let mut template = json!({
            "type": capacity.enrollment_type(), "region": region, "version": version, "language_code": "en",
            "text": format!("The partner agreement, {region}, version {version}."), "effective_time": "2026-01-01T00:00:00Z",
        });
        if let Some(time) = sign_by {
            template["sign_by_time"] = json!(time);
        }
        let request = json!({ "agreement_template": template });
        let operator = self.operator();
        self.ok(&operator, "enrollment.AgreementService/PublishAgreementTemplate", request).await
    }

    /// The newest version of the partner agreement of a capacity in a region.
    pub(crate) async fn agreement(&mut self, capacity: Capacity, region: &str) -> Value {
        let request = json!({ "type": capacity.enrollment_type(), "region": region, "page_size": 200 });
        let operator = self.operator();
        let answer = self.ok(&operator, "enrollment.AgreementService/ListAgreementTemplates", request).await;
        list(&answer, "agreement_templates").pop().expect("an agreement")
    }

    /// A location id that the operator issues to an organization, and its claim code.
    pub(crate) async fn location(&mut self, organization: &str, address: Value) -> (String, String) {
        let location = json!({ "organization": organization, "display_name": "Main office", "address": address });
        let request = json!({ "partner_location": location });
        let operator = self.operator();
        let made = self.ok(&operator, "enrollment.PartnerLocationService/CreatePartnerLocation", request).await;
        (text(&made, "name"), text(&made, "claim_code"))
    }

    /// All entries of the journals that this person may read, merged.
    pub(crate) async fn trail(&mut self, who: &str) -> Vec<Value> {
        self.settle().await;
        linkage::audit::trail(&self.client, &mut self.people, who, None).await.expect("the trail can be read")
    }
}
