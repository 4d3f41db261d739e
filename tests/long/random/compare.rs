//! What all services say and keep at the end of a journey, beside what the oracle has on paper. Each fact is a line, counted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::enrolling::TRIES;
use super::play::Journey;
use super::world::{CAST, Capacity, CaseStage, GrantStage, InvitationStage, LetterStage, Stage, Under, Who, World};
use crate::harness::call::{list, text};

/// Facts, and how often each holds.
pub(super) type Facts = BTreeMap<String, i64>;

/// What one side has and the other has not.
pub(super) fn differences(expected: &Facts, found: &Facts) -> Vec<String> {
    let all: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let count = |facts: &Facts, line: &String| facts.get(line).copied().unwrap_or_default();
    all.into_iter()
        .map(|line| (line, count(expected, line), count(found, line)))
        .filter(|(_, expected, found)| expected != found)
        .map(|(line, expected, found)| format!("{line}: {expected} expected, {found} found"))
        .collect()
}

/// What the tables must hold of a world.
pub(super) fn expected(world: &World) -> Facts {
    let mut facts = world.told.clone();
    let mut add = |of: usize, what: String| *facts.entry(format!("{}: {what}", CAST[of].name)).or_default() += 1;
    for (of, organization) in world.cast.iter().enumerate().filter(|(_, organization)| organization.founded) {
        add(of, "known to relationship".to_owned());
        let vetted = organization.cases.iter().rev().find(|case| case.stage == CaseStage::Approved);
        add(of, format!("legal {} vetted {}", organization.revision, vetted.map_or(0, |case| case.revision)));
        for user in organization.users() {
            add(of, format!("user {}", if user.disabled { "disabled" } else { "active" }));
        }
        for location in &organization.locations {
            // Tries count no more once they are spent, or were enough.
            let (state, wrong) = match location.wrong {
                _ if location.associated => ("associated", 0),
                TRIES => ("locked", 0),
                wrong => ("available", wrong),
            };
            add(of, format!("location {state} wrong {wrong}"));
        }
        if organization.proven {
            add(of, "domain proven".to_owned());
        }
        if organization.customer_agreement {
            add(of, "customer agreement".to_owned());
        }
        for (capacity, enrollment) in &organization.enrollments {
            let (capacity, stage) = (capacity_name(*capacity), stage_name(enrollment.stage));
            add(of, format!("enrollment {capacity} {stage} signed {}", enrollment.signed));
            let located = if organization.location().is_some() { "located" } else { "nowhere" };
            add(of, format!("standing {capacity} {stage} signed {} {located}", enrollment.signed));
        }
        for case in &organization.cases {
            add(of, format!("case {}", case_name(case.stage)));
            for (purpose, letter) in ["CONTACT", "APPROVER"].iter().zip(&case.letters) {
                if let Some(letter) = letter {
                    add(of, format!("letter {purpose} {}", letter_name(letter.stage)));
                }
            }
        }
    }
    for invitation in &world.invitations {
        let kind = if invitation.customer { "CUSTOMER" } else { "PARTNERSHIP" };
        add(invitation.sender, format!("invitation {kind} {}", invitation_name(invitation.stage)));
    }
    for partnership in &world.partnerships {
        let state = if partnership.ended { "ENDED" } else { "ACTIVE" };
        let orders = if partnership.orders { "orders" } else { "none" };
        add(partnership.provider, format!("partnership {state} {orders}"));
    }
    for relationship in &world.relationships {
        let capacity = if relationship.capacity == Capacity::Provider { "PROVIDER" } else { "RESELLER" };
        let state = if relationship.ended { "ENDED" } else { "ACTIVE" };
        add(relationship.customer, format!("relationship {capacity} {state}"));
    }
    for grant in &world.grants {
        add(grant.grantor, format!("grant {}", grant_name(grant.stage)));
    }
    facts
}

impl Journey {
    /// What the services answer about all who take part, beside what they should.
    pub(super) async fn ask_all(&mut self) -> Vec<String> {
        let founded: Vec<usize> = (0..CAST.len()).filter(|of| self.world.cast[*of].founded).collect();
        let (mut expected, mut found) = (Facts::new(), Facts::new());
        let operator = self.address(Who::Operator);
        for of in &founded {
            let request = json!({ "name": self.organizations[*of] });
            let answer = self.caller.read(&operator, "enrollment.OrganizationService/GetOrganization", request).await;
            let lacks = list(&answer, "requirements");
            let lacks: BTreeSet<String> = lacks.iter().map(|lack| short(lack, "code", "REQUIREMENT_CODE_")).collect();
            let may = list(&answer, "capabilities");
            let may: BTreeSet<String> = may
                .iter()
                .map(|capability| capability.as_str().expect("a name").trim_start_matches("CAPABILITY_").to_owned())
                .collect();
            *found.entry(format!("{} lacks {lacks:?} and may {may:?}", CAST[*of].name)).or_default() += 1;
            let (lacks, may) = (self.world.lacks(*of), self.world.may_do(*of));
            *expected.entry(format!("{} lacks {lacks:?} and may {may:?}", CAST[*of].name)).or_default() += 1;
            self.own_lists(*of, &mut expected, &mut found).await;
        }
        let is_there = |of: &usize| founded.contains(of);
        for provider in (0..2).filter(is_there) {
            for reseller in (2..4).filter(is_there) {
                for customer in (4..CAST.len()).filter(is_there) {
                    let trio = [provider, reseller, customer];
                    let names = trio.map(|of| CAST[of].name).join(", ");
                    let rpc = "relationship.OrderEligibilityService/CheckOrderEligibility";
                    let answer = self.caller.read(&operator, rpc, self.order(trio)).await;
                    let (told, should) = (self.reasons(&answer), self.world.ineligible(trio));
                    *found.entry(format!("order {names}: {} {told:?}", answer["eligible"])).or_default() += 1;
                    *expected.entry(format!("order {names}: {} {should:?}", should.is_empty())).or_default() += 1;
                }
            }
        }
        differences(&expected, &found)
    }

