//! Applications: registered by an administrator, signed in by their own key.

use linkage::SigningKey;
use linkage::demo::play::request_id;
use serde_json::{Value, json};

use super::Stage;
use super::call::{NOBODY, text};

const LIFETIME: i64 = 120;

impl Stage {
    /// An application of this organization with these roles and this key; its name.
    pub(crate) async fn application(
        &mut self,
        admin: &str,
        organization: &str,
        roles: &[&str],
        key: &SigningKey,
    ) -> String {
        let roles: Vec<_> = roles.iter().map(|role| format!("ROLE_{role}")).collect();
        let request = json!({
            "parent": organization, "application": { "display_name": "Orders", "roles": roles },
            "credential": { "public_key": key.public().to_pem().expect("PEM") },
        });
        text(&self.ok(admin, "enrollment.ApplicationService/CreateApplication", request).await, "name")
    }

    /// What an application signs to prove itself, once.
    pub(crate) async fn assertion(&self, application: &str, key: &SigningKey) -> String {
        // Tokens count by real time.
        let now = (self.now().await - self.offset()).timestamp();
        let claims = json!({
            "iss": application, "sub": application, "aud": "linkage", "jti": request_id(), "iat": now, "nbf": now,
            "exp": now + LIFETIME,
        });
        key.sign_jwt("JWT", &claims).expect("an assertion")
    }

    /// The session that an application is given for its assertion.
    pub(crate) async fn machine_session(&mut self, application: &str, key: &SigningKey) -> Value {
        let request = json!({ "application_assertion": self.assertion(application, key).await });
        self.ok(NOBODY, "enrollment.SessionService/CreateSession", request).await
    }
}
