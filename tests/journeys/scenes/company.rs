//! Companies that stories are about. None of them exists.

use serde_json::{Value, json};

/// As what a company takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capacity {
    Provider,
    Reseller,
}

impl Capacity {
    pub(crate) fn enrollment_type(self) -> &'static str {
        match self {
            Capacity::Provider => "ENROLLMENT_TYPE_INDIRECT_PROVIDER",
            Capacity::Reseller => "ENROLLMENT_TYPE_INDIRECT_RESELLER",
        }
    }
}

/// A company before it is known to anybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    pub(crate) name: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) country: &'static str,
    pub(crate) region: &'static str,
    pub(crate) language: &'static str,
    city: &'static str,
    postal_code: &'static str,
    area: &'static str,
}

impl Company {
    /// Provider in Germany.
    pub(crate) const RHEINWOLKE: Company =
        Company::european("Rheinwolke GmbH", "rheinwolke.example", "DE", "en", "Köln", "50667");
    /// Provider in Austria.
    pub(crate) const DONAUNEBEL: Company =
        Company::european("Donaunebel GmbH", "donaunebel.example", "AT", "en", "Wien", "1010");
    /// Reseller in Sweden, whose people read Swedish.
    pub(crate) const FJALLMOLN: Company =
        Company::european("Fjällmoln AB", "fjallmoln.example", "SE", "sv", "Stockholm", "11129");
    /// Reseller in Denmark.
    pub(crate) const ORESKY: Company =
        Company::european("Øresky ApS", "oresky.example", "DK", "en", "København", "1050");
    /// Customer in Finland.
    pub(crate) const JARVIPILVI: Company =
        Company::european("Järvipilvi Oy", "jarvipilvi.example", "FI", "en", "Tampere", "33100");
    /// Provider in the United States.
    pub(crate) const PRAIRIE: Company = Company {
        name: "Prairie Cloud Inc",
        domain: "prairiecloud.example",
        country: "US",
        region: "UNITED_STATES",
        language: "en",
        city: "Chicago",
        postal_code: "60601",
        area: "IL",
    };

    const fn european(
        name: &'static str,
        domain: &'static str,
        country: &'static str,
        language: &'static str,
        city: &'static str,
        postal_code: &'static str,
    ) -> Company {
        Company { name, domain, country, region: "EUROPE", language, city, postal_code, area: "" }
    }

    /// The address of somebody there.
    pub(crate) fn person(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    /// Who creates the organization and becomes its first global administrator.
    pub(crate) fn admin(&self) -> String {
        self.person("ada.admin")
    }

    /// Who answers the verification mail.
    pub(crate) fn contact(&self) -> String {
        self.person("carl.contact")
    }

    /// Who confirms that the applicant may bind the company.
    pub(crate) fn approver(&self) -> String {
        self.person("berit.board")
    }

    /// Its legal address.
    pub(crate) fn address(&self) -> Value {
        json!({
            "region_code": self.country, "postal_code": self.postal_code, "administrative_area": self.area,
            "locality": self.city, "address_lines": ["Main Street 4"],
        })
    }

    /// Its whole legal profile.
    pub(crate) fn legal_profile(&self, organization: &str) -> Value {
        json!({
            "name": format!("{organization}/legalProfile"), "legal_name": self.name, "address": self.address(),
            "registration_number": format!("{}-4711", self.country),
            "primary_contact": { "given_name": "Carl", "family_name": "Contact", "email": self.contact(), "phone": "+46812345678" },
            "company_approver": { "given_name": "Berit", "family_name": "Board", "email": self.approver() },
            "language_code": self.language,
        })
    }

    /// Its whole customer-support profile.
    pub(crate) fn support_profile(&self, organization: &str) -> Value {
        json!({
            "name": format!("{organization}/supportProfile"), "email": self.person("support"), "phone": "+46812345679",
            "website": format!("https://www.{}/support", self.domain),
        })
    }
}
