//! The operator's organization and its first user: made once, by who holds the database.

use database::Database;
use markets::CountryCode;
use runtime::{Caller, Fault, Identity, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Refusal;
use crate::domain::user::Role;
use crate::founding::{Founding, found};
use crate::{App, convert, store};

const LANGUAGE: &str = "en";
const FIRST_ROLES: [Role; 3] = [Role::GlobalAdmin, Role::Operator, Role::UserAdmin];

/// Who runs the programme.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    /// Address of the first user; bound to a person at first sign-in.
    pub email: String,
    /// Name of the organization for people.
    pub display_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// Makes the operator's organization and its first user; refused once there is one.
pub async fn bootstrap(app: &App, bootstrap: &Bootstrap) -> Result<(), Fault> {
    let mut v = Violations::default();
    let display_name = v.text("display_name", &bootstrap.display_name, 2..=120);
    let country = v.check("country", bootstrap.country.parse::<CountryCode>());
    let email = v.email("email", &bootstrap.email);
    let (display_name, country, email) = v.all((display_name, country, email))?;
    let founding = &Founding {
        display_name: &display_name,
        country,
        language: LANGUAGE,
        operator: true,
        person: None,
        email: email.as_str(),
        user_name: &display_name,
        roles: &FIRST_ROLES,
    };
    let caller = Caller::new(Identity::Sweep, "bootstrap");
    // It has no request of its own: whoever runs it is no caller of an RPC.
    app.change(&caller, &pb::CreateOrganizationRequest::default(), |change| async move {
        if store::organization::has_operator(&change.tx).await? {
            return Err(Fault::from(Refusal::OrganizationDuplicate));
        }
        let (_, user, events) = found(&change, founding).await?;
        Ok(Outcome::Done(convert::user(&user), events))
    })
    .await?;
    Ok(())
}

/// Whether the operator has its organization.
pub async fn is_bootstrapped(database: &Database) -> Result<bool, database::Error> {
    store::organization::has_operator(database.reader()).await
}
