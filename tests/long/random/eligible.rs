//! The oracle on what is missing, to an order and to an enrollment, and on who may ask.

use std::collections::BTreeSet;

use super::oracle::{Judged, need};
use super::world::{CAST, CHECKS, Capacity, Organization, Role, Stage, World};

impl World {
    /// Only who deals or dealt with one of the others learns how they stand; being invited is no dealing.
    pub(super) fn may_ask(&self, own: usize, trio: [usize; 3]) -> Judged {
        const STRANGER: &str = "NOT_A_PARTY";
        need(trio.contains(&own), STRANGER)?;
        let other = |of: usize| of != own && trio.contains(&of);
        let partners = self.partnerships.iter().any(|partnership| {
            let (one, two) = (partnership.provider, partnership.reseller);
            (one == own && other(two)) || (two == own && other(one))
        });
        let related = self.relationships.iter().any(|relationship| {
            let joint = relationship.through.map(|at| [self.partnerships[at].provider, self.partnerships[at].reseller]);
            let partners = joint.map_or(vec![relationship.partner], Vec::from);
            let customer = relationship.customer;
            (customer == own && partners.iter().any(|partner| other(*partner)))
                || (partners.contains(&own) && other(customer))
        });
        need(partners || related, STRANGER)
    }

    /// Every reason why the provider may not order for the customer of the reseller, each with whom it is about.
    pub(super) fn ineligible(&self, [provider, reseller, customer]: [usize; 3]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut add = |reason: &str, of: usize| {
            found.insert(format!("{reason} of {}", CAST[of].name));
        };
        for (of, capacity, inactive) in [
            (provider, Capacity::Provider, "PROVIDER_NOT_ACTIVE"),
            (reseller, Capacity::Reseller, "RESELLER_NOT_ACTIVE"),
        ] {
            let organization = &self.cast[of];
            let enrollment = organization.enrollments.get(&capacity);
            // Where somebody is, is told of an enrollment.
            let located = enrollment.is_some() && organization.location().is_some();
            if enrollment.is_none_or(|enrollment| enrollment.stage != Stage::Active) {
                add(inactive, of);
            }
            match enrollment.map_or(0, |enrollment| enrollment.signed) {
                0 => add("AGREEMENT_UNSIGNED", of),
                signed if self.overdue(capacity, signed) => add("AGREEMENT_OVERDUE", of),
                _ => {}
            }
            if !located {
                add("LOCATION_MISSING", of);
            } else if CAST[of].region != CAST[customer].region {
                add("MARKET_OUTSIDE_REGION", of);
            }
        }
        let partnership = self.live_partnership(provider, reseller);
        match partnership.map(|at| &self.partnerships[at]) {
            None => add("PARTNERSHIP_MISSING", provider),
            Some(partnership) if partnership.ended => add("PARTNERSHIP_ENDED", provider),
            Some(partnership) if !partnership.orders => add("ORDERS_NOT_ALLOWED", reseller),
            Some(_) => {}
        }
        let related = |partner: usize, capacity: Capacity| {
            self.relationships.iter().any(|live| {
                let theirs = live.partner == partner && live.customer == customer && live.capacity == capacity;
                theirs && !live.ended && (live.through.is_none() || live.through == partnership)
            })
        };
        if !related(reseller, Capacity::Reseller) {
            add("RESELLER_RELATIONSHIP_MISSING", reseller);
        }
        if !related(provider, Capacity::Provider) {
            add("PROVIDER_RELATIONSHIP_MISSING", provider);
        }
        if !self.cast[customer].customer_agreement {
            add("CUSTOMER_AGREEMENT_MISSING", customer);
        }
        found
    }

    /// What an organization lacks, over all its enrollments.
    pub(super) fn lacks(&self, of: usize) -> BTreeSet<String> {
        let organization = &self.cast[of];
        let mut found = BTreeSet::new();
        for (capacity, enrollment) in &organization.enrollments {
            let mut add = |code: &str| {
                found.insert(code.to_owned());
            };
            match enrollment.stage {
                Stage::Draft => {
                    add("SUBMISSION");
                    if organization.legal.name.is_none() || !organization.legal.rest {
                        add("LEGAL_PROFILE");
                    }
                    if !organization.support {
                        add("SUPPORT_PROFILE");
                    }
                }
                Stage::Verifying => {
                    let settled = self.settled(of);
                    CHECKS.iter().zip(settled).filter(|(_, settled)| !settled).for_each(|(check, _)| add(check));
                }
                Stage::Qualified | Stage::Active => {
                    if self.newest(*capacity) > enrollment.signed && self.asks_to_sign(*capacity, enrollment.signed) {
                        add("AGREEMENT");
                    }
                    if enrollment.stage == Stage::Active && !organization.has_admin_agent() {
                        add("ADMIN_AGENT");
                    }
                }
                Stage::Ended => continue,
            }
            if organization.location().is_none() {
                add("LOCATION");
            }
        }
        found
    }

    /// Every newer version in these stories has a day by which it must be signed.
    fn asks_to_sign(&self, capacity: Capacity, signed: i32) -> bool {
        signed == 0 || self.agreements[&capacity].iter().any(|(version, _)| *version > signed)
    }

    /// What an organization may do, over all its enrollments.
    pub(super) fn may_do(&self, of: usize) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (capacity, enrollment) in &self.cast[of].enrollments {
            if enrollment.stage == Stage::Active && !self.overdue(*capacity, enrollment.signed) {
                let own = match capacity {
                    Capacity::Provider => "DISTRIBUTE",
                    Capacity::Reseller => "RESELL",
                };
                found.extend([own, "INVITE_CUSTOMERS", "TRANSACT"].map(str::to_owned));
            }
        }
        found
    }
}

impl Organization {
    fn has_admin_agent(&self) -> bool {
        self.users().any(|user| !user.disabled && user.roles.contains(&Role::AdminAgent))
    }
}