    /// What an organization that has to do with others lists as its own.
    async fn own_lists(&mut self, of: usize, expected: &mut Facts, found: &mut Facts) {
        let world = &self.world;
        if !world.invitations.iter().any(|invitation| invitation.sender == of || invitation.recipient == Some(of)) {
            return;
        }
        let governs = |who: &Who| world.role(*who, &[super::world::Role::GlobalAdmin]).is_ok();
        let who = [Who::Founder(of), Who::Second(of)].into_iter().find(governs).expect("a global administrator");
        let name = CAST[of].name;
        let mut add = |what: String| *expected.entry(format!("{name} lists {what}")).or_default() += 1;
        for partnership in world.partnerships.iter().filter(|one| one.provider == of || one.reseller == of) {
            let state = if partnership.ended { "ENDED" } else { "ACTIVE" };
            add(format!("partnership {} {} {state}", CAST[partnership.provider].name, CAST[partnership.reseller].name));
        }
        for one in &world.relationships {
            let sides = one.through.map(|at| [world.partnerships[at].provider, world.partnerships[at].reseller]);
            if one.customer == of || one.partner == of || sides.is_some_and(|sides| sides.contains(&of)) {
                let state = if one.ended { "ENDED" } else { "ACTIVE" };
                add(format!("relationship {} {} {state}", CAST[one.partner].name, CAST[one.customer].name));
            }
        }
        for grant in world.grants.iter().filter(|grant| grant.grantor == of || grant.grantee == of) {
            let under = if matches!(grant.under, Under::Partnership(_)) { "partnership" } else { "relationship" };
            let (grantor, grantee) = (CAST[grant.grantor].name, CAST[grant.grantee].name);
            add(format!("grant {grantor} {grantee} {} {under}", grant_name(grant.stage)));
        }
        let who = self.address(who);
        for (rpc, field) in [
            ("PartnershipService/ListPartnerships", "partnerships"),
            ("ResellerRelationshipService/ListResellerRelationships", "reseller_relationships"),
            ("AdminGrantService/ListAdminGrants", "admin_grants"),
        ] {
            let request = json!({ "page_size": 200 });
            let answer = self.caller.read(&who, &format!("relationship.{rpc}"), request).await;
            for one in list(&answer, field) {
                let state = short(&one, "state", "STATE_");
                let line = match field {
                    "partnerships" => {
                        format!("partnership {} {} {state}", self.of(&one, "provider"), self.of(&one, "reseller"))
                    }
                    "admin_grants" => {
                        let under = if text(&one, "parent").starts_with("p") { "partnership" } else { "relationship" };
                        format!("grant {} {} {state} {under}", self.of(&one, "grantor"), self.of(&one, "grantee"))
                    }
                    _ => format!("relationship {} {} {state}", self.of(&one, "partner"), self.of(&one, "customer")),
                };
                *found.entry(format!("{name} lists {line}")).or_default() += 1;
            }
        }
    }

    /// The name in the cast of the organization in a field.
    fn of(&self, value: &Value, field: &str) -> String {
        let name = text(value, field);
        let at = self.organizations.iter().position(|own| *own == name && !name.is_empty());
        at.map_or(name, |at| CAST[at].name.to_owned())
    }

    /// The reasons of an order check, each with whom it is about.
    pub(super) fn reasons(&self, answer: &Value) -> BTreeSet<String> {
        let reason = |one: &Value| {
            format!("{} of {}", short(one, "reason", "INELIGIBILITY_REASON_"), self.of(one, "organization"))
        };
        list(answer, "reasons").iter().map(reason).collect()
    }
}

fn short(value: &Value, field: &str, prefix: &str) -> String {
    text(value, field).trim_start_matches(prefix).to_owned()
}

fn capacity_name(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Provider => "INDIRECT_PROVIDER",
        Capacity::Reseller => "INDIRECT_RESELLER",
    }
}

pub(super) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "DRAFT",
        Stage::Verifying => "VERIFYING",
        Stage::Qualified => "QUALIFIED",
        Stage::Active => "ACTIVE",
        Stage::Ended => "ENDED",
    }
}

fn case_name(stage: CaseStage) -> &'static str {
    match stage {
        CaseStage::AwaitingEmail => "AWAITING_EMAIL",
        CaseStage::Queued => "QUEUED",
        CaseStage::InReview(_) => "IN_REVIEW",
        CaseStage::Approved => "APPROVED",
        CaseStage::Rejected => "REJECTED",
        CaseStage::Expired => "EXPIRED",
    }
}

fn letter_name(stage: LetterStage) -> &'static str {
    match stage {
        LetterStage::Pending => "PENDING",
        LetterStage::Verified => "VERIFIED",
        LetterStage::Denied => "DENIED",
        LetterStage::Expired => "EXPIRED",
    }
}

fn invitation_name(stage: InvitationStage) -> &'static str {
    match stage {
        InvitationStage::Pending => "PENDING",
        InvitationStage::Accepted => "ACCEPTED",
        InvitationStage::Expired => "EXPIRED",
    }
}

fn grant_name(stage: GrantStage) -> &'static str {
    match stage {
        GrantStage::Active => "ACTIVE",
        GrantStage::Revoked => "REVOKED",
        GrantStage::Expired => "EXPIRED",
    }
}
