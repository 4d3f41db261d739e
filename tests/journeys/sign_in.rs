//! Who may speak at all (R17).

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::harness::call::{NOBODY, holds, text};
use crate::harness::{Stage, each};
use crate::scenes::Company;

const SESSION: &str = "enrollment.SessionService/CreateSession";
const SELF: &str = "enrollment.UserService/GetSelf";

/// Two organizations with the same person in both.
async fn twice(stage: &mut Stage) -> (String, String, String) {
    let ada = Company::FJALLMOLN.admin();
    let first = stage.organization(Company::FJALLMOLN).await;
    let second = stage.organization(Company::ORESKY).await;
    let user =
        json!({ "parent": second, "user": { "email": ada, "display_name": "Ada", "roles": ["ROLE_SALES_AGENT"] } });
    stage.ok(&Company::ORESKY.admin(), "enrollment.UserService/CreateUser", user).await;
    stage.settle().await;
    stage.people.forget(&ada);
    (ada, first, second)
}

#[tokio::test]
async fn r17_who_belongs_to_two_organizations_names_one() {
    each(async |stage| {
        let (ada, first, second) = twice(stage).await;
        let refused = stage.refused(&ada, SELF, json!({}), "FAILED_PRECONDITION", "ORGANIZATION_CHOICE").await;
        let choice = text(&refused, "metadata.organizations");
        assert!(choice.contains(&first) && choice.contains(&second), "{choice}");
        for (organization, role) in [(&first, "ROLE_GLOBAL_ADMIN"), (&second, "ROLE_SALES_AGENT")] {
            let answer = stage.call_for(&ada, Some(organization), SELF, json!({})).await;
            holds(&answer.body, json!({ "roles": [role] }));
        }
        let answer =
            stage.call_for(&ada, Some(&first), "enrollment.UserService/ListUsers", json!({ "parent": second })).await;
        assert_eq!(answer.reason, "RESOURCE_MISSING", "the other organization is not seen from this one");
        let elsewhere = stage.call_for(&Company::ORESKY.admin(), Some(&first), SELF, json!({})).await;
        assert_ne!(elsewhere.code, tonic::Code::Ok, "nobody acts for an organization of others");
    })
    .await;
}

#[tokio::test]
async fn r17_a_session_token_gives_the_next_one_and_switches() {
    each(async |stage| {
        let (ada, first, second) = twice(stage).await;
        let identity = stage.people.identity_token(&ada).expect("an identity token");
        let session = stage.ok(NOBODY, SESSION, json!({ "identity_token": identity, "organization": first })).await;
        let old = session["session_token"].clone();
        let next = stage.ok(NOBODY, SESSION, json!({ "session_token": old, "organization": second })).await;
        assert!(text(&next, "user").starts_with(&second), "{next}");
        stage.refused(NOBODY, SESSION, json!({ "session_token": old }), "UNAUTHENTICATED", "CREDENTIAL_INVALID").await;
        let forged = format!("{}a", text(&next, "session_token"));
        stage
            .refused(NOBODY, SESSION, json!({ "session_token": forged }), "UNAUTHENTICATED", "CREDENTIAL_INVALID")
            .await;
    })
    .await;
}

#[tokio::test]
async fn r17_only_a_configured_issuer_with_its_own_key_is_believed() {
    each(async |stage| {
        let ada = Company::FJALLMOLN.admin();
        let good = stage.people.identity_token(&ada).expect("an identity token");
        let now = stage.now().await;
        let claims = |issuer: &str, verified: bool| {
            json!({ "iss": issuer, "aud": linkage::people::AUDIENCE, "sub": ada, "email": ada, "email_verified": verified,
                "iat": now.timestamp(), "nbf": now.timestamp(), "exp": now.timestamp() + 300 })
        };
        let stranger = sign(&claims("https://issuer.example", true));
        stage.refused(NOBODY, SESSION, json!({ "identity_token": stranger }), "UNAUTHENTICATED", "ISSUER_NOT_TRUSTED").await;
        let forged = sign(&claims(linkage::people::ISSUER, true));
        stage.refused(NOBODY, SESSION, json!({ "identity_token": forged }), "UNAUTHENTICATED", "CREDENTIAL_INVALID").await;
        let (head, _) = good.rsplit_once('.').expect("three parts");
        let unsigned = format!("{head}.");
        stage.refused(NOBODY, SESSION, json!({ "identity_token": unsigned }), "UNAUTHENTICATED", "CREDENTIAL_INVALID").await;
        let session = stage.ok(NOBODY, SESSION, json!({ "identity_token": good })).await;
        holds(&session, json!({ "user": "" }));
        // An access token is no identity token, and an identity token no access token.
        let access = session["access_token"].clone();
        let answer = stage.call(NOBODY, SESSION, json!({ "identity_token": access })).await;
        assert_eq!(answer.code, tonic::Code::Unauthenticated);
        let method = stage.client.method(SELF).expect(SELF);
        let answer = stage.client.call(linkage::ServiceName::Enrollment, &method, &json!({}), Some(&good)).await;
        assert_eq!(answer.expect("a request").reason, "CREDENTIAL_INVALID");
    })
    .await;
}

/// A token of somebody else's key.
fn sign(claims: &Value) -> String {
    use ed25519_dalek::pkcs8::EncodePrivateKey;
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).to_pkcs8_der().expect("a key");
    let key = EncodingKey::from_ed_der(key.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &key).expect("a token")
}
