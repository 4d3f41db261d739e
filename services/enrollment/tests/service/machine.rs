//! A machine that has a key, and an organization that registers it.

use runtime::keys::SigningKey;
use runtime::{Role, VerifyingKey};
use tonic::{Response, Status};
use wire::enrollment as pb;
use wire::enrollment::application_credential::Proof;

use crate::house::House;
use crate::requests::ADA;

/// The issuer of workloads, beside that of people.
pub(crate) const CLUSTER: &str = "https://cluster.example";
pub(crate) const SUBJECT: &str = "system:serviceaccount:shop:orders";

pub(crate) fn of_key(key: &VerifyingKey) -> Option<pb::ApplicationCredential> {
    let proof = Some(Proof::PublicKey(key.to_pem().unwrap()));
    Some(pb::ApplicationCredential { proof, ..Default::default() })
}

pub(crate) fn of_workload(issuer: &str, subject: &str) -> Option<pb::ApplicationCredential> {
    let subject = pb::FederatedSubject { issuer: issuer.to_owned(), subject: subject.to_owned() };
    Some(pb::ApplicationCredential { proof: Some(Proof::FederatedSubject(subject)), ..Default::default() })
}

pub(crate) fn asked(
    organization: &str,
    roles: &[Role],
    credential: Option<pb::ApplicationCredential>,
) -> pb::CreateApplicationRequest {
    let roles = roles.iter().map(|role| (*role).into()).collect();
    let application = pb::Application { display_name: "Orders".to_owned(), roles, ..Default::default() };
    let parent = organization.to_owned();
    pb::CreateApplicationRequest { parent, application: Some(application), credential, ..Default::default() }
}

impl House {
    pub(crate) async fn registered(
        &self,
        who: &str,
        request: pb::CreateApplicationRequest,
    ) -> Result<pb::Application, Status> {
        let request = self.by(who, request).await;
        self.applications().create_application(request).await.map(Response::into_inner)
    }

    /// An application of this organization of Ada's, with this key.
    pub(crate) async fn machine(&self, organization: &str, roles: &[Role], key: &SigningKey) -> pb::Application {
        self.registered(ADA, asked(organization, roles, of_key(key.public()))).await.unwrap()
    }

    pub(crate) async fn rotated(&self, request: pb::RotateCredentialRequest) -> Result<pb::Application, Status> {
        let request = self.by(ADA, request).await;
        self.applications().rotate_credential(request).await.map(Response::into_inner)
    }

    /// Changes an application as Ada: the fields that are set.
    pub(crate) async fn altered(&self, application: pb::Application) -> Result<pb::Application, Status> {
        let request = pb::UpdateApplicationRequest { application: Some(application), ..Default::default() };
        let request = self.by(ADA, request).await;
        self.applications().update_application(request).await.map(Response::into_inner)
    }

    pub(crate) async fn removed(&self, name: &str, etag: &str) -> Result<pb::DeleteApplicationResponse, Status> {
        let request =
            pb::DeleteApplicationRequest { name: name.to_owned(), etag: etag.to_owned(), ..Default::default() };
        let request = self.by(ADA, request).await;
        self.applications().delete_application(request).await.map(Response::into_inner)
    }
}
