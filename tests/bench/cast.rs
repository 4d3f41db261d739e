//! Who takes part: the organizations of the seeded channel, their ids by number, and their people with real tokens.

use anyhow::Result;
use ids::Id;
use runtime::links::Bond;
use runtime::{AccessClaims, AccessSigner, Links, Membership, Role, SigningKey};
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use uuid::Uuid;

use crate::suite::Suite;

/// The front of every seeded id; sixteen decimal digits follow, so that SQL makes the same id with one concatenation.
pub(crate) const PREFIX: &str = "0190000000007000";

/// What a seeded id names. The number is the first digits of the id's second half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Provider = 10,
    Reseller = 11,
    Customer = 12,
    ProviderStanding = 20,
    ResellerStanding = 21,
    ProviderLocation = 30,
    ResellerLocation = 31,
    Partnership = 40,
    ResellerSide = 50,
    ProviderSide = 51,
    Invitation = 60,
    User = 70,
    Person = 80,
    /// The first of those that a repeated statement makes.
    Made = 90,
}

/// How large the channel is: 10 resellers to a provider, 10 customers to a reseller, and one reseller with as many as all others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channel {
    pub(crate) customers: u64,
}

impl Channel {
    pub(crate) fn providers(self) -> u64 {
        self.customers / 100
    }

    pub(crate) fn resellers(self) -> u64 {
        self.customers / 10
    }

    /// The reseller that has as many customers as all others together; the first provider's.
    pub(crate) fn large(self) -> u64 {
        self.resellers()
    }

    /// The first of the customers that have no partner yet.
    pub(crate) fn spare(self) -> u64 {
        self.customers * 2
    }

    /// Provider, reseller and customer of the order number `n`: spread over all customers, the same at each run.
    pub(crate) fn trio(self, n: u64) -> (u64, u64, u64) {
        let customer = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.customers;
        (customer / 100, customer / 10, customer)
    }

    /// A provider and a reseller of another provider: pair number `n`, each pair once.
    pub(crate) fn strangers(self, n: u64) -> (u64, u64) {
        let (provider, turn) = (n % self.providers(), n / self.providers());
        (provider, (provider * 10 + 10 + turn) % self.resellers())
    }
}

/// The sixteen digits of an id.
pub(crate) fn digits(of: Of, n: u64) -> u64 {
    8_000_000_000_000_000 + of as u64 * 10_000_000_000_000 + n
}

pub(crate) fn uuid(of: Of, n: u64) -> Uuid {
    // It has no other characters than hexadecimal digits.
    Uuid::try_parse(&format!("{PREFIX}{}", digits(of, n))).unwrap_or_default()
}

pub(crate) fn id<K>(of: Of, n: u64) -> Id<K> {
    Id::from_uuid(uuid(of, n))
}

/// The resource name of an organization.
pub(crate) fn organization(of: Of, n: u64) -> String {
    id::<ids::kind::Organization>(of, n).name()
}

pub(crate) fn email(of: Of, n: u64) -> String {
    format!("admin@{}.example", digits(of, n))
}

/// Signs tokens and links as the suite itself does, with its keys.
pub(crate) struct Signer {
    access: AccessSigner,
    links: Links,
}

impl Signer {
    pub(crate) fn of(suite: &Suite) -> Result<Signer> {
        let folder = suite.keys();
        let access = SigningKey::load_or_create(&folder.join(runtime::keys::ACCESS_FILE))?;
        let key = runtime::keys::link_key(&folder.join(runtime::keys::LINKS_FILE))?;
        Ok(Signer { access: AccessSigner::new(access), links: Links::new("https://bench.example", &[(1, key)]) })
    }

    /// What the global administrator of an organization sends along.
    pub(crate) fn bearer(&self, of: Of, n: u64) -> Result<MetadataValue<Ascii>> {
        self.sign(of, n, vec![Role::GlobalAdmin], false)
    }

    /// What the operator's people send along.
    pub(crate) fn operator(&self) -> Result<MetadataValue<Ascii>> {
        self.sign(Of::Made, 0, vec![Role::Operator], true)
    }

    fn sign(&self, of: Of, n: u64, roles: Vec<Role>, operator: bool) -> Result<MetadataValue<Ascii>> {
        let who = of as u64 * 1_000_000_000 + n;
        let claims = AccessClaims {
            person: id(Of::Person, who),
            email: email(of, n),
            display_name: String::new(),
            member: Some(Membership { user: id(Of::User, who), organization: id(of, n), roles, operator, version: 1 }),
        };
        let (token, _) = self.access.sign(&claims).map_err(|fault| anyhow::anyhow!("{fault}"))?;
        Ok(format!("Bearer {token}").parse()?)
    }

    /// The token in the link of a seeded invitation.
    pub(crate) fn link(&self, invitation: u64) -> String {
        let id = uuid(Of::Invitation, invitation);
        self.links.token(Bond { purpose: "invitation", id, generation: 1, nonce: NONCE })
    }
}

/// The nonce of every seeded invitation.
pub(crate) const NONCE: &str = "00000000000000000000000000";

/// A request of whoever holds this credential.
pub(crate) fn by<M>(bearer: &MetadataValue<Ascii>, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", bearer.clone());
    request
}
