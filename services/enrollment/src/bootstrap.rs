//! The operator's organization and its first user: made once, by who holds the database.

use addresses::Email;
use database::{Database, Scope};
use markets::CountryCode;
use runtime::{Caller, Fault, Identity, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::domain_name::{DomainName, Proof, claimable};
use crate::domain::event::OrganizationFacts;
use crate::domain::organization::Organization;
use crate::domain::rules::mail;
use crate::domain::user::Role;
use crate::domain::{Event, Refusal};
use crate::founding::{Founding, found};
use crate::{App, Change, convert, store};

mod rebind;

pub use rebind::rebind;

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
    /// The configured issuer that alone vouches for people at the first user's domain, which then counts as proven; none = whoever may.
    pub issuer: Option<String>,
}

/// Makes the operator's organization and its first user; refused once there is one.
pub async fn bootstrap(app: &App, bootstrap: &Bootstrap) -> Result<(), Fault> {
    let mut v = Violations::default();
    let display_name = v.text("display_name", &bootstrap.display_name, 2..=120);
    let country = v.check("country", bootstrap.country.parse::<CountryCode>());
    let email = v.email("email", &bootstrap.email);
    let trusted = trusted(app, &mut v, bootstrap, email.as_ref());
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
    let trusted = &trusted;
    let caller = Caller::new(Identity::Sweep, "bootstrap");
    // It has no request of its own: whoever runs it is no caller of an RPC.
    app.change(&caller, &pb::CreateOrganizationRequest::default(), |change| async move {
        if store::organization::operator(&change.tx).await?.is_some() {
            return Err(Fault::from(Refusal::OrganizationDuplicate));
        }
        let (organization, user, mut events) = found(&change, founding).await?;
        if let Some((domain, issuer)) = trusted {
            events.extend(choose(&change, organization, domain, issuer).await?);
        }
        Ok(Outcome::Done(convert::user(&user), events))
    })
    .await?;
    Ok(())
}

/// The domain of the first user and the issuer that is chosen for it.
fn trusted(app: &App, v: &mut Violations, bootstrap: &Bootstrap, email: Option<&Email>) -> Option<(String, String)> {
    let issuer = bootstrap.issuer.clone()?;
    if !app.service().issuers.knows(&issuer) {
        v.add("issuer", format!("must be one that is configured: {}", app.service().issuers.names().join(", ")));
    }
    let email = email?;
    if mail::provider(email.domain(), email.registrable_domain(), app.now()).is_some() {
        v.add_for(pb::Reason::WebmailDomain, "email", "is at a web-mail provider, whose domain is nobody's own");
    }
    Some((v.check("email", claimable(email.registrable_domain()))?, issuer))
}

/// Notes the operator's own domain as proven, and who vouches for its people.
async fn choose(change: &Change, organization: Organization, domain: &str, issuer: &str) -> Result<Vec<Event>, Fault> {
    let (id, now) = (organization.id, change.now());
    let mut own = DomainName::claim(change.id(), id, domain.to_owned(), change.nonce(), now);
    own.prove(Proof::Operator, now);
    own.trust(Some(issuer.to_owned()), now)?;
    store::domain_name::insert(&change.tx, &own).await?;
    let facts = OrganizationFacts { organization, proven_domains: vec![domain.to_owned()] };
    Ok(vec![Event::DomainProven(Box::new(facts), Proof::Operator), Event::DomainUpdated(id)])
}

/// Whether the operator has its organization.
pub async fn is_bootstrapped(database: &Database) -> Result<bool, database::Error> {
    Ok(store::organization::operator(&database.reader_for(Scope::Operator)).await?.is_some())
}
